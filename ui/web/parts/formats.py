"""Money, numbers, shares, days and moments as the tools' answers write them, from values as results hold them.

Results carry dates and moments as ISO 8601 text: `day_of` and `moment_of` read that, in the hub's zone.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.formats import count, day, days, listing, moment, money, number, percent, shorten, words

__all__ = [
    "change", "count", "day", "day_of", "days", "listing", "moment", "moment_of", "money", "number", "percent", "short_moment", "shorten",
    "title", "words",
]  # fmt: skip

NOTHING = "-"


def day_of(value: str | date | None) -> str:
    """A day of a result ("2026-04-24") as "24 April 2026"; a dash for None."""
    return NOTHING if value is None else day(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def moment_of(value: str | datetime | None, zone: ZoneInfo) -> str:
    """A moment of a result as "Fri 24 April 2026, 09:00" in `zone`; a dash for None."""
    return NOTHING if value is None else moment(_local(value, zone))


def short_moment(value: str | datetime | None, zone: ZoneInfo) -> str:
    """A moment of a result for a table: "24 Apr 2026, 09:00" in `zone`; a dash for None."""
    if value is None:
        return NOTHING
    local = _local(value, zone)
    return f"{local.day}\N{NO-BREAK SPACE}{local:%b}\N{NO-BREAK SPACE}{local:%Y, %H:%M}"  # breaks before the time, if at all


def change(share: float | None) -> str:
    """A change (0.125 is 12.5 % more) with its sign: "+12.5%"; a dash for None."""
    if share is None:
        return NOTHING
    return f"{'+' if share > 0 else ''}{percent(share)}"


def title(identifier: str | None) -> str:
    """An identifier as the beginning of a line: "lead_generation" is "Lead generation"."""
    said = words(identifier)
    return f"{said[:1].upper()}{said[1:]}"


def _local(value: str | datetime, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
