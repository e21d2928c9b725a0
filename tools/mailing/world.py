"""Mailings of a world file, laid into an empty house: their numbers are imported history."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.campaigns import campaign_named
from memory.enums import Channel, EmailStatus
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from memory.segments import segment_named
from memory.templates import template_named
from tools.leading.checks import valid_email
from tools.mailing.entry import MAILING

FIGURES = ("delivered", "opens", "clicks", "bounces", "unsubscribes", "conversions")


def load_mailing(session: Session, entry: dict[str, Any], now: datetime, zone: ZoneInfo) -> EmailCampaign:
    """Store one mailing of a world file; what is taken is taken out of `entry`. Figures are dated with the day on which
    the mailing was sent. Raises ValueError for a campaign, segment or template that the world does not hold.
    """
    sent_at, send_time = (_moment(entry.pop(name, None), zone) for name in ("sent_at", "send_time"))
    mailing = EmailCampaign(
        name=entry.pop("name"),
        subject_line=entry.pop("subject", None),
        preview_text=entry.pop("preview_text", None),
        content=entry.pop("content", None),
        campaign_id=_id(session, campaign_named, "campaign", entry),
        segment_id=_id(session, segment_named, "segment", entry),
        template_id=_id(session, template_named, "template", entry),
        recipients=[address for one in entry.pop("recipients", ()) if (address := valid_email(one))],
        status=EmailStatus(entry.pop("status", "draft")),
        send_time=send_time,
        sent_at=sent_at,
        created_at=now,
        updated_at=now,
    )
    session.add(mailing)
    session.flush()
    day = sent_at.astimezone(zone).date() if sent_at else None
    for name in FIGURES:
        if name in entry:
            record_metric(
                session, MAILING, mailing.id, name, entry.pop(name), day=day, channel=Channel.EMAIL, imported=True
            )
    session.flush()
    return mailing


def _id(session: Session, named: Any, noun: str, entry: dict[str, Any]) -> int | None:
    wanted = entry.pop(noun, None)
    if wanted is None:
        return None
    found = named(session, wanted)
    if found is None:
        raise ValueError(f"there is no {noun} “{wanted}” in the world")
    return int(found.id)


def _moment(value: str | None, zone: ZoneInfo) -> datetime | None:
    if not value:
        return None
    moment = datetime.fromisoformat(value)
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
