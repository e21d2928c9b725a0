"""Waits in the words of a workflow: delays before and behind a step, "wait until ...", and how long at most.

Each function reads at a character and gives what it read with the place behind it; None where no such thing stands there.
"""

import re
from datetime import date

from tools.automating.graph import Span, WaitUntil, Weekday
from tools.automating.phrases import length_at
from tools.automating.questions import ask
from tools.automating.steps import starts
from tools.automating.stops import stops
from tools.automating.triggers import Reading, time_of
from tools.words import UnclearWords, resolve_date

_DELAY = re.compile(r"(?:after|in|another|(?:and\s+)?then)\s+(?:another\s+)?", re.IGNORECASE)
_LATER = re.compile(
    r"\s*(?:later on|later|afterwards|after that|after|on|hence|thereafter|from then)?(?=[\s,:;.\n)]|$)[,:]?\s*",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s+(?:(?:by itself|automatically|just|exactly|about)\s+)?(?:after|in|within)?\s*", re.IGNORECASE)
#: What stands behind a delay that belongs to the step before it.
_ENDS = re.compile(
    r"\s*(?:later|afterwards|after that|after|thereafter)?\s*(?=[,;:.\n)!?]|$|and\b|then\b|if\b)", re.IGNORECASE
)
_UNTIL = re.compile(r"(?:wait|hold|pause)(?:s|ing)?\s+(?:until|till|til|for)\s+", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:(?:the )?(?:next|following|coming)\s+)?(?P<day>monday|tuesday|wednesday|thursday|friday|saturday"
    r"|sunday)s?(?:\s*,?\s*(?:at\s+)?(?P<time>\d{1,2}(?:[:.]\d\d)?\s*(?:am|pm|h|o'clock)?|noon))?(?=[\s,;:.)]|$)",
    re.I,
)
_CLOCK = re.compile(
    r"(?:at\s+)?(?P<time>\d{1,2}(?::\d\d)\s*(?:am|pm)?|\d{1,2}\s*(?:am|pm|o'clock)|noon|midnight)(?=[\s,;:.)]|$)", re.I
)
_AT_MOST = re.compile(
    r"(?:\s*,?\s*(?:or|but|and)?\s*(?:at most|no longer than|for at most|up to|max(?:imum)?|not longer than|or after)\s+|\s+or\s+)(?=\S)",
    re.I,
)


def delay(text: str, at: int, reading: Reading) -> tuple[Span, int] | None:
    """ "after 2 days", "3 days later", "the next day" in front of what is then done."""
    led = _DELAY.match(text, at)
    length = length_at(text, led.end() if led else at)
    if length is None:
        return None
    behind = _LATER.match(text, length[1])
    if behind is None:
        return None
    said = text[at : behind.end()].casefold()
    plain = re.search(r"later|after|hence|in |next|following|tomorrow|another", said)
    return (length[0], behind.end()) if plain or starts(text, behind.end(), reading) else None


def delay_behind(text: str, at: int) -> tuple[Span, int] | None:
    """ "mail after 2 days": a delay said behind its step."""
    gap = _BEHIND.match(text, at)
    length = length_at(text, gap.end()) if gap else None
    behind = _ENDS.match(text, length[1]) if length else None
    return (length[0], behind.end()) if length and behind else None


def begins_waiting(text: str, at: int) -> bool:
    """Whether "wait until" or the like stands here."""
    return _UNTIL.match(text, at) is not None


def until(text: str, at: int, reading: Reading) -> tuple[WaitUntil, int] | None:
    """ "wait until Friday at 9", "hold until they opened it, at most a week"."""
    found = _UNTIL.match(text, at)
    if not found or (found.group().split()[-1].casefold() == "for" and length_at(text, found.end())):
        return None
    moment = _moment(text, found.end(), reading)
    if moment is not None:
        node, end = moment
        at_most = _at_most(text, end)
        return (node.model_copy(update={"at_most": at_most[0]}), at_most[1]) if at_most else moment
    asked = ask(text, found.end(), reading, stops(text, found.end(), reading))
    if asked is None or asked.no:
        return None
    at_most = None if asked.span else _at_most(text, asked.end)
    if at_most:
        return WaitUntil(question=asked.question, at_most=at_most[0]), at_most[1]
    return WaitUntil(question=asked.question, at_most=asked.span), asked.end


def _moment(text: str, at: int, reading: Reading) -> tuple[WaitUntil, int] | None:
    """A weekday, a time of day or a date."""
    found = _WEEKDAY.match(text, at)
    if found:
        day: Weekday = found["day"].casefold()  # type: ignore[assignment]
        return WaitUntil(weekday=day, time=time_of(found["time"], reading) if found["time"] else None), found.end()
    found = _CLOCK.match(text, at)
    if found and (time := time_of(found["time"], reading)):
        return WaitUntil(time=time), found.end()
    for stop in sorted(stops(text, at, reading), reverse=True)[-6:]:
        words = text[at:stop].strip(" ,;.")
        split = re.split(r"\s+at\s+", words)
        if not re.search(r"\d", words) or len(split) > 2:
            continue
        try:
            named: date = resolve_date(split[0], reading.now)
        except UnclearWords:
            continue
        return WaitUntil(day=named, time=time_of(split[1], reading) if len(split) == 2 else None), stop
    return None


def _at_most(text: str, at: int) -> tuple[Span, int] | None:
    found = _AT_MOST.match(text, at)
    return length_at(text, found.end()) if found else None
