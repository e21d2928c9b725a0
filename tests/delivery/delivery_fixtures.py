"""A mail server on this machine that can be told what to answer, and a house with people and a mailing to send them."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus
from memory.lead_changes import new_lead, put_consent
from memory.mailings import EmailCampaign
from tests.support.databases import new_sqlite
from tests.support.processes import wait_for
from tools.core.context import SystemClock
from tools.delivering.sender import Sender
from tools.delivering.setup import MailSetup, Security, Server
from tools.mailing.sending import lay_out_now

__all__ = ["wait_for"]

ZONE = ZoneInfo("Europe/Berlin")
USER, PASSWORD = "hub", "correct horse"
Answer = Callable[[str], str | None]


@dataclass
class MailServer:
    """A real SMTP server in a thread. `sender`, `rcpt` and `data` may give an address another answer than 250; `wait` is how
    long it takes (seconds) to answer DATA; `drop` lets the line go dead instead of answering, after the message came."""

    port: int = 0
    messages: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    sessions: set[Any] = field(default_factory=set)
    secured: set[bool] = field(default_factory=set)
    sender: Answer = lambda address: None
    rcpt: Answer = lambda address: None
    data: Answer = lambda address: None
    wait: float = 0.0
    drop: Answer = lambda address: None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.sender(address)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 ok"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.wait:
            await asyncio.sleep(self.wait)
        (address,) = envelope.rcpt_tos
        answer = self.data(address)
        if answer is not None:
            return answer
        self.messages.append(envelope.original_content)
        self.recipients.append(address)
        self.sessions.add(session.peer)
        self.secured.add(server.transport.get_extra_info("sslcontext") is not None)
        if self.drop(address):
            server.transport.abort()
        return "250 2.0.0 taken"

    @property
    def counts(self) -> Counter[str]:
        """How often each address got a message."""
        return Counter(self.recipients)

    def parsed(self, recipient: str) -> EmailMessage:
        """The one message to this address, as a mail program reads it."""
        (raw,) = [m for m, to in zip(self.messages, self.recipients, strict=True) if to == recipient]
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


def check_login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


class Running:
    """A server that runs until stopped."""

    def __init__(
        self, mail: MailServer, tls: ssl.SSLContext | None = None, *, starttls: bool = False, auth: bool = False
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        more: dict[str, Any] = {"authenticator": check_login, "auth_required": True} if auth else {}

        def protocol() -> SMTP:
            return SMTP(
                mail, hostname="127.0.0.1", tls_context=tls if starttls else None, require_starttls=starttls, **more
            )

        async def begin() -> asyncio.Server:
            return await asyncio.get_running_loop().create_server(
                protocol, "127.0.0.1", 0, ssl=tls if not starttls else None
            )

        self.server = asyncio.run_coroutine_threadsafe(begin(), self.loop).result(10)
        mail.port = self.server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        async def end() -> None:
            self.server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A server without TLS, on a port of its own."""
    mail = MailServer()
    running = Running(mail)
    yield mail
    running.stop()


@dataclass(frozen=True)
class Certificate:
    """A self-made certificate for 127.0.0.1: the server's side, and the file that clients may trust."""

    context: ssl.SSLContext
    file: Path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    import ipaddress

    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, private = folder / "cert.pem", folder / "key.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    return Certificate(context, file)


def setup_for(port: int, security: Security = "none", **more: Any) -> MailSetup:
    """How to send through a server on this machine."""
    server = {name: more.pop(name) for name in ("user", "password", "ca_file", "timeout") if name in more}
    given: dict[str, Any] = {"sender": "Bloom & Söhne <news@bloom.example>", "public_url": "https://hub.bloom.example"}
    return MailSetup(server=Server("127.0.0.1", port, security, **{"timeout": 5.0, **server}), **(given | more))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(new_sqlite(tmp_path / "hub.sqlite3"))
    yield database
    database.close()


def people(database: Database, amount: int, *, domain: str = "x.example", first: int = 1, **fields: Any) -> list[str]:
    """So many leads who consented: p1@…, p2@…"""
    now = datetime.now(UTC)
    names = [f"p{number}@{domain}" for number in range(first, first + amount)]
    with database.session(write=True) as session:
        for number, address in enumerate(names, first):
            lead = new_lead(session, address, now, name=f"Person{number} Berg", first_name=f"Person{number}", **fields)
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, now, "a test")
    return names


def approved(
    database: Database,
    recipients: list[str],
    *,
    name: str = "News",
    content: str = "Hi {{ lead.first_name }}, it grows.",
) -> int:
    """A mailing that was approved and laid out; its id."""
    now = datetime.now(ZONE)
    with database.session(write=True) as session:
        mailing = EmailCampaign(
            name=name, subject_line=f"{name} for {{{{ lead.first_name }}}}", content=content, recipients=recipients,
            status=EmailStatus.SENDING, send_time=now,
        )  # fmt: skip
        session.add(mailing)
        session.flush()
        lay_out_now(session, mailing, now)
        return mailing.id


def sent_until_done(sender: Sender, database: Database, rounds: int = 20) -> None:
    """Work until no more is due, as the worker's tick does."""
    for _ in range(rounds):
        if not sender.work():
            return


def states(database: Database, mailing_id: int = 1) -> dict[DeliveryState, int]:
    with database.session() as session:
        rows = session.scalars(select(Delivery.state).where(Delivery.email_campaign_id == mailing_id))
        return dict(Counter(rows))


def mailing_of(database: Database, mailing_id: int = 1) -> EmailCampaign:
    with database.session() as session:
        return session.get_one(EmailCampaign, mailing_id)


def rows_of(database: Database, mailing_id: int = 1) -> dict[str, Delivery]:
    """The ledger of a mailing, by address."""
    with database.session() as session:
        found = session.scalars(select(Delivery).where(Delivery.email_campaign_id == mailing_id))
        return {row.recipient: row for row in found}


def sender_for(database: Database, setup: MailSetup, worker: str = "worker-1") -> Sender:
    return Sender(database, setup, SystemClock(ZONE), worker)
