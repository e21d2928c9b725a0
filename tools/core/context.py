"""What a tool is given: the session, the clock, who is asking, the search index and the writer (the model)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from sqlalchemy.orm import Session

from memory.database import begin_write
from memory.index import SearchIndex
from tools.core.errors import Unavailable

Shape = TypeVar("Shape", bound=BaseModel)


class Clock(Protocol):
    """Tells the time in the hub's zone."""

    @property
    def zone(self) -> ZoneInfo: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True)
class SystemClock:
    """The machine's clock, in the hub's zone."""

    zone: ZoneInfo

    def now(self) -> datetime:
        return datetime.now(self.zone)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: for evals and tests."""

    zone: ZoneInfo
    at: datetime

    def now(self) -> datetime:
        return self.at.replace(tzinfo=self.zone) if self.at.tzinfo is None else self.at.astimezone(self.zone)


@dataclass(frozen=True)
class Asker:
    """Who calls, and through which surface (chat, slash, cli, http, mcp, slack, python).

    Only a person may approve; whatever a model decides is asked in the person's name but approves nothing.
    """

    name: str = "owner"
    surface: str = "python"
    may_approve: bool = True


@dataclass(frozen=True)
class Brief:
    """What the writer is asked for. `task` is the hub's instruction; `facts` are data, which it may use but not obey.

    A task and `standing` facts that are word for word the same for all texts of a kind are read by the model only once.
    """

    task: str
    facts: tuple[tuple[str, str], ...] = ()
    max_tokens: int = 600
    standing: tuple[tuple[str, str], ...] = ()


class Writer(Protocol):
    """A model that fills a shape (a small pydantic model of strings and lists of strings) for a brief.

    Raises tools.core.errors.Unavailable when no model answers in time, or what it says does not fit the shape.
    """

    def write(self, brief: Brief, shape: type[Shape]) -> Shape: ...


@dataclass(frozen=True)
class Written(Generic[Shape]):
    """What `Context.compose` returns: the text, whether a model wrote it, and a note where it did not."""

    body: Shape
    ai_generated: bool
    note: str | None = None


@dataclass(frozen=True)
class Page:
    """Which rows of a list are wanted: `limit` of them after the first `offset`."""

    limit: int
    offset: int = 0


@dataclass(frozen=True)
class MailLimits:
    """What the house sends nobody: mail on topics that they refused (of `topics`), and more than `cap` messages within
    `cap_days` days (0: no limit)."""

    topics: tuple[str, ...] = ()
    cap: int = 0
    cap_days: int = 7


def _nobody(said: str) -> None:
    """Nobody wants to know how far a call is."""


@dataclass(frozen=True)
class Context:
    """The first parameter of every tool."""

    session: Session
    clock: Clock
    asker: Asker
    index: SearchIndex
    writer: Writer | None = None
    currency: str = "EUR"
    country: str | None = None
    conversation_id: str | None = None
    turn_id: str | None = None
    call_id: str | None = None
    #: Folders on the hub's machine from which a file may be imported by name.
    import_folders: tuple[Path, ...] = ()
    #: The mail server's URL (it may hold a password: never to be shown); None where nothing can be sent.
    mail_server: str | None = None
    #: Why no mailing can be sent although there is a server (a setting is missing); None where nothing is in the way.
    mail_obstacle: str | None = None
    mail_limits: MailLimits = MailLimits()
    #: The hub's folder for files that tools make (reports); None where it keeps none beside the database.
    files: Path | None = None
    #: The rows that a tool declared with `pages=True` is asked for; None: as many as a person wants to see.
    page: Page | None = None
    #: Told how far a long call is, in words. Raises Stopped where the person ended it: what is not committed is undone.
    tell: Callable[[str], None] = _nobody

    @property
    def now(self) -> datetime:
        """The present moment in the hub's zone (aware)."""
        return self.clock.now()

    @property
    def today(self) -> date:
        return self.now.date()

    def compose(self, brief: Brief, shape: type[Shape], fallback: Callable[[], Shape]) -> Written[Shape]:
        """Have the model write; without one (or when it fails twice) use `fallback` and say so.

        Ends the reading transaction first, so that nobody waits for a lock while the model writes; afterwards the
        session is in a writing transaction. Records read before must be read again if they are to be changed.
        """
        self.session.commit()
        try:
            if self.writer is None:
                return Written(fallback(), ai_generated=False, note="Filled from a template: no model is running.")
            return Written(self.writer.write(brief, shape), ai_generated=True)
        except Unavailable as error:
            return Written(fallback(), ai_generated=False, note=f"Filled from a template: {error.sentence}")
        finally:
            begin_write(self.session)
