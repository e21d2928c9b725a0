"""Reading what came back: delivery reports (RFC 3464), complaints (RFC 5965), requests to unsubscribe by mail.

Anybody can write to a mailbox, so a report is believed only where it holds a Message-ID that this house signed.
"""

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message

from memory.mail_returns import ReturnKind
from tools.delivering.links import Links

#: Enhanced status codes (RFC 3463) that say that the address takes no mail, now or later.
HARD_STATUS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
#: Codes that speak of the message, a full mailbox or the sender's name: another message may arrive.
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_OWN_ID = re.compile(r"<([0-9a-z]+\.[A-Za-z0-9_-]{20,})@[^<>\s]+>")
_UNSUBSCRIBE = re.compile(r"\bunsubscribe[ +_]+([0-9a-z]+\.[A-Za-z0-9_-]{20,})", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail delivery (?:sub)?system", re.IGNORECASE)
#: What servers say of addresses that do not exist, where their code does not tell.
NO_SUCH_ADDRESS = re.compile(
    r"user (?:is )?unknown|unknown user|no such (?:user|mailbox|recipient|address)|does(?: not|n't) exist|mailbox (?:not found|unavailable)"
    r"|(?:recipient|address) (?:rejected|unknown)|invalid (?:recipient|mailbox)|account (?:has been )?(?:disabled|closed)|no mailbox here",
    re.IGNORECASE,
)
_LONGEST = 500


@dataclass(frozen=True)
class Report:
    """What a message says: of which message of the ledger, and for which address, if it names one (lower case)."""

    kind: ReturnKind
    delivery_id: int
    recipient: str | None = None
    status: str | None = None
    said: str | None = None


def read_reports(content: bytes, links: Links) -> list[Report]:
    """The reports in a message as it lay in the mailbox; none for what people write."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    asked = _UNSUBSCRIBE.search(_one_line(message.get("Subject")))
    if asked is not None:
        delivery_id = links.read_message_id(asked[1])
        return [Report(ReturnKind.UNSUBSCRIBE, delivery_id)] if delivery_id is not None else []
    delivery_id = _own_message(message, links)
    if delivery_id is None:
        return []
    kind = message.get_content_type()
    report_type = str(message.get_param("report-type") or "").lower()
    if kind == "multipart/report" and report_type == "feedback-report":
        return _complaint(message, delivery_id)
    found = list(_delivery_status(message, delivery_id))
    if found or report_type == "delivery-status":
        return found
    return _loose(message, delivery_id)


def _delivery_status(message: Message, delivery_id: int) -> Iterator[Report]:
    """One report for each recipient that the server has given up on."""
    for part in _parts(message, "message/delivery-status"):
        groups = part.get_payload()
        for group in groups if isinstance(groups, list) else ():
            if not isinstance(group, Message) or _one_line(group.get("Action")).lower() != "failed":
                continue  # the first group is of the message; "delayed" is no end, "delivered" no trouble
            recipient = _address(group.get("Original-Recipient")) or _address(group.get("Final-Recipient"))
            found = _STATUS.search(_one_line(group.get("Status")))
            said = _one_line(group.get("Diagnostic-Code")).partition(";")[2].strip() or None
            status = found[1] if found else None
            yield Report(kind_of(status, said), delivery_id, recipient, status, said)


def _complaint(message: Message, delivery_id: int) -> list[Report]:
    for part in _parts(message, "message/feedback-report"):
        fields = part.get_payload()
        told = fields[0] if isinstance(fields, list) and fields and isinstance(fields[0], Message) else None
        type = _one_line(told.get("Feedback-Type")).lower() if told is not None else "abuse"
        if type == "not-spam":
            return []
        recipient = _address(told.get("Original-Rcpt-To")) if told is not None else None
        said = _one_line(told.get("User-Agent")) if told is not None else None
        kind = ReturnKind.UNSUBSCRIBE if type.startswith("opt-out") else ReturnKind.COMPLAINT
        return [Report(kind, delivery_id, recipient, None, said)]
    return []


def _loose(message: Message, delivery_id: int) -> list[Report]:
    """A bounce in words only, as old servers write it (qmail's, for one): believed where it comes from a mail system."""
    sender = f"{message.get('From', '')} {message.get('Return-Path', '')}"
    if not _DAEMON.search(sender) and _one_line(message.get("Return-Path")) != "<>":
        return []
    text = "\n".join(_texts(message))[:20_000]
    found = _STATUS.search(text)
    if found is not None and not found[1].startswith("5"):
        return []
    status = found[1] if found else None
    if status is None and not NO_SUCH_ADDRESS.search(text):
        return []  # an answer from an absence, a warning
    line = next((line.strip() for line in text.splitlines() if status and status in line), None)
    return [Report(kind_of(status, line or text), delivery_id, None, status, (line or "")[:_LONGEST] or None)]


def kind_of(status: str | None, said: str | None) -> ReturnKind:
    """Hard where the address takes no mail; soft where only this message was not taken."""
    if status is not None and status in HARD_STATUS:
        return ReturnKind.HARD
    unclear = status is None or status in ("5.0.0", "5.4.1", "5.7.1")  # servers use these for unknown users, too
    return ReturnKind.HARD if unclear and said and NO_SUCH_ADDRESS.search(said) else ReturnKind.SOFT


def _own_message(message: Message, links: Links) -> int | None:
    """The ledger's message that this one is about, by a Message-ID that the house signed."""
    named: list[str] = [_one_line(message.get(name)) for name in ("In-Reply-To", "References")]
    for part in message.walk():
        if part is not message and part.get("Message-ID"):
            named.append(_one_line(part.get("Message-ID")))
    for kind in ("text/rfc822-headers", "text/plain"):
        named += [_text(part) for part in _parts(message, kind)]
    for token in (found for text in named for found in _OWN_ID.findall(text)):
        delivery_id = links.read_message_id(token)
        if delivery_id is not None:
            return delivery_id
    return None


def _parts(message: Message, kind: str) -> Iterable[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _texts(message: Message) -> Iterator[str]:
    return (_text(part) for part in _parts(message, "text/plain"))


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _address(value: str | None) -> str | None:
    """ "rfc822; Ann@Example.com" as ann@example.com."""
    text = _one_line(value).rpartition(";")[2].strip().strip("<>").lower()
    return text if "@" in text else None


def _one_line(value: object) -> str:
    return " ".join(str(value).split())[:2_000] if value is not None else ""
