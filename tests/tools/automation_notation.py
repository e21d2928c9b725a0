"""A graph in the notation of `automation_sentences`, written from its nodes and edges alone."""

from memory.enums import EventType
from tools.automating.graph import (
    CallWebhook,
    ChangeLead,
    DateCame,
    Decide,
    End,
    EventHappened,
    EventSince,
    Graph,
    LeadCreated,
    LeadIs,
    MailAnswered,
    MessageAnswered,
    Node,
    Notify,
    Question,
    SegmentMoved,
    SendEmail,
    SendSms,
    Span,
    Split,
    Tag,
    Trigger,
    Wait,
    WaitUntil,
    WebhookCalled,
    Where,
    ports,
)


def notation(graph: Graph) -> str:
    parts = [trigger(graph.trigger) if graph.trigger else "nothing", *ways(graph, graph.first, None)]
    said = " > ".join(parts)
    if graph.goal:
        said += f" | goal {question(graph.goal)}"
    if graph.reentry.again:
        said += f" | again {graph.reentry.after_days or ''}".rstrip()
    return said


def ways(graph: Graph, at: str | None, stop: str | None) -> list[str]:
    told = []
    while at is not None and at != stop:
        node = graph.node(at)
        assert node is not None
        if len(ports(node)) < 2:
            told.append(step(node))
            at = graph.target(at)
            continue
        meeting = meets(graph, [graph.target(at, port) for port in ports(node)])
        arms = [" > ".join(ways(graph, graph.target(at, port), meeting or stop)) for port in ports(node)]
        told.append(f"{step(node)}{{{'|'.join(arms)}}}")
        at = meeting or stop
    return told


def meets(graph: Graph, starts: list[str | None]) -> str | None:
    walks = []
    for start in starts:
        seen: list[str] = []
        waiting = [start]
        while waiting:
            at = waiting.pop(0)
            if at is None or at in seen:
                continue
            seen.append(at)
            waiting += [edge.target for edge in graph.edges if edge.source == at]
        walks.append(seen)
    return next((id for id in walks[0] if all(id in walk for walk in walks)), None)


def trigger(one: Trigger) -> str:
    match one:
        case LeadCreated():
            said = "created"
        case SegmentMoved(target=Where(segment=str() as segment)):
            said = f"{'enters' if one.move == 'entered' else 'leaves'} {segment}"
        case SegmentMoved():
            said = f"meets {one.target.words}"
        case EventHappened(event=EventType.STATUS_CHANGED):
            said = f"status {one.name}"
        case EventHappened(event=EventType.TAGGED):
            said = f"tag {one.name}"
        case EventHappened():
            said = f"event {one.name or one.event.value}"
        case MailAnswered():
            said = f"{one.deed} {one.mailing or ''}".strip()
        case DateCame():
            said = f"date {one.day or one.field}"
            said += f" {one.days}" if one.days else ""
            said += f" {one.time}" if one.time else ""
        case WebhookCalled():
            said = f"webhook {one.name or ''}".strip()
    return f"{said} [{one.where.segment or one.where.words}]" if one.where else said


def question(one: Question) -> str:
    match one:
        case MessageAnswered():
            return one.deed
        case EventSince():
            return one.name or one.event.value
        case LeadIs():
            return one.where.words or f"in {one.where.segment}"


def step(node: Node) -> str:
    match node:
        case SendEmail() | SendSms():
            return f"{node.type} {node.content or ''}".strip()
        case Wait():
            return f"wait {span(node.span)}"
        case WaitUntil():
            said = question(node.question) if node.question else str(node.weekday or node.day or "")
            return " ".join(
                part for part in ("until", said, node.time, span(node.at_most) if node.at_most else "") if part
            )
        case Decide():
            return f"?{question(node.question)}"
        case Split():
            return f"split {'/'.join(map(str, node.shares))}"
        case ChangeLead():
            return f"status={node.status.value}" if node.status else f"{node.field}={node.value}"
        case Tag():
            return f"{'-' if node.remove else '+'}{node.tag}"
        case Notify():
            return f"notify {node.who}"
        case CallWebhook():
            return f"webhook {node.url or ''}".strip()
        case End():
            return "end"
    return f"?? {node.words}"


def span(one: Span) -> str:
    return f"{one.amount} {one.unit}"
