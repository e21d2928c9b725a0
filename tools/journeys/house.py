"""What running workflows needs to know of the house. Built once from the settings."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from memory.house import house_fact, set_house_fact
from tools.automating.entry import SMS_WEBHOOK


@dataclass(frozen=True)
class JourneySetup:
    """`sms_webhook` is the URL that text messages are handed to (empty: the one told before, if any); `secret` signs
    calls (see tools.journeys.calling); `people` are the addresses of the house's own people; `lease` and `timeout` are
    in seconds."""

    sms_webhook: str = ""
    secret: str = field(default="", repr=False)
    people: tuple[str, ...] = ()
    lease: float = 60.0
    timeout: float = 15.0


def tell_house(session: Session, setup: JourneySetup) -> None:
    """Let the checks of workflows know where text messages go."""
    if setup.sms_webhook and house_fact(session, SMS_WEBHOOK) != setup.sms_webhook:
        set_house_fact(session, SMS_WEBHOOK, setup.sms_webhook)
