"""Bounces and complaints: read out of real message forms, over a real IMAP server, and told by webhook."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from memory.enums import ConsentState, DeliveryState, EventType, SuppressionReason
from memory.events import LeadEvent, record_event
from memory.lead_lookup import consents_of, lead_with_email
from memory.mail_returns import MailReturn, ReturnKind
from memory.suppression import suppression_of
from tests.delivery.delivery_fixtures import people, rows_of
from tests.public.public_fixtures import House
from tests.receiving.messages import answer, complaint, dsn, qmail
from tests.receiving.test_hooks import call
from tests.support.imap import PASSWORD, USER, ImapServer, imap
from tools.delivering.letters import unsubscribe_mailto
from tools.mailing.figures import all_figures
from tools.receiving.mailbox import MailboxTrouble, mailbox_of, opened
from tools.receiving.reports import Report, read_reports
from tools.receiving.returning import poll_mailbox, take_report

__all__ = ["imap"]


def ids_of(house: House, mailing_id: int = 1) -> dict[str, str]:
    return {address: row.message_id or "" for address, row in rows_of(house.database, mailing_id).items()}


def test_reports_are_read_as_they_are_written(house: House) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    own, links = ids_of(house)[address], house.links()
    number = links.read_message_id(own)
    assert number is not None

    def read(content: bytes) -> list[Report]:
        return read_reports(content, links)

    assert read(dsn(own, address)) == [Report(ReturnKind.HARD, number, address, "5.1.1", "550 5.1.1 <x> user unknown")]
    kinds = {
        ("5.2.2", "552 mailbox full"): ReturnKind.SOFT,
        ("5.7.1", "550 spam"): ReturnKind.SOFT,
        ("5.7.1", "550 no such user here"): ReturnKind.HARD,
        ("4.4.7", "delivery time expired"): ReturnKind.SOFT,
        ("5.2.1", "mailbox disabled"): ReturnKind.HARD,
        ("5.0.0", "something else"): ReturnKind.SOFT,
    }
    for (status, said), kind in kinds.items():
        assert [one.kind for one in read(dsn(own, address, status, said))] == [kind], status
    assert read(dsn(own, address, "4.4.1", action="delayed")) == []
    assert [one.kind for one in read(complaint(own, address))] == [ReturnKind.COMPLAINT]
    assert read(complaint(own, address, "not-spam")) == []
    assert [one.kind for one in read(complaint(own, address, "opt-out"))] == [ReturnKind.UNSUBSCRIBE]
    (old,) = read(qmail(own, address, "192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 user unknown"))
    assert (old.kind, old.delivery_id, old.status) == (ReturnKind.HARD, number, "5.1.1")
    assert [one.kind for one in read(qmail(own, address, "Sorry, no mailbox here by that name."))] == [ReturnKind.HARD]
    asked = unsubscribe_mailto(number, house.mail, links).partition("subject=")[2].replace("%20", " ")
    wanted = f"From: {address}\r\nSubject: {asked}\r\n\r\n".encode()
    assert read(wanted) == [Report(ReturnKind.UNSUBSCRIBE, number)]


def test_nothing_is_believed_that_names_no_message_of_the_house(house: House) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    own, links = ids_of(house)[address], house.links()
    forged = own.replace("<1.", "<2.")
    assert forged != own
    for message in (
        dsn(forged, address), dsn("<1.abc@bloom.example>", address), complaint(forged, address),
        qmail(forged, address, "550 5.1.1 user unknown"), answer(own), answer(own, "Do you still sell this?"),
        b"Subject: unsubscribe 1.abcdefghijklmnopqrstuvwxyz\r\n\r\n", b"", b"\xff\xfe\x00 nonsense",
    ):  # fmt: skip
        assert read_reports(message, links) == [], message[:60]


def test_the_mailbox_is_read_once_and_people_keep_their_mail(house: House, imap: ImapServer) -> None:
    addresses = people(house.database, 4)
    house.send(addresses)
    ids, clock = ids_of(house), house.door.clock
    imap.put(
        dsn(ids[addresses[0]], addresses[0]),
        answer(ids[addresses[1]]),
        complaint(ids[addresses[1]], addresses[1]),
        dsn(ids[addresses[2]], addresses[2], "5.2.2", "552 5.2.2 mailbox full"),
    )
    before = set(imap.unread())
    assert poll_mailbox(house.database, imap.mailbox, house.links(), clock) == 3
    assert poll_mailbox(house.database, imap.mailbox, house.links(), clock) == 0
    assert len(before & set(imap.unread())) == len(before) - 3, "what people wrote stays unread"
    rows = rows_of(house.database)
    assert [rows[one].state for one in addresses] == [
        DeliveryState.BOUNCED, DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.SENT,
    ]  # fmt: skip
    with house.database.session() as session:
        reasons = [found.reason if (found := suppression_of(session, one)) else None for one in addresses]
        assert reasons == [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, None, None]
        lead = lead_with_email(session, addresses[1])
        assert lead is not None
        assert [one.state for one in consents_of(session, lead.id)] == [ConsentState.WITHDRAWN]
        told = session.scalars(
            select(LeadEvent.type)
            .where(LeadEvent.type.in_([EventType.BOUNCED, EventType.COMPLAINED]))
            .order_by(LeadEvent.id)
        )
        assert list(told) == [EventType.BOUNCED, EventType.COMPLAINED, EventType.BOUNCED]
        figures = all_figures(session)[1]
    assert (figures.delivered, figures.bounces, figures.bounce_rate) == (2, 2, 0.5)
    imap.put(dsn(ids[addresses[0]], addresses[0]), dsn(ids[addresses[3]], addresses[3]))
    assert poll_mailbox(house.database, imap.mailbox, house.links(), clock) == 1, "the same bounce counts once"


def test_a_mailbox_that_cannot_be_read_says_why(imap: ImapServer) -> None:
    wrong = mailbox_of(f"imap://{USER}:wrong@127.0.0.1:{imap.port}")
    with pytest.raises(MailboxTrouble, match="refuses the login"), opened(wrong):
        pass
    nowhere = mailbox_of(f"imap://{USER}:{PASSWORD}@127.0.0.1:{imap.port}/Nowhere")
    with pytest.raises(MailboxTrouble, match="no folder “Nowhere”"), opened(nowhere):
        pass
    with pytest.raises(MailboxTrouble, match="cannot be reached"), opened(mailbox_of("imap://a:b@127.0.0.1:1")):
        pass
    with pytest.raises(ValueError, match="write the mailbox like"):
        mailbox_of("https://mail.example.com")


def test_soft_bounces_count_until_nobody_is_there_any_more(house: House) -> None:
    gone, alive = people(house.database, 2)
    now = datetime.now(UTC)
    for number in range(3):
        mailing_id = house.send([gone, alive], name=f"News {number}")
        for address in (gone, alive):
            row = rows_of(house.database, mailing_id)[address]
            with house.database.session(write=True) as session:
                report = Report(ReturnKind.SOFT, row.id, address, "5.2.2", "mailbox full")
                assert take_report(session, report, now, "a test")
                assert not take_report(session, report, now, "a test")
        with house.database.session(write=True) as session:
            found = suppression_of(session, gone)
            assert (found is not None) == (number == 2)
            lead = lead_with_email(session, alive)
            assert lead is not None
            record_event(session, lead.id, EventType.OPENED, now, email_campaign_id=mailing_id)
            assert suppression_of(session, alive) is None, "somebody reads there"


def test_a_provider_tells_by_webhook_and_a_passed_on_address_is_no_reason(house: House, site: str) -> None:
    addresses = people(house.database, 3)
    house.send(addresses)
    ids = ids_of(house)
    told: list[dict[str, Any]] = [
        {"type": "bounce", "message_id": ids[addresses[0]], "status": "5.1.1", "said": "user unknown"},
        {"type": "complaint", "email": addresses[1].upper()},
        {"type": "bounce", "message_id": ids[addresses[2]], "email": "other@y.example", "status": "5.1.1"},
        {"type": "bounce", "email": "stranger@y.example"},
    ]
    said = call(house, site, told, path="/hooks/mail")
    assert (said.status_code, said.json()) == (200, {"stored": 3, "repeated": 0, "unknown": 1})
    assert call(house, site, told, id="msg-2", path="/hooks/mail").json()["repeated"] == 3
    assert call(house, site, {"type": "rumour"}, id="msg-3", path="/hooks/mail").status_code == 422
    with house.database.session() as session:
        reasons = [found.reason if (found := suppression_of(session, one)) else None for one in addresses]
        kinds = session.scalars(select(MailReturn.kind).order_by(MailReturn.id)).all()
    assert reasons == [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, None]
    assert kinds == [ReturnKind.HARD, ReturnKind.COMPLAINT, ReturnKind.SOFT]


def test_a_complaint_may_be_told_as_the_report_itself(house: House, site: str) -> None:
    """RFC 5965 and RFC 3464 by webhook, as a feedback loop or a mail system has them; signed like every call."""
    complains, gone = people(house.database, 2)
    house.send([complains, gone])
    ids = ids_of(house)
    mail = {"path": "/hooks/mail", "kind": "message/rfc822"}
    report = complaint(ids[complains], complains)
    assert call(house, site, report, **mail).json() == {"stored": 1, "repeated": 0, "unknown": 0}
    assert call(house, site, report, id="msg-2", **mail).json() == {"stored": 0, "repeated": 1, "unknown": 0}
    assert call(house, site, dsn(ids[gone], gone), id="msg-3", **mail).json()["stored"] == 1
    forged = complaint("<1.AAAAAAAAAAAAAAAAAAAAAAAAAAA@bloom.example>", gone)
    assert call(house, site, forged, id="msg-4", **mail).json() == {"stored": 0, "repeated": 0, "unknown": 1}
    assert call(house, site, report, id="msg-5", secret="whsec_" + "b3RoZXJz" * 4, **mail).status_code == 401
    with house.database.session() as session:
        reasons = [found.reason if (found := suppression_of(session, one)) else None for one in (complains, gone)]
    assert reasons == [SuppressionReason.COMPLAINED, SuppressionReason.BOUNCED]
