"""The mail as its readers get it: fetched over IMAP by a mail client's library, its signatures verified, its one-click
unsubscribing done over HTTP."""

import re
from pathlib import Path

import dkim
import httpx
from imap_tools import MailBoxUnencrypted, MailMessage

from memory.enums import SuppressionReason
from memory.suppression import suppression_of
from tests.delivery.delivery_fixtures import people, setup_for
from tests.public.public_fixtures import LETTER, PUBLIC, House
from tests.support.imap import PASSWORD, USER, ImapServer, imap
from tools.delivering.dkim_keys import dns_record, make_keys

__all__ = ["imap"]

FIELDS = {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"}


def fetched(imap: ImapServer, house: House) -> dict[str, MailMessage]:
    """Deliver what the mail server took into a mailbox, and fetch it as a client does; by recipient."""
    imap.put(*house.server.messages)
    with MailBoxUnencrypted("127.0.0.1", port=imap.port).login(USER, PASSWORD, "INBOX") as mailbox:
        found = list(mailbox.fetch('HEADER Feedback-ID ":mailing:"', mark_seen=False))
    return {message.to[0]: message for message in found}


def tags(signature: str) -> dict[str, str]:
    """The tags of a DKIM-Signature header (RFC 6376, 3.2)."""
    pairs = (part.split("=", 1) for part in re.sub(r"\s", "", signature).split(";") if part)
    return dict(pairs)  # type: ignore[arg-type]


def test_a_mail_client_reads_verifies_and_unsubscribes(
    house: House, site: str, imap: ImapServer, tmp_path: Path
) -> None:
    house.mail = setup_for(house.server.port, dkim_folder=tmp_path, reply_to="team@bloom.example")
    keys, _ = make_keys(tmp_path, house.mail.domain, house.mail.dkim_selector)
    addresses = people(house.database, 3)
    house.send(
        addresses, name="Grüße aus dem Garten", content=f"{LETTER}\n<p>Ein Stück Übermut für 5 €, schöne Grüße 🌷</p>"
    )
    inbox = fetched(imap, house)
    assert sorted(inbox) == addresses
    message = inbox["p2@x.example"]

    assert message.subject == "Grüße aus dem Garten for Person2"
    assert (message.from_values.name, message.from_values.email) == ("Bloom & Söhne", "news@bloom.example")
    assert [(one.name, one.email) for one in message.to_values] == [("Person2 Berg", "p2@x.example")]
    assert message.reply_to == ("team@bloom.example",)
    assert message.headers["list-unsubscribe-post"] == ("List-Unsubscribe=One-Click",)
    assert len({one.headers["message-id"] for one in inbox.values()}) == 3
    assert "Hi Person2, " in message.text
    assert "<p>Hi Person2, <a href=" in message.html
    for part in (message.text, message.html):
        assert "Ein Stück Übermut für 5 €, schöne Grüße 🌷" in part
    assert message.attachments == []
    raw = message.obj.as_bytes()
    raw.decode("ascii")  # so no server on the way has to change it, which would break the signatures

    published = {f"{record.name}.".encode(): record.value.encode() for record in map(dns_record, keys)}
    signatures = [tags(one) for one in message.headers["dkim-signature"]]
    assert {(one["a"], one["d"]) for one in signatures} == {
        ("rsa-sha256", "bloom.example"), ("ed25519-sha256", "bloom.example"),
    }  # fmt: skip
    (stored,) = [one for one in house.server.messages if b"p2@x.example" in one]
    for number, signature in enumerate(signatures):
        assert set(signature["h"].split(":")) >= FIELDS
        look_up = {"dnsfunc": lambda name, timeout=5: published[name]}
        assert dkim.DKIM(stored).verify(idx=number, **look_up)
        assert not dkim.DKIM(stored.replace(b"Person2 Berg", b"Person3 Berg")).verify(idx=number, **look_up)

    (https,) = re.findall(r"<(https://[^>]+)>", message.headers["list-unsubscribe"][0])
    with httpx.Client(base_url=site) as client:
        answer = client.post(https.removeprefix(PUBLIC), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with house.database.session() as session:
        found = suppression_of(session, "p2@x.example")
        assert found is not None
        assert found.reason == SuppressionReason.UNSUBSCRIBED
    house.send(addresses, name="Next")
    assert sorted(house.server.recipients[3:]) == ["p1@x.example", "p3@x.example"]
