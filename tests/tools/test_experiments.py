"""The experiment tools through the door, on real records; figures worked out by hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from memory.ab_tests import HELD, AbTest, variant_test
from memory.deliveries import Delivery
from memory.enums import AbElement, AbMetric, AbStatus, Channel, ConsentState, DeliveryState, EmailStatus, EventType
from memory.events import record_events
from memory.lead_changes import new_lead, put_consent
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from tests.tools.conftest import NOW
from tools import email, experiments, leads  # noqa: F401 - declares the tools
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, NotFound
from tools.experimenting.assigning import variant_for
from tools.experimenting.letters import texts_of
from tools.experimenting.world import load_ab_test

Writing = Callable[[], AbstractContextManager[Session]]
AT = NOW.astimezone(UTC)
PEOPLE = 120


@pytest.fixture
def mailing(writing: Writing, door: Door) -> int:
    """A draft to 120 people in Oslo, and one mailing of the past: 1,000 delivered, 300 opened, 90 clicked."""
    with writing() as session:
        for number in range(PEOPLE):
            lead = new_lead(session, f"p{number}@x.org", AT, name=f"Person {number}", city="Oslo")
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, AT, "a test")
        past = EmailCampaign(name="Past", subject_line="Past", status=EmailStatus.SENT, sent_at=AT)
        session.add(past)
        session.flush()
        for name, value in (("delivered", 1_000), ("opens", 300), ("clicks", 90)):
            record_metric(session, "email_campaign", past.id, name, value, imported=True)
    door.call("create_segment", {"name": "Oslo", "conditions": "city is Oslo"})
    made = door.call("create_email_campaign", {"subject": "News", "content": "Hi. Shop now!", "segment": "Oslo"})
    return int(made.result.data()["id"])


@pytest.fixture
def draft(door: Door) -> int:
    """A draft to one address: for what is refused or read without anybody in the test."""
    made = door.call(
        "create_email_campaign", {"subject": "News", "content": "Hi. Shop now!", "recipients": ["a@x.org"]}
    )
    return int(made.result.data()["id"])


def create(door: Door, mailing: int, **more: Any) -> dict[str, Any]:
    given = {"email_campaign": str(mailing), "variants": ["Spring is here", "Hello, spring"], **more}
    return door.call("create_ab_test", given).result.data()


def send(door: Door, mailing: int) -> None:
    plan = door.call("send_email_campaign", {"email_campaign": str(mailing)})
    assert plan.plan_id is not None
    door.approve(plan.plan_id)


def carry_out(writing: Writing, mailing: int, clicks: dict[int, int], *, machines: int = 0) -> dict[int, int]:
    """Mark the test's messages as sent and let so many people of each variant click; returns how many got each."""
    with writing() as session:
        rows = session.scalars(
            select(Delivery).where(Delivery.email_campaign_id == mailing, Delivery.variant.is_not(None))
        ).all()
        events = []
        for position, amount in clicks.items():
            own = [row.lead_id for row in rows if row.variant == position]
            events += [(lead, False) for lead in own[:amount]] + [
                (lead, True) for lead in own[amount : amount + machines]
            ]
        session.execute(
            update(Delivery)
            .where(Delivery.email_campaign_id == mailing, Delivery.variant.is_not(None))
            .values(state=DeliveryState.SENT, sent_at=AT)
        )
        record_events(
            session,
            [
                {"lead_id": lead, "type": EventType.CLICKED, "at": AT, "email_campaign_id": mailing, "machine": machine}
                for lead, machine in [*events, *events[:3]]  # three click twice: people count once
            ],
        )
        return {position: sum(row.variant == position for row in rows) for position in clicks}


def test_a_test_is_stored_with_its_sample_plan(door: Door, mailing: int, writing: Writing) -> None:
    made = create(door, mailing, test_share=0.5, name="Spring test")
    assert made["name"] == "Spring test"
    assert (made["element"], made["metric"], made["status"], made["test_share"]) == (
        "subject",
        "clicks",
        "running",
        0.5,
    )
    assert [one["text"] for one in made["variants"]] == ["Spring is here", "Hello, spring"]
    plan = made["plan"]
    assert (plan["recipients"], plan["in_test"], plan["each"]) == (120, 60, 30)
    assert plan["rate"] == pytest.approx(0.09)  # 90 clicks of 1,000 delivered
    assert plan["rate_from"] == 1
    points = round(plan["effect"] * 100, 1)
    assert (
        f"60 recipients in the test, 30 for each variant, you can see a difference of {points:g} points" in made["text"]
    )
    assert "usually 9% (clicks of 1 mailing so far)" in made["text"]
    assert "The other 60 recipients will wait for the winner." in made["text"]
    with writing() as session:
        test = session.get_one(AbTest, made["id"])
        assert test.planned_recipients == 60
        assert test.planned_effect == plan["effect"]
        assert test.concentration > 0


def test_without_a_name_the_test_is_named_after_its_mailing(door: Door, mailing: int) -> None:
    assert create(door, mailing)["name"] == "News: subject test"
    listed = door.call("list_ab_tests", {}).result.data()
    assert "**News: subject test** (running): subject of News, by clicks, 2 variants" in listed["text"]
    assert door.call("list_ab_tests", {"status": "decided"}).result.data()["tests"] == []
    assert (
        door.call("get_ab_test_results", {"ab_test": "the news test"}).result.data()["id"] == listed["tests"][0]["id"]
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"variants": ["Only one"]}, "compares 2 to 6 variants; you gave 1"),
        ({"variants": list("abcdefg")}, "compares 2 to 6 variants; you gave 7"),
        ({"variants": ["Spring", " spring "]}, "Two variants are the same"),
        ({"variants": ["Spring", "  "]}, "compares 2 to 6 variants; you gave 1"),
        ({"variants": ["Spring", "{{ lead.frist_name }}"]}, "Did you mean {{ lead.first_name }}?"),
        ({"test_share": 0.04}, "must lie between 0.05 and 1"),
        ({"test_share": 1.5}, "must lie between 0.05 and 1"),
        ({"element": "send_time", "variants": ["soon-ish", "friday 9am"]}, "variants of a send time test are times"),
        ({"element": "send_time", "variants": ["yesterday 9am", "friday 9am"]}, "is in the past"),
        ({"element": "send_time", "variants": ["friday 9am", "2026-03-20 09:00"]}, "Two variants are the same"),
        ({"element": "content", "variants": ["{% if x %}a", "b"]}, "is never closed"),
        ({"name": "x" * 201}, "201 characters"),
    ],
)
def test_what_cannot_be_tested_is_refused_and_nothing_is_stored(
    door: Door, draft: int, writing: Writing, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput) as caught:
        create(door, draft, **given)
    assert said in caught.value.sentence
    with writing() as session:
        assert session.scalars(select(AbTest)).all() == []


def test_a_mailing_is_tested_once_at_a_time_and_before_it_is_sent(door: Door, mailing: int) -> None:
    create(door, mailing, name="First")
    with pytest.raises(Conflict, match="has a running test already: “First”"):
        create(door, mailing)
    with pytest.raises(Conflict, match="“Past” was sent already"):
        door.call("create_ab_test", {"email_campaign": "Past", "variants": ["a", "b"]})
    other = door.call("create_email_campaign", {"subject": "More", "content": "x", "segment": "Oslo"}).result.data()
    with pytest.raises(Conflict, match="already an A/B test called “first”"):
        create(door, other["id"], name="first")


def test_sending_divides_the_people_and_holds_the_rest_back(door: Door, mailing: int, writing: Writing) -> None:
    test_id = create(door, mailing, test_share=0.5)["id"]
    send(door, mailing)
    with writing() as session:
        rows = session.scalars(select(Delivery).where(Delivery.email_campaign_id == mailing)).all()
        assert len(rows) == PEOPLE
        for row in rows:
            assert row.lead_id is not None
            assert row.variant == variant_for(test_id, row.lead_id, 2, 0.5)
            assert row.due_at == (HELD if row.variant is None else AT)
        assert {row.variant for row in rows} == {None, 0, 1}
        test = variant_test(session, mailing)
        assert test is not None
        assert test.divided_at == AT
    waiting = door.call("get_ab_test_results", {"ab_test": str(test_id)}).result.data()
    assert waiting["evidence"]["verdict"] == "still sending"
    assert "No decision yet" in waiting["text"]


def test_the_winner_goes_to_those_who_waited(door: Door, mailing: int, writing: Writing) -> None:
    test_id = create(door, mailing, test_share=0.9)["id"]
    send(door, mailing)
    got = carry_out(writing, mailing, {0: 2, 1: 40}, machines=5)
    found = door.call("get_ab_test_results", {"ab_test": str(test_id)}).result.data()
    assert [(one["sent"], one["successes"]) for one in found["results"]] == [(got[0], 2), (got[1], 40)]
    assert found["results"][1]["rate"] == pytest.approx(40 / got[1])
    assert found["results"][1]["low"] < 40 / got[1] < found["results"][1]["high"]
    assert found["evidence"]["verdict"] == "winner"
    assert found["evidence"]["named"] == "B"
    assert found["evidence"]["p_value"] < 0.001
    assert "**The winner is B “Hello, spring”** (p < 0.001; at most 5% of tests" in found["text"]
    rest = PEOPLE - got[0] - got[1]
    plan = door.call("choose_ab_winner", {"ab_test": str(test_id)})
    assert plan.waiting
    assert plan.result.data()["chosen"] == "B"
    assert f"It would go to the {rest} remaining recipients of News at once, with this subject." in plan.text
    assert "The evidence names it." in plan.text
    assert plan.plan_id is not None
    done = door.approve(plan.plan_id).result.data()
    assert done["released"] == rest
    assert (done["status"], done["winner"]) == ("decided", "B")
    with writing() as session:
        assert session.get_one(EmailCampaign, mailing).subject_line == "Hello, spring"
        held = session.scalars(
            select(Delivery).where(Delivery.email_campaign_id == mailing, Delivery.variant.is_(None))
        ).all()
        assert len(held) == rest
        assert {row.due_at for row in held} == {AT}
    with pytest.raises(Conflict, match="is decided already: its winner is “Hello, spring”"):
        door.call("choose_ab_winner", {"ab_test": str(test_id)})


def test_without_a_winner_the_plan_says_so_and_how_many_people_are_needed(
    door: Door, mailing: int, writing: Writing
) -> None:
    test_id = create(door, mailing, test_share=0.9)["id"]
    send(door, mailing)
    carry_out(writing, mailing, {0: 8, 1: 14})
    plan = door.call("choose_ab_winner", {"ab_test": str(test_id)})
    assert plan.result.data()["chosen"] is None
    assert "**No winner yet** in the A/B test" in plan.text
    assert "each variant needs about" in plan.text
    assert "who wait for the winner are not enough" in plan.text
    assert "Approving this ends the test without a winner." in plan.text
    forced = door.call("choose_ab_winner", {"ab_test": str(test_id), "variant": "A"})
    assert forced.result.data()["chosen"] == "A"
    assert (
        "**Warning:** the evidence names no winner: the difference may be chance. B “Hello, spring” leads"
        in forced.text
    )
    assert plan.plan_id is not None
    ended = door.approve(plan.plan_id).result.data()
    assert ended["winner"] is None
    assert "there is no winner" in ended["text"]
    assert ended["released"] > 0
    with writing() as session:
        assert session.get_one(EmailCampaign, mailing).subject_line == "News"


def test_a_click_between_plan_and_approval_does_not_undo_the_plan(door: Door, mailing: int, writing: Writing) -> None:
    test_id = create(door, mailing, test_share=0.9)["id"]
    send(door, mailing)
    carry_out(writing, mailing, {0: 2, 1: 40})
    plan = door.call("choose_ab_winner", {"ab_test": str(test_id)})
    carry_out(writing, mailing, {0: 3, 1: 41})
    assert plan.plan_id is not None
    assert door.approve(plan.plan_id).result.data()["winner"] == "B"


@pytest.mark.parametrize("said", ["Hello, spring", "b", "variant B", "2", "the second one", "hello", "Helo, spring"])
def test_a_variant_is_named_by_its_words_letter_or_place(door: Door, draft: int, said: str) -> None:
    create(door, draft)
    assert door.call("choose_ab_winner", {"ab_test": "News", "variant": said}).result.data()["chosen"] == "B"


@pytest.mark.parametrize("said", ["spring", "C", "autumn"])
def test_a_variant_that_is_none_or_several_is_asked_for(door: Door, draft: int, said: str) -> None:
    create(door, draft)
    with pytest.raises(BadInput, match=r"The test has A “Spring is here” or B “Hello, spring”\."):
        door.call("choose_ab_winner", {"ab_test": "News", "variant": said})


def test_a_winner_chosen_before_sending_becomes_the_subject(door: Door, draft: int, writing: Writing) -> None:
    create(door, draft)
    plan = door.call("choose_ab_winner", {"ab_test": "News", "variant": "A"})
    assert "is not sent yet: all its recipients would get it with this subject" in plan.text
    assert "there is no evidence for it" in plan.text
    assert plan.plan_id is not None
    door.approve(plan.plan_id)
    with writing() as session:
        assert session.get_one(EmailCampaign, draft).subject_line == "Spring is here"


def test_a_division_that_cannot_be_chance_withholds_the_decision(door: Door, mailing: int, writing: Writing) -> None:
    test_id = create(door, mailing, test_share=1.0)["id"]
    send(door, mailing)
    carry_out(writing, mailing, {0: 5, 1: 40})
    with writing() as session:  # 40 of the first variant's messages bounced
        rows = session.scalars(select(Delivery).where(Delivery.variant == 0)).all()
        for row in rows[-40:]:
            row.state = DeliveryState.BOUNCED
    found = door.call("get_ab_test_results", {"ab_test": str(test_id)}).result.data()
    assert found["evidence"]["verdict"] == "uneven split"
    assert found["evidence"]["split_p_value"] < 0.001
    assert found["evidence"]["named"] is None
    assert "the variants did not get equally many people" in found["text"]


def test_send_times_are_due_each_at_its_own_and_wait_for_the_last(door: Door, mailing: int, writing: Writing) -> None:
    made = create(
        door, mailing, element="send_time", variants=["friday 9am", "tomorrow 6pm"], metric="opens", test_share=1.0
    )
    assert [one["text"] for one in made["variants"]] == ["Fri 20 March 2026, 09:00", "Tue 17 March 2026, 18:00"]
    send(door, mailing)
    times = [datetime(2026, 3, 20, 8, tzinfo=UTC), datetime(2026, 3, 17, 17, tzinfo=UTC)]
    with writing() as session:
        rows = session.scalars(select(Delivery).where(Delivery.email_campaign_id == mailing)).all()
        for row in rows:
            assert row.variant is not None
            assert row.due_at == times[row.variant]
        sent_at = [AT - timedelta(hours=20), AT - timedelta(hours=60)]
        opened = []
        for position in (0, 1):
            own = [row for row in rows if row.variant == position]
            for row in own:
                row.state, row.sent_at = DeliveryState.SENT, sent_at[position]
            opened += [(row.lead_id, sent_at[position] + timedelta(hours=1)) for row in own[:10]]
            # The second variant went out 60 hours ago; what was opened after 48 does not count.
            opened += [(row.lead_id, AT) for row in own[10:15]] if position == 1 else []
        session.flush()
        record_events(
            session,
            [
                {"lead_id": lead, "type": EventType.OPENED, "at": at, "email_campaign_id": mailing}
                for lead, at in opened
            ],
        )
    found = door.call("get_ab_test_results", {"ab_test": "News"}).result.data()
    assert [one["successes"] for one in found["results"]] == [10, 10]
    assert found["evidence"]["verdict"] == "too early"
    assert "each send time gets 48 hours, and the last one has had them on Tue 17 March 2026, 14:00" in found["text"]


def test_a_part_of_the_text_is_exchanged_or_the_whole_of_it(door: Door, draft: int, writing: Writing) -> None:
    part = create(door, draft, element="content", variants=["See what's budding", "Shop now"])
    assert "“Shop now” is what changes" in part["text"]
    with writing() as session:
        test, own = session.get_one(AbTest, part["id"]), session.get_one(EmailCampaign, draft)
        assert texts_of(own, test, 0) == ("News", "Hi. See what's budding!")
        assert texts_of(own, test, 1) == ("News", "Hi. Shop now!")
        test.status = AbStatus.STOPPED
    whole = create(door, draft, element="content", variants=["One text", "Another text"])
    assert "Each variant is the whole text of the mail." in whole["text"]
    with writing() as session:
        assert texts_of(own, session.get_one(AbTest, whole["id"]), 1) == ("News", "Another text")


def test_cancelling_the_mailing_stops_its_test(door: Door, draft: int) -> None:
    create(door, draft)
    door.call("cancel_email_campaign", {"email_campaign": str(draft)})
    listed = door.call("list_ab_tests", {}).result.data()
    assert listed["tests"][0]["status"] == "stopped"
    with pytest.raises(Conflict, match="was stopped"):
        door.call("choose_ab_winner", {"ab_test": "News"})


def test_history_is_read_as_it_was_brought_along(door: Door, mailing: int, writing: Writing) -> None:
    with writing() as session:
        entry = {
            "name": "October test",
            "email_campaign": "Past",
            "metric": "clicks",
            "variants": [
                {"text": "What we drank", "sent": 920, "opens": 341, "clicks": 71},
                {"text": "October, brewed", "sent": 920, "opens": 361, "clicks": 95},
            ],
        }
        test = load_ab_test(session, entry, AT)
        assert entry == {}
        assert (test.element, test.metric, test.status) == (AbElement.SUBJECT, AbMetric.CLICKS, AbStatus.RUNNING)
    found = door.call("get_ab_test_results", {"ab_test": "October"}).result.data()
    assert [one["rate"] for one in found["results"]] == pytest.approx([71 / 920, 95 / 920])
    assert found["imported"]
    assert found["evidence"]["verdict"] == "no winner yet"
    assert "Nobody of this mailing is left to be written to" in found["text"]
    assert found["results"][1]["chance_best"] == pytest.approx(0.974, abs=1e-3)
    with pytest.raises(NotFound):
        door.call("get_ab_test_results", {"ab_test": "nonsense"})
    with writing() as session, pytest.raises(ValueError, match="no mailing “Nowhere”"):
        load_ab_test(session, {"name": "x", "email_campaign": "Nowhere", "variants": []}, AT)
