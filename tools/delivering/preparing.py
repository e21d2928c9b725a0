"""Messages made ready for the connections: filled in, their links numbered, signed. Runs in threads beside them.

Signing takes most of a message's time and lets other threads run meanwhile, so that connections are served while the
next messages are being made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.database import Database
from memory.tracking import link_ids
from tools.core.context import Clock
from tools.core.errors import HubError
from tools.delivering.letters import Outgoing, Reader, letter_for, message_of
from tools.delivering.links import Links
from tools.delivering.message import ascii_address
from tools.delivering.setup import MailSetup
from tools.delivering.signing import DkimKey

BAD_ADDRESS = "the address holds letters or signs that mail servers do not take"


@dataclass(frozen=True)
class Ready:
    """A claimed message as it is handed over. `refused` says why its address takes none; `broken` is what is wrong with
    the mailing's text."""

    reader: Reader
    address: str = ""
    message: bytes = b""
    refused: str | None = None
    broken: HubError | None = None


class Preparer:
    """Makes messages ready; any number of threads may ask it at once. `links` and `keys` are set for each burst."""

    def __init__(self, database: Database, setup: MailSetup, clock: Clock) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._known_links: dict[int, dict[str, int]] = {}

    def ready(self, readers: Sequence[Reader], links: Links, keys: Sequence[DkimKey]) -> list[Ready]:
        """The messages to these readers, in order."""
        return [self._ready(reader, links, keys) for reader in readers]

    def _ready(self, reader: Reader, links: Links, keys: Sequence[DkimKey]) -> Ready:
        try:
            letter = letter_for(reader, self._setup, links)
        except HubError as error:
            return Ready(reader, broken=error)
        numbers = self._link_numbers(letter)
        try:
            address = ascii_address(reader.due.recipient)
            message = message_of(letter, self._setup, links, numbers, keys, self._clock.now())
        except ValueError:
            return Ready(reader, refused=BAD_ADDRESS)
        return Ready(reader, address, message)

    def _link_numbers(self, letter: Outgoing) -> dict[str, int]:
        mailing_id = letter.due.email_campaign_id
        known = self._known_links.setdefault(mailing_id, {})
        missing = letter.link_urls - known.keys()
        if missing and self._setup.tracks:
            with self._database.session(write=True) as session:
                known.update(link_ids(session, mailing_id, sorted(missing)))
        return known
