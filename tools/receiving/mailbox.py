"""The mailbox that mail comes back to, read over IMAP (RFC 3501): only what is new, by the numbers that the server gives.

Nothing is deleted or moved; a report that was understood is marked as read. People may use the mailbox as well.
"""

import imaplib
import ipaddress
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

#: Bytes of a message that are read: reports carry the headers of what came back within these.
MOST = 262_144
#: Messages of one look.
BATCH = 200
_UID = re.compile(rb"UID (\d+)")


class MailboxTrouble(Exception):
    """The mailbox cannot be read; says why, for a marketer."""


@dataclass(frozen=True)
class Mailbox:
    """Where it is. `tls` from the start; without it only on this very machine."""

    host: str
    port: int
    tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"
    timeout: float = 30.0

    @property
    def where(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"


@dataclass(frozen=True)
class Arrived:
    """One message: its number, and what it holds (cut after MOST bytes)."""

    uid: int
    content: bytes


def mailbox_of(url: str) -> Mailbox:
    """The mailbox that a URL names: imaps://user:password@host:993/FOLDER, or imap:// with STARTTLS. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise ValueError("write the mailbox like imaps://user:password@mail.example.com/INBOX")
    return Mailbox(
        host=parts.hostname,
        port=parts.port or (993 if parts.scheme == "imaps" else 143),
        tls=parts.scheme == "imaps",
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )


class OpenMailbox:
    """A mailbox that is open for reading."""

    def __init__(self, connection: imaplib.IMAP4, uid_validity: int) -> None:
        self._connection = connection
        self.uid_validity = uid_validity

    def after(self, uid: int, limit: int = BATCH) -> list[Arrived]:
        """The messages behind a number, in their order."""
        (found,) = self._ask("SEARCH", f"UID {uid + 1}:*")[:1] or (b"",)
        # "n:*" always names the last message, also where that is not behind n (RFC 3501, 6.4.8).
        named = found.split() if isinstance(found, bytes) else []
        numbers = sorted(number for number in map(int, named) if number > uid)[:limit]
        return [Arrived(number, self._fetch(number)) for number in numbers]

    def mark_read(self, uids: list[int]) -> None:
        """Say of messages that somebody has dealt with them."""
        if uids:
            self._ask("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", r"(\Seen)")

    def _fetch(self, uid: int) -> bytes:
        for part in self._ask("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{MOST}>)"):
            if isinstance(part, tuple) and (named := _UID.search(part[0])) and int(named[1]) == uid:
                return bytes(part[1])
        return b""  # it was removed in the meantime

    def _ask(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        state, found = self._connection.uid(command, *arguments)
        if state != "OK":
            raise MailboxTrouble(f"the mail server refused {command}")
        return found


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[OpenMailbox]:
    """The mailbox, open, and closed again at the end. Raises MailboxTrouble."""
    try:
        connection = _connect(mailbox)
    except imaplib.IMAP4.error as error:
        raise MailboxTrouble(f"{mailbox.host} refuses the login: {_said(error)}") from error
    except (OSError, ssl.SSLError) as error:
        raise MailboxTrouble(f"{mailbox.host}:{mailbox.port} cannot be reached: {error}") from error
    try:
        state, _ = connection.select(_quoted(mailbox.folder))
        if state != "OK":
            raise MailboxTrouble(f"there is no folder “{mailbox.folder}” on {mailbox.host}")
        validity = connection.response("UIDVALIDITY")[1][0]
        yield OpenMailbox(connection, int(validity) if validity else 0)
    except imaplib.IMAP4.error as error:
        raise MailboxTrouble(f"{mailbox.host} cannot be read: {_said(error)}") from error
    except OSError as error:
        raise MailboxTrouble(f"the line to {mailbox.host} broke: {error}") from error
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            connection.logout()


def _connect(mailbox: Mailbox) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    connection: imaplib.IMAP4
    if mailbox.tls:
        connection = imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=mailbox.timeout)
    else:
        connection = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=mailbox.timeout)
        if not _is_this_machine(mailbox.host):
            connection.starttls(context)  # a password is never told in the open
    connection.login(mailbox.user, mailbox.password)
    return connection


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
