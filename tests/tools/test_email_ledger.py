"""Who may be written to, the delivery ledger and the counting of results, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from memory.calls import CallKind, lay_calls
from memory.database import Database
from memory.deliveries import (
    Delivery,
    audience,
    cancel_waiting,
    exclusion_of,
    lay_deliveries,
    reasons_of,
    states_of,
    states_of_all,
)
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus, EventType, SuppressionReason
from memory.events import record_event
from memory.holding_back import Limits, held_back
from memory.lead_attributes import frequent_values, fulfils, known_custom_fields, known_fields, lead_to_show
from memory.lead_changes import new_lead, put_consent, put_field, put_tag
from memory.leads import Lead
from memory.mailings import EmailCampaign, people_by_event
from memory.metrics import totals
from memory.preferences import put_preference
from memory.reading_times import reading_moments
from memory.suppression import suppress, suppressed_among, suppression_of
from tests.support.databases import new_sqlite
from tests.tools.conftest import NOW, ZONE
from tools.delivering.claims import claim
from tools.delivering.setup import MailSetup
from tools.mailing.world import load_mailing

AT = NOW.astimezone(UTC)
OSLO = Lead.city == "Oslo"


@pytest.fixture(params=["sqlite", "postgresql"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """A house with one mailing and six leads, five of them in Oslo: a, b (consent), c (none), d (withdrawn), e (bounced)."""
    url = new_sqlite(tmp_path / "x.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database.open(url)
    with database.session(write=True) as session:
        session.add(EmailCampaign(name="One", subject_line="One", created_at=AT, updated_at=AT))
        consents = {"a": ConsentState.GRANTED, "b": ConsentState.GRANTED, "d": ConsentState.WITHDRAWN,
                    "e": ConsentState.GRANTED, "f": ConsentState.GRANTED}  # fmt: skip
        for name in "abcdef":
            city = "Oslo" if name != "f" else "Rome"
            lead = new_lead(
                session, f"{name}@x.org", AT, name=f"{name.upper()} Berg" if name != "a" else None, city=city
            )
            if name in consents:
                put_consent(session, lead.id, Channel.EMAIL, consents[name], AT, "a test")
            put_consent(session, lead.id, Channel.SMS, ConsentState.GRANTED, AT, "a test")
        suppress(session, "E@x.org", SuppressionReason.BOUNCED, AT, "the server")
        session.flush()
        yield session
    database.close()


def test_everybody_is_judged_once(session: Session) -> None:
    found = audience(session, OSLO, ["c@x.org", "a@x.org", "d@x.org", "e@x.org", "f@x.org", "new@y.org"])
    # Segment: a, b receive; c no consent, d withdrawn, e bounced. Named besides: c after all, f and a stranger.
    assert found.receiving == 5
    assert found.left_out == {"unsubscribed": 1, "bounced": 1, "duplicate": 1}
    assert found.without_consent == 2
    assert found.first_lead_id == 1
    assert audience(session, OSLO, []).left_out == {"no_consent": 1, "unsubscribed": 1, "bounced": 1}
    assert [exclusion_of(session, lead) for lead in range(1, 7)] == [
        None,
        None,
        "no_consent",
        "unsubscribed",
        "bounced",
        None,
    ]


def test_the_fingerprint_knows_each_single_person(session: Session) -> None:
    before = audience(session, OSLO, [])
    assert audience(session, OSLO, []).fingerprint == before.fingerprint
    suppress(session, "b@x.org", SuppressionReason.BLOCKED, AT, "a person")
    put_consent(session, 3, Channel.EMAIL, ConsentState.GRANTED, AT, "a test")
    after = audience(session, OSLO, [])
    assert after.receiving == before.receiving
    assert after.fingerprint != before.fingerprint


def test_the_ledger_holds_exactly_the_audience(session: Session) -> None:
    named = ["c@x.org", "a@x.org", "d@x.org", "new@y.org"]
    assert lay_deliveries(session, 1, OSLO, named, AT) == audience(session, OSLO, named).receiving == 4
    rows = {row.recipient: row for row in session.scalars(select(Delivery))}
    assert {address: row.lead_id for address, row in rows.items()} == {
        "a@x.org": 1,
        "b@x.org": 2,
        "c@x.org": 3,
        "new@y.org": None,
    }
    assert {(row.state, row.due_at, row.attempts) for row in rows.values()} == {(DeliveryState.PENDING, AT, 0)}
    with pytest.raises(IntegrityError), session.begin_nested():
        lay_deliveries(session, 1, OSLO, [], AT)
    rows["a@x.org"].state = DeliveryState.SENT
    rows["b@x.org"].state = DeliveryState.CLAIMED
    session.flush()
    assert cancel_waiting(session, 1, AT) == 3
    assert states_of(session, 1) == {DeliveryState.SENT: 1, DeliveryState.CANCELLED: 3}
    assert states_of_all(session) == {1: states_of(session, 1)}


def test_the_plan_counts_whom_the_sender_holds_it_back_from(session: Session) -> None:
    """Whoever asked for a break, refused the topic or had enough: the plan and the claim say the same, by reason."""
    session.get_one(EmailCampaign, 1).name = "Spring offers"
    for name in "gh":
        lead = new_lead(session, f"{name}@x.org", AT, city="Oslo")
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, AT, "a test")
    put_preference(session, "a@x.org", AT, refused_topics=["offers"], paused_until=None)
    put_preference(session, "f@x.org", AT, refused_topics=["newsletter"], paused_until=AT - timedelta(hours=1))
    put_preference(session, "g@x.org", AT, refused_topics=[], paused_until=AT + timedelta(days=2))
    put_preference(session, "new@y.org", AT, refused_topics=["offers"], paused_until=None)
    session.add(EmailCampaign(name="Before", subject_line="One", created_at=AT, updated_at=AT))
    session.flush()
    lay_deliveries(session, 2, Lead.id == 2, [], AT)
    mark = update(Delivery).values(state=DeliveryState.SENT, sent_at=AT)
    session.execute(mark.where(Delivery.email_campaign_id == 2))
    texted = {
        "key": "one",
        "kind": CallKind.SMS,
        "target": "",
        "payload": {},
        "lead_id": 2,
        "state": DeliveryState.SENT,
    }
    lay_calls(session, [texted], AT)
    setup = MailSetup(topics=("Newsletter", "Offers"), cap=2, cap_days=7)
    limits = Limits(AT, "Offers", 2, AT - timedelta(days=7))
    everybody = [f"{name}@x.org" for name in "abcdefgh"]
    with_named = [*everybody, "new@y.org"]
    found = audience(session, OSLO, with_named, held_back(session, limits, with_named))
    assert found.receiving == 3, "c, f and h"
    assert found.left_out == {
        "refused_topic": 2, "frequency_cap": 1, "paused": 1, "unsubscribed": 1, "bounced": 1, "duplicate": 1
    }  # fmt: skip
    later = Limits(AT + timedelta(days=3), "Newsletter", 0, None)
    assert audience(session, OSLO, [], held_back(session, later, [])).receiving == 4, "the break is over by then"
    lay_deliveries(session, 1, OSLO, with_named, AT)
    mailing = session.get_one(EmailCampaign, 1)
    mailing.recipients = with_named
    claimed = claim(session, mailing, setup, "w", AT, ZONE)
    assert sorted(one.recipient for one in claimed.due) == ["c@x.org", "f@x.org", "h@x.org"]
    assert reasons_of(session, 1) == {
        reason: amount for reason, amount in found.left_out.items() if reason in ("refused_topic", "frequency_cap", "paused")
    }  # fmt: skip


def test_people_are_counted_once_and_machines_apart(session: Session) -> None:
    for lead, machine in ((1, False), (1, False), (2, True), (2, False), (3, True)):
        record_event(session, lead, EventType.OPENED, AT, email_campaign_id=1, machine=machine)
    record_event(session, 1, EventType.OPENED, AT)
    record_event(session, 1, EventType.CLICKED, AT + timedelta(days=1), email_campaign_id=1)
    assert people_by_event(session) == {
        1: {(EventType.OPENED, False): 2, (EventType.OPENED, True): 1, (EventType.CLICKED, False): 1}
    }
    assert people_by_event(session, since=AT + timedelta(hours=1)) == {1: {(EventType.CLICKED, False): 1}}
    assert len(reading_moments(session, OSLO, AT)) == 5
    assert len(reading_moments(session, Lead.id == 2, AT)) == 1
    assert reading_moments(session, None, AT + timedelta(days=2)) == []


def test_what_is_known_of_a_group(session: Session) -> None:
    put_tag(session, 1, "vip", AT)
    put_tag(session, 2, "vip", AT)
    put_field(session, 2, "size", "XL")
    readers, known = known_fields(session, OSLO)
    assert (readers, known["first_name"], known["city"], known["company"], known["tag"]) == (5, 4, 5, 0, 2)
    assert frequent_values(session, OSLO, "tag") == [("vip", 2)]
    assert frequent_values(session, None, "city") == [("Oslo", 5), ("Rome", 1)]
    assert known_custom_fields(session, OSLO) == [("size", 1)]
    shown = lead_to_show(session, OSLO)
    assert shown is not None
    assert shown.email == "b@x.org"  # the first whose name is known
    assert fulfils(session, 1, [OSLO, Lead.city == "Rome", Lead.id.in_([1])]) == [True, False, True]
    assert fulfils(session, 1, []) == []


def test_suppression_stays_with_the_address(session: Session) -> None:
    assert not suppress(session, "e@x.org", SuppressionReason.COMPLAINED, AT, "later")
    found = suppression_of(session, " E@X.org ")
    assert found is not None
    assert (found.reason, found.source) == (SuppressionReason.BOUNCED, "the server")
    session.delete(session.get_one(Lead, 5))
    session.flush()
    many = [f"p{place}@x.org" for place in range(2_500)] + ["e@x.org"]
    assert suppressed_among(session, many) == {"e@x.org": SuppressionReason.BOUNCED}


def test_a_mailing_of_a_world_is_history(session: Session) -> None:
    entry = {
        "name": "Old",
        "subject": "Hi",
        "status": "sent",
        "sent_at": "2025-10-28T09:00:00",
        "delivered": 10,
        "opens": 4,
        "odd": 1,
    }
    mailing = load_mailing(session, entry, AT, ZONE)
    assert (mailing.status, mailing.sent_at) == (
        EmailStatus.SENT,
        NOW.replace(year=2025, month=10, day=28, hour=9).astimezone(UTC),
    )
    assert totals(session, "email_campaign", mailing.id) == {"delivered": 10, "opens": 4}
    assert totals(session, "email_campaign", mailing.id, undated=True) == {}
    assert entry == {"odd": 1}
    with pytest.raises(ValueError, match="there is no segment “Nobody” in the world"):
        load_mailing(session, {"name": "New", "segment": "Nobody"}, AT, ZONE)
