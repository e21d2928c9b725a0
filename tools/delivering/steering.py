"""What becomes of a mailing: it begins at its time, is paused and resumed, and ends when its last message is settled."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from memory import outbox
from memory.database import Database
from memory.deliveries import states_of
from memory.enums import DeliveryState, EmailStatus
from memory.mailings import EmailCampaign
from tools.core.context import Clock
from tools.core.errors import Conflict
from tools.delivering.setup import MailSetup
from tools.mailing.sending import lay_out_now
from tools.quoting import inert


def begin_due(database: Database, setup: MailSetup, clock: Clock) -> int:
    """Lay out every mailing whose time has come; returns how many began. Where nothing can be sent, each says why."""
    now = clock.now()
    with database.session() as session:  # looked at without the write lock: mostly there is nothing to begin
        if not outbox.mailings_to_begin(session, now.astimezone(UTC)):
            return 0
    obstacle = setup.obstacle()
    with database.session(write=True) as session:
        due = outbox.mailings_to_begin(session, now.astimezone(UTC))
        for mailing in due:
            if obstacle is not None:
                if mailing.status_reason != obstacle:
                    _change(mailing, now, mailing.status, obstacle)
                continue
            lay_out_now(session, mailing, now)
            mailing.laid_at = now.astimezone(UTC)  # also where nobody may be written to: then it is over
            _change(mailing, now, EmailStatus.SENDING, None)
        return len(due) if obstacle is None else 0


def end_done(database: Database, clock: Clock) -> int:
    """Close every mailing of which no message is left to deal with; returns how many."""
    with database.session() as session:
        if not outbox.mailings_to_end(session):
            return 0
    now = clock.now()
    with database.session(write=True) as session:
        done = outbox.mailings_to_end(session)
        for mailing in done:
            mailing.sent_at = now.astimezone(UTC)
            unknown = states_of(session, mailing.id).get(DeliveryState.UNKNOWN, 0)
            said = f"Of {unknown:,} of its messages it is unknown whether they arrived" if unknown else None
            _change(mailing, now, EmailStatus.SENT, said)
        return len(done)


def pause(session: Session, mailing: EmailCampaign, reason: str, now: datetime) -> bool:
    """Stop a mailing that is being sent, until somebody resumes it; False where it is not being sent.

    What is being handed over at this moment still goes out; nothing else does.
    """
    if mailing.status != EmailStatus.SENDING:
        return False
    _change(mailing, now, EmailStatus.PAUSED, reason)
    session.flush()
    outbox.release_mailing(session, mailing.id, now.astimezone(UTC))
    return True


def resume(session: Session, mailing: EmailCampaign, now: datetime) -> None:
    """Go on with a paused mailing. Raises Conflict where it is not paused."""
    if mailing.status != EmailStatus.PAUSED:
        raise Conflict(f"“{inert(mailing.name)}” is not paused. Nothing was changed.")
    _change(mailing, now, EmailStatus.SENDING, None)
    session.flush()


def note_waiting(database: Database, reason: str | None, clock: Clock) -> None:
    """Write on every mailing being sent why it does not go on at the moment; None when it does again."""
    with database.session(write=True) as session:
        for mailing_id in outbox.sending_mailings(session):
            mailing = session.get_one(EmailCampaign, mailing_id)
            if mailing.status_reason != reason:
                _change(mailing, clock.now(), mailing.status, reason)


def _change(mailing: EmailCampaign, now: datetime, status: EmailStatus, reason: str | None) -> None:
    mailing.status, mailing.status_reason = status, reason
    mailing.updated_at = now.astimezone(UTC)
