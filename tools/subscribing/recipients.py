"""A recipient as their own letter's link tells: unsubscribing, coming back, and what mail they want."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, EventType, SuppressionReason
from memory.events import record_event
from memory.lead_changes import put_consent
from memory.lead_lookup import consents_of, lead_with_email
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.preferences import preference_of, put_preference
from memory.suppression import Suppression, suppress, suppression_of

#: For how long (days) mail can be paused.
PAUSES = (30, 90, 180)
#: Suppressions that the person who owns the address may lift: their own no, not what other servers said.
OWN_NO = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED)
_CHANNELS = {Channel.SMS: "Text messages", Channel.PHONE: "Phone calls"}
PREFERENCES_PAGE = "the preferences page"


@dataclass(frozen=True)
class Preferences:
    """What a recipient gets. `address` is shortened: letters are passed on. `topics` are (name, wanted), `channels` beside
    email (channel's value, its name, wanted). `blocked`: the house may not write, whatever the person says here."""

    address: str
    subscribed: bool
    blocked: bool
    paused_until: datetime | None
    topics: tuple[tuple[str, bool], ...]
    channels: tuple[tuple[str, str, bool], ...]

    def in_zone(self, zone: ZoneInfo) -> "Preferences":
        """The same with its moment in a zone."""
        return replace(self, paused_until=self.paused_until.astimezone(zone) if self.paused_until else None)


def known_recipient(session: Session, delivery_id: int | None) -> Delivery | None:
    """The message that a link was in; None for no link of the house, or a message that is gone."""
    return session.get(Delivery, delivery_id) if delivery_id is not None else None


def masked(email: str) -> str:
    """ "j•••@example.com": enough to know one's own address by."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def unsubscribe(session: Session, delivery: Delivery, now: datetime, how: str) -> bool:
    """Write to this recipient never again; False where it was so already. `how` says by which way (one click, the page)."""
    return unsubscribe_address(
        session, delivery.recipient, now, how, email_campaign_id=delivery.email_campaign_id, key=f"unsubscribed:{delivery.id}"
    )  # fmt: skip


def unsubscribe_address(
    session: Session, email: str, now: datetime, how: str, *, email_campaign_id: int | None = None, key: str | None = None,
    reason: SuppressionReason = SuppressionReason.UNSUBSCRIBED,
) -> bool:  # fmt: skip
    """The same for an address that is known otherwise; a complaint is a no, too, with a `reason` of its own."""
    mailing = session.get(EmailCampaign, email_campaign_id) if email_campaign_id is not None else None
    source = f"{how}, mailing “{mailing.name}”" if mailing else how
    new = suppress(session, email, reason, now, source, email_campaign_id=email_campaign_id)
    lead = lead_with_email(session, email)
    complained = reason == SuppressionReason.COMPLAINED
    if lead is not None and (new or complained):
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.WITHDRAWN, now, source)
        record_event(
            session, lead.id, EventType.COMPLAINED if complained else EventType.UNSUBSCRIBED, now,
            channel=Channel.EMAIL, email_campaign_id=email_campaign_id,
            campaign_id=mailing.campaign_id if mailing else None, data={"how": how}, key=key,
        )  # fmt: skip
    return new


def subscribe_again(session: Session, email: str, now: datetime, source: str) -> bool:
    """Take back an own no; False where something else stands against it (a bounce, a block)."""
    found = suppression_of(session, email)
    if found is not None and found.reason not in OWN_NO:
        return False
    session.execute(delete(Suppression).where(Suppression.email == email.strip().lower()))
    lead = lead_with_email(session, email)
    if lead is not None:
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, now, source)
    session.flush()
    return True


def preferences_of(session: Session, email: str, topics: Sequence[str], now: datetime) -> Preferences:
    """What the owner of an address gets now."""
    said, found, lead = preference_of(session, email), suppression_of(session, email), lead_with_email(session, email)
    consents = {one.channel: one.state for one in consents_of(session, lead.id)} if lead else {}
    refused = set(said.refused_topics) if said else set()
    pause = said.paused_until if said and said.paused_until and said.paused_until > now else None
    return Preferences(
        address=masked(email),
        subscribed=found is None and consents.get(Channel.EMAIL) != ConsentState.WITHDRAWN,
        blocked=found is not None and found.reason not in OWN_NO,
        paused_until=pause,
        topics=tuple((topic, topic.casefold() not in refused) for topic in topics),
        channels=tuple(
            (channel.value, name, consents[channel] == ConsentState.GRANTED)
            for channel, name in _CHANNELS.items()
            if consents.get(channel) in (ConsentState.GRANTED, ConsentState.WITHDRAWN)
        ),
    )


def put_preferences(
    session: Session, email: str, topics: Sequence[str], now: datetime, *, wanted_topics: Iterable[str],
    wanted_channels: Iterable[str], pause_days: int | None,
) -> None:  # fmt: skip
    """Store what somebody chose on the page. A pause of 0 ends one, None leaves it as it is. Saying what one wants is a yes
    to mail where one had said no."""
    before = preferences_of(session, email, topics, now)
    wanted = {topic.casefold() for topic in wanted_topics}
    until = before.paused_until
    if pause_days is not None:
        until = now + timedelta(days=pause_days) if pause_days in PAUSES else None
    refused = [topic for topic in topics if topic.casefold() not in wanted]
    put_preference(session, email, now, refused_topics=refused, paused_until=until)
    lead = lead_with_email(session, email)
    if lead is not None:
        _put_channels(session, lead, before, set(wanted_channels), now)
    if not before.subscribed and not before.blocked:
        subscribe_again(session, email, now, PREFERENCES_PAGE)


def _put_channels(session: Session, lead: Lead, before: Preferences, wanted: set[str], now: datetime) -> None:
    for channel, _, _ in before.channels:
        state = ConsentState.GRANTED if channel in wanted else ConsentState.WITHDRAWN
        put_consent(session, lead.id, Channel(channel), state, now, PREFERENCES_PAGE)
