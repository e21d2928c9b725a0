"""Messages that really go out, to a real SMTP server on this machine: what arrives, and what is refused."""

import re
import threading
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from delivery_fixtures import (
    PASSWORD,
    USER,
    Certificate,
    MailServer,
    Running,
    approved,
    mailing_of,
    people,
    rows_of,
    sender_for,
    sent_until_done,
    setup_for,
    states,
)
from sqlalchemy import select

from memory.database import Database
from memory.enums import DeliveryState, EmailStatus, EventType, SuppressionReason
from memory.events import LeadEvent
from memory.mail_hits import HIDDEN_LINK
from memory.outbox import unknown_messages
from memory.suppression import suppression_of
from memory.tracking import link_target, tracking_secrets
from tools.delivering.connections import check_server
from tools.delivering.dkim_keys import dns_record, make_keys
from tools.delivering.links import Links
from tools.delivering.setup import MailSetup

CONTENT = (
    "<p>Hi {{ lead.first_name }}, <a href='https://shop.example/a?b=1&amp;c=2'>look</a> or "
    '<a href="https://shop.example/{{ lead.first_name }}">yours</a>, <a href="mailto:me@x.example">write</a>.</p>\n'
    ".\n<p>Grüße</p>"
)


def send(database: Database, setup: MailSetup) -> None:
    sender = sender_for(database, setup)
    sent_until_done(sender, database)
    sender.close()


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text


def test_an_approved_mailing_arrives_once_with_all_that_belongs_to_it(
    database: Database, mail: MailServer, tmp_path: Path
) -> None:
    setup = setup_for(
        mail.port, dkim_folder=tmp_path, reply_to="team@bloom.example", unsubscribe_email="stop@bloom.example"
    )
    keys, made = make_keys(tmp_path, setup.domain, setup.dkim_selector)
    assert made
    assert not make_keys(tmp_path, setup.domain, setup.dkim_selector)[1], "keys are made once"
    addresses = people(database, 150)
    approved(database, addresses, content=CONTENT)
    send(database, setup)

    assert mail.counts == dict.fromkeys(addresses, 1)
    assert 1 < len(mail.sessions) <= setup.connections, "connections are kept"
    mailing = mailing_of(database)
    assert (mailing.status, mailing.status_reason) == (EmailStatus.SENT, None)
    assert mailing.sent_at is not None

    message, row = mail.parsed("p7@x.example"), rows_of(database)["p7@x.example"]
    with database.session() as session:
        links = Links(tracking_secrets(session, datetime.now(UTC)), setup.public_url)
        assert message["Subject"] == "News for Person7"
        assert str(message["From"]) == "Bloom & Söhne <news@bloom.example>"
        assert str(message["To"]) == "Person7 Berg <p7@x.example>"
        assert message["Reply-To"] == "team@bloom.example"
        assert message["Message-ID"] == row.message_id == links.message_id(row.id, "bloom.example")
        assert links.read_message_id(row.message_id or "") == row.id
        assert message["Feedback-ID"] == "1:0:mailing:bloom-example"
        assert abs(message["Date"].datetime - datetime.now(UTC)) < timedelta(minutes=5)
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        web, by_mail = re.findall(r"<([^>]+)>", message["List-Unsubscribe"])
        assert web == links.unsubscribe(row.id)
        assert by_mail.startswith("mailto:stop@bloom.example?subject=unsubscribe%20")
        assert message.get_content_type() == "multipart/alternative"
        assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]

        html, text = part(message, "html"), part(message, "plain")
        assert "Hi Person7, " in html
        assert "Grüße" in text
        tokens = re.findall(r'href="https://hub\.bloom\.example/c/([^"]+)"', html)
        clicks = [links.read_click(token) for token in tokens]
        assert [click.delivery_id for click in clicks if click] == [row.id, row.id, row.id]
        assert [click.link_id for click in clicks if click][-1] == HIDDEN_LINK, "nobody sees the last one"
        targets = [link_target(session, click.link_id) for click in clicks if click]
        assert [one.url for one in targets if one] == ["https://shop.example/a?b=1&c=2", "https://shop.example/Person7"]
        assert "mailto:me@x.example" in html
        assert links.open(row.id) in html
        assert links.unsubscribe(row.id) in html
        assert links.unsubscribe(row.id) in text
        assert (row.state, row.attempts, row.reason) == (DeliveryState.SENT, 1, None)
        events = session.scalars(select(LeadEvent).where(LeadEvent.type == EventType.SENT)).all()
        assert len(events) == len({one.lead_id for one in events}) == 150

    published = {f"{r.name}.".encode(): r.value.encode() for r in map(dns_record, keys)}
    (raw,) = [m for m, to in zip(mail.messages, mail.recipients, strict=True) if to == "p7@x.example"]

    def look_up(name: bytes, **_: Any) -> bytes:
        return published[name]

    assert dkim.DKIM(raw).verify(idx=0, dnsfunc=look_up)
    assert dkim.DKIM(raw).verify(idx=1, dnsfunc=look_up)
    assert not dkim.verify(raw.replace(b"Person7 Berg", b"Person8 Berg"), dnsfunc=look_up)
    assert not dkim.verify(raw.replace(b"shop.example", b"shap.example"), dnsfunc=look_up)
    added = raw.replace(b"Subject: ", b"From: other@x.example\r\nSubject: ")
    assert not dkim.verify(added, dnsfunc=look_up), "no second From can be added"


def test_refusals_retries_and_bad_addresses(database: Database, mail: MailServer) -> None:
    answers = {
        "p1@x.example": "550 5.1.1 no such user",
        "p2@x.example": "550 5.7.1 not wanted here",
        "p3@x.example": "451 4.7.1 greylisted",
        "p4@x.example": "550 User unknown",
    }
    later = {"p5@x.example": "554 5.6.0 spam", "p6@x.example": "452 4.3.1 full"}
    mail.rcpt, mail.data = answers.get, later.get
    addresses = people(database, 8)
    approved(database, addresses)
    before = datetime.now(UTC)
    send(database, setup_for(mail.port))

    rows = rows_of(database)
    assert sorted(mail.recipients) == ["p7@x.example", "p8@x.example"]
    bounced = {a: rows[a].reason for a in addresses if rows[a].state == DeliveryState.BOUNCED}
    assert bounced == {
        "p1@x.example": "550 5.1.1 no such user",
        "p2@x.example": "550 5.7.1 not wanted here",
        "p4@x.example": "550 User unknown",
        "p5@x.example": "554 5.6.0 spam",
    }
    for address in ("p3@x.example", "p6@x.example"):
        assert (rows[address].state, rows[address].attempts) == (DeliveryState.PENDING, 1)
        assert timedelta(minutes=4) < rows[address].due_at - before < timedelta(minutes=7)
    with database.session() as session:
        suppressed = [a for a in addresses if suppression_of(session, a)]
        assert suppressed == ["p1@x.example", "p4@x.example"], "only those whose address does not exist"
        found = suppression_of(session, "p1@x.example")
        assert found is not None
        assert (found.reason, found.source) == (SuppressionReason.BOUNCED, "the mail server: 550 5.1.1 no such user")
    assert mailing_of(database).status == EmailStatus.SENDING, "two of its messages are still to be tried"

    mail.rcpt, mail.data = lambda address: None, lambda address: None
    make_due(database)
    send(database, setup_for(mail.port))
    assert states(database) == {DeliveryState.SENT: 4, DeliveryState.BOUNCED: 4}
    assert mailing_of(database).status == EmailStatus.SENT
    assert max(mail.counts.values()) == 1


def make_due(database: Database) -> None:
    from sqlalchemy import update

    from memory.deliveries import Delivery

    with database.session(write=True) as session:
        session.execute(update(Delivery).values(due_at=datetime.now(UTC)))


def test_a_message_that_is_put_off_again_and_again_is_given_up(database: Database, mail: MailServer) -> None:
    mail.rcpt = lambda address: "451 4.3.0 not now"
    approved(database, people(database, 1))
    for _ in range(9):
        make_due(database)
        send(database, setup_for(mail.port))
    row = rows_of(database)["p1@x.example"]
    assert (row.state, row.attempts) == (DeliveryState.BOUNCED, 9)
    assert row.reason == "given up after 9 tries: 451 4.3.0 not now"


def test_a_row_of_refusals_pauses_the_mailing_and_says_why(database: Database, mail: MailServer) -> None:
    mail.data = lambda address: "554 5.7.1 this looks like spam"
    approved(database, people(database, 100))
    send(database, setup_for(mail.port, connections=1, streak=5))
    mailing = mailing_of(database)
    assert mailing.status == EmailStatus.PAUSED
    assert mailing.status_reason == (
        "5 messages in a row were refused, the last one with: 554 5.7.1 this looks like spam"
    )
    assert states(database) == {DeliveryState.BOUNCED: 5, DeliveryState.PENDING: 95}


def test_a_server_that_never_answers_leaves_the_message_unknown_and_unrepeated(
    database: Database, mail: MailServer
) -> None:
    mail.drop = lambda address: "yes" if address == "p2@x.example" else None
    approved(database, people(database, 3))
    setup = setup_for(mail.port, connections=1)
    send(database, setup)
    send(database, setup)
    assert mail.counts == dict.fromkeys(["p1@x.example", "p2@x.example", "p3@x.example"], 1)
    assert states(database) == {DeliveryState.SENT: 2, DeliveryState.UNKNOWN: 1}
    with database.session() as session:
        (unknown,) = unknown_messages(session, 1)
        assert unknown.recipient == "p2@x.example"
        assert unknown.reason == "the server did not say whether it took the message: it closed the connection"
    mailing = mailing_of(database)
    assert (mailing.status, mailing.status_reason) == (
        EmailStatus.SENT,
        "Of 1 of its messages it is unknown whether they arrived",
    )


@pytest.mark.parametrize("starttls", [True, False])
def test_over_tls_with_a_login(database: Database, certificate: Certificate, starttls: bool) -> None:
    mail = MailServer()
    running = Running(mail, certificate.context, starttls=starttls, auth=starttls)
    login = {"user": USER, "password": PASSWORD} if starttls else {}
    try:
        approved(database, people(database, 3))
        setup = setup_for(mail.port, "starttls" if starttls else "tls", ca_file=certificate.file, **login)
        send(database, setup)
        assert setup.server is not None
        assert check_server(setup.server) is None
    finally:
        running.stop()
    assert len(mail.recipients) == 3
    assert mail.secured == {True}


def test_nothing_goes_out_unsecured_or_to_a_server_that_cannot_be_trusted(
    database: Database, mail: MailServer, certificate: Certificate
) -> None:
    secured = MailServer()
    running = Running(secured, certificate.context, starttls=True, auth=True)
    approved(database, people(database, 2))
    cases = [
        (setup_for(mail.port, "starttls"), "offers no STARTTLS, and without it nothing is sent"),
        (setup_for(secured.port, "starttls"), "The certificate of the mail server 127.0.0.1:{} cannot be trusted"),
        (
            setup_for(secured.port, "starttls", ca_file=certificate.file, user=USER, password="wrong"),
            "The mail server 127.0.0.1:{} refuses the login: 535",
        ),
    ]
    try:
        for setup, sentence in cases:
            send(database, setup)
            mailing = mailing_of(database)
            assert setup.server is not None
            said = sentence.format(setup.server.port)
            assert mailing.status == EmailStatus.PAUSED
            assert said in (mailing.status_reason or "")
            assert "wrong" not in (mailing.status_reason or "")
            assert said in (check_server(setup.server) or "")
            assert states(database) == {DeliveryState.PENDING: 2}
            with database.session(write=True) as session:
                again = session.merge(mailing)
                again.status = EmailStatus.SENDING
    finally:
        running.stop()
    assert mail.recipients == secured.recipients == []


def test_a_server_that_is_away_is_waited_for(database: Database, mail: MailServer) -> None:
    approved(database, people(database, 2))
    sender = sender_for(database, setup_for(1))  # nobody listens there
    assert sender.work() is False
    mailing = mailing_of(database)
    assert mailing.status == EmailStatus.SENDING
    assert mailing.status_reason is not None
    assert mailing.status_reason.startswith("The mail server 127.0.0.1:1 cannot be reached: ")
    assert mailing.status_reason.endswith("; it is tried again")
    assert states(database) == {DeliveryState.PENDING: 2}
    sender.close()
    send(database, setup_for(mail.port))
    assert (len(mail.recipients), mailing_of(database).status_reason) == (2, None)


def test_a_server_that_dies_under_way_stops_nobody_for_good(database: Database) -> None:
    mail = MailServer()
    running = Running(mail)

    def die(address: str) -> str | None:
        """From the 20th message on nobody is let in any more, and the lines go dead."""
        if len(mail.recipients) < 20:
            return None
        running.server.close()
        return "gone"

    mail.drop = die
    approved(database, people(database, 300))  # more than wait for a connection at once
    sender = sender_for(database, setup_for(mail.port, connections=4))
    working = threading.Thread(target=sender.work, daemon=True)
    working.start()
    working.join(60)
    running.stop()
    assert not working.is_alive(), "the sender waits for connections that are gone"
    sender.close()
    found = states(database)
    assert sum(found.values()) == 300
    assert found[DeliveryState.PENDING] > 200
    assert set(found) <= {DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.PENDING}
    assert max(mail.counts.values()) == 1
    assert sender.trouble is not None
    assert (mailing_of(database).status_reason or "").endswith("; it is tried again")


def test_a_sender_that_the_server_refuses_is_nobodys_bounce(database: Database, mail: MailServer) -> None:
    mail.sender = lambda address: "553 5.7.1 you may not send as this" if address == "back@bloom.example" else None
    approved(database, people(database, 2))
    send(database, setup_for(mail.port, bounce_address="back@bloom.example"))
    mailing = mailing_of(database)
    assert mailing.status == EmailStatus.PAUSED
    assert mailing.status_reason == (
        f"The mail server 127.0.0.1:{mail.port} refuses the sender back@bloom.example: 553 5.7.1 you may not send as this"
    )
    assert states(database) == {DeliveryState.PENDING: 2}


@pytest.mark.parametrize("address", ["zoë@x.example", "a b@x.example", "a>\r\nRCPT TO:<b@x.example"])
def test_an_address_that_cannot_be_told_to_a_server_is_refused_by_the_hub_itself(
    database: Database, mail: MailServer, address: str
) -> None:
    people(database, 1)
    approved(database, ["p1@x.example", address])
    send(database, setup_for(mail.port))
    assert mail.recipients == ["p1@x.example"]
    row = rows_of(database)[address]
    assert (row.state, row.reason) == (
        DeliveryState.BOUNCED,
        "the address holds letters or signs that mail servers do not take",
    )


def test_a_domain_outside_ascii_is_told_as_idna(database: Database, mail: MailServer) -> None:
    approved(database, ["a@bücher.example"])
    send(database, setup_for(mail.port))
    assert mail.recipients == ["a@xn--bcher-kva.example"]
