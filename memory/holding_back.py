"""For whom the sender holds a message back that was laid out: who asked for a break, refused the topic, or had enough.

The same rules twice: in SQL for a whole list, where a plan counts people, and for the few of one claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from memory.calls import REACHING, Call, CallKind, texts_since
from memory.deliveries import FREQUENCY_CAP, PAUSED, REFUSED_TOPIC, Delivery, Held
from memory.lead_lookup import leads_with_emails
from memory.leads import Lead
from memory.outbox import REACHED, reached_since
from memory.preferences import MailPreference, preferences_among


@dataclass(frozen=True)
class Limits:
    """What counts at a moment (`at`, UTC): the mailing's topic if it has one, and how many messages since `since` are
    enough for one person (`cap` 0: no limit)."""

    at: datetime
    topic: str | None = None
    cap: int = 0
    since: datetime | None = None


def wish_against(said: MailPreference | None, topic: str | None, at: datetime) -> str | None:
    """Why somebody does not want a mailing on this topic, by what they chose on the preferences page."""
    if said is None:
        return None
    if said.paused_until is not None and said.paused_until > at:
        return PAUSED
    return REFUSED_TOPIC if topic is not None and topic.casefold() in said.refused_topics else None


def held_back(session: Session, limits: Limits, addresses: Sequence[str]) -> Held:
    """Who would be held back, of all leads (as SQL, for memory.deliveries.audience) and of single addresses."""
    said = preferences_among(session, addresses)
    had = dict.fromkeys(addresses, 0)
    if limits.cap and limits.since is not None and addresses:
        had |= reached_since(session, addresses, limits.since)
        leads = leads_with_emails(session, addresses)
        texts = texts_since(session, [lead.id for lead in leads.values()], limits.since)
        for address, lead in leads.items():
            had[address] = had.get(address, 0) + texts.get(lead.id, 0)
    found = {}
    for address in addresses:
        reason = wish_against(said.get(address), limits.topic, limits.at)
        if reason is None and limits.cap and had[address] >= limits.cap:
            reason = FREQUENCY_CAP
        if reason is not None:
            found[address] = reason
    return Held(_of_leads(session, limits), found)


def _of_leads(session: Session, limits: Limits) -> ColumnElement[str]:
    own = MailPreference.email == Lead.email
    paused = select(MailPreference.email).where(own, MailPreference.paused_until > limits.at)
    rules: list[tuple[ColumnElement[bool], str]] = [(paused.exists(), PAUSED)]
    if limits.topic is not None:
        refused = select(MailPreference.email).where(own, _holds(session, limits.topic.casefold()))
        rules.append((refused.exists(), REFUSED_TOPIC))
    if limits.cap and limits.since is not None:
        mails = select(func.count()).where(
            Delivery.recipient == Lead.email, Delivery.state.in_(REACHED), Delivery.changed_at >= limits.since
        )
        texts = select(func.count()).where(
            Call.lead_id == Lead.id, Call.kind == CallKind.SMS, Call.state.in_(REACHING),
            Call.changed_at >= limits.since,
        )  # fmt: skip
        rules.append((mails.scalar_subquery() + texts.scalar_subquery() >= limits.cap, FREQUENCY_CAP))
    return case(*((rule, literal(reason)) for rule, reason in rules), else_="")


def _holds(session: Session, topic: str) -> ColumnElement[bool]:
    """Whether a list of topics, stored as JSON, holds this one."""
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(MailPreference.refused_topics).table_valued("value")
        return select(each.c.value).where(each.c.value == topic).exists()
    return cast(MailPreference.refused_topics, JSONB).contains([topic])
