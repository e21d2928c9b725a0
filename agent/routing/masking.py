"""Masking: what was recognised in a message (records, dates, amounts, quoted texts) is replaced by placeholders, so that
the matcher compares what is asked and not with which values."""

import re
from collections.abc import Sequence

from agent.arguments.choices import vocabulary_pattern
from agent.arguments.names import unknown_record
from agent.mentions import RecordMention
from agent.reading import Mention
from tools.vocabulary import VOCABULARY

#: From this certainty on, words are taken for the record they name.
SURE_RECORD = 0.68
#: How the readers' kinds are written in example sentences.
PLACEHOLDERS = {
    "money": "money", "date": "date", "date_range": "date", "moment": "moment", "time": "moment", "period": "period",
    "number": "number", "percent": "percent", "duration": "duration", "quoted": "quoted", "email": "email",
    "file": "file", "url": "url", "name": "name",
}  # fmt: skip
_NOUNS = {"social_post": "post"}


def mask(message: str, mentions: Sequence[Mention], records: Sequence[RecordMention]) -> str:
    """The message with placeholders for what was recognised."""
    spans: list[tuple[int, int, str]] = []

    def add(start: int, end: int, placeholder: str) -> None:
        if not any(start < taken_end and taken_start < end for taken_start, taken_end, _ in spans):
            spans.append((start, end, placeholder))

    for record in records:
        if record.certainty >= SURE_RECORD:
            add(record.start, record.end, _NOUNS.get(record.noun, record.noun))
    for mention in mentions:
        if mention.kind in PLACEHOLDERS:
            add(mention.start, mention.end, PLACEHOLDERS[mention.kind])
    pattern, _ = vocabulary_pattern("platform", tuple(VOCABULARY["platform"]))
    for match in pattern.finditer(message):
        if len(match.group()) > 1 or (match.group() == "X" and _UPON.search(message[: match.start()])):
            add(match.start(), match.end(), "platform")
    for noun in ("campaign", "workflow", "template", "email_campaign", "segment", "ab_test"):
        unknown = unknown_record(message, noun)
        if unknown is not None:
            add(*unknown, _NOUNS.get(noun, noun))
    for match in _DEFINITE.finditer(message):
        add(match.start(), match.end(), str(match.lastgroup))
    return plain(fill_in(message, spans))


#: "X" is a platform where something goes on it or comes from it.
_UPON = re.compile(r"\b(?:on|for|to|via|from|our|an)\s+$", re.IGNORECASE)
#: What stands around a placeholder and only repeats its kind: "the {template} template", "workflow {workflow}".
_KINDS = {
    "campaign": "campaigns?|campain", "email_campaign": "mailing|mail|email|e-mail|newsletter|campaign",
    "template": "template", "workflow": "workflow|automation|flow|series", "ab_test": "a/b test|ab test|split test|test",
    "segment": "segment|list|audience|group", "lead": "lead|contact", "post": "post", "platform": "page|account",
}  # fmt: skip
#: "Delete the campaign.": a record that is not named, but meant.
_DEFINITE = re.compile(
    r"\b(?:the|this|that|my)\s+(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items() if kind != "platform")
    + r")\b(?=\s*(?:[.,;!?]|$|please\b|now\b|until\b|for now\b|again\b))",
    re.IGNORECASE,
)
_REPEATED = {
    kind: re.compile(
        rf"\b(?:(?:the|our|my|that|this)\s+)?(?:(?:{words})\s+)?(?:called\s+|named\s+)?\{{{kind}\}}(?:\s+(?:{words})\b)?"
        rf"|\{{{kind}\}}\s+(?:{words})\b",
        re.IGNORECASE,
    )
    for kind, words in _KINDS.items()
}


def plain(masked: str) -> str:
    """A masked sentence (or an example) without the words that only repeat what a placeholder is."""
    for kind, pattern in _REPEATED.items():
        masked = pattern.sub(f"{{{kind}}}", masked)
    return masked


#: "Don't delete the series, just pause it": what is not to be done, before what is.
_INSTEAD = re.compile(
    r"\b(?:do not|don['’]?t)\s+[a-z]+\s+((?:the\s+)?\{\w+\}|it|that|this|them)\W+(?:(?:but|just|only|instead|rather)\s+)+",
    re.IGNORECASE,
)
#: "Not the campaign, the mailing", "(not campaigns)": what is not meant.
_NOT_MEANT = re.compile(
    r"[,(]?\s*\bnot\s+(?:the\s+|an?\s+)?(?:\{\w+\}|(?:campaign|mailing|template|segment|workflow|lead|post|draft|test|newsletter)s?)"
    r"(?:\s*,|\s+but\b|\s+i me[ea]nt?\b|(?=\s*[).;!?]|\s*$))",
    re.IGNORECASE,
)


def meant(masked: str) -> str:
    """A masked sentence without what it says that is not meant, as long as anything is left."""
    left = _NOT_MEANT.sub(" ", _INSTEAD.sub(r"\1 ", masked)).strip()
    return re.sub(r"\s+", " ", left) if len(left.split()) > 2 else masked


def fill_in(message: str, spans: Sequence[tuple[int, int, str]]) -> str:
    """The message with each span replaced by its placeholder in braces."""
    parts, at = [], 0
    for start, end, placeholder in sorted(spans):
        parts += [message[at:start], "{", placeholder, "}"]
        at = end
    return re.sub(r"\s+", " ", "".join([*parts, message[at:]])).strip()
