"""A condition tree in words: what a person reads, and what `read_conditions` reads back as the same tree."""

import re
from datetime import timedelta

from memory.enums import Channel, EventType
from tools.segmenting.amounts import BEFORE, BEHIND, MOVING
from tools.segmenting.deeds import NOUNS, VERBS
from tools.segmenting.fields import FIELDS, IS, IS_NOT, KNOWN, NONE_OF, ONE_OF, TEXT_OPS, UNKNOWN
from tools.segmenting.tree import (
    CUSTOM,
    AllOf,
    AnyOf,
    Condition,
    ConsentIs,
    Happened,
    Known,
    Not,
    NumberIs,
    StatusIs,
    TagIs,
    TextIs,
    When,
    Window,
)
from tools.show import day

#: How an event is said: the verb and what it is done to.
EVENT_WORDS: dict[EventType, tuple[str, str]] = {
    EventType.OPENED: ("opened", "an email"),
    EventType.CLICKED: ("clicked", "a link"),
    EventType.VISITED: ("visited", "the site"),
    EventType.ORDERED: ("ordered", ""),
    EventType.REPLIED: ("replied", ""),
    EventType.UNSUBSCRIBED: ("unsubscribed", ""),
    EventType.BOUNCED: ("bounced", ""),
    EventType.COMPLAINED: ("complained", ""),
    EventType.SUBMITTED_FORM: ("submitted", "a form"),
    EventType.CONVERTED: ("converted", ""),
    EventType.SENT: ("was sent", "an email"),
}
NUMBER_WORDS = {"=": "is", ">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
#: Words that could begin a condition of their own behind the comma of a list, or make one of a custom field's name.
_BEGINNING = frozenset(
    word for phrase in (*FIELDS, *VERBS, *NOUNS, *BEFORE, *BEHIND, *MOVING) for word in phrase.split()
) | {"spent", "worth", "paid"}
_PLAIN = re.compile(r"[\w@.+&/'’:#%-]+(?: [\w@.+&/'’:#%-]+)*")
#: An apostrophe that is not inside a word would be read as a quotation mark.
_OPENING = re.compile(r"(?<!\w)'|'(?!\w)")
#: Words that would be read as the end of a value, or as how it is meant.
_SPLITTING = frozenset(
    word for phrase in (*IS, *IS_NOT, *ONE_OF, *NONE_OF, *KNOWN, *UNKNOWN, *TEXT_OPS) for word in phrase.split()
) | frozenset(
    "and or nor but not never no with without who whose which that where having in from at older before after since one any none "
    "known unknown set empty missing tagged is are within on".split()
)


def in_words(tree: Condition) -> str:
    """The conditions as one phrase: "status is customer and (city is Berlin or city is Paris)"."""
    match tree:
        case AllOf():
            return " and ".join(_inside(part, AnyOf) for part in tree.parts)
        case AnyOf():
            return " or ".join(_inside(part, AllOf) for part in tree.parts)
        case Not():
            return _negative(tree.part)
        case _:
            return _leaf(tree, "is", "")


def window_words(window: Window) -> str:
    """A window as it stands behind a verb: "in the last 30 days", "before 1 March 2026"."""
    if window.last:
        return f"in the last {_span(window.last.amount, window.last.unit)}"
    if window.older:
        return f"more than {_span(window.older.amount, window.older.unit)} ago"
    if window.period:
        return f"in {window.period}" if window.period.split()[0] not in ("today", "yesterday") else window.period
    if window.start and window.end:
        return (
            f"on {day(window.start)}"
            if window.start == window.end
            else f"between {day(window.start)} and {day(window.end)}"
        )
    if window.start:
        return f"since {day(window.start)}"
    assert window.end is not None
    return f"before {day(window.end + timedelta(days=1))}"


def _inside(part: Condition, other: type[AllOf] | type[AnyOf]) -> str:
    return f"({in_words(part)})" if isinstance(part, other) else in_words(part)


def _negative(part: Condition) -> str:
    match part:
        case AllOf() | AnyOf():
            return f"not ({in_words(part)})"
        case TextIs(op="is") | StatusIs() | TagIs() | ConsentIs():
            return _leaf(part, "is not", "")
        case NumberIs() if not part.field.startswith(CUSTOM):
            return _leaf(part, "is not", "")
        case TextIs(op="contains"):
            return f"{_field(part.field)} does not contain {_list(part.values)}"
        case Known():
            return f"{_field(part.field)} is unknown"
        case _:
            return _leaf(part, "is", "not ")


def _leaf(tree: Condition, verb: str, no: str) -> str:
    match tree:
        case TextIs():
            if tree.op == "is":
                return f"{_field(tree.field)} {_among(verb, tree.values)}"
            return f"{no}{_field(tree.field)} {tree.op} {_list(tree.values)}"
        case StatusIs():
            return f"status {_among(verb, [value.value for value in tree.values])}"
        case TagIs():
            return f"tag {_among(verb, tree.values)}"
        case ConsentIs():
            return f"consent {_among(verb, [_consent(value) for value in tree.values])}"
        case NumberIs():
            return f"{no}{_field(tree.field)} {_compared(tree, verb)} {_number(tree.value)}"
        case Known():
            return f"{_field(tree.field)} is known"
        case When():
            if tree.window.older:
                return f"{no}{_field(tree.field)} older than {_span(tree.window.older.amount, tree.window.older.unit)}"
            return f"{no}{_field(tree.field)} {window_words(tree.window)}"
        case Happened():
            return no + _happened(tree)
    raise TypeError(f"no words for {tree!r}")


def _compared(tree: NumberIs, verb: str) -> str:
    if tree.field.startswith(CUSTOM):  # "is 5" would compare what was written in the field
        return "exactly" if tree.op == "=" else NUMBER_WORDS[tree.op]
    return NUMBER_WORDS[tree.op] if verb == "is" else "is not"


def _happened(tree: Happened) -> str:
    verb, thing = EVENT_WORDS[tree.event]
    parts = [verb, _quoted(tree.mailing) if tree.mailing else thing]
    if tree.at_least > 1:
        parts.append(f"at least {tree.at_least} times")
    if tree.window:
        parts.append(window_words(tree.window))
    return " ".join(part for part in parts if part)


def _field(field: str) -> str:
    if field.startswith(CUSTOM):
        name = field.removeprefix(CUSTOM)
        return f"{CUSTOM}{name}" if re.fullmatch(r"[\w-]+", name) else f"{CUSTOM}{_quoted(name)}"
    return field.replace("_", " ")


def _among(verb: str, values: list[str] | tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"{verb} {_value(values[0])}"
    return f"{verb} one of {_list(values)}"


def _list(values: list[str] | tuple[str, ...]) -> str:
    """The first value cannot be taken for a condition, a later one could."""
    return ", ".join(_value(value, later=place > 0) for place, value in enumerate(values))


def _value(value: str, *, later: bool = False) -> str:
    """A value, in quotes where its words would be read as something else."""
    words = set(value.casefold().split())
    if (
        _PLAIN.fullmatch(value)
        and not _OPENING.search(value)
        and value[-1] not in ".:"
        and not _SPLITTING & words
        and not (later and (_BEGINNING & words or value.casefold().startswith(CUSTOM)))
    ):
        return value
    return _quoted(value)


def _quoted(value: str) -> str:
    """A value in quotation marks that it does not hold itself; where it holds them all, those outside are curly."""
    marks = next((marks for marks in ("“”", '""', "«»", "''") if not set(marks) & set(value)), "“”")
    return f"{marks[0]}{value}{marks[1]}"


def _consent(channel: Channel) -> str:
    return "newsletter" if channel == Channel.EMAIL else channel.value


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "") if value == int(value) else f"{value:.10g}"


def _span(amount: int, unit: str) -> str:
    return f"{amount} {unit}{'' if amount == 1 else 's'}"
