"""Times of day: "6pm", "18:30 Uhr", "half past nine", "quarter to five", "9ish", "noon", "18h", "at 6", "tomorrow morning".

Policy for an hour without am, pm, a leading zero or a part of the day: 1 to 6 are the afternoon ("at 6" is 18:00), 7 to 11
the morning, 12 is noon. "half nine" is the British half past nine. Parts of a day stand for one hour each, see ``PARTS``;
the close of business and the end of the day are 17:00.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from tools.words.numbers import small_number
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTHS, ONES, WEEKDAYS

PARTS: dict[str, tuple[int, int]] = {
    "morning": (9, 0), "lunchtime": (12, 0), "lunch": (12, 0), "afternoon": (15, 0), "evening": (18, 0), "night": (20, 0),
    "tonight": (20, 0),
}  # fmt: skip
CLOSE = time(17, 0)


@dataclass(frozen=True, slots=True)
class Clocktime:
    """A time of day. ``vague``: only a part of the day was named. ``either``: morning or evening was not said."""

    hour: int
    minute: int = 0
    second: int = 0
    vague: bool = False
    either: bool = False
    zone: str | None = None

    @property
    def time(self) -> time:
        return time(self.hour % 24, self.minute, self.second)

    def other_half(self) -> Clocktime:
        return replace(self, hour=(self.hour + 12) % 24)


Timed = tuple[Clocktime, int]
ZONES: dict[str, str] = {
    "utc": "UTC", "gmt": "UTC", "z": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin",
    "bst": "Europe/London", "est": "America/New_York", "edt": "America/New_York", "et": "America/New_York",
    "eastern": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago", "central": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo",
    "aest": "Australia/Sydney", "sgt": "Asia/Singapore",
}  # fmt: skip
CITIES: dict[str, str] = {
    "london": "Europe/London", "berlin": "Europe/Berlin", "paris": "Europe/Paris", "amsterdam": "Europe/Amsterdam",
    "vienna": "Europe/Vienna", "zurich": "Europe/Zurich", "dublin": "Europe/Dublin", "new york": "America/New_York",
    "chicago": "America/Chicago", "los angeles": "America/Los_Angeles", "tokyo": "Asia/Tokyo", "sydney": "Australia/Sydney",
    "singapore": "Asia/Singapore", "mumbai": "Asia/Kolkata", "uk": "Europe/London", "german": "Europe/Berlin",
}  # fmt: skip
_LEADS = ("at", "@", "around", "about", "circa", "ca", "approximately", "roughly", "um", "gegen")
_AFTER_BARE_HOUR = frozenset({
    "", "on", "in", "tomorrow", "today", "tonight", "this", "next", "sharp", "and", "or", "for", "to", "from", "via", "with",
    "please", "instead", "then", "local", "if", "when", "but", "the", "not", "my", "our", "your", "ish", "exactly", "every",
    "so", "as", "until", "because", "about", "using", "saying", "that", "it", "is", "latest",
})  # fmt: skip


def clock_time(scan: Scan, i: int, *, led: bool = False) -> Timed | None:
    """A time of day that begins at token ``i``, its "at" and its time zone included.

    ``led``: the words before say that a time comes, so a bare hour will do.
    """
    led = led or scan.is_(i, *_LEADS)
    j = i
    while scan.is_(j, *_LEADS) and j < i + 3:
        j += 1
    j = scan.skip(j, ".") if scan.is_(j - 1, "ca") and j > i else j
    j = scan.skip(j, "exactly", "the")
    found = _named(scan, j) or _spoken(scan, j) or _digital(scan, j, led=led) or _plain(scan, j, led=led)
    if found is None:
        return None
    return _zone(scan, *_part(scan, *found))


def _named(scan: Scan, i: int) -> Timed | None:
    word = scan.word(i)
    if scan.glued(i + 1) and scan.is_(i + 1, "-") and scan.word(i + 2).isalpha():
        return None
    if word in ("noon", "midday", "noontime"):
        return Clocktime(12), i + 1
    if word == "midnight":
        return Clocktime(0), i + 1
    if word in ("lunchtime", "lunch") and scan.is_(i - 1, "at", "around", "by", "until"):
        return Clocktime(12, vague=True), scan.skip(i + 1, "time")
    return None


def _hour(scan: Scan, i: int) -> tuple[int, int] | None:
    """An hour in a word or in digits, and the token after it."""
    digits = scan.digits(i)
    if digits is not None:
        return (int(digits), i + 1) if len(digits) <= 2 and int(digits) <= 24 else None
    if scan.is_(i, "noon", "midday", "midnight"):
        return (0 if scan.is_(i, "midnight") else 12), i + 1
    value = ONES.get(scan.word(i), 0)
    return (value, i + 1) if 1 <= value <= 12 else None


def _spoken(scan: Scan, i: int) -> Timed | None:
    """ "half past nine", "quarter to five", "ten past 6", "five minutes to noon", "half nine"."""
    j = scan.skip(i, "a")
    minutes: int | None = None
    if scan.is_(j, "half") and j == i:
        if (
            _hour(scan, j + 1)
            and scan.digits(j + 1) is None
            and scan.word(j + 2) not in ("hundred", "thousand", "million")
        ):
            hour, end = _hour(scan, j + 1) or (0, 0)
            named = scan.is_(i - 1, "at", "around", "about", "tomorrow", "by", *WEEKDAYS)
            return _meridiem(scan, hour, 30, end) if named else None
        minutes, k = 30, j + 1
    elif scan.is_(j, "quarter"):
        minutes, k = 15, j + 1
    else:
        small = small_number(scan, j)
        digits = scan.digits(j)
        if small is not None and 1 <= small[0] <= 29:
            minutes, k = small
        elif digits is not None and 1 <= int(digits) <= 29:
            minutes, k = int(digits), j + 1
        else:
            return None
        k = scan.skip(k, "minutes", "mins", "min", "minute")
    if not scan.is_(k, "past", "to", "after", "before", "of") or (scan.is_(k, "of") and not scan.is_(j, "quarter")):
        return None
    counts = scan.is_(k, "to", "after", "before") and scan.digits(k + 1) is not None and minutes not in (15, 30)
    if counts and (not scan.is_(i - 1, "at") or scan.digits(j) is not None):
        return None  # "five to 7 emails" is a range of counts
    found = _hour(scan, k + 1)
    if found is None or (scan.is_(k, "of", "after", "before") and scan.is_(j, "half")):
        return None
    hour, end = found
    if scan.is_(k, "to", "before", "of"):
        timed = _meridiem(scan, hour, 0, end)
        total = (timed[0].hour * 60 - minutes) % (24 * 60)
        return replace(timed[0], hour=total // 60, minute=total % 60), timed[1]
    return _meridiem(scan, hour, minutes, end)


def _digital(scan: Scan, i: int, *, led: bool) -> Timed | None:
    """ "18:30", "6:30pm", "6.30 pm", "18h30", "18.30 Uhr", "18:30:00"."""
    digits, minute = scan.digits(i), scan.digits(i + 2)
    if (
        digits is None
        or len(digits) > 2
        or int(digits) > 24
        or (scan.glued(i) and scan.is_(i - 1, ":", ".", "/", "#", "$"))
    ):
        return None
    if minute is None or len(minute) != 2 or int(minute) > 59 or not (scan.glued(i + 1) and scan.glued(i + 2)):
        return None
    sign = scan.word(i + 1)
    end = i + 3
    if sign == "." and not (led or _says_clock(scan, end)):
        return None
    if sign not in (":", ".", "h", "\u2236") or (scan.glued(end) and scan.is_(end, ".", ",") and scan.digits(end + 1)):
        return None
    second = 0
    if sign == ":" and scan.is_(end, ":") and scan.glued(end) and len(scan.digits(end + 1) or "") == 2:
        second, end = int(scan.word(end + 1)), end + 2
        if second > 59 or (scan.is_(end, ":") and scan.glued(end)):
            return None
    if int(digits) == 24 and (int(minute) or second):
        return None
    timed = _meridiem(scan, int(digits), int(minute), end, exact=digits.startswith("0") or sign == "h")
    return replace(timed[0], second=second), timed[1]


def _says_clock(scan: Scan, i: int) -> bool:
    return _am_pm(scan, i) is not None or scan.is_(i, "uhr", "h", "hrs", "o'clock")


def _am_pm(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "am", "p.m.", "PM", "p" glued to the digits."""
    word = scan.word(i)
    if word in ("am", "pm"):
        return (word, i + 1) if scan.glued(i) or scan.word(i + 1) not in ("i", "going") else None
    if word in ("a", "p") and scan.is_(i + 1, ".") and scan.is_(i + 2, "m"):
        return word + "m", scan.skip(i + 3, ".") if scan.glued(i + 3) else i + 3
    if word in ("a", "p") and scan.glued(i) and not scan.is_(i + 1, "/", "&"):
        return word + "m", i + 1
    return None


def _meridiem(scan: Scan, hour: int, minute: int, i: int, *, exact: bool = False) -> Timed:
    """The time with what follows it: am, pm, Uhr, o'clock, or nothing."""
    half = _am_pm(scan, i)
    if half is not None and 1 <= hour <= 12:
        return Clocktime(hour % 12 + (12 if half[0] == "pm" else 0), minute), half[1]
    if half is not None:
        i = half[1]  # "18:30 pm" is still 18:30
    uhr = scan.is_(i, "uhr", "h", "hrs", "hours") and (scan.word(i) != "hours" or exact)
    i += scan.is_(i, "uhr", "h", "hrs", "hours") and (scan.word(i) != "hours" or exact)
    i = scan.skip(i, "o'clock", "oclock")
    i = scan.skip(i, "sharp", "ish")
    if scan.is_(i, "-") and scan.is_(i + 1, "ish"):
        i += 2
    if exact or uhr or hour == 0 or hour > 12:
        return Clocktime(hour, minute), i
    return Clocktime(hour + 12 if hour <= 6 else hour, minute, either=True), i


def _plain(scan: Scan, i: int, *, led: bool) -> Timed | None:
    """ "6pm", "18h", "18 Uhr", "9ish", "nine o'clock", "six thirty", "at 6", "1830 hrs"."""
    digits = scan.digits(i)
    if digits is not None and len(digits) == 4 and int(digits[:2]) < 24 and int(digits[2:]) < 60:
        zero, hours = digits.startswith("0"), scan.is_(i + 1, "hrs", "hours", "h")
        if (
            scan.is_(i + 1, "hrs")
            or (hours and (led or zero))
            or (led and (zero or int(digits[2:]) % 15 == 0 < int(digits[2:])))
        ):
            return Clocktime(int(digits[:2]), int(digits[2:])), i + 1 + hours
    found = _hour(scan, i)
    if (
        found is None
        or scan.is_(i, "noon", "midday", "midnight")
        or (scan.glued(i) and scan.is_(i - 1, ".", ":", "/", "#", "$"))
    ):
        return None
    hour, end = found
    if _am_pm(scan, end) is not None and 1 <= hour <= 12:
        return _meridiem(scan, hour, 0, end)
    if scan.is_(end, "uhr", "o'clock", "oclock") or (scan.is_(end, "ish") and scan.glued(end)):
        return _meridiem(scan, hour, 0, end)
    if (
        scan.is_(end, "h")
        and scan.glued(end)
        and digits is not None
        and (led or scan.word(i - 1) in WEEKDAYS or scan.whole)
    ):
        return Clocktime(hour), end + 1
    if scan.is_(end, "-") and scan.is_(end + 1, "ish"):
        return _meridiem(scan, hour, 0, end)
    return _bare(scan, i, hour, end) if led else None


def _bare(scan: Scan, i: int, hour: int, end: int) -> Timed | None:
    small = small_number(scan, end)
    if scan.digits(i) is None and small is not None and (small[0] >= 10 or scan.is_(end, "oh")):
        return _meridiem(scan, hour, small[0], small[1])
    exact = (scan.digits(i) or "").startswith("0")
    if scan.is_(end, ".", ",") and scan.glued(end) and scan.digits(end + 1) is not None and scan.glued(end + 1):
        return None
    word = scan.word(end)
    if (
        word.isalpha()
        and word not in _AFTER_BARE_HOUR
        and word not in WEEKDAYS
        and word not in MONTHS
        and word not in ZONES
    ):
        return None
    if word in ("%", "€", "$", "£", "/", "-", "\u2013", "+", "&") or (scan.glued(end) and word.isalpha()):
        return None
    return _meridiem(scan, hour, 0, end, exact=exact)


def _part(scan: Scan, clock: Clocktime, end: int) -> Timed:
    """ "in the morning", "at night", "tonight" after an hour settle which half of the day it is in."""
    for words, part in (("in the morning", "morning"), ("in the afternoon", "afternoon"), ("in the evening", "evening"),
                        ("at night", "night"), ("this morning", "morning")):  # fmt: skip
        after = scan.phrase(end, words)
        if after is not None:
            return settle(clock, part), after
    return clock, end


def settle(clock: Clocktime, part: str) -> Clocktime:
    """The hour as it is meant beside a part of the day: 6 and "morning" is 06:00, 8 and "evening" 20:00."""
    if not clock.either:
        return clock
    hour = clock.hour % 12
    if part == "morning" or (part == "night" and hour < 5):
        return replace(clock, hour=hour, either=False)
    return replace(clock, hour=hour + 12, either=False)


def _zone(scan: Scan, clock: Clocktime, end: int) -> Timed:
    for k in (end + 1, end + 2):
        city = CITIES.get(" ".join(scan.word(x) for x in range(end, k)))
        if city is not None and scan.is_(k, "time"):
            return replace(clock, zone=city), k + 1
    word = scan.word(end)
    if word in ZONES and (
        scan.at(end).text.isupper() or word in ("eastern", "central", "pacific", "cet", "utc", "gmt", "cest")
    ):
        if word in ("eastern", "pacific") and not scan.is_(end + 1, "time") and scan.at(end + 1).text[:1].isupper():
            return clock, end  # Eastern Europe
        return replace(clock, zone=ZONES[word]), scan.skip(end + 1, "time")
    return clock, end
