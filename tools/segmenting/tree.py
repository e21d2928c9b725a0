"""The condition tree of a segment: what a lead must be, have or have done. Frozen values; stored as JSON."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from memory.enums import Channel, EventType, LeadStatus

#: Fields of a lead that hold text, numbers, moments; a custom field is "custom.<name>".
TEXT_FIELDS = (
    "email", "name", "first_name", "last_name", "company", "job_title", "phone", "city", "country", "language", "source",
)  # fmt: skip
NUMBER_FIELDS = ("visits", "opens", "clicks", "orders", "revenue")
MOMENT_FIELDS = ("created", "status_changed", "last_visit", "last_open", "last_click", "last_order", "last_activity")
CUSTOM = "custom."

Unit = Literal["day", "week", "month", "year"]
TextOp = Literal["is", "contains", "starts with", "ends with"]
NumberOp = Literal["=", ">=", "<=", ">", "<"]


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(_Node):
    """A length of time: 30 days, 3 months."""

    amount: int = Field(gt=0, le=36_500)
    unit: Unit


class Window(_Node):
    """A stretch of time. Exactly one of: the last so long until now; longer ago than so long; a period by name that
    moves along ("this month"); or fixed days (both inclusive, in the hub's zone; one may be open).
    """

    last: Span | None = None
    older: Span | None = None
    period: str | None = None
    start: date | None = None
    end: date | None = None


class TextIs(_Node):
    """A text field is (contains, starts, ends with) one of `values`, without regard to case."""

    node: Literal["text"] = "text"
    field: str
    op: TextOp = "is"
    values: tuple[str, ...] = Field(min_length=1)


class StatusIs(_Node):
    node: Literal["status"] = "status"
    values: tuple[LeadStatus, ...] = Field(min_length=1)


class TagIs(_Node):
    """The lead has one of these tags."""

    node: Literal["tag"] = "tag"
    values: tuple[str, ...] = Field(min_length=1)


class ConsentIs(_Node):
    """The lead's consent to one of these channels is given and not withdrawn."""

    node: Literal["consent"] = "consent"
    values: tuple[Channel, ...] = Field(min_length=1)


class NumberIs(_Node):
    node: Literal["number"] = "number"
    field: str
    op: NumberOp
    value: float


class Known(_Node):
    """The field has a value at all ("tag": the lead has any tag)."""

    node: Literal["known"] = "known"
    field: str


class When(_Node):
    """The moment of a field lies in the window; a lead without it is not meant."""

    node: Literal["when"] = "when"
    field: str
    window: Window


class Happened(_Node):
    """At least so many human events of a type in the window (without one: ever), of one mailing where it is named.

    mailing is the mailing's name, for reading; mailing_id what counts.
    """

    node: Literal["happened"] = "happened"
    event: EventType
    at_least: int = Field(default=1, ge=1)
    window: Window | None = None
    mailing: str | None = None
    mailing_id: int | None = None


class Not(_Node):
    node: Literal["not"] = "not"
    part: "Condition"


class AllOf(_Node):
    node: Literal["all"] = "all"
    parts: tuple["Condition", ...] = Field(min_length=2)


class AnyOf(_Node):
    node: Literal["any"] = "any"
    parts: tuple["Condition", ...] = Field(min_length=2)


Condition = Annotated[
    TextIs | StatusIs | TagIs | ConsentIs | NumberIs | Known | When | Happened | Not | AllOf | AnyOf,
    Field(discriminator="node"),
]
for _model in (Not, AllOf, AnyOf):
    _model.model_rebuild()
_ADAPTER: TypeAdapter[Condition] = TypeAdapter(Condition)

_OPPOSITE: dict[NumberOp, NumberOp] = {">=": "<", "<": ">=", "<=": ">", ">": "<="}


def load_tree(stored: dict[str, Any]) -> Condition:
    """The tree that `store_tree` made JSON of. Raises pydantic.ValidationError where it is none."""
    return _ADAPTER.validate_python(stored)


def store_tree(tree: Condition) -> dict[str, Any]:
    """The tree as JSON."""
    stored: dict[str, Any] = _ADAPTER.dump_python(tree, mode="json", exclude_none=True)
    return stored


def negated(part: Condition) -> Condition:
    """The opposite: a second "not" cancels the first, a number is compared the other way."""
    if isinstance(part, Not):
        return part.part
    # A lead without a custom field is neither above nor below: only what every lead has is turned round.
    if isinstance(part, NumberIs) and part.op in _OPPOSITE and not part.field.startswith(CUSTOM):
        return NumberIs(field=part.field, op=_OPPOSITE[part.op], value=part.value)
    return Not(part=part)


def joined(parts: list[Condition], how: type[AllOf] | type[AnyOf]) -> Condition:
    """All (or any) of `parts`, flat; a single part is itself."""
    flat: list[Condition] = []
    for part in parts:
        flat += part.parts if isinstance(part, how) else [part]
    return flat[0] if len(flat) == 1 else how(parts=tuple(flat))


def leaves(tree: Condition) -> Iterator[Condition]:
    """The single conditions of a tree."""
    if isinstance(tree, AllOf | AnyOf):
        for part in tree.parts:
            yield from leaves(part)
    elif isinstance(tree, Not):
        yield from leaves(tree.part)
    else:
        yield tree
