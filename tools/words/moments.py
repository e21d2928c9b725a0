"""A day with a time: "Friday 6pm", "tomorrow morning at 8", "half past nine on the 24th", "tonight at 8", "in 2 hours"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tools.words.dayparts import close_of_business, of_part, part_of_day
from tools.words.offsets import amount_of_unit, day
from tools.words.relatives import moved, weekday_at
from tools.words.spans import DAY, Clock, Expr, fixed, one_day
from tools.words.times import PARTS, Clocktime, clock_time, settle
from tools.words.tokens import Scan


@dataclass(frozen=True, slots=True)
class Moment:
    """A day expression and a time, or (``elapsed``) a stretch from now."""

    day: Expr
    clock: Clocktime
    elapsed: timedelta | None = None

    def aware(self, clock: Clock, zone: str) -> datetime | None:
        """The aware moment in the time zone; None where the day does not exist."""
        try:
            if self.elapsed is not None:
                return (in_zone(clock.now.replace(microsecond=0), zone).astimezone(UTC) + self.elapsed).astimezone(
                    ZoneInfo(zone)
                )
            local = self.local(clock)
            return None if local is None else in_zone(local, zone, self.clock)
        except (OverflowError, ValueError):
            return None

    def local(self, clock: Clock) -> datetime | None:
        """The naive local time; an hour of either half of the day that has passed today is taken in the other half."""
        span = self.day.ahead(clock)
        if span is None:
            return None
        at = self.clock
        moment = datetime.combine(span.start, at.time)
        if at.hour == 24:
            moment += DAY
        other = datetime.combine(span.start, at.other_half().time)
        if at.either and span.start == clock.today and moment <= clock.now < other:
            moment = other
        return moment


def in_zone(local: datetime, zone: str, clock: Clocktime | None = None) -> datetime:
    """The aware moment in ``zone``. An hour that the spring change skips is moved on by an hour; of an hour that comes
    twice in autumn the first is meant. A time zone that the person named is converted from."""
    own = ZoneInfo(zone)
    said = ZoneInfo(clock.zone) if clock is not None and clock.zone is not None else own
    return local.replace(tzinfo=said).astimezone(UTC).astimezone(own)


def moment(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """The longest moment that begins at token ``i``."""
    found = [f for rule in (_iso, _day_then_time, _time_then_day, _this_part, _elapsed, _at_once)
             if (f := rule(scan, i)) is not None]  # fmt: skip
    return max(found, key=lambda f: f[1]) if found else None


def _iso(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """ "2026-04-24T18:30"."""
    if len(scan.digits(i) or "") != 4:
        return None
    at = day(scan, i)
    if at is None or not scan.is_(at[1], "t") or not scan.glued(at[1]):
        return None
    timed = clock_time(scan, at[1] + 1)
    if timed is None:
        return None
    clock = replace(timed[0], either=False, hour=int(scan.word(at[1] + 1)) % 24)
    return Moment(at[0], clock), timed[1]


def _day_then_time(scan: Scan, i: int) -> tuple[Moment, int] | None:
    at = day(scan, i)
    if at is None or at[0].grain != "day":
        return None
    j = scan.skip(at[1], ",", "(")
    j = scan.skip(j, "the") if scan.is_(j + 1, "morning", "evening") else j
    part = part_of_day(scan, j)
    if part is not None:
        after = clock_time(scan, scan.skip(part[1], ","))
        if after is not None and not after[0].vague:
            return Moment(at[0], settle(after[0], part[0])), after[1]
        return Moment(at[0], of_part(part[0])), part[1]
    timed = clock_time(scan, j) or _short_time(scan, j) or _window(scan, j)
    return None if timed is None else (Moment(at[0], timed[0]), timed[1])


def _window(scan: Scan, i: int) -> tuple[Clocktime, int] | None:
    """ "between 9 and 11", "from 2 to 4pm", "9-11": the hour it begins, and the token after the whole window."""
    led = scan.is_(i, "between", "from")
    first = clock_time(scan, i + led, led=led)
    if first is None or not scan.is_(first[1], "and", "to", "until", "-", "\u2013"):
        return None
    last = clock_time(scan, first[1] + 1, led=True)
    if last is None:
        return None
    begins, ends = first[0], last[0]
    if begins.either and not ends.either and begins.hour % 12 < ends.hour % 12 and ends.hour >= 12:
        begins = settle(begins, "afternoon")
    return begins, last[1]


def _short_time(scan: Scan, i: int) -> tuple[Clocktime, int] | None:
    """ "tomorrow by 6", "Friday before 9", "24.7. 18h", "tomorrow 6 in the morning"."""
    digits = scan.digits(i) or ""
    if digits and ((scan.is_(i + 1, "h") and scan.glued(i + 1)) or (len(digits) == 4 and digits[0] == "0")):
        return clock_time(scan, i, led=True)
    if digits and scan.phrase(i + 1, "in the") and scan.is_(i + 3, "morning", "afternoon", "evening"):
        return clock_time(scan, i, led=True)
    if not scan.is_(i, "by", "before", "from", "after", "until", "-") or day(scan, i + 1) is not None:
        return None  # "Monday, the 9th, until 20 March" ends on a day
    return clock_time(scan, i + 1, led=not scan.is_(i, "-"))


def _time_then_day(scan: Scan, i: int) -> tuple[Moment, int] | None:
    part = part_of_day(scan, scan.skip(i, "the", "on"))
    timed = _window(scan, i) or clock_time(scan, i)
    if timed is not None and (part is None or timed[1] >= part[1]):
        j = scan.skip(scan.skip(timed[1], ","), "on", "of")
        j = scan.phrase(j, "the day of") or j
        at = day(scan, j)
        if at is not None and at[0].grain == "day":
            after = part_of_day(scan, at[1])
            if after is not None and after[0] != "close":
                return Moment(at[0], settle(timed[0], after[0])), after[1]
            return Moment(at[0], timed[0]), at[1]
        if scan.is_(j, "tonight") or scan.phrase(j, "this evening"):
            return Moment(_today(), settle(timed[0], "evening")), j + (1 if scan.is_(j, "tonight") else 2)
        return None
    if part is None:
        return _hour_before_day(scan, i)
    at = day(scan, scan.skip(part[1], "of", "on", ","))
    beside = day(scan, part[1] + 1) if scan.is_(part[1], "before", "after") else None
    if beside is not None and beside[0].grain == "day":  # "the night before Christmas"
        return Moment(moved(beside[0], -1 if scan.is_(part[1], "before") else 1, "day"), of_part(part[0])), beside[1]
    if at is None or at[0].grain != "day":
        return (Moment(_today(), of_part("close")), part[1]) if part[0] == "close" else None
    return Moment(at[0], of_part(part[0])), at[1]


def _hour_before_day(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """ "8 tomorrow morning": a bare hour is a time where a part of that day follows."""
    hour, minute, end = int(scan.digits(i) or 0), 0, i + 1
    if not 1 <= hour <= 12 or scan.glued(i):
        return None
    if (
        scan.is_(end, ".")
        and len(scan.digits(end + 1) or "") == 2
        and scan.glued(end + 1)
        and int(scan.word(end + 1)) < 60
    ):
        minute, end = int(scan.word(end + 1)), end + 2
    at = day(scan, scan.skip(end, "on"))
    part = None if at is None or at[0].grain != "day" else part_of_day(scan, at[1])
    if at is None or part is None or part[0] == "close":
        return None
    return Moment(at[0], settle(Clocktime(hour, minute, either=True), part[0])), part[1]


def _today() -> Expr:
    return fixed("day", lambda clock: one_day(clock.today))


def _this_part(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """ "tonight", "this evening", "tonight at 8", "in the morning", "close of business", "the next morning"."""
    if scan.is_(i, "tonight"):
        part, j = "tonight", i + 1
    elif scan.is_(i, "this") and scan.word(i + 1) in PARTS and scan.word(i + 1) not in ("lunch", "night"):
        part, j = scan.word(i + 1), i + 2
    elif scan.phrase(i, "last night"):
        return Moment(fixed("day", lambda c: one_day(c.today - DAY)), of_part("night")), i + 2
    elif scan.phrase(i, "in the morning") and not weekday_at(scan, i + 3) and not scan.is_(i + 3, "of", "after", "on"):
        return Moment(_morning(), of_part("morning")), i + 3
    else:
        close = close_of_business(scan, i)
        return None if close is None else (Moment(_today(), of_part("close")), close)
    timed = clock_time(scan, scan.skip(j, ",")) if not scan.is_(j, "and", "the") else None
    if timed is not None:
        return Moment(_today(), settle(timed[0], "night" if part == "tonight" else part)), timed[1]
    return Moment(_today(), of_part(part)), j


def _morning() -> Expr:
    return fixed("day", lambda c: one_day(c.today + (DAY if c.now.hour >= 9 else timedelta())))


def _elapsed(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """ "in 2 hours", "in half an hour", "90 minutes from now", "an hour ago"."""
    inside = scan.is_(i, "in", "within")
    j = scan.skip(i + 1, "about", "around", "exactly", "another", "roughly") if inside else i
    if inside and scan.is_(i, "within"):
        j = scan.phrase(j, "the next") or j
    counted = amount_of_unit(scan, j)
    if counted is None or counted[1] not in ("hour", "minute"):
        return None
    amount, unit, end = counted
    stretch = timedelta(hours=amount) if unit == "hour" else timedelta(minutes=amount)
    for words, sign in (("from now", 1), ("hence", 1), ("ago", -1)):
        after = scan.phrase(end, words)
        if after is not None:
            return Moment(_today(), Clocktime(0), stretch * sign), after
    if not inside:
        return None
    end = scan.skip(scan.skip(end, "'", "\u2019"), "time")
    return Moment(_today(), Clocktime(0), stretch), end


_NOW = ("right away", "straight away", "immediately", "at once", "asap", "as soon as possible", "this instant")
_BEFORE_NOW = frozenset({"it", "them", "this", "that", "send", "publish", "post", "go", "live", "out", "start", "campaign",
                         "mail", "email", "newsletter", "tweet", "off", "right"})  # fmt: skip


def _at_once(scan: Scan, i: int) -> tuple[Moment, int] | None:
    """ "right away", "ASAP", and "now" where it says when ("send it now"), not where it leads on ("now create ...")."""
    end = next((end for words in _NOW if (end := scan.phrase(i, words)) is not None), None)
    j = scan.skip(i, "right")
    if end is None and scan.is_(j, "now") and not scan.word(j + 1).isalpha():
        end = j + 1 if scan.whole or j > i or scan.word(i - 1) in _BEFORE_NOW else None
    return None if end is None else (Moment(_today(), Clocktime(0), timedelta()), end)


def next_time(at: Clocktime, clock: Clock) -> datetime:
    """A time without a day: its next occurrence."""
    today = datetime.combine(clock.today, at.time)
    return today if today > clock.now else today + DAY
