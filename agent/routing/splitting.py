"""Several requests in one message: where it may be cut, and what a part borrows from the one before it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from agent.mentions import COMMON
from agent.routing.examples import NONE, load_examples

#: Where one request may end and the next begin.
_BOUNDARY = re.compile(
    r"(?:[.;!?]+\s+|\s*,\s*(?:and\s+)?(?:then|also)\s+|\s*,?\s+and\s+(?:then|also|after that)\s+|\s*,?\s+(?:and|plus|then|&)\s+|\s*,\s+|\s+[-–—+]\s+)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!?]")
_POLITE = re.compile(
    r"^(?:\W*(?:please|pls|plz|can you|could you|would you|will you|i want you to|i want to|i'?d like to|i'?d like you to|i need to|"
    r"we need to|we should|let'?s|and|then|also|now|ok|okay|so|hi|hello|hey|afterwards|next|finally|first|second|after that)\b\s*)+",
    re.IGNORECASE,
)
#: Words that stand in names too and yet begin orders and questions.
_ORDERS = {"list", "launch", "what", "which", "who", "when", "how", "is", "are", "do", "does", "did"}
_WISH = re.compile(
    r"^\W*(?:please\s+)?(?:i|we)(?:'d|'ll|’d)?\s+(?:also\s+|just\s+)?(?:need|want|would like|like|could use|require|have to have)\b(?!\s+(?:to|you)\b)",
    re.IGNORECASE,
)
#: "New lead joost@gracht.example": the order is that there be one.
_NEW = re.compile(
    r"^\W*new (?:lead|contact|campaign|segment|template|workflow|automation|mailing|newsletter|post|article|test)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"^\s*(?:also\s+)?(?:the|an?|our|my|your|this|that|some|another|one|two|three|four|five|six|\d+|for the|of the|on)\b",
    re.IGNORECASE,
)
#: Words that begin many examples but order nothing by themselves.
_NO_VERBS = set(
    """the a an our my for in on to and new all any it i we what's of somebody someone nobody everybody everyone everything
    something nothing anything people some every just too under over out off up until since after before as if enough good
    main key names total top short quick biggest sudden there's i'd i'm i've we'd we're we've actually could should would
    can will have has was were whenever""".split()
)


@dataclass(frozen=True)
class Cut:
    """A place where a message may be cut: the boundary's words are [start, end)."""

    start: int
    end: int
    sentence: bool


def cuts(message: str, keep: Sequence[tuple[int, int]]) -> list[Cut]:
    """Places to cut, in order; none inside what must stay together (quoted texts, names, ranges)."""
    found = []
    for match in _BOUNDARY.finditer(message):
        if match.end() >= len(message) or any(start < match.end() and match.start() < end for start, end in keep):
            continue
        found.append(Cut(match.start(), match.end(), _SENTENCE.search(match.group()) is not None))
    return found


def begins_with_order(text: str) -> bool:
    """Whether the words begin as an order, a wish or a question does (after any politeness)."""
    if _WISH.match(text) or _NEW.match(text):
        return True
    word = re.match(r"[\w'’/-]+", without_politeness(text))
    return word is not None and word.group().casefold() in order_words()


def without_politeness(text: str) -> str:
    """The text without "please", "could you", "I'd like to" and their like at its head."""
    return _POLITE.sub("", text)


def begins_a_thing(text: str) -> bool:
    """Whether the words begin a thing of their own ("an SMS about ..."), as against going on with one ("SMS content")."""
    return _THING.match(text) is not None


def order_head(text: str) -> str:
    """The politeness and verb at the head of a request ("Please delete", "I need", "How are"): what an elliptic second
    part borrows."""
    wish = _WISH.match(text)
    if wish:
        return wish.group()
    polite = _POLITE.match(text)
    start = polite.end() if polite else 0
    verb = re.match(r"[\w'’-]+(?:\s+(?:are|is|did|do|does|me|us|up)\b)*", text[start:])
    return text[: start + (verb.end() if verb else 0)]


@cache
def order_words() -> frozenset[str]:
    """The words with which the examples of the tools begin (two examples at least): verbs and question words."""
    first: Counter[str] = Counter()
    for example in load_examples():
        if not example.label.startswith(NONE):
            word = re.match(r"[\w'’/-]+", without_politeness(example.text))
            if word:
                first[word.group().casefold()] += 1
    return frozenset(word for word, count in first.items() if count >= 2) - _NO_VERBS - (COMMON - _ORDERS)
