"""The tracked links and pictures, answered: where a click leads, and the hit stored before the answer."""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC

from sqlalchemy.exc import SQLAlchemyError

from memory.database import Database
from memory.enums import EventType
from memory.mail_hits import HIDDEN_LINK
from memory.tracking import link_target, tracking_secrets
from tools.core.context import Clock
from tools.delivering.links import Links
from tools.receiving.hits import HitStore, row_of

log = logging.getLogger(__name__)

#: Addresses that links lead to, kept in memory; and seconds after which keys are read again for a link that fits none.
MOST_TARGETS, KEYS_EVERY = 20_000, 30.0


class LinkReader:
    """The house's keys in this process. Another process may have made a new one: looked for when a link fits none."""

    def __init__(self, database: Database, clock: Clock, public_url: str) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url
        self._lock = threading.Lock()
        self._links: Links | None = None
        self._read_at = 0.0

    @property
    def known(self) -> Links | None:
        """The keys, if they were read already."""
        return self._links

    def links(self) -> Links:
        """The keys as they are known; read at the first use."""
        with self._lock:
            if self._links is None:
                self._read()
            assert self._links is not None
            return self._links

    def fresh(self) -> Links | None:
        """The keys read anew; None where that was done just now."""
        with self._lock:
            if time.monotonic() - self._read_at < KEYS_EVERY:
                return None
            self._read()
            return self._links

    def _read(self) -> None:
        with self._database.session(write=True) as session:
            secrets = tracking_secrets(session, self._clock.now().astimezone(UTC))
        self._links, self._read_at = Links(secrets, self._public_url), time.monotonic()


class Tracking:
    """What `/c/` and `/o/` do; of one event loop."""

    def __init__(self, database: Database, clock: Clock, reader: LinkReader) -> None:
        self._database = database
        self._clock = clock
        self._reader = reader
        self._store = HitStore(database)
        self._targets: dict[int, str] = {}

    async def clicked(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> str | None:
        """Where the click leads; None for a link that this house did not sign, that leads nowhere any more, or the hidden one."""
        click = (await self._links()).read_click(token)
        if click is None:
            renewed = await asyncio.to_thread(self._reader.fresh)
            click = renewed.read_click(token) if renewed is not None else None
        if click is None:
            return None
        target = await self._target(click.link_id)
        if target is not None or click.link_id == HIDDEN_LINK:
            await self._keep(EventType.CLICKED, click.delivery_id, click.link_id, method, headers, address)
        return target

    async def opened(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> bool:
        """Store that the picture was asked for; False for a token that this house did not sign."""
        delivery_id = (await self._links()).read_open(token)
        if delivery_id is None:
            renewed = await asyncio.to_thread(self._reader.fresh)
            delivery_id = renewed.read_open(token) if renewed is not None else None
        if delivery_id is None:
            return False
        await self._keep(EventType.OPENED, delivery_id, None, method, headers, address)
        return True

    async def _keep(
        self, type: EventType, delivery_id: int, link_id: int | None, method: str, headers: Mapping[str, str],
        address: str | None,
    ) -> None:  # fmt: skip
        now = self._clock.now().astimezone(UTC)
        row = row_of(type, delivery_id, link_id, now, method=method, headers=dict(headers), address=address)
        try:
            await self._store.add(row)
        except SQLAlchemyError:
            # The reader gets where they wanted to go all the same; that a hit is lost is the house's trouble.
            log.exception("a hit on message %d could not be stored", delivery_id)

    async def _target(self, link_id: int) -> str | None:
        known = self._targets.get(link_id)
        if known is None:
            known = await asyncio.to_thread(self._look_up, link_id)
            if known is not None:
                if len(self._targets) >= MOST_TARGETS:
                    self._targets.pop(next(iter(self._targets)))
                self._targets[link_id] = known
        return known

    def _look_up(self, link_id: int) -> str | None:
        with self._database.session() as session:
            found = link_target(session, link_id)
            return found.url if found is not None else None

    async def _links(self) -> Links:
        known = self._reader.known
        return known if known is not None else await asyncio.to_thread(self._reader.links)
