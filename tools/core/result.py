"""What a tool returns: a frozen, typed value. Its fields are the data, its text is what a person reads."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from tools.quoting import harmless, inert


class RecordLink(BaseModel):
    """A record that a result speaks of: what "it" and "the second one" may mean in the next sentence."""

    model_config = ConfigDict(frozen=True)

    noun: str
    id: int
    name: str


class Source(RecordLink):
    """A record that a draft rests on; `used` says what of it: its outcome, an excerpt, the subject of complaints."""

    used: str = ""


class Outcome(BaseModel):
    """One figure of a past record against the house's own median of it (`usual`; None where nothing compares).

    `likely` is the value drawn towards the median the more, the fewer `observations` (people, conversions) it rests on.
    """

    model_config = ConfigDict(frozen=True)

    measure: str
    value: float
    usual: float | None = None
    likely: float
    observations: float | None = None
    shown: str
    usual_shown: str = ""

    @property
    def above(self) -> bool:
        return self.usual is not None and self.value > self.usual


class PastResult(RecordLink):
    """How a past record like the one that is asked for did. `lift`: how far its likely outcome lies above the median, as a
    share of it; `how`: what it was, in words (its subject line, channels, time)."""

    outcomes: tuple[Outcome, ...]
    lift: float = 0.0
    how: str = ""
    few: bool = False


class Learned(BaseModel):
    """What past results teach for a draft: the records like it, the likeliest best first, and what follows in words."""

    model_config = ConfigDict(frozen=True)

    results: tuple[PastResult, ...]
    advice: str


class Result(BaseModel):
    """Base of all results. Subclasses give `text`: true by construction, since it is made from the fields."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        # Names and texts of records stand in answers everywhere: none of them may become HTML, a link or an image in a
        # page, whether or not the tool's author thought of it.
        own = cls.__dict__.get("text")
        if isinstance(own, property) and own.fget is not None:
            told = _told_once(own.fget, f"told by {cls.__name__}")
            # Pydantic guards attributes of its classes; a property is put past it.
            type.__setattr__(cls, "text", property(told, doc=own.__doc__))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which tells anew what it is."""
        copy = super().model_copy(update=update, deep=deep)
        for name in [name for name in copy.__dict__ if name not in type(copy).model_fields]:
            del copy.__dict__[name]
        return copy

    @property
    def text(self) -> str:
        """The answer as a person reads it (Markdown)."""
        raise NotImplementedError(f"{type(self).__name__} has no text")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        """The records that the result speaks of, in the order in which the text names them."""
        return ()

    def data(self) -> dict[str, Any]:
        """The fields as JSON values, with the text and links beside them: what API, MCP and pages show."""
        return {
            **self.model_dump(mode="json"),
            "text": self.text,
            "links": [link.model_dump() for link in self.links],
        }


def _told_once(told: Callable[[Any], str], key: str) -> Callable[[Any], str]:
    """What a property tells, made harmless: worked out once for a result, which never changes."""

    def text(self: Any) -> str:
        known: str | None = self.__dict__.get(key)
        if known is None:
            known = self.__dict__[key] = harmless(told(self))
        return known

    return text


class Drafted(Result):
    """Base of the results of draft tools: what was stored, and whether a model wrote it.

    `note` says why a template was used where no model wrote; `sources` names what the writer was shown, and what of it was
    used; `learned` are past results of the same kind, and what they suggest, with or without a model.
    """

    draft_id: int | None = None
    ai_generated: bool = False
    note: str | None = None
    sources: tuple[Source, ...] = ()
    learned: Learned | None = None

    def closing(self) -> str:
        """The lines under a draft: where it came from, what it rests on, and what to watch out for."""
        return rests_on(self.note, self.sources, self.learned, self.ai_generated)


def rests_on(note: str | None, sources: tuple[Source, ...], learned: Learned | None, ai_generated: bool) -> str:
    """The lines under a text, with an empty line before them; empty where there is nothing to say."""
    lines = []
    if note:
        lines.append(f"*{note}*")
    if learned and learned.advice:
        lines.append(f"*From past results: {learned.advice}*")
    if sources:
        named = "; ".join(_named(source) for source in sources)
        lines.append(f"*{'Used' if ai_generated else 'Looked at'}: {named}.*")
    return ("\n\n" + "\n".join(lines)) if lines else ""


def _named(source: Source) -> str:
    used = f": {inert(source.used)}" if source.used else ""
    return f"{inert(source.name)} ({source.noun.replace('_', ' ')}{used})"
