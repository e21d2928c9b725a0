"""A hub as `marketing-hub serve` runs it, in a process of its own: people, campaigns, a token, and a mailing to send."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.sending import ZONE, lay_out, rsa_key
from memory.campaigns import Campaign
from memory.database import Database, sqlite_url
from memory.enums import CampaignType, EmailStatus
from memory.mailings import EmailCampaign
from tools.core.context import SystemClock
from tools.delivering.setup import MailSetup
from tools.entry.tokens import Tokens

SENDER = "Bloom <news@bloom.example>"
CAMPAIGNS = 50
_RUN = "from ui.cli import main; main()"


@dataclass(frozen=True)
class Served:
    """A hub that is ready: its process, where it answers, a token that may read and write, its database's URL."""

    pid: int
    port: int
    token: str
    url: str

    def begin_sending(self) -> None:
        """Let the mailing that was laid out go."""
        self._mailing_is(EmailStatus.SENDING)

    def sent(self) -> int:
        """How many of its messages are out."""
        from memory.deliveries import states_of
        from memory.enums import DeliveryState

        database = Database.open(self.url)
        with database.session() as session:
            amount = states_of(session, 1).get(DeliveryState.SENT, 0)
        database.close()
        return amount

    def _mailing_is(self, status: EmailStatus) -> None:
        database = Database.open(self.url)
        with database.session(write=True) as session:
            session.get_one(EmailCampaign, 1).status = status
        database.close()


@contextmanager
def served_hub(folder: Path, people: int, smtp_port: int) -> Iterator[Served]:
    """Make the hub's folder, start it there without a model, and end it at the end."""
    url = sqlite_url(folder / "hub.db")
    token = _filled(url, people, folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= {
        "HUB_HOME": str(folder), "HUB_MODEL_USE": "none", "HUB_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "HUB_MAIL_FROM": SENDER, "HUB_PUBLIC_URL": "https://hub.bloom.example", "HUB_MAIL_RATE": "0",
        "DATABASE_URL": url,
    }  # fmt: skip
    command = [sys.executable, "-W", "ignore", "-c", _RUN, "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = next((line for line in process.stdout if "is ready" in line), "")
        if not ready:
            raise SystemExit("the hub did not start")
        yield Served(process.pid, urlsplit(ready.split()[-1]).port or 0, token, url)
    finally:
        process.terminate()
        process.wait(60)


def _filled(url: str, people: int, folder: Path) -> str:
    """People with a mailing that waits for its word, campaigns, the sender's key; returns a token."""
    database = Database.open(url)
    now = datetime.now(UTC)
    lay_out(database, people)
    with database.session(write=True) as session:
        session.get_one(EmailCampaign, 1).status = EmailStatus.PAUSED
        session.add_all(
            Campaign(name=f"Season {number}", type=CampaignType.EMAIL, created_at=now)
            for number in range(1, CAMPAIGNS + 1)
        )
    rsa_key(folder / "dkim", MailSetup(sender=SENDER))
    secret, _ = Tokens(database, SystemClock(ZONE)).create("benchmark", ["read", "write"])
    database.close()
    return secret
