"""The demo company's mailings that went out: a message to each recipient, and who opened, clicked, came back or left."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from agent.demo.people import Person
from memory.ab_tests import AbTest, AbVariant
from memory.campaigns import campaign_named
from memory.deliveries import Delivery
from memory.enums import (
    AbElement,
    AbMetric,
    AbStatus,
    Channel,
    DeliveryState,
    EmailStatus,
    EventType,
    SuppressionReason,
)
from memory.events import record_events
from memory.mailings import EmailCampaign
from memory.segments import list_segments
from memory.suppression import suppress
from tools.experimenting.deciding import USUAL_CONCENTRATION
from tools.subscribing.recipients import unsubscribe_address

#: Shares of a mailing's recipients: mailboxes that do not exist, and people who unsubscribe.
BOUNCED, LEFT = 0.012, 0.006
NO_MAILBOX = "550 5.1.1 no such mailbox"
_CONTENT = (
    "<p>Hello {{{{ lead.first_name | default: 'there' }}}},</p><p>{}.</p>"
    '<p><a href="https://kestrel.example/news">Read on</a></p><p>The people of Kestrel</p>'
)
_SEGMENTS = {"newsletter": "Newsletter readers", "wholesale": "Cafés"}


def lay_sent(
    session: Session, entry: Mapping[str, Any], people: Sequence[Person], now: datetime, chance: Random
) -> EmailCampaign:
    """Store one mailing that went out at `entry["sent_at"]` to everybody with the tag `entry["segment"]`."""
    at: datetime = entry["sent_at"]
    campaign = campaign_named(session, entry.get("campaign", ""))
    segments = {one.name: one.id for one in list_segments(session)}
    mailing = EmailCampaign(
        name=entry["name"], subject_line=entry["subject"], content=_CONTENT.format(entry["subject"]),
        campaign_id=campaign.id if campaign else None, segment_id=segments[_SEGMENTS[entry["segment"]]],
        send_time=at, sent_at=at + timedelta(minutes=3), laid_at=at, status=EmailStatus.SENT, created_at=at, updated_at=at,
    )  # fmt: skip
    session.add(mailing)
    session.flush()
    variants = entry.get("variants", ())
    if variants:
        _lay_test(session, entry, mailing)
    rows: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    left: list[tuple[str, datetime]] = []
    for number, person in enumerate(one for one in people if entry["segment"] in one.tags and one.since < at):
        bounced = chance.random() < BOUNCED
        sent_at = at + timedelta(seconds=number * 0.4)
        variant = number % len(variants) if variants else None
        rows.append(
            {
                "email_campaign_id": mailing.id, "recipient": person.email, "lead_id": person.lead_id, "variant": variant,
                "state": DeliveryState.BOUNCED if bounced else DeliveryState.SENT, "reason": NO_MAILBOX if bounced else None,
                "due_at": at, "sent_at": None if bounced else sent_at, "changed_at": sent_at, "attempts": 1,
            }
        )  # fmt: skip
        where = {
            "lead_id": person.lead_id, "channel": Channel.EMAIL, "email_campaign_id": mailing.id,
            "campaign_id": mailing.campaign_id,
        }  # fmt: skip
        if bounced:
            events.append({**where, "type": EventType.BOUNCED, "at": sent_at})
            suppress(session, person.email, SuppressionReason.BOUNCED, sent_at, f"the mail server: {NO_MAILBOX}")
            continue
        events.append({**where, "type": EventType.SENT, "at": sent_at})
        rates = variants[variant] if variant is not None else entry
        events += _answers(where, sent_at, rates, chance)
        if chance.random() < LEFT:
            left.append((person.email, sent_at + timedelta(hours=chance.uniform(1, 30))))
    session.execute(insert(Delivery), rows)
    record_events(session, [one for one in events if one["at"] <= now])
    for email, moment in ((email, moment) for email, moment in left if moment <= now):
        unsubscribe_address(session, email, moment, "one click in the mail", email_campaign_id=mailing.id)
    return mailing


def _answers(
    where: dict[str, Any], sent_at: datetime, rates: Mapping[str, Any], chance: Random
) -> list[dict[str, Any]]:
    """Opens and clicks of one person: most within a day, the click after the open."""
    if chance.random() >= rates["opened"]:
        return []
    opened = sent_at + timedelta(hours=min(chance.expovariate(1 / 7), 60))
    found = [{**where, "type": EventType.OPENED, "at": opened}]
    if chance.random() < rates["clicked"] / rates["opened"]:
        clicked = opened + timedelta(minutes=chance.uniform(1, 20))
        found.append({**where, "type": EventType.CLICKED, "at": clicked})
        if chance.random() < 0.25:
            found.append({**where, "type": EventType.VISITED, "at": clicked + timedelta(minutes=1)})
    return found


def _lay_test(session: Session, entry: Mapping[str, Any], mailing: EmailCampaign) -> None:
    texts = [one["text"] for one in entry["variants"]]
    winner, at = entry.get("winner"), entry["sent_at"]
    test = AbTest(
        name=entry["test"], email_campaign_id=mailing.id, element=AbElement.SUBJECT, metric=AbMetric.CLICKS,
        status=AbStatus.DECIDED if winner else AbStatus.RUNNING, test_share=1.0, concentration=USUAL_CONCENTRATION,
        winner=texts.index(winner) if winner else None, divided_at=at, decided_at=at + timedelta(days=3) if winner else None,
        planned_recipients=400, planned_rate=0.1, planned_effect=0.07,
        variants=[AbVariant(position=number, text=text) for number, text in enumerate(texts)],
        created_at=at - timedelta(hours=2), updated_at=at,
    )  # fmt: skip
    session.add(test)
    session.flush()
