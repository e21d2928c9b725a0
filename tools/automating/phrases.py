"""The words of a request before they are read: quoted texts set aside, the order ("create a workflow that ...") taken off."""

import re
from dataclasses import dataclass
from typing import Protocol

from tools.automating.graph import Span, WaitUnit
from tools.words.offsets import amount_of_unit
from tools.words.tokens import Scan

LONGEST = 4_000
#: Quoted texts are one private character each while a request is read, so that nothing looks into them.
_FIRST = 0xE000
Q = "[\ue000-\uefff]"
_QUOTED = re.compile(
    r"“([^“”]*)”|„([^„“”]*)[“”]|\"([^\"\n]*)\"|(?<!\w)['‘’]([^'‘’\n]*(?:\w['’](?=\w)[^'‘’\n]*)*)['’](?!\w)|«([^«»]*)»"
)
_ARROW = re.compile(r"\s*(?:-+>|=+>|→|➔|»|(?<=\s)>(?=\s)|\|)\s*")
_BULLET = re.compile(r"(?m)(?:^[ \t]*[-*•][ \t]+)")
_NUMBER = re.compile(r"(?:(?<=\s)|(?<=;)|(?<=\D:)|^)\d{1,2}[.)](?=\s+\S)")
_ORDER = re.compile(
    r"^(?:(?:please|pls|plz|hi|hello|hey|ok|okay|so|now|and|could you|can you|would you|will you|you|kindly|i'?d like(?: to have)?|"
    r"we'?d like(?: to have)?|i would like|we would like|i want|we want|i need|we need|let'?s|let us|make me|build me|give me|a|an|the|new|"
    r"create|build|set up|setup|make|add|put together|start|draft|design|do|automatic(?:ally)?|simple|drip|"
    r"that|to|have|us|me|my|our|please)\b[\s,:]*)*?"
    r"(?:(?:workflow|automation|automatism|flow|journey|sequence|series|follow-?up|drip)s?\b|automate\b)[\s,]*",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"^(?:called|named|with the name|titled)\s+(?:(?P<q>{Q})|(?P<w>[^,:;\n.]{{1,60}}?(?=\s*(?:[,:;\n.]|$|\s(?:that|which|when|whenever|if|for)\s))))",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(rf"^(?:(?P<q>{Q})|(?P<w>[A-Z][\w'-]*(?:\s+[A-Z0-9][\w'-]*){{0,4}}))\s*(?=:|,|$|that\b|which\b)")
_JOINT = re.compile(
    r"^[\s,:;.-]*(?:(?:please|pls)\b[\s,:]*)?(?:(?:that|which|so that|where|in which|to|with|as follows|like this|this way|for me)\b[\s,:]*)*",
    re.IGNORECASE,
)
_FOR_WHOM = re.compile(r"^for\s+[^,:;.\n]{1,60}:\s*", re.IGNORECASE)
_DESIRE = re.compile(
    r"^(?:please|pls|plz|i'?d like(?: it)?(?: that| to)?|we'?d like(?: it)?(?: that| to)?|i want(?: that| to)?|we want(?: that| to)?|"
    r"could you(?: please)?|can you(?: please)?|would you(?: please)?|automatically)\b[\s,:]*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"[\s,.;]*\b(?:please|pls|plz|thanks|thank you|thx|build me that|make that happen|can that happen automatically|"
    r"could you (?:build|make|automate) that|set that up|can you automate that)\b[\s.!?]*$",
    re.IGNORECASE,
)
_SLIPS = {
    "somone": "someone", "someon": "someone", "sombody": "somebody", "sombeody": "somebody", "recieve": "receive", "recieves": "receives",
    "singup": "signup", "singsup": "signs up", "emial": "email", "emal": "email", "maill": "mail", "wehn": "when", "whne": "when",
    "wiat": "wait", "wai": "wait", "thne": "then", "costumer": "customer", "opend": "opened", "cliked": "clicked", "clicekd": "clicked",
}  # fmt: skip
_SLIP = re.compile(rf"\b(?:{'|'.join(_SLIPS)})\b", re.IGNORECASE)
_LENGTHS: dict[str, tuple[int, WaitUnit]] = {
    "minute": (1, "minute"), "hour": (1, "hour"), "day": (1, "day"), "week": (1, "week"), "fortnight": (2, "week"),
    "month": (1, "month"), "quarter": (3, "month"), "year": (12, "month"), "workday": (1, "workday"),
}  # fmt: skip
_SMALLER: dict[WaitUnit, tuple[int, WaitUnit]] = {
    "hour": (60, "minute"), "day": (24, "hour"), "week": (7, "day"), "month": (30, "day"), "workday": (24, "hour"),
}  # fmt: skip
_NEXT_DAY = re.compile(
    r"(?:on )?the (?:next|following) (?:day|morning|evening)|the (?:day|morning|evening) after|(?:the )?next (?:day|morning)|tomorrow",
    re.IGNORECASE,
)


class Names(Protocol):
    """What exists in the house, for words that may name it."""

    def segment(self, name: str) -> tuple[int, str] | None:
        """The id and name of the segment that is called so."""
        ...

    def mailing(self, name: str) -> tuple[int, str] | None:
        """The id and name of the mailing that is called so."""
        ...


class NoNames:
    """Nothing is known."""

    def segment(self, name: str) -> tuple[int, str] | None:
        return None

    def mailing(self, name: str) -> tuple[int, str] | None:
        return None


@dataclass(frozen=True)
class Request:
    """A request without its order: `text` with quoted texts as single characters, `quotes` what they stand for, `name`
    the workflow's name where it is told."""

    text: str
    quotes: tuple[str, ...]
    name: str | None

    def unquoted(self, text: str) -> str:
        """A part of the text with what was quoted, without quotation marks."""
        return re.sub(Q, lambda found: self.quotes[ord(found.group()) - _FIRST], text).strip()

    def requoted(self, text: str) -> str:
        """A part of the text as it was written, with “quotation marks”."""
        return re.sub(Q, lambda found: f"“{self.quotes[ord(found.group()) - _FIRST]}”", text).strip()


def request(text: str) -> Request:
    """Take a request apart."""
    quotes: list[str] = []

    def aside(found: re.Match[str]) -> str:
        inner = next((group for group in found.groups() if group is not None), "")
        if not inner.strip() or len(quotes) > 0xFF0:
            return found.group()
        quotes.append(" ".join(inner.split()))
        return chr(_FIRST + len(quotes) - 1)

    text = re.sub(r"[\ue000-\uefff\r]", " ", text)
    text = _QUOTED.sub(aside, text).replace("’", "'")
    text = _SLIP.sub(lambda found: _SLIPS[found.group().casefold()], text)
    text = _ARROW.sub("\n", text)
    if len(_NUMBER.findall(text)) > 1:
        text = _NUMBER.sub("\n", text)
    text = _BULLET.sub("", text)
    text = re.sub(r"[ \t]+", " ", text).strip()
    name = None
    order = _ORDER.match(text)
    if order and order.end():
        text = text[order.end() :]
        for pattern in (_NAMED, _BARE_NAME):
            named = pattern.match(text)
            if named:
                name, text = named["q"] or named["w"], text[named.end() :]
                break
        text = _FOR_WHOM.sub("", text)
        text = _JOINT.sub("", text, count=1)
    while (desire := _DESIRE.match(text)) and desire.end():
        text = text[desire.end() :]
    text = _POLITE.sub("", text)
    # A line's end closes a clause as a semicolon does; behind a colon the clause goes on.
    text = re.sub(r"\s*\n\s*", "; ", re.sub(r":\s*\n\s*", ": ", text))
    made = Request(text.strip(" ,;:"), tuple(quotes), None)
    return Request(made.text, made.quotes, made.unquoted(name) if name else None)


def length_at(text: str, at: int) -> tuple[Span, int] | None:
    """The length of time that begins at a character ("two days", "half an hour", "the next day"), and the end of it."""
    named = _NEXT_DAY.match(text, at)
    if named:
        return Span(amount=1, unit="day"), named.end()
    piece = text[at : at + 60]
    if (
        not piece
        or not (piece[0].isalnum() or piece[0] == "½")
        or (at and (text[at - 1].isalnum() or text[at - 1] == "_"))
    ):
        return None
    scan = Scan(piece, whole=True)
    found = amount_of_unit(scan, 0)
    if found is None:
        return None
    amount, unit, end = found
    span = as_span(amount, unit)
    return (span, at + scan.at(end - 1).end) if span else None


def as_span(amount: float, unit: str) -> Span | None:
    """A length in whole units: half an hour is 30 minutes. None for a unit that is no length."""
    if unit not in _LENGTHS:
        return None
    times, whole = _LENGTHS[unit]
    amount *= times
    while amount != int(amount) and whole in _SMALLER:
        factor, whole = _SMALLER[whole]
        amount = round(amount * factor, 6)
    return Span(amount=round(amount), unit=whole) if amount <= 100_000 else None
