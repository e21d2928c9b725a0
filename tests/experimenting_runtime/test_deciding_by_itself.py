"""Tests that decide by themselves: a winner goes to the rest, or after some days there is none."""

from datetime import UTC, datetime, timedelta

from runtime_house import PEOPLE, START, ZONE, House

from memory.ab_tests import HELD
from memory.enums import AbElement, AbStatus, EmailStatus
from memory.notices import notice_named
from tools.experimenting.running import next_time


def test_a_winner_is_found_and_goes_to_the_rest(house: House) -> None:
    house.test(AbElement.SUBJECT, ["Spring is here", "Hello"])
    assert {row.due_at for row in house.rest()} == {HELD}
    house.look(minutes=1)
    assert house.found().status == AbStatus.RUNNING, "nothing went out yet"
    house.sent({0: 40, 1: 3})
    house.look(hours=2)
    test = house.found()
    assert (test.status, test.winner, test.decided_at) == (AbStatus.DECIDED, 0, house.now)
    assert house.mailing().subject_line == "Spring is here"
    assert {row.due_at for row in house.rest()} == {house.now}
    with house.database.session() as session:
        told = notice_named(session, "ab_test:1")
        assert told is not None
        assert told.text.startswith("The winner is A “Spring is here”.")
        assert f"{len(house.rest())} recipients who waited get it now, with the winner." in told.text


def test_a_content_test_rolls_its_text_out(house: House) -> None:
    house.test(AbElement.CONTENT, ["Come in", "Stay out"])
    house.sent({0: 2, 1: 40})
    house.look(hours=2)
    assert house.found().winner == 1
    assert house.mailing().content == "Stay out"


def test_without_a_difference_it_ends_after_three_days_and_says_no_winner(house: House) -> None:
    house.test(AbElement.SUBJECT, ["One", "Two"])
    house.sent({0: 10, 1: 10})
    house.look(days=2, hours=23)
    assert house.found().status == AbStatus.RUNNING
    house.look(hours=1)
    test = house.found()
    assert (test.status, test.winner) == (AbStatus.DECIDED, None)
    assert house.mailing().subject_line == "News", "the rest gets the mailing as it was written"
    assert {row.due_at for row in house.rest()} == {house.now}
    with house.database.session() as session:
        told = notice_named(session, "ab_test:1")
        assert told is not None
        assert told.text.startswith("There is no winner.")


def test_send_times_are_judged_when_each_had_its_time_and_the_rest_follows_at_the_winners_hour(house: House) -> None:
    morning, evening = START + timedelta(hours=1), START + timedelta(hours=9)
    house.test(AbElement.SEND_TIME, ["11:00", "19:00"], [morning, evening])
    house.clock.at = evening
    house.sent({0: 2, 1: 40})
    house.look(hours=47)
    assert house.found().status == AbStatus.RUNNING, "the last time has not had its 48 hours"
    house.look(hours=1, minutes=1)
    assert house.found().winner == 1
    # Decided on Wednesday at 19:01: the next seven in the evening is Thursday's.
    assert {row.due_at for row in house.rest()} == {datetime(2026, 3, 19, 18, 0, tzinfo=UTC)}


def test_a_mailing_that_stands_still_is_not_decided(house: House) -> None:
    house.test(AbElement.SUBJECT, ["One", "Two"])
    house.sent({0: 40, 1: 2})
    with house.database.session(write=True) as session:
        mailing = session.get_one(type(house.mailing()), 1)
        mailing.status = EmailStatus.PAUSED
    house.look(days=4)
    assert house.found().status == AbStatus.RUNNING
    assert len(house.rest()) < PEOPLE


def test_the_next_time_keeps_the_weekday_where_weekdays_were_tested() -> None:
    friday, monday = datetime(2026, 3, 20, 9, 0, tzinfo=ZONE), datetime(2026, 3, 16, 9, 0, tzinfo=ZONE)
    now = datetime(2026, 3, 23, 12, 0, tzinfo=ZONE)  # a Monday
    assert next_time(friday, [friday, monday], now) == datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    assert next_time(friday, [friday, friday.replace(hour=20)], now) == datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
    # After the clocks are put forward on 29 March, nine o'clock is 07:00 UTC.
    assert next_time(monday, [friday, monday], now) == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
