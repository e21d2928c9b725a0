"""Reading what a workflow asks behind "if" and "until": "they opened it", "not clicked", "status is customer"."""

import re
from dataclasses import dataclass

from memory.enums import EventType
from tools.automating.graph import EventSince, LeadIs, MessageAnswered, Question, Span
from tools.automating.phrases import Q, length_at
from tools.automating.triggers import Reading, deed_event, where_of

_WHO = r"(?:they|he|she|the (?:lead|person|customer|recipient)|someone|somebody|people|it|nobody|the (?:e-?mail|mail|message|sms|link) (?:is|was))"
_NO = r"(?:do(?:es)?|did|ha(?:s|ve)|is|are|was)(?:n'?t| not)|dont|didnt|havent|hasnt|not|never|no"
_YES = r"(?:do(?:es)?|did|ha(?:s|ve)|is|are|was)"
_DEEDS = {
    "opened": r"(?:open(?:s|ed|ing)?|read|reads)", "clicked": r"click(?:s|ed|ing)?", "replied": r"(?:repl(?:y|ies|ied)|answer(?:s|ed)?|respond(?:s|ed)?)",
}  # fmt: skip
_IT = (
    rf"(?:\s+(?:on\s+|to\s+|in\s+)?(?:it|that|this|them|(?:the|that|our|any|a|an)\s+(?:first |second |last "
    rf"|previous )?(?:e-?mail|mail|message|link|links|sms|newsletter)s?|e-?mail|mail|the link in (?:it|the e?-?mail)|{Q}))*"
)
_MESSAGE = {
    deed: re.compile(rf"(?:{_WHO}\s+)?(?:still\s+)?(?:(?P<no>{_NO})\s+"
    rf"|{_YES}\s+)?(?:still\s+)?(?:yet\s+)?{verb}\b(?!\s+(?:an?y?\s+e?mails?\s+in|an email in the))(?:{_IT})(?:\s+(?:yet|at all|so far))?", re.I)
    for deed, verb in _DEEDS.items()
}  # fmt: skip
_LIMIT = re.compile(r"\s+(?:within|after|in|for)\s+(?=\S)", re.IGNORECASE)
_EVENT = re.compile(
    rf"(?:{_WHO}\s+)?(?:still\s+)?(?:(?P<no>{_NO})\s+|{_YES}\s+)?(?P<deed>(?:sign(?:ed|s)? up|subscribed?"
    rf"|order(?:ed|s)?|buys?|bought|purchased?|place(?:d|s)? an order|"
    r"visit(?:ed|s)? the (?:site|website|shop)|submit(?:ted|s)? (?:a|the) form|filled in (?:a|the) form"
    r"|unsubscribed?s?|convert(?:ed|s)?|wrote back(?: to us)?|bounced|complained|called|met us|"
    r"consented|withdrew consent|was sent an email|received an email))\b(?:\s+(?:something|anything|in between"
    r"|meanwhile|in the meantime|by then|yet|from us))*",
    re.IGNORECASE,
)
_NAMED_EVENT = re.compile(
    rf"(?:{_WHO}\s+)?(?:(?P<no>{_NO})\s+)?(?:(?:the\s+)?event\s+)(?P<name>{Q}|[\w.:-]+)(?:\s+(?:happened|happens|occurred|came in))?",
    re.I,
)
_SEGMENT = re.compile(
    rf"(?:they(?:'re| are)\s+|(?:the )?lead is\s+|are\s+|is\s+)?(?P<no>not\s+)?in\s+(?:the\s+)?segment\s+(?P<name>{Q})",
    re.I,
)
_PRONOUN = re.compile(
    r"^(?:they|he|she|the (?:lead|person)|someone)\s+(?=is\b|are\b|has\b|have\b|in\b|live|from\b|with\b|whose\b)", re.I
)
_ARE = re.compile(r"^(?:are|is)\s+(?=(?:an?\s+)?(?:customer|client|lead|contact|in |from |tagged|not ))", re.I)


@dataclass(frozen=True)
class Asked:
    """A question with the end of its words; `no`: its opposite was asked; `span`: after how long ("within 2 days")."""

    question: Question
    end: int
    no: bool = False
    span: Span | None = None


def ask(text: str, at: int, reading: Reading, stops: list[int]) -> Asked | None:
    """The question that begins at a character; conditions on the lead end at one of `stops` (the nearest that fits)."""
    found = _of_message(text, at) or _of_segment(text, at, reading) or _of_event(text, at, reading)
    if found is None:
        found = _of_lead(text, at, reading, stops)
    return found


def _of_message(text: str, at: int) -> Asked | None:
    for deed, pattern in _MESSAGE.items():
        found = pattern.match(text, at)
        if found:
            nobody = text[at:].casefold().startswith("nobody")
            asked = Asked(MessageAnswered(deed=deed), found.end(), bool(found["no"]) or nobody)
            return _with_limit(text, asked)
    return None


def _of_event(text: str, at: int, reading: Reading) -> Asked | None:
    found = _NAMED_EVENT.match(text, at)
    if found:
        name = reading.request.unquoted(found["name"])
        return _with_limit(text, Asked(EventSince(name=name), found.end(), bool(found["no"])))
    found = _EVENT.match(text, at)
    event = _event_of(found["deed"]) if found else None
    if found is None or event is None:
        return None
    behind = text[found.end() :]
    if re.match(
        r"\s+(?:at least|more than|in the last|twice|once|before|since|\d|and\s+(?:city|status|tag))",
        behind,
        re.IGNORECASE,
    ):
        return None  # a condition on the lead: "ordered at least 5 times"
    return _with_limit(text, Asked(EventSince(event=event), found.end(), bool(found["no"])))


def _event_of(deed: str) -> EventType | None:
    plain = deed.casefold()
    if plain.startswith("visit"):
        return EventType.VISITED
    if plain.startswith("wrote"):
        return EventType.REPLIED
    return deed_event(plain)


def _of_segment(text: str, at: int, reading: Reading) -> Asked | None:
    found = _SEGMENT.match(text, at)
    where = where_of(f"in segment {found['name']}", reading) if found else None
    return Asked(LeadIs(where=where), found.end(), bool(found["no"])) if found and where else None


def _of_lead(text: str, at: int, reading: Reading, stops: list[int]) -> Asked | None:
    if text[at : at + 1] == "(":
        end = closing(text, at)
        where = where_of(text[at + 1 : end], reading) if end else None
        return Asked(LeadIs(where=where), end + 1) if where and end else None
    for stop in stops:
        words = text[at:stop].strip(" ,:;.\n")
        words = _ARE.sub("", _PRONOUN.sub("", words))
        if not words:
            continue
        where = where_of(words, reading)
        if where:
            return Asked(LeadIs(where=where), stop)
    return None


def closing(text: str, at: int) -> int | None:
    """The position of the bracket that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return None


def _with_limit(text: str, asked: Asked) -> Asked:
    behind = _LIMIT.match(text, asked.end)
    length = length_at(text, behind.end()) if behind else None
    return Asked(asked.question, length[1], asked.no, length[0]) if length else asked
