"""Reading an undertaking out of a message: what it is called, and the things that it is to consist of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.routing.splitting import begins_with_order
from tools.core.records import NOUNS
from tools.words.vocabulary import ONES

#: The most things taken from one message, and the most repetitions of one of them ("three posts").
MOST_ITEMS, MOST_ALIKE = 12, 8
#: A name of more words is a sentence.
MOST_WORDS = 8

_HEAD = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|let'?s\s+|i(?:'d| would) like (?:you )?to\s+|i want (?:you )?to\s+|we(?:'re| are) going to\s+|help me(?: to)?\s+|we need to\s+|i need to\s+)*"
    r"(?P<verb>plan|prepare|organi[sz]e|set up|get(?= .{3,60} ready)|put together|arrange|kick off|launch|build|do|run|create|make|i need|we need|for)\b\s*(?:out\s+)?"
    r"(?:(?:the|our|a|an|my|this|that)\s+)?(?P<name>[^:\n–—]{3,80}?)(?:\s+ready)?"
    r"\s*(?P<sep>:|\s[–—-]\s|\n|,?\s+(?:with|including|consisting of|made (?:up )?of|containing)\s+(?=(?:an?|one|two|three|four|\d)\b))",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"(?:[^.!?\n]*[.!?]\s+){1,6}(?=(?:please|can|could|let|i|we|plan|prepare|organi[sz]e|set|put)\b)", re.IGNORECASE
)
#: Where one thing of a list may end and the next begin.
_NEXT = re.compile(
    r"\s*\n\s*(?:[-*•·]|\d{1,2}[.)])?\s*|\s*;\s*(?:and\s+)?|\s*,\s*(?:and\s+|then\s+|plus\s+)*|\s+(?:and|plus|then|as well as|&|\+)\s+(?:then\s+|also\s+)?",
    re.IGNORECASE,
)
#: "For the fair we need: …"
_NEEDED = re.compile(
    r"\s*,?\s+(?:i|we)(?:'d|'ll)? (?:also )?(?:need|want|would like|will need)(?: the following)?$", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)])\s*")
_ARTICLE = re.compile(
    r"^(?:also\s+|then\s+|finally\s+)?(?:an?|the|our|some|another|one more|a few|a couple of)\s+", re.IGNORECASE
)
_COUNT = re.compile(r"^(?:also\s+|then\s+|finally\s+)?(?P<number>\d{1,2}|[a-z]+)\s+", re.IGNORECASE)
#: Kinds of things that are no records of their own, beside those that the house keeps.
_KINDS = frozenset(
    """newsletter newsletters mails e-mails invite invites sms text texts reel reels story stories sequence series ad ads advert adverts copy copies hashtags script scripts
    calendar line lines report reports article articles invitation invitations reminder reminders teaser teasers
    announcement flow journey funnel plan""".split()
)


@dataclass(frozen=True)
class Item:
    """A thing of an undertaking: its words [start, end) in the message, the kind's word, how many of it are wanted, what
    stands before the kind ("welcome" of "a welcome mail"), and whether it is an order of its own ("send it on Monday")."""

    start: int
    end: int
    text: str
    kind: str
    count: int = 1
    qualifier: str = ""
    order: bool = False

    @property
    def single(self) -> str:
        """The thing as one of its kind: "an instagram post" for "two instagram posts"."""
        if self.count == 1:
            return self.text
        rest = _COUNT.sub("", self.text, count=1)
        one = re.sub(rf"\b{re.escape(self.kind)}\b", _singular(self.kind), rest, count=1, flags=re.IGNORECASE)
        return f"{'an' if one[:1].casefold() in 'aeiou' else 'a'} {one}"


@dataclass(frozen=True)
class Undertaking:
    """What is to be done as a whole: its name at [start, end), and its things in order."""

    name: str
    start: int
    end: int
    items: tuple[Item, ...]


def read_undertaking(message: str, keep: Sequence[tuple[int, int]]) -> Undertaking | None:
    """The undertaking that a message plans; None where it plans none. Nothing is cut inside the `keep` spans.

    At least two things must be named after what the whole is called, and every piece of the list must be a thing or
    belong to the one before it.
    """
    story = _STORY.match(message)
    at = story.end() if story else 0
    head = _HEAD.match(message[at:])
    if head is None:
        return None
    name, start = _NEEDED.sub("", head["name"]).strip(), at + head.start("name")
    if not re.search(r"\w{3}", name) or len(name.split()) > MOST_WORDS:
        return None
    items = _items(message, at + head.end(), keep)
    things = [item for item in items if not item.order]
    whole = name.split()[-1]
    listed = head["sep"].strip() in (":", "", "-", "–", "—")
    if len(items) < 2 or not things or (_is_kind(whole) and len(things) < (2 if listed else 3)):
        return None  # "an automation: when ..., send ...", "a campaign with a budget and a goal" are one thing each
    if whole.casefold() == "campaign" and len(name.split()) > 1 and "campaign" not in (item.kind for item in items):
        items.insert(0, Item(start, start + len(name), "a campaign", "campaign"))  # "plan our Easter campaign: ..."
        name = name[: -len(whole)].strip()
    return Undertaking(name, start, start + len(name), tuple(items[:MOST_ITEMS]))


def _items(message: str, start: int, keep: Sequence[tuple[int, int]]) -> list[Item]:
    pieces: list[tuple[int, int]] = []
    at = start
    for boundary in _NEXT.finditer(message, start):
        if any(s < boundary.end() and boundary.start() < e for s, e in keep):
            continue
        pieces.append((at, boundary.start()))
        at = boundary.end()
    pieces.append((at, len(message)))
    items: list[Item] = []
    for begin, end in pieces:
        bullet = _BULLET.match(message[begin:end])
        begin += bullet.end() if bullet else 0
        if not message[begin:end].strip(" .!"):
            continue
        item = _item(message, begin, end)
        if item is not None:
            items.append(item)
        elif items:  # "to the VIPs and the regulars": goes on with what stands before
            last = items[-1]
            items[-1] = Item(
                last.start, end, message[last.start : end].strip(), last.kind, last.count, last.qualifier, last.order
            )
        else:
            return []
    return items


def _item(message: str, begin: int, end: int) -> Item | None:
    text = message[begin:end].strip(" .!")
    if not text:
        return None
    if begins_with_order(text) and not _is_kind(text.split()[0]):
        return Item(begin, end, text, text.split()[0].casefold(), order=True)
    count, rest = 1, text
    article = _ARTICLE.match(rest)
    number = _COUNT.match(rest)
    if article:
        rest = rest[article.end() :]
    elif number and (value := _number(number["number"])) is not None:
        count, rest = value, rest[number.end() :]
    head = re.split(
        r"\b(?:to|for|about|on|with|of|that|who|which|from|in|called|named|at|when|announcing|saying|via)\b",
        rest,
        maxsplit=1,
        flags=re.IGNORECASE,
    )[0]
    words = re.findall(r"[\w/'’-]+", head)
    places = [place for place, word in enumerate(words[:6]) if _is_kind(word)]
    if not places:
        return None
    # The last word for a kind names it ("email campaign", "welcome mail sequence"), unless it is far from the head.
    place = places[-1]
    qualifier = " ".join(words[:place])
    return Item(begin, end, text, words[place].casefold(), min(count, MOST_ALIKE), qualifier)


def _singular(kind: str) -> str:
    noun = next((one for one in NOUNS.values() if kind == one.plural), None)
    if noun is not None:
        return noun.singular
    return (
        f"{kind[:-3]}y" if kind.endswith("ies") else kind.removesuffix("s") if kind not in ("series", "sms") else kind
    )


def _number(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    return ONES.get(word.casefold()) or None


def _is_kind(word: str) -> bool:
    word = word.casefold()
    return word in _KINDS or any(
        word in kind.words or word in (kind.singular, kind.plural) for kind in NOUNS.values() if kind.noun != "lead"
    )
