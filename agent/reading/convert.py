"""What a mention is worth to an argument of a given type: a day, a moment, a period, an amount, a number."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from agent.reading.lengths import reckoned
from agent.reading.mention import DateRange, Duration, Mention, Money, Period
from tools.words.moments import in_zone
from tools.words.offsets import amount_of_unit
from tools.words.tokens import Scan


def as_range(mention: Mention) -> DateRange | None:
    """The days of a plan that a calendar mention names ("in October": the next one not over), or None."""
    return mention.ahead


def as_date(mention: Mention, edge: Literal["start", "end"] = "start") -> date | None:
    """One day of a calendar mention, looking ahead: the first or the last one of a longer span. None for other kinds."""
    if mention.kind == "date":
        day: date = mention.value
        return day
    if mention.kind == "moment":
        moment: datetime = mention.value
        return moment.date()
    if mention.ahead is None:
        return None
    return mention.ahead.start if edge == "start" else mention.ahead.end


def as_moment(mention: Mention, *, now: datetime, time_zone: str) -> datetime | None:
    """An aware moment: of a moment itself, of a time its next occurrence. A day alone is none."""
    if mention.kind == "moment":
        moment: datetime = mention.value
        return moment
    if mention.kind != "time":
        return None
    at: time = mention.value
    local = now.astimezone(in_zone(datetime(2000, 1, 1), time_zone).tzinfo).replace(tzinfo=None) if now.tzinfo else now
    today = datetime.combine(local.date(), at)
    return in_zone(today if today > local else today + timedelta(days=1), time_zone)


def as_period(mention: Mention) -> Period | None:
    """A period for a report, looking back, from any calendar mention: a day is a period of one day."""
    if mention.kind == "period":
        period: Period = mention.value
        return period
    if mention.back is None or mention.kind == "moment":
        return None
    return Period(" ".join(mention.text.split()), mention.back.start, mention.back.end)


def as_amount(mention: Mention) -> float | None:
    """The sum of a money mention or the value of a plain number."""
    if isinstance(mention.value, Money):
        return mention.value.amount
    return float(mention.value) if mention.kind == "number" and mention.role != "id" else None


def as_days(mention: Mention) -> int | None:
    """Whole days of a duration ("two weeks" is 14), of a rolling period ("the next 30 days" is 30) or of a day that is
    counted from another ("thirty days from today")."""
    if mention.kind == "date":
        scan = Scan(mention.text)
        counted = amount_of_unit(scan, 0) or amount_of_unit(scan, 1)
        return None if counted is None else round(reckoned(counted[0], counted[1]).days) or None
    if isinstance(mention.value, Duration):
        return round(mention.value.days) or None
    if mention.kind == "period" and mention.ahead is not None:
        return (mention.ahead.end - mention.ahead.start).days + 1
    return None


def as_share(mention: Mention) -> float | None:
    """A percentage as a share of 1 (20 % is 0.2)."""
    return round(float(mention.value) / 100, 6) if mention.kind == "percent" else None
