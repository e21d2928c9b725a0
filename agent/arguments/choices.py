"""Enums: which value of a closed vocabulary the words of a sentence stand for."""

import re
from functools import cache

from agent.arguments.sentence import Sentence, Value, word_pattern
from agent.reading import Mention
from tools.core.declare import Argument, Tool
from tools.vocabulary import VOCABULARY

#: Arguments whose words also mean other things: the value counts only behind such a cue or before such a word.
_TYPE_BEHIND = re.compile(r"\s*(?:marketing\s+)?(?:campai\w*|one\b|type\b|push\b)|\s*$|\s*[,.;]", re.IGNORECASE)
_THROUGH = re.compile(r"\b(?:on|via|through|over|using|by)\s+(?:the\s+)?$", re.IGNORECASE)
_TYPE_BEFORE = re.compile(r"\b(?:type|kind|of type|it'?s|it is|make it)\s*(?:is|:|=|of)?\s*(?:an?\s+)?$", re.IGNORECASE)
_GOAL_CUE = re.compile(
    r"\b(?:goal|aim|objective|purpose|target|is to|wants? to|in order to|to get|to drive|to raise|for|under)\W*(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
#: Goals that are said as such and need no cue.
_PLAIN_GOALS = re.compile(r"lead[\s-]gen\w*|brand[\s-]awareness|awareness|retention|product[\s-]launch", re.IGNORECASE)


@cache
def vocabulary_pattern(enum: str, values: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for all words of an enum, and the value that each (folded) word stands for."""
    meaning: dict[str, str] = {}
    for value in values:
        for word in (value, value.replace("_", " "), *VOCABULARY.get(enum, {}).get(value, ())):
            meaning.setdefault(_fold(word), value)
    return word_pattern([word for value in values for word in _words(enum, value)]), meaning


def find_choices(sentence: Sentence, argument: Argument) -> list[tuple[int, int, str]]:
    """Every free place that says a value of the argument's enum: (start, end, value), in order."""
    pattern, meaning = vocabulary_pattern(argument.kind, argument.enum)
    text = sentence.open_text()
    quotes = [m for m in sentence.mentions if m.kind == "quoted"]
    found = []
    for match in pattern.finditer(text):
        value = meaning.get(_fold(match.group()))
        if value and not any(_is_only_part_of(match, quote) for quote in quotes):
            found.append((match.start(), match.end(), value))
    return found


def _is_only_part_of(match: re.Match[str], quote: Mention) -> bool:
    """Whether a word stands in a quoted text that says more: "returning customers over 40" is no status."""
    inside = quote.start <= match.start() and match.end() <= quote.end
    return inside and len(match.group()) < len(str(quote.value).strip())


def fill_choice(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """The one value said for an enum argument, or the list of values; None where none is said."""
    found = [hit for hit in find_choices(sentence, argument) if _fits(sentence, tool, argument, *hit)]
    if not found:
        return None
    if argument.is_list:
        values = list(dict.fromkeys(value for _, _, value in found))
        for start, end, _ in found:
            sentence.claim(start, end)
        return Value(values, sentence.evidence(found[0][0], found[-1][1]))
    start, end, value = _preferred(sentence, argument, found)
    if argument.name not in ("status", "channel"):
        sentence.claim(start, end)
    return Value(value, sentence.evidence(start, end))


def _preferred(sentence: Sentence, argument: Argument, found: list[tuple[int, int, str]]) -> tuple[int, int, str]:
    """Of several: the one behind the argument's own name ("status", "as", "to"), else the value itself, else the last
    for a status (where it ends up), the first otherwise."""
    cue = re.compile(
        rf"\b(?:{argument.name.replace('_', ' ')}|mark\w*|set|as|to|back to)\b[^.;]{{0,25}}$", re.IGNORECASE
    )
    cued = [hit for hit in found if cue.search(sentence.text[: hit[0]])]
    pool = cued or [hit for hit in found if _fold(sentence.text[hit[0] : hit[1]]) == _fold(hit[2])] or found
    return pool[-1] if argument.name == "status" else pool[0]


def _fits(sentence: Sentence, tool: Tool, argument: Argument, start: int, end: int, value: str) -> bool:
    before, behind = sentence.text[:start], sentence.text[end:]
    if _negated(before):
        return False
    if argument.kind == "campaign_type" and _THROUGH.search(before) and tool.argument("channel"):
        return False
    if argument.kind == "campaign_type":
        return bool(_TYPE_BEHIND.match(behind) or _TYPE_BEFORE.search(before))
    if argument.kind == "goal" and argument.name == "goal":
        return bool(_PLAIN_GOALS.fullmatch(sentence.text[start:end]) or _GOAL_CUE.search(before))
    if argument.kind == "campaign_status" and tool.effect == "write":
        # "end", "start", "finish" with a day behind them speak of dates, not of a status.
        return not (sentence.text[start:end].casefold() in ("finish", "close", "stop", "start", "done", "over", "complete")
                    and re.match(r"\s+(?:on|at|by|in|until)\b", behind, re.IGNORECASE))  # fmt: skip
    if argument.kind == "channel" and argument.is_list:
        return not re.match(r"\s+campaigns?\b", behind, re.IGNORECASE)
    return True


def _negated(before: str) -> bool:
    return (
        re.search(
            r"\b(?:not|no|no longer|without|except|but not|rather than|instead of|isn['’]?t|wasn['’]?t|don['’]?t|never)\s+(?:the\s+|an?\s+|on\s+)?$",
            before,
            re.IGNORECASE,
        )
        is not None
    )


def _words(enum: str, value: str) -> tuple[str, ...]:
    return (value, value.replace("_", " "), *VOCABULARY.get(enum, {}).get(value, ()))


def _fold(word: str) -> str:
    return re.sub(r"[\s_-]+", " ", word.casefold()).strip()
