"""A mailing once more for those who did not open it: a draft, which goes the way of every mailing (plan, approval, ledger)."""

from datetime import datetime

from sqlalchemy.orm import Session

from memory.enums import EmailStatus, EventType
from memory.mailings import EmailCampaign, email_campaign_named
from memory.segments import Segment, segment_named
from tools.core.errors import Conflict
from tools.quoting import inert
from tools.segmenting.tree import AllOf, Condition, Happened, Not, store_tree


def non_openers(mailing: EmailCampaign) -> Condition:
    """Whoever was sent the mailing and neither opened it nor clicked in it. Only people count: a machine's open is none."""

    def did(event: EventType) -> Condition:
        return Happened(event=event, mailing=mailing.name, mailing_id=mailing.id)

    return AllOf(parts=(did(EventType.SENT), Not(part=did(EventType.OPENED)), Not(part=did(EventType.CLICKED))))


def resend_to_non_openers(
    session: Session, mailing: EmailCampaign, now: datetime, *, subject_line: str | None = None
) -> EmailCampaign:
    """A draft with the same text, to whoever has not opened the mailing when the draft is sent. The session must be a
    writing one. Raises Conflict where the mailing is not sent yet, or goes to steps of a workflow or a form."""
    if mailing.status != EmailStatus.SENT or mailing.confirms:
        raise Conflict(
            f"“{inert(mailing.name)}” is not sent yet; only what was sent can be sent again to those who did not open it."
        )
    name = f"Did not open “{mailing.name}”"[:200]
    segment = segment_named(session, name)
    tree = store_tree(non_openers(mailing))
    if segment is None:
        said = f"was sent “{mailing.name}” and neither opened it nor clicked in it"
        segment = Segment(name=name, conditions=said, tree=tree, created_at=now, updated_at=now)
        session.add(segment)
        session.flush()
    again = EmailCampaign(
        name=_free_name(session, mailing.name), campaign_id=mailing.campaign_id, template_id=mailing.template_id,
        subject_line=subject_line or mailing.subject_line, preview_text=mailing.preview_text, content=mailing.content,
        segment_id=segment.id, recipients=[], status=EmailStatus.DRAFT, ai_generated=mailing.ai_generated, created_at=now,
        updated_at=now,
    )  # fmt: skip
    session.add(again)
    session.flush()
    return again


def _free_name(session: Session, name: str) -> str:
    for number in range(2, 1_000):
        found = f"{name[:180]} ({number})"
        if email_campaign_named(session, found) is None:
            return found
    raise Conflict(f"“{inert(name)}” was sent again a thousand times. Give a new mailing a name of its own.")
