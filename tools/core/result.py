"""What a tool returns: a frozen, typed value. Its fields are the data, its text is what a person reads."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ConfigDict

from tools.quoting import harmless


class RecordLink(BaseModel):
    """A record that a result speaks of: what "it" and "the second one" may mean in the next sentence."""

    model_config = ConfigDict(frozen=True)

    noun: str
    id: int
    name: str


class Result(BaseModel):
    """Base of all results. Subclasses give `text`: true by construction, since it is made from the fields."""

    model_config = ConfigDict(frozen=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        # Names and texts of records stand in answers everywhere: none of them may become HTML, a link or an image in a
        # page, whether or not the tool's author thought of it.
        own = cls.__dict__.get("text")
        if isinstance(own, property) and own.fget is not None:
            told: Callable[[Any], str] = own.fget
            # Pydantic guards attributes of its classes; a property is put past it.
            type.__setattr__(cls, "text", property(lambda self: harmless(told(self)), doc=own.__doc__))

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


class Drafted(Result):
    """Base of the results of draft tools: what was stored, and whether a model wrote it.

    `note` says why a template was used where no model wrote; `sources` names what the writer was shown.
    """

    draft_id: int | None = None
    ai_generated: bool = False
    note: str | None = None
    sources: tuple[RecordLink, ...] = ()

    def closing(self) -> str:
        """The lines under a draft: where it came from, what it rests on, and what to watch out for."""
        lines = []
        if self.note:
            lines.append(f"*{self.note}*")
        if self.sources:
            named = ", ".join(f"{source.name} ({source.noun.replace('_', ' ')})" for source in self.sources)
            lines.append(f"*Used: {named}.*")
        return ("\n\n" + "\n".join(lines)) if lines else ""
