"""`marketing-hub serve`, killed (-9) while it sends and started again by its command: the mailing is finished, none twice."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from delivery_fixtures import MailServer, mailing_of, rows_of

from agent import Settings, open_hub
from memory.enums import DeliveryState, EmailStatus
from tests.support.processes import wait_for

COMMAND = Path(sys.executable).with_name("marketing-hub")
CONNECTIONS = 4
Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def settings(tmp_path: Path, mail: MailServer) -> dict[str, str]:
    return {
        "home": str(tmp_path), "model_use": "none", "smtp_url": f"smtp://127.0.0.1:{mail.port}", "smtp_timeout": "0.4",
        "smtp_connections": str(CONNECTIONS), "mail_from": "news@bloom.example", "mail_rate": "0", "mail_lease": "0.5",
        "public_url": "https://hub.bloom.example",
    }  # fmt: skip


@pytest.fixture
def serve(settings: dict[str, str]) -> Iterator[Start]:
    """`serve()`: the program, on a port of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    running = []

    def begin() -> "subprocess.Popen[str]":
        environment = {**kept, "COLUMNS": "200", **{f"HUB_{name.upper()}": value for name, value in settings.items()}}
        command = [str(COMMAND), "serve", "--port", "0"]
        running.append(subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def ready(process: "subprocess.Popen[str]") -> str:
    """Wait for the word that the program is ready; its address."""
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://\S+", said)
    assert found is not None, said
    return found[0]


@pytest.mark.timeout(900)  # two starts of the whole program, on whatever machine
def test_a_mailing_survives_the_end_of_the_program(mail: MailServer, settings: dict[str, str], serve: Start) -> None:
    addresses = [f"p{number}@x.example" for number in range(150)]
    mail.wait = 0.02
    with open_hub(Settings(**settings), matcher=lambda: None) as hub:  # type: ignore[arg-type, return-value]
        hub.call("create_email_campaign", subject="Tulips", content="They are here.", recipients=addresses)
        plan = hub.call("send_email_campaign", email_campaign="Tulips").plan_id
        assert plan is not None
        first = serve()
        ready(first)
        hub.approve(plan)
        wait_for(lambda: len(mail.recipients) >= 30)
        first.kill()
        first.wait()
        assert hub.approve(plan).reply, "a second yes to what is half done"
        second = serve()
        wait_for(lambda: mailing_of(hub.database).status == EmailStatus.SENT)
        assert httpx.get(f"{ready(second)}api/marketing/openapi.json", timeout=60).status_code == 200
        rows = rows_of(hub.database)
    sent = {address for address, row in rows.items() if row.state == DeliveryState.SENT}
    unknown = {address for address, row in rows.items() if row.state == DeliveryState.UNKNOWN}
    assert sent | unknown == set(addresses)
    assert len(unknown) <= CONNECTIONS
    assert set(mail.counts.values()) == {1}, "none twice"
    assert sent <= set(mail.counts) <= sent | unknown
