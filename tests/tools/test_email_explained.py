"""Why somebody got a mailing or did not: answered from the ledger, the suppression list, consent and the segment."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from memory.deliveries import Delivery
from memory.enums import (
    Channel,
    ConsentState,
    DeliveryState,
    EmailStatus,
    EventType,
    LeadStatus,
    SuppressionReason,
)
from memory.events import record_event
from memory.lead_changes import new_lead, put_consent
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from memory.segments import segment_named
from memory.suppression import suppress
from tests.tools.conftest import NOW
from tools import catalogue
from tools.core.door import Door

Writing = Callable[[], AbstractContextManager[Session]]

assert catalogue  # declares the tools
AT = NOW.astimezone(UTC)


@pytest.fixture
def house(door: Door, writing: Writing) -> None:
    """Ana (customer of Berlin, with consent), Bob (customer of Paris, with consent), Cem (customer of Berlin, without)."""
    door.call("create_segment", {"name": "Berliners", "conditions": "status is customer and city is Berlin"})
    with writing() as session:
        for name, city, consent in (
            ("Ana Silva", "Berlin", True),
            ("Bob Foster", "Paris", True),
            ("Cem Kaya", "Berlin", False),
        ):
            lead = new_lead(session, f"{name[:3].lower()}@x.org", AT, name=name, city=city, status=LeadStatus.CUSTOMER)
            if consent:
                put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, AT, "a test")
        segment = segment_named(session, "Berliners")
        assert segment is not None
        for name, status in (("Draft", EmailStatus.DRAFT), ("Old", EmailStatus.SENT), ("Running", EmailStatus.SENDING)):
            mailing = EmailCampaign(name=name, subject_line=name, status=status, segment_id=segment.id)
            if name == "Running":
                mailing.laid_at = AT
            session.add(mailing)
            session.flush()
            if name == "Old":
                record_metric(session, "email_campaign", mailing.id, "delivered", 100, imported=True)


def explained(door: Door, **arguments: Any) -> dict[str, Any]:
    return door.call("explain_delivery", arguments).result.data()


def test_imported_history_knows_no_single_person(door: Door, house: None) -> None:
    found = explained(door, lead="Bob", email_campaign="Old")
    assert found["received"] is None
    assert found["answer"] == (
        "Whether Bob Foster got **Old** cannot be told: its results were imported as totals, without a record for each "
        "person. Bob Foster is not in its segment Berliners today."
    )
    assert found["rules"] == [
        {"condition": "status is customer", "fulfilled": True},
        {"condition": "city is Berlin", "fulfilled": False},
    ]
    assert "- **not fulfilled**: city is Berlin" in found["text"]


@pytest.mark.parametrize(
    ("lead", "answer"),
    [
        ("Ana", "“Draft” is draft, so nobody has got it yet; as things are, Ana Silva would."),
        ("Bob", "“Draft” is draft, so nobody has got it, and Bob Foster would not: not in its segment Berliners."),
        ("Cem", "“Draft” is draft, so nobody has got it, and Cem Kaya would not: no consent to email is on record."),
    ],
)
def test_a_mailing_to_come_says_who_would_get_it(door: Door, house: None, lead: str, answer: str) -> None:
    found = explained(door, lead=lead, email_campaign="Draft")
    assert (found["received"], found["answer"]) == (False, answer)


@pytest.mark.parametrize(
    ("state", "received", "part"),
    [
        (
            DeliveryState.SENT,
            True,
            "Ana Silva was sent **Running** on Mon 16 March 2026, 10:00; the mail server took it.",
        ),
        (DeliveryState.BOUNCED, False, "**Running** to Ana Silva was sent, but came back (mailbox full)"),
        (DeliveryState.UNKNOWN, None, "whether it arrived is unknown, and it is never sent twice"),
        (DeliveryState.PENDING, False, "**Running** to Ana Silva waits to be sent"),
        (DeliveryState.CANCELLED, False, "was cancelled before it went out"),
    ],
)
def test_the_ledger_answers(
    door: Door, house: None, writing: Writing, state: DeliveryState, received: bool | None, part: str
) -> None:
    with writing() as session:
        reason = "mailbox full" if state == DeliveryState.BOUNCED else None
        session.add(
            Delivery(
                email_campaign_id=3,
                recipient="ana@x.org",
                lead_id=1,
                state=state,
                reason=reason,
                due_at=AT,
                changed_at=AT,
            )
        )
        record_event(session, 1, EventType.OPENED, AT + timedelta(hours=1), email_campaign_id=3, machine=True)
    found = explained(door, lead="Ana", email_campaign="Running")
    assert found["received"] is received
    assert part in found["answer"]
    assert found["facts"] == ["Opened (by a machine): Mon 16 March 2026, 11:00"]


@pytest.mark.parametrize(
    ("lead", "reason"),
    [
        ("Ana", "they joined after it was laid out"),
        ("Bob", "not in its segment Berliners"),
        ("Cem", "no consent to email is on record"),
    ],
)
def test_somebody_without_a_row_was_left_out(door: Door, house: None, lead: str, reason: str) -> None:
    found = explained(door, lead=lead, email_campaign="Running")
    assert found["received"] is False
    assert found["answer"].endswith(f"did not get **Running**: {reason}.")


def test_suppression_is_named_with_its_day_and_source(door: Door, house: None, writing: Writing) -> None:
    with writing() as session:
        suppress(session, "ana@x.org", SuppressionReason.COMPLAINED, AT, "a complaint to the provider")
    found = explained(door, lead="Ana")
    assert found["answer"] == "Ana Silva gets no mailing to a segment: complained about an earlier mail."
    assert found["facts"] == [
        "The address is suppressed since 16 March 2026: complained (a complaint to the provider)."
    ]


def test_without_a_mailing_the_last_messages_are_told(door: Door, house: None, writing: Writing) -> None:
    with writing() as session:
        session.add(
            Delivery(
                email_campaign_id=3,
                recipient="ana@x.org",
                lead_id=1,
                state=DeliveryState.SENT,
                due_at=AT,
                changed_at=AT,
            )
        )
    found = explained(door, lead="ana@x.org")
    assert "Ana Silva may be written to: consent to email is on record, and nothing holds mail back." in found["text"]
    assert "- **Running**: was sent, Mon 16 March 2026, 10:00" in found["text"]
