"""Talk: what the hub says where nothing is to be called, and what "it" stands for in a sentence."""

import re
from collections.abc import Sequence

from agent.arguments.references import Focus
from agent.mentions import RecordMention
from agent.routing.examples import NONE
from agent.routing.matcher import Matcher
from tools.core.result import RecordLink

REPLIES = {
    "smalltalk": "Glad to help. Tell me what you would like to do next, or write `/help` for everything I can do.",
    "about_you": (
        "I am Marketing Hub, a program that runs on your own machine with a local language model: no customer data leaves "
        "it. I look after campaigns, texts, mailings, posts, workflows, tests, templates, leads and your knowledge base. I "
        "never send, publish, activate or delete anything before you have approved exactly what will happen. Write "
        "`/help` for the whole list."
    ),
    "off_topic": "I only look after your marketing, so I cannot help with that. Write `/help` to see what I can do.",
    "cannot": "I have no tool for that, so I did nothing. Write `/help` to see what I can do.",
    "not_now": "Noted. I changed nothing; tell me when you want something done.",
}
WHICH_ONE = "Which one do you mean? Say its name, such as “pause the campaign Bloom”."
_NUMBERS = {"first": 0, "1": 0, "one": 0, "former": 0, "second": 1, "2": 1, "two": 1, "latter": 1, "last": -1, "3": 2}
_NUMBER = re.compile(
    r"\W*(?:i (?:mean|want|meant)\s+)?(?:the\s+|number\s+|no\.?\s*|#)?(first|second|former|latter|last|one|two|[123])"
    r"(?:\s+(?:one|option|please))*\W*",
    re.IGNORECASE,
)
#: An order about "it": a verb, what is pointed at, and hardly a word more.
_ORDER_ABOUT_IT = re.compile(
    r"\W*(?:(?:please|pls|can you|could you|just|now|ok(?:ay)?)[,\s]+)*(?:delete|remove|pause|stop|activate|start|resume|send|cancel|"
    r"publish|post|schedule|rename|extend|archive|duplicate|open|show|close|optimi[sz]e|analy[sz]e|simulate|change|update|edit)\s+"
    r"(?:it|that|this|them|this one|that one|those)(?:\s+(?:please|pls|now|again|today|tomorrow|for me|too|instead))*\W*",
    re.IGNORECASE,
)
_CALLED_OFF = re.compile(
    r"\W*(?:never ?mind|nevermind|forget (?:it|that|about it)|cancel(?: that| it)?|drop (?:it|that)|leave it(?: be)?|stop|no thanks?|no,? (?:leave|forget|drop) it|"
    r"nothing|not now|no,? not now|let'?s not|scrap (?:it|that)|abort|none of them|neither)(?:[,\s]+(?:please|then|thanks|for now|after all|sorry))*\W*",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"(?<!love )(?<!like )(?<!got )(?<!hate )\b(?:its|it|this one|that one|this|that|them|him|his|her|she|he|they|the latter|the former|"
    r"the (?:first|second|third|fourth|1st|2nd|3rd|4th|last) (?:one|of (?:these|those|them|the)(?: (?:two|three|four))?))\b(?=[\s,.;!?]|$)",
    re.IGNORECASE,
)
#: "Give the campaign 1,100 euros": the one last spoken of.
NOUN_OF = {
    "campaign": "campaign", "mailing": "email_campaign", "newsletter": "email_campaign", "workflow": "workflow", "automation": "workflow",
    "template": "template", "segment": "segment", "lead": "lead", "test": "ab_test",
}  # fmt: skip
_DEFINITE = re.compile(
    rf"\b(?:the|that|this) (?P<noun>{'|'.join(NOUN_OF)})\b(?!['’]s\b)(?!\s+(?:of|for|called|named|about|with|that|which|to|on)\b)",
    re.IGNORECASE,
)
_PEOPLE = {"him", "his", "her", "she", "he"}


def calls_off(message: str) -> bool:
    """Whether the message drops the question that is open."""
    return _CALLED_OFF.fullmatch(message) is not None


def number_said(message: str) -> int | None:
    """Which of several is chosen ("2", "the second one"), counted from 0, -1 for the last; None where none is."""
    match = _NUMBER.fullmatch(message)
    return _NUMBERS[match.group(1).casefold()] if match else None


def points_at_nothing(message: str) -> bool:
    """Whether the message orders something about "it" and says nothing of what it is."""
    return _ORDER_ABOUT_IT.fullmatch(message) is not None


def reply(message: str, matcher: Matcher, masked: str) -> str:
    """The answer to what asks for no tool, by the kind of the nearest example."""
    nearest = matcher.nearest(masked, [NONE], 1)
    kind = nearest[0].label.partition(":")[2] if nearest else "off_topic"
    return REPLIES.get(kind, REPLIES["off_topic"])


def point(message: str, focus: Focus, records: Sequence[RecordMention]) -> str:
    """The message with the first "it" (its, him, ...) replaced by the record last spoken of, for the matcher to see what
    kind of thing is meant. Left as it is where the message names a record itself."""
    pointed = pointed_at(message, focus, records)
    if pointed is None:
        return message
    start, end, link = pointed
    genitive = "'s" if message[start:end].casefold() in ("its", "his") else ""
    return f"{message[:start]}{link.name}{genitive}{message[end:]}"


def pointed_at(message: str, focus: Focus, records: Sequence[RecordMention]) -> tuple[int, int, RecordLink] | None:
    """The first pronoun [start, end) and the record last spoken of that it stands for; None where the message names a
    record itself."""
    if any(record.certainty >= 0.68 for record in records):
        return None
    match = _PRONOUN.search(message)
    link = _meant(match.group().casefold(), focus) if match else None
    if link is None:
        match = _DEFINITE.search(message)
        named = match and re.match(r"\s+[A-Z“\"'‘]", message[match.end() :])
        link = focus.of(NOUN_OF[match["noun"].casefold()]) if match and not named else None
    return (*match.span(), link) if match and link else None


def points(message: str) -> bool:
    """Whether the message points at something said before."""
    return _PRONOUN.search(message) is not None


def _meant(word: str, focus: Focus) -> RecordLink | None:
    if word.startswith("the ") and focus.listed:
        return focus.nth(word.split()[1])
    if word in _PEOPLE:
        return focus.of("lead")
    return focus.recent[0] if focus.recent else None


_APPROVES = re.compile(
    r"\W*(?:yes|yep|yeah|sure|ok(?:ay)?|go ahead|do it|approved?|i approve|confirm(?:ed)?|please do|send it|delete it|yes,? (?:please|do it|go ahead|send it|delete it|approve)|sounds good|fine)(?:[,\s]+(?:please|then|thanks|now))*\W*",
    re.IGNORECASE,
)


def approves(message: str) -> bool:
    """Whether the message is a bare yes."""
    return _APPROVES.fullmatch(message) is not None
