"""What the house answers to those outside: readers of its mail, visitors of its forms, systems that report events."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tools.mailing.sample import house_values
from tools.receiving.tracking import LinkReader, Tracking

if TYPE_CHECKING:
    from agent.hub import Hub


class Public:
    """Over one hub, for one event loop. Methods that are not `async` use the database: call them in a thread."""

    def __init__(self, hub: "Hub") -> None:
        self._database = hub.database
        self._clock = hub.door.clock
        self.reader = LinkReader(hub.database, self._clock, hub.mail.public_url)
        self._tracking = Tracking(hub.database, self._clock, self.reader)

    def house(self) -> str:
        """The company's name, "" where it was not told."""
        with self._database.session() as session:
            return str(house_values(session).get("name") or "")

    async def clicked(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> str | None:
        """Where a tracked link leads (the click is stored); None where it leads nowhere."""
        return await self._tracking.clicked(token, method, headers, address)

    async def opened(self, token: str, method: str, headers: Mapping[str, str], address: str | None) -> bool:
        """A letter's picture was asked for (stored); False for a token that is not the house's."""
        return await self._tracking.opened(token, method, headers, address)
