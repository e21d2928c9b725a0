"""The settings of email: server, sender, addresses, pace."""

from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from agent.receiving_settings import ReceivingSettings
from tools.delivering.quiet import quiet_hours
from tools.delivering.setup import MailSetup, server_of


class MailSettings(ReceivingSettings):
    """What `Settings` says of email."""

    smtp_url: str | None = Field(
        default=None,
        description="The mail server, such as smtp://user:password@mail.example.com:587; without it nothing is sent.",
    )
    smtp_security: Literal["auto", "starttls", "tls", "none"] = Field(
        default="auto",
        description="auto: TLS for smtps://, STARTTLS for smtp:// (demanded, except to this very machine); or one of them.",
    )
    smtp_ca: Path | None = Field(
        default=None, description="A file of certificates (PEM) to trust besides the system's, for an own mail server."
    )
    smtp_timeout: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that the mail server is given for a command; five times that for a message.",
    )
    smtp_connections: int = Field(default=8, ge=1, le=100, description="Connections to the mail server at once.")
    mail_from: str = Field(default="", description="The sender of mailings, such as Bloom <news@example.com>.")
    reply_to: str = Field(default="", description="Where answers go; default: to the sender.")
    bounce_address: str = Field(
        default="", description="Where undeliverable mail comes back to; default: to the sender."
    )
    public_url: str = Field(
        default="",
        description="The address under which recipients reach the hub's pages (https://hub.example.com): for tracked links "
        "and for unsubscribing. Without it neither opens nor clicks can be told.",
    )
    unsubscribe_email: str = Field(
        default="",
        description="An address to which recipients can write in order to unsubscribe (as another way, or the only one).",
    )
    dkim_selector: str = Field(
        default="hub",
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        description="The DKIM selector; `marketing-hub dkim` makes the keys and says what to publish.",
    )
    mail_rate: float = Field(
        default=20.0, ge=0, description="Messages a second to one recipient domain at most; 0: no limit."
    )
    mail_warmup_start: date | None = Field(
        default=None,
        description="The day on which a new sender begins (2026-05-01): 50 messages then, twice as many each day for 20 days.",
    )
    mail_quiet_hours: str = Field(
        default="",
        description="When nobody is written to (or sent a text message) by their own clock, such as 21:00-08:00; default: "
        "never quiet.",
    )
    mail_cap: int = Field(
        default=0,
        ge=0,
        description="Messages, by mail and as text, that one person gets within `mail_cap_days` at most; 0: no limit.",
    )
    mail_cap_days: int = Field(default=7, ge=1, description="The days that `mail_cap` counts.")
    mail_topics: tuple[str, ...] = Field(
        default=(),
        description='What readers may choose among on their preferences page, such as ["Newsletter", "Offers"]; a mailing '
        "belongs to the topic that stands in its name or its campaign's.",
    )
    mail_lease: float = Field(
        default=120.0, gt=0, description="Seconds after which what a silent worker had claimed is taken back from it."
    )

    @field_validator("smtp_url")
    @classmethod
    def _readable_server(cls, value: str | None) -> str | None:
        if value:
            server_of(value)
        return value or None

    @field_validator("mail_quiet_hours")
    @classmethod
    def _readable_hours(cls, value: str) -> str:
        quiet_hours(value)
        return value

    @field_validator("public_url")
    @classmethod
    def _readable_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("write it like https://hub.example.com")
        return value.rstrip("/")

    def mail_setup(self, home: Path) -> MailSetup:
        """All of it as sending needs it. `home` is the hub's folder."""
        return MailSetup(
            server=server_of(self.smtp_url, self.smtp_security, ca_file=self.smtp_ca, timeout=self.smtp_timeout)
            if self.smtp_url
            else None,
            sender=self.mail_from,
            reply_to=self.reply_to,
            bounce_address=self.bounce_address,
            public_url=self.public_url,
            unsubscribe_email=self.unsubscribe_email,
            dkim_folder=home / "dkim",
            dkim_selector=self.dkim_selector,
            connections=self.smtp_connections,
            rate=self.mail_rate,
            warmup_start=self.mail_warmup_start,
            quiet=quiet_hours(self.mail_quiet_hours),
            cap=self.mail_cap,
            cap_days=self.mail_cap_days,
            lease=self.mail_lease,
            topics=self.mail_topics,
        )
