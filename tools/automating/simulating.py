"""What a workflow would have done: the real past replayed through its graph, without touching anything."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from memory.lead_lookup import called
from memory.workflows import KIND, Workflow
from tools.automating.advance import Person, advance, enter
from tools.automating.entry import graph_of, problems_of
from tools.automating.graph import Graph, MessageAnswered, SendEmail, SendSms, ports
from tools.automating.past import Past, Start, questions, starts
from tools.automating.wording import step_words, trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import bullets, count, moment

LONGEST = 366
#: People shown with their whole path.
EXAMPLES = 5
#: A person who takes so many steps in one simulation walks in a circle.
MOST_STEPS = 1_000


class EdgeCount(BaseModel):
    """How many times a way on from a step was taken (`port`; `target` None where the way ended there)."""

    model_config = ConfigDict(frozen=True)

    source: str
    port: str
    target: str | None
    times: int


class StepCount(BaseModel):
    """How many times people reached a step, took it, and stood before it at the end of the simulation."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: int
    words: str
    reached: int
    taken: int
    waiting: int


class ExamplePath(BaseModel):
    """One person's way: when each step was taken."""

    model_config = ConfigDict(frozen=True)

    lead_id: int
    person: str
    entered_at: datetime
    path: tuple[str, ...]
    ended: str


class Simulation(Result):
    """A workflow replayed over the days from `since` to `until`. Counts are ways through it (`entered`), `people` are
    different persons. `turned_away` are starts of people who were under way or may not enter again.
    """

    id: int
    name: str
    days: int
    since: datetime
    until: datetime
    trigger_words: str
    entered: int
    people: int
    turned_away: int
    completed: int
    converted: int
    under_way: int
    emails: int
    sms: int
    steps: tuple[StepCount, ...]
    edges: tuple[EdgeCount, ...]
    examples: tuple[ExamplePath, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        head = f"**{inert(self.name)}** replayed over the last {count(self.days, 'day')} ({inert(self.trigger_words)}); nothing was sent or changed."
        if not self.entered:
            return "\n\n".join([head, "Nobody would have entered it.", *map(inert, self.notes)])
        ways = f", {self.entered:,} times in all" if self.entered != self.people else ""
        said = (
            f"{count(self.people, 'person', 'people').capitalize()} would have entered{ways}: {self.completed:,} completed, "
            f"{self.converted:,} reached the goal, {self.under_way:,} still under way. That is "
            f"{count(self.emails, 'email')} and {self.sms:,} SMS."
        )
        if self.turned_away:
            said += (
                f" {count(self.turned_away, 'more start')} would not have counted (under way, or been through already)."
            )
        steps = bullets(
            f"{one.number}. {inert(one.words)}: {one.taken:,} of {self.entered:,}"
            + (f", {one.waiting:,} waiting before it" if one.waiting else "")
            for one in self.steps
        )
        shown = bullets(
            f"{inert(one.person)}, {moment(one.entered_at)}: {inert(' → '.join(one.path) or 'nothing')} ({one.ended})"
            for one in self.examples
        )
        return "\n\n".join([head, said, f"Steps taken:\n{steps}", f"For example:\n{shown}", *map(inert, self.notes)])

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=self.name),)


def simulate(ctx: Context, workflow: Workflow, days: int) -> Simulation:
    """Replay the last `days` days through the workflow's newest version. Raises Conflict for a graph with errors."""
    if not 1 <= days <= LONGEST:
        raise BadInput(f"The days must be 1 to {LONGEST}; {days} is not.", "days")
    graph = graph_of(ctx.session, workflow)
    wrong = [problem for problem in problems_of(ctx.session, graph) if problem.level == "error"]
    if wrong or graph.trigger is None:
        said = wrong[0].sentence if wrong else "It has no trigger."
        raise Conflict(f"“{inert(workflow.name)}” cannot be simulated yet: {inert(said)}")
    until = ctx.now.astimezone(UTC)
    since = until - timedelta(days=days)
    begun = starts(ctx.session, graph.trigger, since, until, ctx.clock.zone)
    replay = replayed(ctx, graph, begun.people, since, until)
    notes = [*begun.notes, *_notes(graph)]
    return Simulation(
        id=workflow.id,
        name=workflow.name,
        days=days,
        since=since.astimezone(ctx.clock.zone),
        until=until.astimezone(ctx.clock.zone),
        trigger_words=trigger_words(graph.trigger),
        notes=tuple(notes),
        **replay.fields(ctx, graph),
    )


@dataclass
class Replay:
    """The counts of a replay."""

    entered: int = 0
    turned_away: int = 0
    people: set[int] = field(default_factory=set)
    ended: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    edges: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    shown: list[tuple[int, datetime, list[str], str]] = field(default_factory=list)

    def fields(self, ctx: Context, graph: Graph) -> dict[str, object]:
        """The counts as fields of a Simulation."""
        names = called(ctx.session, [lead_id for lead_id, _, _, _ in self.shown])
        zone = ctx.clock.zone
        by_type: Counter[str] = Counter()
        for node in graph.nodes:
            by_type[node.type] += self.taken[node.id]
        return {
            "entered": self.entered,
            "people": len(self.people),
            "turned_away": self.turned_away,
            "completed": self.ended["completed"],
            "converted": self.ended["converted"],
            "under_way": self.ended["under way"],
            "emails": by_type[SendEmail.model_fields["type"].default],
            "sms": by_type[SendSms.model_fields["type"].default],
            "steps": tuple(
                StepCount(
                    id=node.id,
                    number=number,
                    words=step_words(node),
                    reached=self.reached[node.id],
                    taken=self.taken[node.id],
                    waiting=self.waiting[node.id],
                )
                for number, node in enumerate(graph.nodes, start=1)
            ),
            "edges": tuple(
                EdgeCount(
                    source=node.id, port=port, target=graph.target(node.id, port), times=self.edges[node.id, port]
                )
                for node in graph.nodes
                for port in ports(node)
            ),
            "examples": tuple(
                ExamplePath(
                    lead_id=lead_id,
                    person=names.get(lead_id, str(lead_id)),
                    entered_at=at.astimezone(zone),
                    path=tuple(path),
                    ended=ended,
                )
                for lead_id, at, path, ended in self.shown
            ),
        }


def replayed(ctx: Context, graph: Graph, begun: list[Start], since: datetime, until: datetime) -> Replay:
    """Walk everybody who started through the graph, up to `until`."""
    ids = sorted({lead_id for lead_id, _ in begun})
    past = Past.of(ctx.session, graph, ids, since, ctx.now)
    replay = Replay()
    last: dict[int, Person] = {}
    for lead_id, at in begun:
        before = last.get(lead_id)
        if before is not None and not _may_enter(graph, before, at):
            replay.turned_away += 1
            continue
        last[lead_id] = _walk(ctx, graph, past, lead_id, at, until, replay, entry=1 if before is None else 2)
    return replay


def _may_enter(graph: Graph, before: Person, at: datetime) -> bool:
    """Whether somebody who went through before may enter at a moment: re-entry is allowed, and that way had ended."""
    if not graph.reentry.again or before.ended_at is None or before.ended_at > at:
        return False
    return graph.reentry.after_days is None or at >= before.entered_at + timedelta(days=graph.reentry.after_days)


def _walk(
    ctx: Context, graph: Graph, past: Past, lead_id: int, at: datetime, until: datetime, replay: Replay, entry: int
) -> Person:
    zone, facts = ctx.clock.zone, past.facts(lead_id)
    replay.entered += 1
    replay.people.add(lead_id)
    path: list[str] = []
    person = enter(graph, f"{lead_id}", at, zone)
    seen: set[tuple[str | None, datetime]] = set()
    for _ in range(MOST_STEPS):
        if person.node is not None and (person.node, person.arrived_at) not in seen:
            seen.add((person.node, person.arrived_at))
            replay.reached[person.node] += 1
        if person.ended or person.due_at >= until:
            break
        # A wait for something looks on to the end of the window; all else happens when it is due.
        node = graph.node(person.node or "")
        open_wait = node is not None and node.type == "wait_until" and node.question is not None
        now = until if open_wait else person.due_at
        person, taken = advance(graph, person, now, facts, zone)
        if taken is not None:
            replay.taken[taken.node.id] += 1
            if taken.port is not None:
                replay.edges[taken.node.id, taken.port] += 1
            if len(replay.shown) < EXAMPLES:
                path.append(_said(step_words(taken.node), taken.port))
    ended = person.ended or "under way"
    replay.ended[ended] += 1
    if person.node is not None:
        replay.waiting[person.node] += 1
    if len(replay.shown) < EXAMPLES:
        replay.shown.append((lead_id, at, path, ended))
    return person


def _said(words: str, port: str | None) -> str:
    return words if port in (None, "next") else f"{words}: {port}"


def _notes(graph: Graph) -> list[str]:
    asked = questions(graph)
    notes = []
    if any(isinstance(question, MessageAnswered) for question in asked):
        notes.append(
            "Mails that were never sent have no opens or clicks of their own: I took whether the person opened or clicked "
            "any mail of yours in that time."
        )
    if any(question.type == "lead" for question in asked):
        notes.append("Conditions on leads are judged by what is known of them now.")
    return notes
