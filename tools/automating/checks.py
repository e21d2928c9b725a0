"""What is wrong with a graph: each problem names the step and says what to do. Pure: it looks at nothing but its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from tools.automating.graph import (
    NEXT,
    NO,
    START,
    YES,
    CallWebhook,
    ChangeLead,
    Decide,
    Graph,
    MessageAnswered,
    Node,
    SendEmail,
    SendSms,
    Split,
    Tag,
    Unclear,
    Wait,
    WaitUntil,
    ports,
)
from tools.automating.wording import quoted, step_words
from tools.show import listing

#: error: cannot be activated. missing: people would stop there until it is given. warning: may be meant so.
Level = Literal["error", "missing", "warning"]


class Problem(BaseModel):
    """One thing that is wrong. `node` is the step's id; None where it is about the whole workflow."""

    model_config = ConfigDict(frozen=True)

    level: Level
    code: str
    node: str | None
    sentence: str


@dataclass(frozen=True)
class House:
    """What the checks need to know of the house. Names in lower case; `texts` says by step whether its text exists."""

    segments: frozenset[str] = frozenset()
    texts: Mapping[str, bool] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    blanks: Mapping[str, str] = field(default_factory=dict)
    sms_webhook: bool = False


def problems(graph: Graph, house: House) -> tuple[Problem, ...]:
    """Everything that is wrong, what forbids activation first."""
    found = [*_drawn(graph)]
    if not found:  # a graph that is not drawn rightly cannot be walked through
        found += [*_whole(graph), *_unreachable(graph), *_loops(graph)]
    numbers = {node.id: place for place, node in enumerate(graph.nodes, start=1)}
    for node in graph.nodes:
        found += _of_step(graph, node, numbers[node.id], house)
    found += _segments(graph, house)
    order = {"error": 0, "missing": 1, "warning": 2}
    return tuple(sorted(found, key=lambda problem: order[problem.level]))


def errors(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Those that forbid activation."""
    return tuple(problem for problem in found if problem.level == "error")


def _error(code: str, node: str | None, sentence: str) -> Problem:
    return Problem(level="error", code=code, node=node, sentence=sentence)


def _drawn(graph: Graph) -> list[Problem]:
    """Ids and edges that do not fit: only a graph drawn by hand has them."""
    found = []
    ids = [node.id for node in graph.nodes]
    for id in sorted({id for id in ids if ids.count(id) > 1 or not id or id == START}):
        found.append(
            _error("id", id or None, f"The step id {quoted(id)} cannot be used: each step needs one of its own.")
        )
    leaving = {node.id: ports(node) for node in graph.nodes} | {START: (NEXT,)}
    taken = set()
    for edge in graph.edges:
        if edge.source not in leaving or edge.target not in ids:
            wrong = edge.source if edge.source not in leaving else edge.target
            found.append(_error("edge", None, f"An edge names the step {quoted(wrong)}, which does not exist."))
        elif edge.port not in leaving[edge.source]:
            found.append(_error("edge", edge.source, f"No edge can leave {quoted(edge.source)} by “{edge.port}”."))
        elif (edge.source, edge.port) in taken:
            found.append(_error("edge", edge.source, f"Two edges leave {quoted(edge.source)} by “{edge.port}”."))
        taken.add((edge.source, edge.port))
    return found


def _whole(graph: Graph) -> list[Problem]:
    found = []
    if graph.trigger is None:
        found.append(
            _error("trigger", None, "It has no trigger: say when it starts, for example “when a lead is created”.")
        )
    if not graph.nodes:
        found.append(
            _error("steps", None, "It has no steps: say what happens, for example “wait 1 day, then send an email”.")
        )
    elif graph.first is None:
        found.append(_error("start", None, "No step follows the trigger."))
    return found


def _unreachable(graph: Graph) -> list[Problem]:
    reached = reachable(graph, START)
    return [
        _error("unreachable", node.id, f"Nobody can reach step {place} ({step_words(node)}): no step leads to it.")
        for place, node in enumerate(graph.nodes, start=1)
        if node.id not in reached
    ]


def _loops(graph: Graph) -> list[Problem]:
    """Ways that come round again: without an end, or without a wait in between."""
    found = []
    numbers = {node.id: place for place, node in enumerate(graph.nodes, start=1)}
    for circle in circles(graph):
        nodes = [node for node in graph.nodes if node.id in circle]
        named = listing([str(numbers[node.id]) for node in nodes])
        steps = f"step {named} leads" if len(nodes) == 1 else f"steps {named} lead"
        if not _way_out(graph, circle):
            found.append(
                _error("endless", nodes[0].id, f"An endless loop: {steps} back to where they began, with no way out.")
            )
        elif not any(isinstance(node, Wait | WaitUntil) for node in nodes):
            found.append(
                _error(
                    "endless", nodes[0].id, f"A loop without a wait: {steps} round again at once. Put a wait into it."
                )
            )
        else:
            sentence = (
                f"The {steps} round again until a condition lets people out: they may get the same mail several times."
            )
            found.append(Problem(level="warning", code="loop", node=nodes[0].id, sentence=sentence))
    return found


def _way_out(graph: Graph, circle: frozenset[str]) -> bool:
    """Whether a step of the circle leads out of it, or ends the way (a port without an edge)."""
    return any(
        (target := graph.target(node.id, port)) is None or target not in circle
        for node in graph.nodes
        if node.id in circle
        for port in ports(node)
    )


def circles(graph: Graph) -> list[frozenset[str]]:
    """The groups of steps that lead back to themselves (strongly connected components, by what each step reaches)."""
    reach = {node.id: reachable(graph, node.id) for node in graph.nodes}
    found: list[frozenset[str]] = []
    for node in graph.nodes:
        around = frozenset(other for other in reach[node.id] if node.id in reach.get(other, frozenset()))
        if around and around not in found:
            found.append(around | {node.id})
    return list(dict.fromkeys(found))


def reachable(graph: Graph, start: str) -> frozenset[str]:
    """The ids of the steps that can come after `start` (itself only where a way leads back to it)."""
    following: dict[str, list[str]] = {}
    for edge in graph.edges:
        following.setdefault(edge.source, []).append(edge.target)
    seen: set[str] = set()
    waiting = list(following.get(start, ()))
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += following.get(at, ())
    return frozenset(seen)


def _of_step(graph: Graph, node: Node, number: int, house: House) -> list[Problem]:
    said = f"Step {number} ({step_words(node)})"
    match node:
        case Unclear():
            return [
                _error("unclear", node.id, f"I cannot read “{node.words}” as a step (step {number}). Say it otherwise.")
            ]
        case Wait() if node.span.amount <= 0:
            return [_error("wait", node.id, f"{said} waits no time at all. Give it a length, or leave it out.")]
        case WaitUntil() if not (node.weekday or node.day or node.time or node.question):
            return [_error("wait", node.id, f"{said} does not say what to wait for.")]
        case Split() if sum(node.shares) != 100 or min(node.shares) <= 0:
            return [_error("split", node.id, f"{said}: the shares must add up to 100, each above 0.")]
        case SendEmail() | SendSms():
            return _of_message(node, number, house)
        case CallWebhook() if not node.url:
            return [Problem(level="missing", code="webhook", node=node.id, sentence=f"{said} has no address to call.")]
        case CallWebhook() if not str(node.url).lower().startswith(("http://", "https://")):
            return [_error("webhook", node.id, f"{said}: the address must begin with https:// (or http://).")]
        case Tag() if not node.tag.strip():
            return [_error("tag", node.id, f"{said} names no tag.")]
        case ChangeLead() if node.status is None and not node.field:
            return [_error("change", node.id, f"{said} does not say what to change.")]
        case Decide():
            return _of_condition(graph, node, number)
    return []


def _of_message(node: SendEmail | SendSms, number: int, house: House) -> list[Problem]:
    found = []
    what = "email" if isinstance(node, SendEmail) else "SMS"
    if node.id in house.broken:
        found.append(_error("content", node.id, f"The text of step {number} cannot be sent: {house.broken[node.id]}"))
    elif not house.texts.get(node.id, False):
        named = f" {quoted(node.content)}" if node.content else ""
        sentence = f"The {what}{named} of step {number} has no text yet."
        found.append(Problem(level="missing", code="content", node=node.id, sentence=sentence))
    elif node.id in house.blanks:
        sentence = f"The text of step {number} still holds the blank {house.blanks[node.id]}: fill it in."
        found.append(Problem(level="missing", code="blank", node=node.id, sentence=sentence))
    if isinstance(node, SendSms) and not house.sms_webhook:
        sentence = f"Step {number} sends an SMS, and the house has no SMS webhook to hand it to yet."
        found.append(Problem(level="missing", code="sms_webhook", node=node.id, sentence=sentence))
    return found


def _of_condition(graph: Graph, node: Decide, number: int) -> list[Problem]:
    found = []
    if isinstance(node.question, MessageAnswered) and not _message_before(graph, node.id):
        sentence = f"Step {number} asks whether a message was {node.question.deed}, but none is sent before it."
        found.append(_error("question", node.id, sentence))
    if graph.target(node.id, YES) == graph.target(node.id, NO):
        sentence = f"The condition of step {number} makes no difference: both ways go on alike."
        found.append(Problem(level="warning", code="condition", node=node.id, sentence=sentence))
    return found


def _message_before(graph: Graph, id: str) -> bool:
    if graph.trigger is not None and graph.trigger.type == "mail":
        return True
    return any(id in reachable(graph, node.id) for node in graph.messages())


def _segments(graph: Graph, house: House) -> list[Problem]:
    found = []
    for where in graph.wheres():
        if where.segment and where.segment.casefold() not in house.segments:
            sentence = f"There is no segment {quoted(where.segment)}. Create it, or name another."
            found.append(_error("segment", _asking(graph, where.segment), sentence))
    return list(dict.fromkeys(found))


def _asking(graph: Graph, segment: str) -> str | None:
    """The step that asks for a segment; None where the trigger or the goal does."""
    for node in graph.nodes:
        question = getattr(node, "question", None)
        if question is not None and getattr(getattr(question, "where", None), "segment", None) == segment:
            return node.id
    return None
