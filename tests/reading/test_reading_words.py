"""A whole argument in words: periods, days, moments and amounts as a slash command or the API passes them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tools.words import UnclearWords, resolve_amount, resolve_date, resolve_moment, resolve_period

NOW = datetime(2026, 7, 8, 14, 30)  # a Wednesday


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last 30 days", "2026-06-09", "2026-07-08"),
        ("Last 30 Days", "2026-06-09", "2026-07-08"),
        ("last_30_days", "2026-06-09", "2026-07-08"),
        ("the last 30 days.", "2026-06-09", "2026-07-08"),
        ("for the last 30 days", "2026-06-09", "2026-07-08"),
        ("past week", "2026-07-02", "2026-07-08"),
        ("last two weeks", "2026-06-25", "2026-07-08"),
        ("last week", "2026-06-29", "2026-07-05"),
        ("this week", "2026-07-06", "2026-07-12"),
        ("today", "2026-07-08", "2026-07-08"),
        ("yesterday", "2026-07-07", "2026-07-07"),
        ("October", "2025-10-01", "2025-10-31"),
        ("in october", "2025-10-01", "2025-10-31"),
        ("July", "2026-07-01", "2026-07-31"),
        ("may", "2026-05-01", "2026-05-31"),
        ("march", "2026-03-01", "2026-03-31"),
        ("Oct 2024", "2024-10-01", "2024-10-31"),
        ("2026-05", "2026-05-01", "2026-05-31"),
        ("Q4 2025", "2025-10-01", "2025-12-31"),
        ("Q4", "2025-10-01", "2025-12-31"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("this quarter", "2026-07-01", "2026-09-30"),
        ("last quarter", "2026-04-01", "2026-06-30"),
        ("2025", "2025-01-01", "2025-12-31"),
        ("H1", "2026-01-01", "2026-06-30"),
        ("first half of 2026", "2026-01-01", "2026-06-30"),
        ("summer", "2026-06-01", "2026-08-31"),
        ("last winter", "2025-12-01", "2026-02-28"),
        ("since January", "2026-01-01", "2026-07-08"),
        ("since 3 May", "2026-05-03", "2026-07-08"),
        ("since last Friday", "2026-07-03", "2026-07-08"),
        ("year to date", "2026-01-01", "2026-07-08"),
        ("ytd", "2026-01-01", "2026-07-08"),
        ("month to date", "2026-07-01", "2026-07-08"),
        ("2026-01-01 to 2026-02-15", "2026-01-01", "2026-02-15"),
        ("2026-01-01..2026-02-15", "2026-01-01", "2026-02-15"),
        ("2026-01-01/2026-02-15", "2026-01-01", "2026-02-15"),
        ("from 1 May to 15 May", "2026-05-01", "2026-05-15"),
        ("1.5. - 15.5.", "2026-05-01", "2026-05-15"),
        ("November to January", "2025-11-01", "2026-01-31"),
        ("from Monday to Friday", "2026-07-06", "2026-07-10"),
        ("3 May", "2026-05-03", "2026-05-03"),
        ("Black Friday", "2025-11-28", "2025-11-28"),
        ("30 days", "2026-06-09", "2026-07-08"),
        ("90d", "2026-04-10", "2026-07-08"),
        ("two weeks", "2026-06-25", "2026-07-08"),
        ("week", "2026-07-06", "2026-07-12"),
        ("month", "2026-07-01", "2026-07-31"),
        ("the whole of last year", "2025-01-01", "2025-12-31"),
        ("next month", "2026-08-01", "2026-08-31"),
        ("all time", "2000-01-01", "2026-07-08"),
        ("all-time", "2000-01-01", "2026-07-08"),
        ("all", "2000-01-01", "2026-07-08"),
        ("overall", "2000-01-01", "2026-07-08"),
    ],
)
def test_period(words: str, first: str, last: str) -> None:
    assert resolve_period(words, NOW) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "words", ["", " ", "soon", "bananas", "31 June", "2026-02-30", "last banana", "Q5", "x" * 5000, "october surprise"]
)
def test_words_that_are_no_period_are_refused_with_examples(words: str) -> None:
    with pytest.raises(UnclearWords, match=r"I cannot read .* as a period\. Say it like .*last 30 days") as refusal:
        resolve_period(words, NOW)
    assert len(str(refusal.value)) < 260


def test_an_aware_clock_counts_by_its_own_wall() -> None:
    assert resolve_period("today", datetime.fromisoformat("2026-07-08T23:30:00-05:00")) == (
        date(2026, 7, 8),
        date(2026, 7, 8),
    )


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-08-31", "2026-08-31"),
        ("31 Aug", "2026-08-31"),
        ("3 May", "2027-05-03"),
        ("Friday", "2026-07-10"),
        ("next Friday", "2026-07-17"),
        ("end of August", "2026-08-31"),
        ("in two weeks", "2026-07-22"),
        ("tommorow", "2026-07-09"),
        ("Christmas Eve", "2026-12-24"),
        ("next month", "2026-08-01"),
        ("the 15th", "2026-07-15"),
    ],
)
def test_day(words: str, day: str) -> None:
    assert resolve_date(words, NOW) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2026-08-31T18:30", "2026-08-31T18:30:00+02:00"),
        ("2026-08-31 18:30", "2026-08-31T18:30:00+02:00"),
        ("2026-12-31T18:30", "2026-12-31T18:30:00+01:00"),
        ("Friday 6pm", "2026-07-10T18:00:00+02:00"),
        ("18:30", "2026-07-08T18:30:00+02:00"),
        ("at 6", "2026-07-08T18:00:00+02:00"),
        ("6am", "2026-07-09T06:00:00+02:00"),
        ("in 2 hours", "2026-07-08T16:30:00+02:00"),
        ("now", "2026-07-08T14:30:00+02:00"),
        ("tomorrow", "2026-07-09T09:00:00+02:00"),
        ("tomorrow morning", "2026-07-09T09:00:00+02:00"),
    ],
)
def test_moment(words: str, moment: str) -> None:
    assert resolve_moment(words, NOW, "Europe/Berlin").isoformat() == moment


def test_unclear_days_and_moments_are_refused() -> None:
    with pytest.raises(UnclearWords, match=r"as a date\. Say it like"):
        resolve_date("whenever", NOW)
    with pytest.raises(UnclearWords, match=r"as a time\. Say it like"):
        resolve_moment("whenever", NOW, "Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "amount"),
    [("7500", 7500.0), ("7.5k", 7500.0), ("$7,500", 7500.0), ("1.200,50 €", 1200.5), ("twelve hundred", 1200.0), ("-500", -500.0),
     ("EUR 2,250", 2250.0), ("half a million", 500000.0), ("much", None), ("", None), ("5 apples", None)],
)  # fmt: skip
def test_amount(words: str, amount: float | None) -> None:
    assert resolve_amount(words) == amount


def test_holidays_follow_the_country() -> None:
    def day(words: str, country: str | None) -> str:
        return resolve_date(words, NOW, country=country).isoformat()

    assert day("Mother's Day", "US") == "2027-05-09"
    assert day("Mother's Day", "GB") == "2027-03-07"
    assert day("Father's Day", "US") == "2027-06-20"
    assert day("Labor Day", "US") == "2026-09-07"
    assert day("Labour Day", "DE") == "2027-05-01"
    assert day("Thanksgiving", "CA") == "2026-10-12"
    assert day("Assumption Day", "AT") == "2026-08-15"
    assert day("Diwali", None) == "2026-11-08"


def test_seasons_turn_round_south_of_the_equator() -> None:
    assert resolve_period("this summer", NOW, country="AU") == (date(2026, 12, 1), date(2027, 2, 28))


def test_working_days_leave_out_the_countrys_holidays() -> None:
    before_christmas = datetime(2026, 12, 23, 9)
    assert resolve_date("in 2 working days", before_christmas) == date(2026, 12, 25)
    assert resolve_date("in 2 working days", before_christmas, country="DE") == date(2026, 12, 28)
