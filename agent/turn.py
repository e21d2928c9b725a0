"""A turn as every surface shows it: what was said, what was called and why, what was answered, what it cost."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

#: How it was settled what to do: by a slash command, by the examples alone, by the model, or by nobody (small talk).
DecidedBy = Literal["slash", "matcher", "model", "none"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Evidence(_Frozen):
    """The words that a filled argument rests on: `start` and `end` are offsets in the message (None: said earlier, or, of
    origin "step", made by an earlier call of the same plan)."""

    words: str
    start: int | None = None
    end: int | None = None
    origin: Literal["message", "conversation", "default", "step"] = "message"


class Call(_Frozen):
    """One call of a tool within a turn."""

    tool: str
    arguments: dict[str, Any]
    rests_on: dict[str, Evidence] = {}
    result: dict[str, Any] | None = None
    text: str = ""
    waiting: bool = False
    plan: int | None = None
    error: str | None = None


class Turn(_Frozen):
    """One message and its answer, as `marketing-hub ask --json` prints it.

    `asks` is true where the hub asks back; `waiting` lists the plans that wait for a person. Tokens are those newly
    read by the model (its cache not counted) and those it wrote; `read_anew` are the former call by call. `first_word`:
    seconds until the first word that the model wrote was shown; None where it wrote no text.
    """

    id: str
    conversation: str
    say: str
    reply: str = ""
    calls: tuple[Call, ...] = ()
    asks: bool = False
    waiting: tuple[int, ...] = ()
    decided_by: DecidedBy = "none"
    seconds: float = 0.0
    prompt_tokens: int = 0
    output_tokens: int = 0
    read_anew: tuple[int, ...] = ()
    first_word: float | None = None
    notes: tuple[str, ...] = ()
    #: The steps of an undertaking in words, in their order; the calls are these, as far as it got.
    steps: tuple[str, ...] = ()


class PlanView(_Frozen):
    """A plan as a person sees it. state is waiting, executed, rejected or superseded (then `replaced_by` may name the
    plan that stands in its place); `fingerprint` is the SHA-256 of what would happen."""

    id: int
    tool: str
    arguments: dict[str, Any]
    preview: dict[str, Any]
    text: str
    state: str
    conversation: str | None
    asked_by: str
    asked_at: str
    fingerprint: str = ""
    replaced_by: int | None = None
    decided_by: str | None = None


class ConversationView(_Frozen):
    """A conversation in a list; `updated_at` is ISO 8601 in the hub's zone."""

    id: str
    title: str
    updated_at: str


class Step(_Frozen):
    """Streamed: a call was made (its result, plan or error is in it)."""

    kind: Literal["step"] = "step"
    call: Call


class Text(_Frozen):
    """Streamed: the next piece of the reply."""

    kind: Literal["text"] = "text"
    text: str


class Progress(_Frozen):
    """Streamed: what the hub is doing, for a status line ("Writing the email …")."""

    kind: Literal["progress"] = "progress"
    text: str


class Finished(_Frozen):
    """Streamed last: the whole turn."""

    kind: Literal["finished"] = "finished"
    turn: Turn


Event = Step | Text | Progress | Finished


class Health(_Frozen):
    """One part as `marketing-hub doctor` reports it. `problem` and `fix` are sentences; both None when all is well."""

    part: Literal["model", "database", "index", "mail", "settings", "public", "mailbox"]
    summary: str
    ok: bool
    problem: str | None = None
    fix: str | None = None
