"""How far a mailing is, looked at while it stands in the middle."""

from datetime import UTC, datetime

from delivery_fixtures import MailServer, approved, mailing_of, people, rows_of, sender_for, sent_until_done, setup_for

from memory.database import Database
from memory.enums import EmailStatus, EventType, SuppressionReason
from memory.events import record_event
from memory.suppression import suppress
from tools.delivering.progress import progress_of, progress_of_sending


def test_progress_counts_every_message_once_and_people_without_machines(database: Database, mail: MailServer) -> None:
    addresses = people(database, 6)
    mailing_id = approved(database, addresses)
    now = datetime.now(UTC)
    with database.session() as session:
        before = progress_of(session, mailing_of(database, mailing_id))
        assert [one.mailing_id for one in progress_of_sending(session)] == [mailing_id]
    assert (before.total, before.waiting, before.sent, before.settled, before.share) == (6, 6, 0, 0, 0.0)
    assert before.under_way
    assert before.next_at is not None

    with database.session(write=True) as session:
        suppress(session, addresses[0], SuppressionReason.COMPLAINED, now, "a test")
    mail.rcpt = lambda address: "550 5.1.1 nobody" if address == addresses[1] else None
    sender = sender_for(database, setup_for(mail.port))
    sent_until_done(sender, database)
    sender.close()
    rows = rows_of(database, mailing_id)
    with database.session(write=True) as session:
        for number, machine in ((2, False), (2, False), (3, True), (4, False)):
            lead_id = rows[addresses[number]].lead_id
            assert lead_id is not None
            record_event(session, lead_id, EventType.OPENED, now, email_campaign_id=mailing_id, machine=machine)
        lead_id = rows[addresses[2]].lead_id
        assert lead_id is not None
        record_event(session, lead_id, EventType.CLICKED, now, email_campaign_id=mailing_id)
    with database.session() as session:
        after = progress_of(session, mailing_of(database, mailing_id))
        assert progress_of_sending(session) == []
    assert (after.total, after.waiting, after.sent, after.bounced, after.suppressed) == (6, 0, 4, 1, 1)
    assert after.held_back == {"complained": 1}
    assert (after.status, after.share, after.under_way, after.next_at) == (EmailStatus.SENT, 1.0, False, None)
    assert (after.opened, after.clicked) == (2, 1)
