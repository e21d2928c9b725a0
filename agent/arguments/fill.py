"""Filling a tool's arguments from a message: each by its kind and role, each with the words that it rests on."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.arguments import choices, names, texts, values
from agent.arguments.sentence import Sentence, Value
from agent.turn import Evidence
from tools.core.declare import Argument, Tool
from tools.core.result import RecordLink

_POINTING = re.compile(
    r"\b(?:it|its|it's|this|that|this one|that one|the same(?: one)?|them|their|him|his|her|she|he|they|the latter|the former)\b",
    re.IGNORECASE,
)
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1, "former": 0}
_NTH = re.compile(r"\bthe (first|second|third|fourth|fifth|last|latter|former)(?: one)?\b", re.IGNORECASE)

#: "The one for employers": a record by what it is about; the tool's own lookup finds it.
_THE_ONE = re.compile(r"\b(?:the|that) one (?:for|about|with|from|to|on) (?:the |our )?[\w-]+", re.IGNORECASE)
#: What stands before a quoted text that is a title and no content.
_TITLED = re.compile(r"\b(?:subject(?: lines?)?|titled?|called|named|entitled|name)\b\W*(?:is|should be|of|to)?\W*$")
#: In which order arguments take their words: what is recognised most surely goes first.
ORDER = (
    "ref", "email", "url", "source", "variants", "prose", "title", "name", "person", "enum", "money", "datetime", "date",
    "period", "days", "count", "share", "company", "tone", "conditions", "audience", "subject", "description",
)  # fmt: skip
SUBJECTS = ("topic", "product", "query", "aim", "industry")


@dataclass(frozen=True)
class Focus:
    """What the conversation is about: the records spoken of last, the newest first, and those listed last in order."""

    recent: tuple[RecordLink, ...] = ()
    listed: tuple[RecordLink, ...] = ()

    def of(self, noun: str) -> RecordLink | None:
        return next((link for link in self.recent if link.noun == noun), None)


@dataclass
class Filled:
    """The arguments found, as JSON values, and what each rests on."""

    arguments: dict[str, object]
    rests_on: dict[str, Evidence]


#: Looks up what is stored: (noun, record, field) to the field's value, None where there is none.
Current = Callable[[str, str, str], object]


def fill(
    tool: Tool,
    sentence: Sentence,
    focus: Focus,
    now: datetime,
    *,
    known: Mapping[str, object] | None = None,
    current: Current | None = None,
) -> Filled:
    """Fill what the sentence holds. `known` arguments are kept and not read again.

    `current(noun, record, field)` looks up a stored figure, for "double it".
    """
    filled = Filled(dict(known or {}), {})
    for argument in sorted(tool.arguments, key=lambda a: ORDER.index(_slot(a))):
        if argument.name in filled.arguments:
            continue
        value = _fill_one(tool, argument, sentence, focus, now)
        if value is None and argument.role and argument.role.name == "money" and current:
            value = _changed(tool, argument, sentence, filled, current)
        if value is None and argument.kind == "date" and current:
            value = _moved(tool, argument, sentence, filled, current)
        if value is not None:
            filled.arguments[argument.name] = values.as_json(value.value)
            filled.rests_on[argument.name] = value.evidence
    return filled


def _slot(argument: Argument) -> str:
    if argument.noun:
        return "ref"
    if argument.enum:
        return "enum"
    if argument.kind in ("date", "datetime"):
        return argument.kind
    role = argument.role.name if argument.role else ""
    if argument.is_list and argument.name == "variants":
        return "variants"
    return "subject" if role in SUBJECTS else role if role in ORDER else "description"


def _fill_one(tool: Tool, argument: Argument, sentence: Sentence, focus: Focus, now: datetime) -> Value | None:
    slot = _slot(argument)
    if slot == "ref":
        return _fill_ref(tool, argument, sentence, focus)
    if slot == "enum":
        return choices.fill_choice(sentence, tool, argument)
    if slot == "datetime":
        return values.fill_moment(sentence, argument, now)
    if slot == "date":
        return values.fill_date(sentence, tool, argument)
    by_slot: dict[str, Callable[[], Value | None]] = {
        "period": lambda: values.fill_period(sentence),
        "money": lambda: values.fill_money(sentence, argument),
        "days": lambda: values.fill_days(sentence, argument),
        "count": lambda: values.fill_count(sentence, tool, argument),
        "share": lambda: values.fill_share(sentence),
        "email": lambda: _fill_emails(sentence, argument),
        "url": lambda: _fill_urls(sentence, argument),
        "source": lambda: values.fill_of_kind(sentence, "url", "file") or values.fill_of_kind(sentence, "quoted"),
        "variants": lambda: _fill_quoted_list(sentence),
        "prose": lambda: _fill_prose(sentence, tool, argument),
        "title": lambda: _fill_title(sentence, tool, argument),
        "name": lambda: names.fill_name(sentence, tool, argument),
        "person": lambda: _fill_person(sentence, tool, argument),
        "company": lambda: _fill_company(sentence),
        "tone": lambda: texts.fill_tone(sentence, argument),
        "audience": lambda: texts.fill_audience(sentence, tool, argument),
        "conditions": lambda: _fill_conditions(sentence),
        "subject": lambda: texts.fill_subject(sentence, tool, argument),
        "description": lambda: _fill_description(sentence, tool, argument),
    }
    return by_slot[slot]()


def _fill_ref(tool: Tool, argument: Argument, sentence: Sentence, focus: Focus) -> Value | None:
    assert argument.noun is not None
    found = [m for m in sentence.records_of(argument.noun) if m.certainty >= (0.5 if argument.required else 0.68)]
    if found:
        mention = max(found, key=lambda m: (m.certainty, m.end - m.start))
        sentence.claim(mention.start, mention.end)
        value = mention.record.name if mention.record else mention.text
        return Value(value, sentence.evidence(mention.start, mention.end))
    described = _THE_ONE.search(sentence.text)
    if described and argument.required and sentence.is_free(*described.span()):
        sentence.claim(*described.span())
        return Value(described.group(), sentence.evidence(*described.span()))
    nth = _NTH.search(sentence.text)
    listed = [link for link in focus.listed if link.noun == argument.noun]
    if nth and listed:
        at = _ORDINALS[nth.group(1).casefold()]
        if -len(listed) <= at < len(listed):
            return Value(
                listed[at].name, Evidence(words=nth.group(), start=nth.start(), end=nth.end(), origin="conversation")
            )
    link = focus.of(argument.noun)
    pointing = _POINTING.search(sentence.text)
    unknown = (
        names.fill_unknown(sentence, tool, argument.noun, pointing=bool(pointing and link))
        if argument.required
        else None
    )
    if unknown:
        sentence.claim(unknown.evidence.start or 0, unknown.evidence.end or 0)
        return unknown
    weak = [m for m in sentence.records_of(argument.noun) if m.certainty >= 0.3]
    if link and (pointing or argument.required):
        words = pointing.group() if pointing else link.name
        return Value(link.name, Evidence(words=words, origin="conversation"))
    if weak and argument.required:
        mention = weak[0]
        return Value(
            mention.record.name if mention.record else mention.text, sentence.evidence(mention.start, mention.end)
        )
    return None


def _changed(tool: Tool, argument: Argument, sentence: Sentence, filled: Filled, current: Current) -> Value | None:
    """ "Double it", "by 10 %": the new amount from the stored one."""
    ref = next((a for a in tool.arguments if a.noun and a.name in filled.arguments), None)
    for mention in sentence.of_kind("change"):
        if ref is None or ref.noun is None:
            return None
        now = current(ref.noun, str(filled.arguments[ref.name]), argument.name)
        if not isinstance(now, int | float):
            return None
        sentence.claim(mention.start, mention.end)
        return Value(round(mention.value.apply(now), 2), sentence.evidence(mention.start, mention.end))
    return None


def _moved(tool: Tool, argument: Argument, sentence: Sentence, filled: Filled, current: Current) -> Value | None:
    """ "A fortnight longer", "two days earlier": the new day from the stored one."""
    ref = next((a for a in tool.arguments if a.noun and a.name in filled.arguments), None)
    says_start = re.search(r"\b(?:start|begin|kick)\w*", sentence.text, re.IGNORECASE) is not None
    if ref is None or ref.noun is None or ("start" in argument.name) != says_start:
        return None
    for mention in sentence.of_kind("duration"):
        longer = re.match(r"\s*(?:longer|more)\b", sentence.after(mention.end, 12))
        if mention.role not in ("later", "earlier") and not longer:
            continue
        day = current(ref.noun, str(filled.arguments[ref.name]), argument.name)
        if not isinstance(day, date):
            return None
        sentence.claim(mention.start, mention.end)
        away = timedelta(days=-mention.value.days if mention.role == "earlier" else mention.value.days)
        return Value(day + away, sentence.evidence(mention.start, mention.end))
    return None


def _fill_emails(sentence: Sentence, argument: Argument) -> Value | None:
    found = sentence.of_kind("email")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    value: object = [mention.value for mention in found] if argument.is_list else found[0].value
    return Value(value, sentence.evidence(found[0].start, found[-1].end))


def _fill_urls(sentence: Sentence, argument: Argument) -> Value | None:
    found = sentence.of_kind("url", "file")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    return Value(
        [m.value for m in found] if argument.is_list else found[0].value,
        sentence.evidence(found[0].start, found[-1].end),
    )


def _fill_quoted_list(sentence: Sentence) -> Value | None:
    found = sentence.of_kind("quoted")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    return Value([mention.value for mention in found], sentence.evidence(found[0].start, found[-1].end))


def _fill_prose(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """A text kept word for word: the longest quoted one that is no title, or all behind a colon."""
    quoted = [m for m in sentence.of_kind("quoted") if not _TITLED.search(sentence.before(m.start, 30))]
    titled = any(a.role and a.role.name == "title" and a.required for a in tool.arguments)
    colon = sentence.of_kind("after_colon")
    behind = colon[-1] if colon else None
    if behind and titled and quoted:
        quoted = [m for m in quoted if m.start >= behind.start] or []
    if quoted and not (titled and len(quoted) == 1 and behind is None):
        mention = max(quoted, key=lambda m: m.end - m.start)
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    if behind and argument.required:
        sentence.claim(behind.start, behind.end)
        return Value(behind.value, sentence.evidence(behind.start, behind.end))
    if argument.required:
        said = re.search(
            r"\b(?:that says|saying|says|with the (?:text|content|words)|the text is|content is)\s+(.+)$",
            sentence.text,
            re.IGNORECASE | re.DOTALL,
        )
        if said:
            sentence.claim(*said.span(1))
            return Value(said.group(1), sentence.evidence(*said.span(1)))
    return None


def _fill_title(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    word = "subject" if argument.name == "subject" else argument.name
    for mention in sentence.of_kind("quoted"):
        before = sentence.before(mention.start, 40)
        if argument.required or re.search(rf"\b{word}\b", before) or word == "subject":
            sentence.claim(mention.start, mention.end)
            return Value(mention.value, sentence.evidence(mention.start, mention.end))
    behind = re.search(
        rf"\b{word}(?: line)?(?: is| should be|:|=)?\s+(?=[A-Z0-9])([^,;.!?]+)"
        if word == "subject"
        else r"\b(?:titled|called|named|entitled|title(?: is|:)?)\s+([^:,;.!?]+)",
        sentence.open_text(),
    )
    if behind and "\x00" not in behind.group(1):
        sentence.claim(*behind.span(1))
        return Value(behind.group(1).strip(), sentence.evidence(*behind.span(1)))
    return None


def _fill_person(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    match = re.search(
        r"\b(?:lead|contact|called|named|name(?: is)?|add|person|customer)\b[:,]?\s+((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’.-]+)+)",
        sentence.open_text(),
    )  # fmt: skip
    if match is None:
        match = re.search(
            r"((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’-]+)+)(?=\s*[,(<]|\s+(?:from|at|of|with|\x00))",
            sentence.open_text(),
        )
    if match is None:
        return None
    start, end = match.span(1)
    words = match.group(1).split()
    if words[0].casefold() in names._VERBS | {"add", "new", "lead", "contact", "please"}:
        start += len(words[0]) + 1
    if start >= end:
        return None
    sentence.claim(start, end)
    return Value(sentence.text[start:end], sentence.evidence(start, end))


def _fill_company(sentence: Sentence) -> Value | None:
    match = re.search(
        r"\b(?:from|at|of|company(?: is|:)?|works? (?:at|for)|with)\s+((?:[A-ZÄÖÜ][\w&'’.-]*|\d\w*)(?:\s+(?:&\s+)?[A-ZÄÖÜ][\w&'’.-]*)*)",
        sentence.open_text(),
    )
    if match is None:
        return None
    value = match.group(1).rstrip(".,")
    sentence.claim(match.start(1), match.start(1) + len(value))
    return Value(value, sentence.evidence(match.start(1), match.start(1) + len(value)))


def _fill_conditions(sentence: Sentence) -> Value | None:
    text = sentence.open_text()
    match = re.search(
        r"(?:\b(?:where|whose|with the conditions?|conditions?(?: is| are)?|if|rule(?:s)?(?: is| are)?|based on|who|that|for|of|with|containing|contains|including)\b|[:,])\s+([^\x00]*\w[^\x00]*)$",
        text,
        re.IGNORECASE,
    )
    if match is None:
        match = re.fullmatch(
            r"\s*([^\x00]*\b(?:is|are|at least|older|contains|more than|less than|in)\b[^\x00]*)", text
        )
    if match is None:
        return None
    value = match.group(1).strip(" .,;!?")
    start = match.start(1) + match.group(1).index(value) if value else match.start(1)
    if len(value) < 3:
        return None
    sentence.claim(start, start + len(value))
    return Value(value, sentence.evidence(start, start + len(value)))


def _fill_description(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    if argument.required:
        if argument.name == "description" and tool.name.startswith("set"):
            return _behind_is(sentence)
        return texts.fill_description(sentence)
    match = re.search(
        rf"\b{argument.name.replace('_', ' ')}(?: is|:|=| should (?:be|say)| to)?\s+[\"'“‘]?(.+?)[\"'”’]?[.!?]?$",
        sentence.open_text(),
        re.IGNORECASE,
    )
    if match and "\x00" not in match.group(1):
        sentence.claim(*match.span(1))
        return Value(match.group(1), sentence.evidence(*match.span(1)))
    return None


def _behind_is(sentence: Sentence) -> Value | None:
    """What something should be: the words behind "is", "to", "as" or a colon ("our brand voice is playful and brief")."""
    quoted = sentence.of_kind("quoted")
    if quoted:
        return Value(quoted[0].value, sentence.evidence(quoted[0].start, quoted[0].end))
    text = sentence.text
    match = re.search(
        r"(?:\b(?:voice|tone|style|sound|brand|write|we)\b.*?)(?:\b(?:is|are|to|be|as|sounds?|should be|like|in an?)\b|:)\s+(.+)$",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return texts.fill_description(sentence)
    value = re.split(r"[.!?]\s+(?=[A-Z])", match.group(1).strip())[0].rstrip(" .!?")
    start = match.start(1)
    return Value(value, sentence.evidence(start, start + len(value)))
