"""The whole way by the commands of a person: sink, keys, plan, approval, worker; the message that arrives."""

import email
import email.policy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from delivery_fixtures import wait_for

from agent import Settings
from agent.hub import Hub
from agent.routing.matcher import Matcher
from tests.support.houses import open_house

COMMAND = Path(sys.executable).with_name("marketing-hub")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_HOME": str(tmp_path), "HUB_MODEL_USE": "none", "COLUMNS": "200"}


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run([str(COMMAND), *words], env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def sink(environment: dict[str, str]) -> Iterator[str]:
    """The address of a running mail sink."""
    process = subprocess.Popen(
        [str(COMMAND), "mail-sink", "--port", "0"], env=environment, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("The mail sink is ready: smtp://127.0.0.1:")
    yield line.split()[-1]
    process.terminate()
    process.communicate()


def no_matcher() -> Matcher:
    raise AssertionError("nobody should ask the matcher")


def test_from_the_plan_to_the_message(environment: dict[str, str], sink: str, tmp_path: Path) -> None:
    def house(**given: str) -> Hub:
        return open_house(Settings(home=tmp_path, model_use="none", **given), matcher=no_matcher)  # type: ignore[arg-type]

    def plan(**given: str) -> str:
        with house(**given) as hub:
            return hub.call("send_email_campaign", email_campaign=1).text

    with house() as hub:
        hub.call(
            "create_email_campaign", subject="Grüße an dich", content="Schau: https://shop.example/",
            recipients=["anna@x.example", "ben@x.example"],
        )  # fmt: skip
    mail = {"smtp_url": sink, "mail_from": "Blüm <news@bloom.example>", "public_url": "https://hub.bloom.example/"}
    assert "No mail server is configured" in plan()
    assert "No sender is set" in plan(smtp_url=sink)
    assert "no way to unsubscribe" in plan(smtp_url=sink, mail_from=mail["mail_from"])
    environment.update({f"HUB_{name.upper()}": value for name, value in mail.items()})
    published = json.loads(run(environment, "dkim", "--json"))["records"]
    records = {one["name"]: one["value"] for one in published}
    with house(**mail) as hub:
        waiting = hub.call("send_email_campaign", email_campaign=1)
        assert "nothing can leave" not in waiting.text
        assert waiting.plan_id is not None
        assert "is being sent: 2 messages wait in the outbox" in hub.approve(waiting.plan_id).reply
        (health,) = [part for part in hub.health() if part.part == "mail"]
        assert health.ok, health.problem
        assert "signed (DKIM)" in health.summary

    worker = subprocess.Popen(
        [str(COMMAND), "worker"], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        wait_for(lambda: len(list((tmp_path / "sink").glob("*.eml"))) == 2)
    finally:
        worker.terminate()
        said, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    assert said.startswith("The worker is running: ")
    with house(**mail) as hub:
        assert "(sent, " in hub.call("list_email_campaigns").text
    (file,) = (tmp_path / "sink").glob("*anna@x.example.eml")
    raw = file.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Subject"] == "Grüße an dich"
    assert dkim.verify(raw, dnsfunc=lambda name, **_: records[name.decode().rstrip(".")].encode())
