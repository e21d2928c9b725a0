"""What the hub counted for campaigns over all their days, for a whole list of them at once.

Days are not looked at, so that no moment has to be turned into one: the sums are those that memory.facts gives for all
days together. All that is read stands in one index, in the order in which it is grouped: a list of campaigns must not
wait for rows and sorting where their mailings were opened a million times.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from memory.enums import EventType
from memory.events import LeadEvent
from memory.facts import ONCE, EventSum, counting, of_campaigns
from memory.unchanged import WATCHED, while_unchanged

_KEYS = (
    LeadEvent.campaign_id, LeadEvent.type, LeadEvent.email_campaign_id, LeadEvent.imported, LeadEvent.channel,
)  # fmt: skip


def campaign_event_sums(session: Session, campaigns: Collection[int], types: Sequence[EventType]) -> list[EventSum]:
    """The human events of these campaigns and of their mailings, without days (see memory.facts.event_sums).

    What a person does once for a mailing (`ONCE`) counts once for each person and mailing.
    """
    if not campaigns or (WATCHED.issuperset(types) and not _any_event(session)):
        return []
    own, by_mailing = of_campaigns(campaigns)
    once, each = [one for one in types if one in ONCE], [one for one in types if one not in ONCE]
    events, people = func.count(), func.count(LeadEvent.lead_id.distinct())
    statements = [
        _sums(events, each, own),
        _sums(events, each, by_mailing),
        _sums(events, once, own, LeadEvent.email_campaign_id.is_(None)),
        _sums(people, once, own, LeadEvent.email_campaign_id.is_not(None)),
        _sums(people, once, by_mailing, ~_named()),
    ]
    return [
        EventSum(None, type, channel, campaign, mailing, None, imported, amount, worth)
        for statement in statements
        for campaign, type, mailing, imported, channel, amount, worth in session.execute(statement)
    ]


def _any_event(session: Session) -> bool:
    """Whether any watched event of the house belongs to a campaign or mailing at all."""
    some = select(LeadEvent.id).where(
        LeadEvent.type.in_(sorted(WATCHED)),
        or_(LeadEvent.campaign_id.is_not(None), LeadEvent.email_campaign_id.is_not(None)),
    )
    return while_unchanged(session, "any event of a campaign", lambda: session.scalar(some.limit(1)) is not None)


def _sums(amount: Any, types: Sequence[EventType], *where: ColumnElement[bool]) -> Any:
    worth = func.sum(LeadEvent.value) if not set(types) & set(ONCE) else literal_column("NULL")
    return (
        select(*_KEYS, amount, worth)
        # Hidden in an expression: SQLite would take the index of (type, machine), and read all events of the house.
        .where(*counting(types, func.coalesce(LeadEvent.machine, false())), *where)
        .group_by(*_KEYS)
    )


def _named() -> ColumnElement[bool]:
    """Whether the same person's same deed for the same mailing is stored with a campaign too (the mailing got it later):
    it counts there."""
    other = aliased(LeadEvent, name="other")
    return exists().where(
        other.email_campaign_id == LeadEvent.email_campaign_id,
        other.type == LeadEvent.type,
        other.lead_id == LeadEvent.lead_id,
        other.machine == false(),
        other.campaign_id.is_not(None),
    )
