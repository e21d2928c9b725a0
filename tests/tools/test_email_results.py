"""What came of mailings, and what is learned from it: figures worked out by hand, from real records."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from memory.deliveries import Delivery
from memory.enums import DeliveryState, EmailStatus, EventType
from memory.events import record_event
from memory.lead_changes import new_lead, put_field
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from tests.tools.conftest import NOW, ZONE
from tools import catalogue
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.mailing.figures import wilson
from tools.mailing.send_times import DEFAULT_DAYS, DEFAULT_HOURS, DEFAULT_WEIGHT, WEEKDAYS, shares

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

assert catalogue  # declares the tools
AT = NOW.astimezone(UTC)


def past_mailing(session: Session, name: str, sent: datetime | None, **figures: float) -> EmailCampaign:
    """A mailing that was brought along with its totals."""
    mailing = EmailCampaign(
        name=name,
        subject_line=f"About {name}",
        status=EmailStatus.SENT if sent else EmailStatus.DRAFT,
        sent_at=sent,
        created_at=AT,
        updated_at=AT,
    )
    session.add(mailing)
    session.flush()
    for metric, value in figures.items():
        record_metric(session, "email_campaign", mailing.id, metric, value, imported=True)
    return mailing


@pytest.fixture
def three(writing: Writing) -> None:
    with writing() as session:
        past_mailing(session, "October", datetime(2025, 10, 28, 8, 0, tzinfo=UTC),
                     delivered=200, opens=50, clicks=10, bounces=50, unsubscribes=2)  # fmt: skip
        past_mailing(session, "Winter", datetime(2026, 1, 12, 8, 0, tzinfo=UTC), delivered=100, opens=40, clicks=4)
        past_mailing(session, "Bloom", datetime(2026, 2, 17, 7, 30, tzinfo=UTC), delivered=400, opens=240, clicks=60)
        past_mailing(session, "March", None)


def analyze(door: Door, **arguments: Any) -> dict[str, Any]:
    return door.call("analyze_email_performance", arguments).result.data()


def test_the_rates_of_one_mailing_and_the_median_of_the_others(door: Door, three: None) -> None:
    found = analyze(door, email_campaign="October")
    figures = found["figures"]
    assert figures["open_rate"] == 0.25  # 50 / 200
    assert figures["click_rate"] == 0.05  # 10 / 200
    assert figures["click_to_open_rate"] == 0.2  # 10 / 50
    assert figures["bounce_rate"] == 0.2  # 50 / 250
    assert figures["unsubscribe_rate"] == 0.01  # 2 / 200
    # The others: 40 % and 60 % opened, 4 % and 15 % clicked; the draft does not count.
    assert found["usual"] == {"mailings": 2, "open_rate": 0.5, "click_rate": pytest.approx(0.095)}
    assert "its open rate of 25% is below 50% and its click rate of 5% is below 9.5%" in found["text"]
    assert "imported history" in found["text"]


def test_all_mailings_of_a_period_together(door: Door, three: None) -> None:
    found = analyze(door, period="2026")
    assert [one["name"] for one in found["mailings"]] == ["Bloom", "Winter"]
    assert found["figures"]["open_rate"] == 0.56  # (40 + 240) / 500, not the mean of 40 % and 60 %
    assert found["figures"]["click_rate"] == 0.128  # 64 / 500
    assert analyze(door, period="October")["mailings"][0]["name"] == "October"
    assert analyze(door, period="April 2025")["text"].startswith("No mailing was sent 1 to 30 April 2025")
    with pytest.raises(BadInput):
        analyze(door, period="when pigs fly")


def test_what_is_not_sent_has_no_results(door: Door, three: None) -> None:
    assert "It is draft, so there are no results yet." in analyze(door, email_campaign="March")["text"]


def test_own_mailings_count_people_once_and_machines_apart(door: Door, writing: Writing) -> None:
    with writing() as session:
        mailing = past_mailing(session, "Own", AT)
        for place in range(10):
            lead = new_lead(session, f"p{place}@x.org", AT)
            state = DeliveryState.BOUNCED if place == 9 else DeliveryState.UNKNOWN if place == 8 else DeliveryState.SENT
            session.add(
                Delivery(
                    email_campaign_id=mailing.id,
                    recipient=lead.email,
                    lead_id=lead.id,
                    state=state,
                    due_at=AT,
                    changed_at=AT,
                )
            )
            times = {0: (False, False), 1: (True, False), 2: (True,), 3: (True, True)}.get(place, ())
            for nth, machine in enumerate(times):
                record_event(
                    session,
                    lead.id,
                    EventType.OPENED,
                    AT + timedelta(minutes=nth),
                    email_campaign_id=mailing.id,
                    machine=machine,
                )
        record_event(session, 1, EventType.CLICKED, AT, email_campaign_id=mailing.id)
        record_event(session, 1, EventType.UNSUBSCRIBED, AT, email_campaign_id=mailing.id)
    figures = analyze(door, email_campaign="Own")["figures"]
    # Of ten: eight taken, one bounced, one unknown. Two people opened (one of them twice, one also by machine), two
    # were only opened by machines.
    assert (figures["delivered"], figures["bounces"], figures["unknown"]) == (8, 1, 1)
    assert (figures["opens"], figures["machine_opens"]) == (2, 2)
    assert figures["open_rate"] == 0.25
    assert figures["click_rate"] == 0.125
    assert figures["bounce_rate"] == pytest.approx(1 / 9)


def test_the_interval_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, and 15 of 148.
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson(15, 148) == (pytest.approx(0.0624, abs=5e-5), pytest.approx(0.1605, abs=5e-5))
    assert wilson(0, 20) == (0, pytest.approx(0.1611, abs=5e-5))
    assert wilson(3, 0) is None
    assert wilson(5, 4) is None


def test_the_defaults_are_shares() -> None:
    assert sum(DEFAULT_DAYS) == pytest.approx(1)
    assert sum(DEFAULT_HOURS) == pytest.approx(1)


def test_shares_are_drawn_towards_the_default() -> None:
    slots = {slot.name: slot for slot in shares(WEEKDAYS, [0, 0, 0, 0, 0, 0, 100], DEFAULT_DAYS)}
    # Sunday: (0.10 * 200 + 100) / 300; Tuesday: 0.17 * 200 / 300.
    assert slots["Sunday"].share == pytest.approx(0.4)
    assert slots["Tuesday"].share == pytest.approx(34 / 300)
    assert sum(slot.share for slot in slots.values()) == pytest.approx(1)
    # Beta(120, 180): mean 0.4, standard deviation sqrt(0.4 * 0.6 / 301) = 0.0282.
    assert slots["Sunday"].low == pytest.approx(0.4 - 1.96 * 0.0282, abs=0.003)
    assert slots["Sunday"].high == pytest.approx(0.4 + 1.96 * 0.0282, abs=0.003)


def test_without_data_the_default_is_told_as_one(door: Door) -> None:
    found = door.call("optimize_send_time", {})
    assert found.result.data()["weekday"] == "Tuesday"
    assert found.result.data()["hour"] == 10
    assert "This is only the usual default" in found.text


def test_the_time_is_learned_from_people_in_their_own_zone(door: Door, writing: Writing) -> None:
    sunday = datetime(2026, 3, 1, 20, 15, tzinfo=ZONE)
    with writing() as session:
        for place in range(300):
            lead = new_lead(session, f"p{place}@x.org", AT, city="Oslo" if place < 150 else "Lima")
            if place == 299:
                lead.time_zone = "America/Lima"  # 20:15 in Berlin is 14:15 there
            record_event(session, lead.id, EventType.OPENED, sunday)
            record_event(session, lead.id, EventType.OPENED, sunday + timedelta(minutes=5))
            record_event(session, lead.id, EventType.CLICKED, sunday - timedelta(days=3), machine=True)
            record_event(session, lead.id, EventType.CLICKED, sunday - timedelta(days=400))
    found = door.call("optimize_send_time", {}).result.data()
    assert (found["weekday"], found["hour"]) == ("Sunday", 20)
    assert (found["observations"], found["people"]) == (300, 300)  # each person once; no machines, nothing older
    assert found["own_weight"] == 300 / (300 + DEFAULT_WEIGHT)
    assert {one["name"]: one["seen"] for one in found["hours"]}["14:00"] == 1
    door.call("create_segment", {"name": "Oslo", "conditions": "city is Oslo"})
    assert door.call("optimize_send_time", {"segment": "Oslo"}).result.data()["people"] == 150


def test_ten_opens_do_not_overrule_the_default(door: Door, writing: Writing) -> None:
    with writing() as session:
        for place in range(10):
            lead = new_lead(session, f"p{place}@x.org", AT)
            record_event(session, lead.id, EventType.OPENED, datetime(2026, 3, 1, 3, 0, tzinfo=ZONE))
    found = door.call("optimize_send_time", {})
    assert found.result.data()["weekday"] == "Tuesday"  # 34 against 0.10 * 200 + 10 = 30 of 210
    assert found.result.data()["hour"] == 10
    assert "It rests mostly on the usual default" in found.text
    assert "the difference may be chance" in found.text


def test_past_mailings_stand_beside_the_best_time(door: Door, three: None) -> None:
    assert (
        "Bloom, Tue 17 February 2026, 08:30: opened by 60%, clicked by 15%" in door.call("optimize_send_time", {}).text
    )


def test_personalization_rests_on_what_is_known(door: Door, writing: Writing) -> None:
    with writing() as session:
        for place in range(4):
            lead = new_lead(session, f"p{place}@x.org", AT, name=f"Pat{place} Poe", city="Oslo" if place else None)
            if place < 2:
                put_field(session, lead.id, "size", "XL")
        new_lead(session, "info@x.org", AT)
    found = door.call("suggest_personalization", {"topic": "rain coats"}).result.data()
    ideas = {idea["field"]: idea for idea in found["ideas"]}
    assert list(ideas) == ["first_name", "city", "size"]
    assert (found["readers"], ideas["first_name"]["known"], ideas["first_name"]["share"]) == (5, 4, 0.8)
    assert ideas["city"]["values"] == ["Oslo"]
    assert ideas["size"]["snippet"] == "{{ lead.custom.size }}"
    assert ideas["first_name"]["example"] == "Hi Pat0,"
    assert found["lacking"] == ["company (0%)", "job title (0%)"]
    assert found["draft_id"] is not None


def test_personalization_of_nobody_says_so(door: Door) -> None:
    assert "there is nobody among the leads" in door.call("suggest_personalization", {}).text
