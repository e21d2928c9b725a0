"""A workflow's graph: a trigger, typed steps with ids, and the edges between them. Frozen values; stored as JSON.

An edge leaves a step by a port: "next", or "yes" and "no" of a condition, or "a", "b", ... of a split. A step without an
edge at a port ends the way there. Ids are short names of your own choosing; the reader numbers them s1, s2, ...
"""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memory.enums import EventType, LeadStatus
from tools.core.errors import BadInput

#: Where the first edge leaves from.
START = "start"
NEXT, YES, NO = "next", "yes", "no"
SPLIT_PORTS = ("a", "b", "c", "d", "e", "f")

WaitUnit = Literal["minute", "hour", "day", "week", "month", "workday"]
Deed = Literal["opened", "clicked", "replied"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Value(BaseModel):
    """A frozen value without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Where(Value):
    """Which leads are meant: those of a segment, or those for whom a condition tree (tools.segmenting) holds.

    Exactly one of segment and tree; `words` say the tree.
    """

    segment: str | None = None
    segment_id: int | None = None
    words: str | None = None
    tree: dict[str, Any] | None = None


class Span(Value):
    """A length of time."""

    amount: int = Field(ge=0, le=100_000)
    unit: WaitUnit


# Triggers ------------------------------------------------------------------------------------------------------------


class LeadCreated(Value):
    type: Literal["lead_created"] = "lead_created"
    where: Where | None = None


class SegmentMoved(Value):
    """A lead comes into a segment or leaves it; with a tree in `target`, comes to fulfil it (or no longer does)."""

    type: Literal["segment"] = "segment"
    move: Literal["entered", "left"] = "entered"
    target: Where
    where: Where | None = None


class EventHappened(Value):
    """A recorded event: of a known type, or (type other) of a name. `name` narrows some types: a status, a tag."""

    type: Literal["event"] = "event"
    event: EventType = EventType.OTHER
    name: str | None = None
    where: Where | None = None


class MailAnswered(Value):
    """A human open or click, of one mailing where it is named."""

    type: Literal["mail"] = "mail"
    deed: Literal["opened", "clicked"]
    mailing: str | None = None
    mailing_id: int | None = None
    where: Where | None = None


class DateCame(Value):
    """A day: a fixed one, or (each year for `yearly`) that of a lead's custom field, moved by `days`; at `time` (HH:MM)."""

    type: Literal["date"] = "date"
    day: date | None = None
    field: str | None = None
    days: int = Field(default=0, ge=-3_660, le=3_660)
    yearly: bool = False
    time: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    where: Where | None = None


class WebhookCalled(Value):
    type: Literal["webhook"] = "webhook"
    name: str | None = None
    where: Where | None = None


Trigger = Annotated[
    LeadCreated | SegmentMoved | EventHappened | MailAnswered | DateCame | WebhookCalled, Field(discriminator="type")
]


# Questions -----------------------------------------------------------------------------------------------------------


class MessageAnswered(Value):
    """Whether the last message before this step was opened, clicked or replied to (by a human)."""

    type: Literal["message"] = "message"
    deed: Deed


class EventSince(Value):
    """Whether an event happened since the person entered."""

    type: Literal["event"] = "event"
    event: EventType = EventType.OTHER
    name: str | None = None


class LeadIs(Value):
    """Whether a condition holds for the lead now."""

    type: Literal["lead"] = "lead"
    where: Where


Question = Annotated[MessageAnswered | EventSince | LeadIs, Field(discriminator="type")]


# Steps ---------------------------------------------------------------------------------------------------------------


class Step(Value):
    id: str = Field(default="", max_length=32)


class SendEmail(Step):
    """`content` is what the text is called or about; the text itself is that of a template or of a mailing."""

    type: Literal["email"] = "email"
    content: str | None = None
    subject_line: str | None = None
    template_id: int | None = None
    email_campaign_id: int | None = None


class SendSms(Step):
    """A text message, handed to the SMS webhook of the house."""

    type: Literal["sms"] = "sms"
    content: str | None = None
    template_id: int | None = None


class Wait(Step):
    type: Literal["wait"] = "wait"
    span: Span


class WaitUntil(Step):
    """Until a time of day, a weekday (at a time), a day (at a time), or until something happened (`question`), at most
    `at_most` long."""

    type: Literal["wait_until"] = "wait_until"
    weekday: Weekday | None = None
    day: date | None = None
    time: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    question: Question | None = None
    at_most: Span | None = None


class Decide(Step):
    """A condition: ports "yes" and "no"."""

    type: Literal["condition"] = "condition"
    question: Question


class Split(Step):
    """People are dealt out by chance: `shares` are percentages that add up to 100, for the ports a, b, ..."""

    type: Literal["split"] = "split"
    shares: tuple[int, ...] = Field(min_length=2, max_length=len(SPLIT_PORTS))


class ChangeLead(Step):
    """Sets the lead's status, or a custom field."""

    type: Literal["change_lead"] = "change_lead"
    status: LeadStatus | None = None
    field: str | None = None
    value: str | None = None


class Tag(Step):
    """Gives the lead a tag, or (`remove`) takes it away."""

    type: Literal["tag"] = "tag"
    tag: str
    remove: bool = False


class Notify(Step):
    """Tells somebody of the house."""

    type: Literal["notify"] = "notify"
    who: str = "me"
    about: str | None = None


class CallWebhook(Step):
    type: Literal["webhook"] = "webhook"
    url: str | None = None


class End(Step):
    type: Literal["end"] = "end"


class Unclear(Step):
    """Words that could not be read as a step: kept in their place, so that a person can say them otherwise."""

    type: Literal["unclear"] = "unclear"
    words: str


Node = Annotated[
    SendEmail | SendSms | Wait | WaitUntil | Decide | Split | ChangeLead | Tag | Notify | CallWebhook | End | Unclear,
    Field(discriminator="type"),
]


class Edge(Value):
    source: str
    port: str = NEXT
    target: str


class Reentry(Value):
    """Whether a person may go through again after having finished, and how many days after having entered."""

    again: bool = False
    after_days: int | None = Field(default=None, ge=0, le=3_660)


class Graph(Value):
    """A whole workflow. Without a trigger it cannot be started yet. Whoever reaches the goal leaves, as converted."""

    trigger: Trigger | None = None
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    goal: Question | None = None
    reentry: Reentry = Reentry()

    def node(self, id: str) -> Node | None:
        return self._by_id.get(id)

    def target(self, id: str, port: str = NEXT) -> str | None:
        """The id of the step behind a port; None where the way ends."""
        return self._targets.get((id, port))

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        return {node.id: node for node in reversed(self.nodes)}  # of two with one id the first counts

    @cached_property
    def _targets(self) -> dict[tuple[str, str], str]:
        return {(edge.source, edge.port): edge.target for edge in reversed(self.edges)}

    @property
    def first(self) -> str | None:
        return self.target(START)

    def messages(self) -> Iterator[SendEmail | SendSms]:
        """The steps that write to the person, in the order of the nodes."""
        for node in self.nodes:
            if isinstance(node, SendEmail | SendSms):
                yield node

    def wheres(self) -> Iterator[Where]:
        """Every place that names a segment or a condition."""
        if self.trigger is not None:
            if isinstance(self.trigger, SegmentMoved):
                yield self.trigger.target
            if self.trigger.where:
                yield self.trigger.where
        questions = [node.question for node in self.nodes if isinstance(node, Decide | WaitUntil) and node.question]
        for question in [*questions, *([self.goal] if self.goal else [])]:
            if isinstance(question, LeadIs):
                yield question.where


def ports(node: Node) -> tuple[str, ...]:
    """The ports by which people leave a step."""
    match node:
        case Decide():
            return (YES, NO)
        case Split():
            return SPLIT_PORTS[: len(node.shares)]
        case End():
            return ()
        case _:
            return (NEXT,)


def load_graph(stored: dict[str, Any]) -> Graph:
    """The graph that `store_graph` made JSON of. Raises BadInput, naming the place, where it is none."""
    try:
        return Graph.model_validate(stored)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = " → ".join(str(part) for part in problem["loc"])
        raise BadInput(f"The graph is not right at {place or 'its top'}: {problem['msg']}.", "steps") from error


def store_graph(graph: Graph) -> dict[str, Any]:
    """The graph as JSON."""
    return graph.model_dump(mode="json", exclude_none=True)
