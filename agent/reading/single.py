"""Readers of one kind of thing, for callers that want nothing else."""

from __future__ import annotations

from datetime import datetime

from agent.reading.mention import Mention
from agent.reading.reader import read

_ANY_DAY = ("date", "moment", "date_range", "period")


def read_dates(
    text: str, *, now: datetime, time_zone: str, country: str | None = None, day_first: bool = True
) -> list[Mention]:
    """Days, moments, ranges and periods."""
    found = read(text, now=now, time_zone=time_zone, country=country, day_first=day_first)
    return [m for m in found if m.kind in _ANY_DAY]


def read_times(text: str, *, now: datetime, time_zone: str, day_first: bool = True) -> list[Mention]:
    """Times of day and moments."""
    found = read(text, now=now, time_zone=time_zone, day_first=day_first)
    return [m for m in found if m.kind in ("time", "moment")]


def read_money(text: str) -> list[Mention]:
    """Sums of money."""
    return _without_clock(text, "money")


def read_numbers(text: str) -> list[Mention]:
    """Counts."""
    return _without_clock(text, "number")


def read_percents(text: str) -> list[Mention]:
    """Percentages and shares ("half of the list")."""
    return _without_clock(text, "percent")


def read_changes(text: str) -> list[Mention]:
    """Changes of an amount ("by 10 %", "double it")."""
    return _without_clock(text, "change")


def read_durations(text: str) -> list[Mention]:
    """Lengths of time."""
    return _without_clock(text, "duration")


def _without_clock(text: str, kind: str) -> list[Mention]:
    # Any clock will do: days are read only so that their numbers are not taken for amounts.
    return [m for m in read(text, now=datetime(2024, 1, 1), time_zone="UTC") if m.kind == kind]
