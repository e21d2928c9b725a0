"""The settings of what comes in: the mailbox of bounces, the webhook's secret, the connected table."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from tools.receiving.mailbox import mailbox_of


class ReceivingSettings(BaseSettings):
    """What `Settings` says of what comes in."""

    bounce_mailbox_url: str | None = Field(
        default=None,
        description="The mailbox that undeliverable mail and complaints come back to, such as "
        "imaps://user:password@mail.example.com/INBOX; read every five minutes. Without it only refusals at once are known.",
    )
    hook_secret: str | None = Field(
        default=None,
        min_length=24,
        description="The secret with which other systems sign what they tell (POST /hooks/events); without it they cannot.",
    )
    crm_url: str | None = Field(
        default=None,
        description="A table to keep in step every quarter of an hour, as for an import: "
        "postgres://user:password@host/db?table=contacts&status=both.",
    )

    @field_validator("bounce_mailbox_url")
    @classmethod
    def _readable_mailbox(cls, value: str | None) -> str | None:
        if value:
            mailbox_of(value)
        return value or None
