"""Records: named, pointed at ("it", "the second one"), or named although the house has none such."""

import re
from dataclasses import dataclass

from agent.arguments import names
from agent.arguments.sentence import Sentence, Value
from agent.mentions import COMMON, RecordMention
from agent.turn import Evidence
from tools.core.declare import Argument, Tool
from tools.core.records import fold
from tools.core.result import RecordLink

_POINTING = re.compile(
    r"\b(?:it|its|it's|this|that|this one|that one|the same(?: one)?|them|these(?: \w+)?|those(?: \w+)?|their|him|his|her|she|he|they|the latter|the former)\b",
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 0,
    "second": 1,
    "third": 2,
    "fourth": 3,
    "fifth": 4,
    "1st": 0,
    "2nd": 1,
    "3rd": 2,
    "4th": 3,
    "last": -1,
    "latter": -1,
    "former": 0,
}
_NTH = re.compile(
    r"\bthe (first|second|third|fourth|fifth|1st|2nd|3rd|4th|last|latter|former)(?: one)?\b", re.IGNORECASE
)

#: "The one for employers": a record by what it is about; the tool's own lookup finds it.
_THE_ONE = re.compile(r"\b(?:the|that) one (?:for|about|with|from|to|on) (?:the |our )?[\w-]+", re.IGNORECASE)
#: "The winter one": a record by a word of its name.
_THE_SOME_ONE = re.compile(
    r"\b(?:the|that|our) ((?!other\b|first\b|second\b|third\b|last\b|same\b)[\w-]+(?: [\w-]+)?) one\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Focus:
    """What the conversation is about: the records spoken of last, the newest first, and those listed last in order."""

    recent: tuple[RecordLink, ...] = ()
    listed: tuple[RecordLink, ...] = ()

    def nth(self, word: str) -> RecordLink | None:
        """Which of those listed last "the second one" is."""
        at = _ORDINALS.get(word.casefold())
        return self.listed[at] if at is not None and -len(self.listed) <= at < len(self.listed) else None

    def of(self, noun: str) -> RecordLink | None:
        return next((link for link in self.recent if link.noun == noun), None)


def _says_nothing(mention: RecordMention) -> bool:
    """A post has no name: a word such as "is" of its text names none."""
    return mention.noun == "social_post" and all(word in COMMON for word in mention.text.casefold().split())


def fill_ref(tool: Tool, argument: Argument, sentence: Sentence, focus: Focus) -> Value | None:
    assert argument.noun is not None
    found = [m for m in sentence.records_of(argument.noun) if m.certainty >= (0.5 if argument.required else 0.68)]
    if found:
        mention = max(found, key=lambda m: (m.certainty, m.end - m.start))
        sentence.claim(mention.start, mention.end)
        value = mention.record.name if mention.record else mention.text
        return Value(value, sentence.evidence(mention.start, mention.end))
    weak = [m for m in sentence.records_of(argument.noun) if m.certainty >= 0.3 and not _says_nothing(m)]
    chosen = _THE_SOME_ONE.search(sentence.text)
    of_it = [m for m in weak if chosen and chosen.start(1) <= m.start and m.end <= chosen.end(1)]
    if of_it and argument.required:  # "the September one": the tool's own lookup finds it, or asks which
        mention = of_it[0]
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
    if link and (pointing or argument.required):
        words = pointing.group() if pointing else link.name
        return Value(link.name, Evidence(words=words, origin="conversation"))
    weak = [m for m in weak if tool.effect == "read" or not set(fold(m.text).split()) <= COMMON]
    if weak and argument.required:
        mention = weak[0]
        return Value(
            mention.record.name if mention.record else mention.text, sentence.evidence(mention.start, mention.end)
        )
    return None
