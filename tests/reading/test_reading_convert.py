"""What a mention is worth to an argument of a type."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from agent.reading import (
    Change,
    Mention,
    Period,
    as_amount,
    as_date,
    as_days,
    as_moment,
    as_period,
    as_range,
    as_share,
    read,
)

NOW = datetime(2026, 7, 8, 14, 30)


def only(text: str) -> Mention:
    (found,) = read(text, now=NOW, time_zone="Europe/Berlin", country="DE")
    return found


def test_days() -> None:
    assert as_date(only("on 3 August")) == date(2026, 8, 3)
    assert as_date(only("in August")) == date(2026, 8, 1)
    assert as_date(only("in August"), "end") == date(2026, 8, 31)
    assert as_date(only("from 3 to 9 August"), "end") == date(2026, 8, 9)
    assert as_date(only("tomorrow at 6pm")) == date(2026, 7, 9)
    assert as_date(only("$300")) is None
    assert as_range(only("all of August")) == (date(2026, 8, 1), date(2026, 8, 31))


def test_moments() -> None:
    def said(text: str, now: datetime = NOW) -> str | None:
        moment = as_moment(only(text), now=now, time_zone="Europe/Berlin")
        return None if moment is None else moment.isoformat()

    assert said("Friday 6pm") == "2026-07-10T18:00:00+02:00"
    assert said("at 6pm") == "2026-07-08T18:00:00+02:00"
    assert said("at 9:00") == "2026-07-09T09:00:00+02:00"
    assert said("at 9:00", datetime.fromisoformat("2026-07-08T06:00:00+00:00")) == "2026-07-08T09:00:00+02:00"
    assert said("on Friday") is None


def test_periods_look_back() -> None:
    assert as_period(only("the last 30 days")) == Period("last 30 days", date(2026, 6, 9), date(2026, 7, 8))
    assert as_period(only("yesterday")) == Period("yesterday", date(2026, 7, 7), date(2026, 7, 7))
    assert as_period(only("on Monday")) == Period("Monday", date(2026, 7, 6), date(2026, 7, 6))
    assert as_period(only("from March to May")) == Period("from March to May", date(2026, 3, 1), date(2026, 5, 31))
    assert as_period(only("5 posts")) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("two weeks", 14),
        ("the next 30 days", 30),
        ("thirty days from today", 30),
        ("in a fortnight", 14),
        ("on Friday", None),
    ],
)
def test_numbers_of_days(text: str, days: int | None) -> None:
    assert as_days(only(text)) == days


def test_amounts_and_shares() -> None:
    assert as_amount(only("$7,500")) == 7500
    assert as_amount(only("three thousand")) == 3000
    assert as_amount(only("campaign 12")) is None
    assert as_share(only("20% of the list")) == 0.2
    assert as_share(only("half the list")) == 0.5
    assert as_share(only("20 posts")) is None


def test_changes_are_applied_to_what_is_there() -> None:
    def changed(text: str, current: float) -> float:
        change = only(text).value
        assert isinstance(change, Change)
        return change.apply(current)

    assert changed("raise it by 10%", 5000) == 5500
    assert changed("cut it by a third", 3000) == 2000
    assert changed("double it", 1250.5) == 2501
    assert changed("take 500 euros off", 800) == 300
    assert changed("another 500 euros", 800) == 1300
