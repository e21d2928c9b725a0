"""Workers that are killed (-9) while they publish: no post comes out twice, none is lost, doubt is listed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from publishing_fixtures import Answer, FakePlatform, House, Request, house_in, mastodon_account
from sqlalchemy import select

from memory.enums import Platform
from memory.posts import PublishState, SocialPost
from tests.support.databases import new_sqlite

WORKER = Path(__file__).with_name("publishing_worker.py")
POSTS = 24
KILLS = 1  # on each database; each costs the start of a process


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def start(url: str, folder: Path, fake: FakePlatform, name: str) -> "subprocess.Popen[str]":
    hosts = {one.value: fake.url for one in Platform}
    words = json.dumps([url, str(folder), hosts, name, {"lease": 1.0, "publishing": 1.0}])
    process = subprocess.Popen(
        [sys.executable, str(WORKER), words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(WORKER.parents[2])},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def states(house: House) -> Counter[PublishState | None]:
    with house.database.session() as session:
        return Counter(session.scalars(select(SocialPost.publish_state)))


def settled(house: House) -> bool:
    return set(states(house)) <= {PublishState.PUBLISHED, PublishState.UNKNOWN}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_while_it_publishes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, fake: FakePlatform
) -> None:
    url = new_sqlite(tmp_path / "hub.sqlite3") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    house = house_in(url, tmp_path, fake)
    mastodon_account(house, fake)
    came_out: list[str] = []

    def slowly(asked: Request) -> Answer:
        came_out.append(asked.json["status"])
        time.sleep(0.03)  # so that a kill meets a post whose answer is on its way
        return Answer(200, {"id": f"id-{asked.json['status']}"})

    fake.routes["POST", "/api/v1/statuses"] = slowly
    posts = {house.post(Platform.MASTODON, f"post {number}"): f"post {number}" for number in range(POSTS)}
    for number in range(KILLS):
        before = len(came_out)
        worker = start(url, tmp_path / "keys", fake, f"killed-{number}")
        wait_for(lambda before=before: len(came_out) >= before + 3)  # type: ignore[misc]
        kill(worker)
    last = start(url, tmp_path / "keys", fake, "last")
    other = start(url, tmp_path / "keys", fake, "other") if kind == "postgresql" else None
    try:
        wait_for(lambda: settled(house))
    finally:
        kill(last)
        if other is not None:
            kill(other)
    assert max(Counter(came_out).values()) == 1, "a post came out twice"
    with house.database.session() as session:
        rows = {post.id: post for post in session.scalars(select(SocialPost))}
    known = {posts[id] for id, post in rows.items() if post.publish_state == PublishState.PUBLISHED}
    unknown = {posts[id] for id, post in rows.items() if post.publish_state == PublishState.UNKNOWN}
    assert known | unknown == set(posts.values()), "nothing is lost"
    assert known <= set(came_out), "what is said to be published came out"
    assert len(unknown) <= KILLS, "at most the one post that each killed worker had in hand"
    house.publisher.close()
    house.accounts.close()
    house.database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_that_need_a_new_token_one_renews_it(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, fake: FakePlatform
) -> None:
    """Refresh tokens are good for one use: the second to ask gets what the first one was given."""
    url = new_sqlite(tmp_path / "hub.sqlite3") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    house = house_in(url, tmp_path, fake)
    fake.on("GET", "/2/users/me", {"data": {"id": "9", "username": "bloom"}})
    given = {"access_token": "token-1", "refresh_token": "r-1", "client_id": "app", "expires_at": "2026-01-01T00:00"}
    house.accounts.connect(Platform.TWITTER, given)

    def renewed(asked: Request) -> Answer:
        time.sleep(0.2)
        good = asked.form["refresh_token"] == "r-1" and len(fake.asked("POST", "/2/oauth2/token")) == 1
        tokens = {"access_token": "token-2", "refresh_token": "r-2", "expires_in": 7200}
        return Answer(200, tokens) if good else Answer(400, {"error": "invalid_request"})

    fake.routes["POST", "/2/oauth2/token"] = renewed
    with ThreadPoolExecutor(2) as pool:
        opened = list(pool.map(lambda _: house.accounts.opened(Platform.TWITTER), range(2)))
    assert [one.credentials.access_token for one in opened] == ["token-2", "token-2"]
    assert len(fake.asked("POST", "/2/oauth2/token")) == 1
    assert house.accounts.opened(Platform.TWITTER).credentials.refresh_token == "r-2"
    house.publisher.close()
    house.accounts.close()
    house.database.close()
