"""A house with public pages, served over real HTTP, and people whose letters were really sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import EventType
from memory.events import LeadEvent
from memory.tracking import tracking_secrets
from tests.delivery.delivery_fixtures import ZONE, MailServer, approved, people, sender_for, sent_until_done, setup_for
from tests.support.browser import served
from tools.core.context import SystemClock
from tools.delivering.links import Links
from tools.delivering.setup import MailSetup
from tools.receiving.recording import Recorder
from ui.public.app import make_public_app

PUBLIC = "https://hub.bloom.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LETTER = '<p>Hi {{ lead.first_name }}, <a href="https://shop.example/menu?a=1&amp;b=ü">the menu</a></p>'


@dataclass
class House:
    """What the public pages need of a hub, over a real database and a real mail server."""

    database: Database
    mail: MailSetup
    server: MailServer
    door: Any
    settings: Any

    def send(self, addresses: list[str], *, name: str = "News", content: str = LETTER) -> int:
        """A mailing, really sent; the letters are in `server`. They left a while ago: nobody reads at once."""
        mailing_id = approved(self.database, addresses, name=name, content=content)
        self.work()
        with self.database.session(write=True) as session:
            earlier = datetime.now(UTC) - timedelta(hours=1)
            session.execute(update(Delivery).where(Delivery.sent_at.is_not(None)).values(sent_at=earlier))
        return mailing_id

    def work(self) -> None:
        sender = sender_for(self.database, self.mail)
        sent_until_done(sender, self.database)
        sender.close()

    def record(self) -> None:
        """What the worker's tick does, without waiting for bursts to end."""
        recorder = Recorder(self.database, self.door.clock, settle=timedelta())
        while recorder.run():
            pass

    def links(self) -> Links:
        with self.database.session(write=True) as session:
            return Links(tracking_secrets(session, datetime.now(UTC)), PUBLIC)

    def events(self, *types: EventType) -> list[tuple[EventType, bool]]:
        """The leads' events of these types and whether a machine made them, in their order."""
        with self.database.session() as session:
            found = session.scalars(select(LeadEvent).where(LeadEvent.type.in_(types)).order_by(LeadEvent.id))
            return [(one.type, one.machine) for one in found]


@pytest.fixture
def house(database: Database, mail: MailServer) -> House:
    setup = setup_for(mail.port, unsubscribe_email="stop@bloom.example", topics=("Newsletter", "Offers"))
    door = SimpleNamespace(clock=SystemClock(ZONE))
    return House(database, setup, mail, door, SimpleNamespace(hook_secret="whsec_" + "c2VjcmV0" * 4, currency="EUR"))


@pytest.fixture
def site(house: House) -> Iterator[str]:
    """The public pages over the house, without a slash at the end."""
    with served(make_public_app(house)) as address:  # type: ignore[arg-type]
        yield address.rstrip("/")


def html_of(message: EmailMessage) -> str:
    found = message.get_body(("html",))
    assert found is not None
    return str(found.get_content())


def paths_of(message: EmailMessage) -> dict[str, list[str]]:
    """The paths of the hub's own links in a letter, by their kind ("c", "o", "u", "p", "s"), in their order."""
    found: dict[str, list[str]] = {}
    for kind, token in re.findall(rf'(?:href|src)="{PUBLIC}/([a-z])/([^"]+)"', html_of(message)):
        found.setdefault(kind, []).append(f"/{kind}/{token}")
    return found


__all__ = ["FIREFOX", "LETTER", "PUBLIC", "House", "house", "html_of", "paths_of", "people", "site"]
