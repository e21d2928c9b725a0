"""The settings of what runs by itself: workflows, text messages, the night's work. A part of `Settings`."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from tools.journeys.house import JourneySetup


class RunningSettings(BaseSettings):
    """What `Settings` says of workflows and of the night."""

    sms_webhook: str = Field(
        default="", description="The address (https://…) that text messages of workflows are handed to, one POST each."
    )
    webhook_secret: str = Field(
        default="",
        description="Signs the calls of webhooks (Standard Webhooks: HMAC-SHA256 of id, time and body); default: unsigned.",
    )
    house_mail: tuple[str, ...] = Field(
        default=(),
        description="Addresses of the house's own people: they get the night's digest and what workflows notify of.",
    )
    keep_conversations: int = Field(
        default=0, ge=0, description="Days after which conversations are forgotten; 0: they are kept."
    )
    keep_machine_events: int = Field(
        default=180, ge=0, description="Days after which opens and clicks judged a machine's are forgotten; 0: never."
    )
    keep_paths: int = Field(
        default=0,
        ge=0,
        description="Days after which the single steps of finished ways through workflows are forgotten; 0: never.",
    )
    keep_notices: int = Field(
        default=365, ge=0, description="Days after which digests, notices and finished calls are forgotten; 0: never."
    )

    @field_validator("sms_webhook")
    @classmethod
    def _is_web(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("write it like https://sms.example.com/send")
        return value

    @field_validator("house_mail")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if one.count("@") != 1 or " " in one:
                raise ValueError(f"“{one}” is no mail address")
        return value

    def journey_setup(self, *, mail: bool) -> JourneySetup:
        """What running workflows needs; without a mail server nobody of the house is written to."""
        return JourneySetup(
            sms_webhook=self.sms_webhook, secret=self.webhook_secret, people=self.house_mail if mail else ()
        )
