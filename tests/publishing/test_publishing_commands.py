"""The whole way by the commands of a person: account, plan, approval, worker; the post that comes out, once."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from publishing_fixtures import ZONE, FakePlatform
from typer.testing import CliRunner

from agent import Settings
from agent.hub import Hub
from agent.routing.matcher import Matcher
from agent.ticking import ticks_of
from tests.support.houses import open_house
from ui import opening
from ui.cli import app


def no_matcher() -> Matcher:
    raise AssertionError("nobody should ask the matcher")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    settings = Settings(home=tmp_path, model_use="none", time_zone="Europe/Berlin")
    with open_house(settings, matcher=no_matcher) as opened:
        yield opened


@pytest.fixture
def run(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A command over the hub, which stays open; gives what it prints."""

    class StaysOpen:
        def __getattr__(self, name: str) -> Any:
            return getattr(hub, name)

        def __enter__(self) -> Hub:
            return hub

        def __exit__(self, *exception: object) -> None:
            pass

    def invoke(*words: str, typed: str = "") -> str:
        result = CliRunner().invoke(app, list(words), input=typed)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: StaysOpen())
    return invoke


def test_an_account_is_connected_and_an_approved_post_comes_out(
    hub: Hub, run: Callable[..., str], fake: FakePlatform
) -> None:
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    fake.on("POST", "/api/v1/statuses", {"id": "103", "url": "https://mastodon.example/@bloom/103"})
    secrets = json.dumps({"access_token": "token-1"})
    told = run("account", "add", "mastodon", "--server", fake.url, "--secrets-from-stdin", typed=secrets)
    assert "Connected: @bloom@127.0.0.1" in told
    (listed,) = json.loads(run("account", "list", "--json"))
    assert (listed["platform"], listed["id"]) == ("mastodon", 1)
    soon = (datetime.now(ZONE) + timedelta(seconds=2)).isoformat()
    plan = hub.call_as(
        "schedule_social_post", {"platform": "mastodon", "scheduled_time": soon, "content": "New blend #tea"},
        surface="cli",
    )  # fmt: skip
    assert "It goes out from the account @bloom@127.0.0.1" in plan.result.text
    assert plan.plan_id is not None
    hub.approve(plan.plan_id, surface="cli")
    (posts,) = [tick for tick in ticks_of(hub, "worker-1") if tick.name == "posts"]
    assert not posts.run()
    assert fake.asked("POST", "/api/v1/statuses") == [], "its time has not come"
    while datetime.now(ZONE).isoformat() <= soon:
        time.sleep(0.1)
    posts.run()
    posts.run()
    posts.close()
    assert [asked.json["status"] for asked in fake.asked("POST", "/api/v1/statuses")] == ["New blend #tea"]
    listed_posts = hub.call_as("list_social_posts", {"status": "published"}, surface="cli").result.text
    assert "New blend #tea" in listed_posts
    assert "Disconnected: @bloom" in run("account", "remove", "1")
    assert json.loads(run("account", "list", "--json")) == []


def test_secrets_are_asked_for_and_not_shown(run: Callable[..., str], fake: FakePlatform) -> None:
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    told = run("account", "add", "mastodon", "--server", fake.url, typed="token-1\n")
    assert "Connected: @bloom@127.0.0.1" in told
    assert "token-1" not in told
    assert fake.requests[-1].headers["authorization"] == "Bearer token-1"
    assert "BEGIN:VCALENDAR" in run("calendar")
    assert run("calendar", "--address").startswith("/calendar/posts.")
