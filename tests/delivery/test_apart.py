"""The ticks in a process of their own: it does the work, is begun anew when it dies, and ends with whoever began it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery_fixtures import MailServer, mailing_of, rows_of

from agent import Settings
from agent.apart import Apart
from memory.enums import DeliveryState, EmailStatus
from tests.support.houses import open_house
from tests.support.processes import wait_for


@pytest.fixture
def settings(tmp_path: Path, mail: MailServer) -> Settings:
    return Settings(
        home=tmp_path, model_use="none", smtp_url=f"smtp://127.0.0.1:{mail.port}", mail_from="news@bloom.example",
        smtp_timeout=0.4, mail_rate=0.0, mail_lease=0.5, public_url="https://hub.bloom.example", time_zone="Asia/Tokyo",
    )  # fmt: skip


@pytest.fixture
def apart(settings: Settings) -> Iterator[Apart]:
    running = Apart(settings)
    running.start()
    yield running
    running.close()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_mailing_is_finished_though_its_process_is_killed(mail: MailServer, settings: Settings, apart: Apart) -> None:
    addresses = [f"p{number}@x.example" for number in range(120)]
    mail.wait = 0.02
    with open_house(settings, matcher=lambda: None) as hub:  # type: ignore[arg-type, return-value]
        hub.call("create_email_campaign", subject="Tulips", content="They are here.", recipients=addresses)
        plan = hub.call("send_email_campaign", email_campaign="Tulips").plan_id
        assert plan is not None
        hub.approve(plan)
        wait_for(lambda: len(mail.recipients) >= 20)
        first = apart.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: mailing_of(hub.database).status == EmailStatus.SENT)
        rows = rows_of(hub.database)
    assert apart.pid not in (None, first)
    unknown = {address for address, row in rows.items() if row.state == DeliveryState.UNKNOWN}
    sent = {address for address, row in rows.items() if row.state == DeliveryState.SENT}
    assert sent | unknown == set(addresses)
    assert set(mail.counts.values()) == {1}, "none twice"


def test_closing_ends_it(apart: Apart) -> None:
    wait_for(lambda: apart.pid is not None)
    pid = apart.pid
    assert pid is not None
    wait_for(lambda: b"agent.ticking" in Path(f"/proc/{pid}/cmdline").read_bytes())
    apart.close()
    assert not lives(pid)


def test_it_ends_with_the_process_that_began_it(settings: Settings) -> None:
    begin = (
        "import sys; from agent import Settings; from agent.apart import Apart; import time\n"
        f"apart = Apart(Settings.model_validate_json({settings.model_dump_json()!r})); apart.start()\n"
        "while apart.pid is None: time.sleep(0.05)\n"
        "print(apart.pid, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", begin], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert lives(pid)
        parent.kill()
    wait_for(lambda: not lives(pid))
