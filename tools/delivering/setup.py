"""How this house sends mail: server, sender, addresses of its pages, pace. Built once from the settings."""

import ipaddress
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from tools.delivering.quiet import QuietHours

Security = Literal["starttls", "tls", "none"]
NO_SERVER = "No mail server is configured (setting smtp_url), so nothing can leave the house yet"
NO_SENDER = (
    "No sender is set (setting mail_from, such as “Bloom <news@example.com>”), so nothing can leave the house yet"
)
NO_WAY_OUT = (
    "Recipients would have no way to unsubscribe: set public_url (the address under which the hub's pages are reached "
    "from outside) or unsubscribe_email. Nothing leaves the house without one"
)


@dataclass(frozen=True)
class Server:
    """The mail server. `ca_file` are certificates to trust besides the system's; `timeout` is in seconds a command."""

    host: str
    port: int
    security: Security
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    timeout: float = 60.0

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class MailSetup:
    """Everything that sending needs to know.

    `sender` is a From header; `bounce_address` where undeliverable mail comes back to (default: the sender's).
    `rate` messages a second go to one recipient domain at most (0: no limit), `warmup_start` is the day on which a
    fresh sender began to send (None: known already). `cap` messages, by mail and as text, within `cap_days` days reach
    one person at most (0: no limit). `lease` is for how many seconds a worker's claim holds.
    """

    server: Server | None = None
    sender: str = ""
    reply_to: str = ""
    bounce_address: str = ""
    public_url: str = ""
    unsubscribe_email: str = ""
    dkim_folder: Path | None = None
    dkim_selector: str = "hub"
    connections: int = 8
    rate: float = 0.0
    warmup_start: date | None = None
    quiet: QuietHours | None = None
    cap: int = 0
    cap_days: int = 7
    lease: float = 120.0
    streak: int = 20
    topics: tuple[str, ...] = ()  # what readers may choose among; see tools.subscribing.topics

    @cached_property
    def sender_address(self) -> str:
        return parseaddr(self.sender)[1]

    @cached_property
    def domain(self) -> str:
        """The sender's domain in lower case."""
        return self.sender_address.rpartition("@")[2].lower()

    @property
    def tracks(self) -> bool:
        """Whether opens and clicks can be told: links need an address that leads back to the hub."""
        return bool(self.public_url)

    @property
    def hand_over(self) -> float:
        """Seconds that the server is given to take one message, once it has begun to."""
        return self.server.timeout * 5 if self.server else 0.0

    def obstacle(self) -> str | None:
        """Why no mailing can be sent, without a full stop at the end; None where it can."""
        if self.server is None:
            return NO_SERVER
        if not self.sender_address or "@" not in self.sender_address:
            return NO_SENDER
        if not (self.public_url or self.unsubscribe_email):
            return NO_WAY_OUT
        return None


def server_of(url: str, security: str = "auto", *, ca_file: Path | None = None, timeout: float = 60.0) -> Server:
    """The server that a URL names: smtp://user:password@host:port, or smtps:// for TLS from the start.

    `security` "auto": smtps:// is TLS, smtp:// demands STARTTLS, except to this very machine, where nobody listens in.
    Raises ValueError where the URL cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("write the mail server like smtp://user:password@mail.example.com:587, or smtps:// for TLS")
    found: Security
    if security == "auto":
        found = "tls" if parts.scheme == "smtps" else "none" if _is_this_machine(parts.hostname) else "starttls"
    elif security in ("starttls", "tls", "none"):
        found = security  # type: ignore[assignment]
    else:
        raise ValueError("smtp_security is auto, starttls, tls or none")
    return Server(
        host=parts.hostname,
        port=parts.port or (465 if found == "tls" else 587),
        security=found,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        ca_file=ca_file,
        timeout=timeout,
    )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
