"""A message as bytes: headers and two parts, in the form in which it is signed and sent.

Written out by hand: `email.message` folds and checks every header anew and makes 460 messages a second here, this some
ten thousand. What is special (encoded words, addresses) is left to the standard library, and only where it is needed.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

from tools.delivering.signing import DkimKey, signature_headers

_LINE = 900  # SMTP allows 998 characters; what is longer is encoded
_UNFIT = re.compile(r"[\s<>\x00-\x20\x7f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Envelope:
    """What stands on a message beside its text. `one_click` is the https link of RFC 8058, `unsubscribe` all ways."""

    sender: str
    recipient: str
    recipient_name: str | None
    reply_to: str
    message_id: str
    at: datetime
    unsubscribe: tuple[str, ...]
    one_click: bool
    feedback_id: str


def message_bytes(envelope: Envelope, subject: str, text: str, html: str, keys: Sequence[DkimKey]) -> bytes:
    """The whole message, signed with each of the keys. Line ends are CRLF."""
    boundary = f"=_{envelope.message_id.strip('<>').partition('@')[0].replace('.', '_')}"
    headers = _headers(envelope, subject, boundary)
    body = b"".join(
        [
            _part(boundary, "text/plain", text),
            _part(boundary, "text/html", html),
            f"--{boundary}--\r\n".encode(),
        ]
    )
    signed = [*signature_headers(keys, headers, body, envelope.at.timestamp()), *headers]
    return "".join(f"{name}: {value}\r\n" for name, value in signed).encode("ascii") + b"\r\n" + body


@lru_cache(maxsize=64)
def address_header(address: str) -> str:
    """“Müller <m@example.com>” as a header may hold it. An address outside ASCII keeps its domain as IDNA."""
    name, mail = parseaddr(address)
    return formataddr((one_line(name), ascii_address(mail)))


def ascii_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA). Raises ValueError where a mail server cannot be told it."""
    local, _, domain = address.rpartition("@")
    local.encode("ascii")
    if _UNFIT.search(address):
        raise ValueError("an address holds neither spaces nor angle brackets")
    return address if domain.isascii() else f"{local}@{domain.encode('idna').decode()}"


def one_line(text: str) -> str:
    """The text without line ends and control characters: nothing in it can begin a header of its own."""
    return _CONTROL.sub(" ", text).strip()


def _headers(envelope: Envelope, subject: str, boundary: str) -> list[tuple[str, str]]:
    name = one_line(envelope.recipient_name or "")
    to = formataddr((name, ascii_address(envelope.recipient))) if name else ascii_address(envelope.recipient)
    found = [
        ("From", address_header(envelope.sender)),
        ("To", to),
        ("Subject", _encoded(one_line(subject), "Subject")),
        ("Date", format_datetime(envelope.at)),
        ("Message-ID", envelope.message_id),
    ]
    if envelope.reply_to:
        found.append(("Reply-To", address_header(envelope.reply_to)))
    if envelope.unsubscribe:
        found.append(("List-Unsubscribe", ",\r\n ".join(f"<{way}>" for way in envelope.unsubscribe)))
    if envelope.one_click:
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    found += [
        ("Feedback-ID", envelope.feedback_id),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    return found


@lru_cache(maxsize=256)
def _encoded(text: str, name: str) -> str:
    if text.isascii() and len(text) < _LINE:
        return text
    return Header(text, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _part(boundary: str, kind: str, text: str) -> bytes:
    data = text.replace("\r\n", "\n").replace("\r", "\n")
    if not data.endswith("\n"):
        data += "\n"
    encoding, body = _transfer(data)
    head = f"--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + body


def _transfer(text: str) -> tuple[str, bytes]:
    """The text in an encoding that any server passes on unchanged."""
    data = text.encode()
    if text.isascii():
        plain = "7bit" if max(map(len, text.split("\n"))) < _LINE else "quoted-printable"
    else:
        foreign = len(data) - len(text.encode("ascii", "ignore"))
        plain = "quoted-printable" if foreign * 3 < len(data) else "base64"
    if plain == "base64":
        return plain, base64.encodebytes(data).replace(b"\n", b"\r\n")
    if plain == "quoted-printable":
        data = binascii.b2a_qp(data, istext=True)
    return plain, data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
