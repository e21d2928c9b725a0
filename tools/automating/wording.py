"""A graph in words: what a person reads, and what `tools.automating.reading` reads back as the same graph."""

import re
from datetime import date

from memory.enums import EventType
from tools.automating.blocks import Block, Blocks, Jump, take_apart
from tools.automating.graph import (
    NO,
    SPLIT_PORTS,
    YES,
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
    Unclear,
    Wait,
    WaitUntil,
    WebhookCalled,
    Where,
)
from tools.show import day

#: What a lead does, for the events that have a verb; the others are named.
VERBS: dict[EventType, tuple[str, str]] = {
    EventType.SIGNED_UP: ("signs up", "signed up"),
    EventType.ORDERED: ("orders", "ordered"),
    EventType.VISITED: ("visits the site", "visited the site"),
    EventType.SUBMITTED_FORM: ("submits a form", "submitted a form"),
    EventType.REPLIED: ("replies", "wrote back to us"),
    EventType.UNSUBSCRIBED: ("unsubscribes", "unsubscribed"),
    EventType.CONVERTED: ("converts", "converted"),
    EventType.BOUNCED: ("bounces", "bounced"),
    EventType.COMPLAINED: ("complains", "complained"),
    EventType.CALLED: ("calls", "called"),
    EventType.MET: ("meets us", "met us"),
    EventType.CONSENTED: ("consents", "consented"),
    EventType.CONSENT_WITHDRAWN: ("withdraws consent", "withdrew consent"),
    EventType.SENT: ("is sent an email", "was sent an email"),
    EventType.DELIVERED: ("receives an email", "received an email"),
}
_PLAIN = re.compile(r"(?:the )?[a-zA-Z][\w-]*(?: [a-zA-Z][\w-]*)?")


def in_words(graph: Graph) -> str:
    """The whole workflow as one text that reads back as the same graph."""
    blocks, _ = take_apart(graph)
    parts = [trigger_words(graph.trigger)] if graph.trigger else []
    parts += [f"goal: {question_words(graph.goal)}"] if graph.goal else []
    parts += [reentry] if (reentry := reentry_words(graph)) else []
    return "; ".join([*parts, *(_said(block) for block in blocks)])


def lines(graph: Graph) -> list[str]:
    """The steps as numbered lines, branches indented."""
    blocks, _ = take_apart(graph)
    return _lines(blocks, 0, [0])


def trigger_words(trigger: Trigger) -> str:
    """When the workflow starts: "when a lead enters segment “VIP customers”"."""
    match trigger:
        case LeadCreated():
            said = "when a lead is created"
        case SegmentMoved(target=Where(segment=str() as segment)):
            said = f"when a lead {'enters' if trigger.move == 'entered' else 'leaves'} segment {quoted(segment)}"
        case SegmentMoved():
            verb = "comes to fulfil" if trigger.move == "entered" else "no longer fulfils"
            said = f"when a lead {verb} ({trigger.target.words})"
        case EventHappened(event=EventType.STATUS_CHANGED, name=str() as name):
            said = f"when a lead becomes {name}"
        case EventHappened(event=EventType.TAGGED, name=str() as name):
            said = f"when a lead gets the tag {quoted(name)}"
        case EventHappened(event=event) if event in VERBS:
            said = f"when a lead {VERBS[event][0]}"
        case EventHappened():
            said = f"on event {quoted(trigger.name or trigger.event.value)}"
        case MailAnswered(deed="opened"):
            said = f"when a lead opens {quoted(trigger.mailing) if trigger.mailing else 'an email'}"
        case MailAnswered():
            said = f"when a lead clicks a link in {quoted(trigger.mailing) if trigger.mailing else 'an email'}"
        case DateCame():
            said = _date_words(trigger)
        case WebhookCalled():
            said = f"when the webhook {quoted(trigger.name)} is called" if trigger.name else "when a webhook is called"
    return f"{said} {_only(trigger.where)}" if trigger.where else said


def question_words(question: Question, *, no: bool = False) -> str:
    """A question behind "if": "opened", "they ordered", "city is Berlin"."""
    match question:
        case MessageAnswered():
            return f"not {question.deed}" if no else question.deed
        case EventSince():
            said = VERBS[question.event][1] if question.event in VERBS else f"event {quoted(question.name or '')}"
            return f"they have not {said}" if no else f"they {said}"
        case LeadIs():
            where = question.where
            return f"in segment {quoted(where.segment)}" if where.segment else f"({where.words})"


def step_words(node: Node) -> str:
    """One step: "wait 2 days"; of a condition or split only its head."""
    match node:
        case SendEmail():
            return f"send email {quoted(node.content)}" if node.content else "send an email"
        case SendSms():
            return f"send sms {quoted(node.content)}" if node.content else "send an sms"
        case Wait():
            return f"wait {span_words(node.span)}"
        case WaitUntil():
            return _until_words(node)
        case Decide():
            return f"if {question_words(node.question)}"
        case Split():
            return f"split {'/'.join(map(str, node.shares))}"
        case ChangeLead(status=status) if status is not None:
            return f"set status to {status.value}"
        case ChangeLead():
            return f"set field {quoted(node.field or '')} to {quoted(node.value or '')}"
        case Tag():
            return f"{'remove' if node.remove else 'add'} tag {quoted(node.tag)}"
        case Notify():
            return f"notify {_bare(node.who)}" + (f" about {quoted(node.about)}" if node.about else "")
        case CallWebhook():
            return f"call webhook {node.url}" if node.url else "call the webhook"
        case End():
            return "end"
        case Unclear():
            return f"unclear {quoted(node.words)}"


def reentry_words(graph: Graph) -> str:
    """Who may go through again; "" for the usual: everyone once."""
    if not graph.reentry.again:
        return ""
    after = graph.reentry.after_days
    return f"people may enter again after {after} days" if after else "people may enter again"


def span_words(span: Span) -> str:
    """ "1 hour", "3 days"."""
    unit = "working day" if span.unit == "workday" else span.unit
    return f"{span.amount} {unit}{'' if span.amount == 1 else 's'}"


def where_words(where: Where) -> str:
    """Which leads are meant: "in segment “VIPs”", "city is Berlin"."""
    return f"in segment {quoted(where.segment)}" if where.segment else where.words or ""


def quoted(text: str) -> str:
    """A text in quotation marks that it does not hold."""
    if "“" not in text and "”" not in text:
        return f"“{text}”"
    return f'"{text}"' if '"' not in text else f"“{text.replace('“', '‹').replace('”', '›')}”"


def _said(block: Block | Jump) -> str:
    if isinstance(block, Jump):
        return f"go to step {block.number}"
    node = block.node
    if isinstance(node, Decide):
        yes, no = block.arms.get(YES, []), block.arms.get(NO, [])
        if no and not yes:
            head = "unless" if isinstance(node.question, LeadIs) else "if"
            return f"{head} {question_words(node.question, no=head == 'if')} {_arm(no)}"
        return f"if {question_words(node.question)} {_arm(yes)}" + (f" otherwise {_arm(no)}" if no else "")
    if isinstance(node, Split):
        arms = " or ".join(_arm(block.arms.get(port, [])) for port in SPLIT_PORTS[: len(node.shares)])
        return f"{step_words(node)}: {arms}"
    return step_words(node)


def _arm(blocks: Blocks) -> str:
    return f"({'; '.join(_said(block) for block in blocks) or 'nothing'})"


def _lines(blocks: Blocks, depth: int, counted: list[int]) -> list[str]:
    told, pad = [], "   " * depth
    for block in blocks:
        if isinstance(block, Jump):
            told.append(f"{pad}- go on at step {block.number}")
            continue
        counted[0] += 1
        node = block.node
        told.append(f"{pad}{counted[0]}. {step_words(node)}")
        if isinstance(node, Decide):
            for port, word in ((YES, "yes"), (NO, "no")):
                if block.arms.get(port):
                    told.append(f"{pad}   - {word}:")
                    told += _lines(block.arms[port], depth + 2, counted)
        if isinstance(node, Split):
            for port, share in zip(SPLIT_PORTS, node.shares, strict=False):
                nothing = "" if block.arms.get(port) else " nothing more here"
                told.append(f"{pad}   - {share}%:{nothing}")
                told += _lines(block.arms.get(port, []), depth + 2, counted)
    return told


def _only(where: Where) -> str:
    return f"(only leads in segment {quoted(where.segment)})" if where.segment else f"(only if {where.words})"


def _date_words(trigger: DateCame) -> str:
    at = f" at {trigger.time}" if trigger.time else ""
    if trigger.day:
        return f"on {day(trigger.day)}{at}"
    field = quoted(trigger.field or "")
    each = "each year " if trigger.yearly else ""
    if not trigger.days:
        return f"{each}on the date of field {field}{at}"
    days = f"{abs(trigger.days)} day{'' if abs(trigger.days) == 1 else 's'}"
    return f"{each}{days} {'before' if trigger.days < 0 else 'after'} the date of field {field}{at}"


def _until_words(node: WaitUntil) -> str:
    at = f" at {node.time}" if node.time else ""
    most = f", at most {span_words(node.at_most)}" if node.at_most else ""
    if node.question:
        return f"wait until {question_words(node.question)}{most}"
    named: date | None = node.day
    said = day(named) if named else node.weekday.capitalize() if node.weekday else ""
    return f"wait until {said}{at}".replace("  ", " ") + most if said or at else "wait"


def _bare(text: str) -> str:
    return (
        text if _PLAIN.fullmatch(text) and not {"about", "and", "then"} & set(text.casefold().split()) else quoted(text)
    )
