"""What the words beside a mention make of it."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from agent.reading import DateRange, Mention, mentions_of, read

NOW = datetime(2026, 7, 8, 14, 30)


def only(text: str, *, day_first: bool = True) -> Mention:
    (found,) = read(text, now=NOW, time_zone="Europe/Berlin", country="DE", day_first=day_first)
    return found


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("start on 3 May", "start"),
        ("starting 3 May", "start"),
        ("the campaign begins on 3 May", "start"),
        ("from 3 May", "start"),
        ("start_date=2027-05-03", "start"),
        ("move the start to 3 May", "start"),
        ("shift the start date of Bloom to 3 May", "start"),
        ("it ends 3 May", "end"),
        ("until 3 May", "end"),
        ("till the 3rd of May", "end"),
        ("through 3 May", "end"),
        ("extend it to 3 May", "end"),
        ("move the end date to 3 May", "end"),
        ("end date: 3 May", "end"),
        ("the deadline is 3 May", "end"),
        ("by 3 May", "by"),
        ("no later than 3 May", "by"),
        ("before 3 May", "before"),
        ("after 3 May", "after"),
        ("since 3 May", "since"),
        ("on 3 May", "on"),
        ("for 3 May", "for"),
        ("in three weeks", "in"),
        ("3 May", None),
        ("move it to 3 May", "to"),
        ("3 May at 6pm", None),
        ("at 6pm", "at"),
        ("a budget of 5k", "budget"),
        ("up to 5k", "at_most"),
        ("at least 5k", "at_least"),
        ("5k a month", "per month"),
        ("$10 off", "off"),
        ("15% off", "off"),
        ("set it to 5k", "to"),
        ("3 posts per week", "per week"),
        ("10 emails a day", "per day"),
        ("campaign #12", "id"),
        ("3 more ideas", "more"),
        ("extend it by two weeks", "later"),
        ("two days earlier", "earlier"),
        ("5 days apart", "every"),
        ("every 3 days", "every"),
        ("for two weeks", "for"),
        ("wait 3 days", "wait"),
    ],
)
def test_role(text: str, role: str | None) -> None:
    assert only(text).role == role


def test_what_a_number_counts() -> None:
    assert only("5 subject lines").unit == "subject"
    assert only("3 more ideas").unit == "ideas"
    assert only("a 5-email sequence").unit == "email"


def test_what_the_words_allow_as_well_is_told() -> None:
    assert only("on 4/5").other == (date(2027, 4, 5),)
    assert only("on 4/5", day_first=False).value == date(2027, 4, 5)
    assert only("on 4/5", day_first=False).other == (date(2027, 5, 4),)
    assert only("on 4/24").other == ()
    assert only("at 6").other == (time(6, 0),)
    assert only("at 6pm").other == ()
    assert [moment.isoformat() for moment in only("Friday at 6").other] == ["2026-07-10T06:00:00+02:00"]


def test_a_weekday_that_is_not_the_days_own_is_doubted() -> None:
    assert only("on Monday, 24 April 2026").doubt == "24 April 2026 is a Friday, not a Monday."
    assert only("on Friday, 24 April 2026").doubt is None
    assert only("Monday, 24 April 2026 at 6pm").doubt == "24 April 2026 is a Friday, not a Monday."


def test_a_day_that_describes_a_noun_says_so() -> None:
    assert only("pause the Black Friday campaign").attributive
    assert only("yesterday's figures").attributive
    assert not only("pause it on Black Friday").attributive


def test_a_part_of_the_day_is_told_from_an_hour() -> None:
    assert only("tomorrow morning").grain == "daypart"
    assert only("tomorrow morning at 8").grain == "minute"


def test_a_calendar_mention_knows_the_days_for_a_plan_and_for_a_report() -> None:
    october = only("in October")
    assert october.ahead == DateRange(date(2026, 10, 1), date(2026, 10, 31))
    assert october.back == DateRange(date(2025, 10, 1), date(2025, 10, 31))
    march_to_may = only("from March to May")
    assert march_to_may.ahead == DateRange(date(2027, 3, 1), date(2027, 5, 31))
    assert march_to_may.back == DateRange(date(2026, 3, 1), date(2026, 5, 31))


def test_nothing_is_read_inside_the_names_of_records() -> None:
    text = "pause Q4 Push 2026 and may madness on Friday"
    names = ["Q4 Push 2026", "May Madness"]
    found = read(text, now=NOW, time_zone="Europe/Berlin", names=names)
    assert [(m.kind, m.text) for m in found] == [("date", "Friday")]


def test_one_kind_can_be_asked_for() -> None:
    text = "5 posts on Friday for $300"
    found = mentions_of(text, "money", now=NOW, time_zone="Europe/Berlin")
    assert [m.text for m in found] == ["$300"]


def test_an_aware_clock_is_taken_to_the_time_zone() -> None:
    late = datetime.fromisoformat("2026-07-08T23:30:00+00:00")  # already the 9th in Berlin
    (found,) = read("tomorrow", now=late, time_zone="Europe/Berlin")
    assert found.value == date(2026, 7, 10)
