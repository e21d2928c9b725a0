"""An account whose token two workers want to renew at the same moment."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from publishing_fixtures import Answer, FakePlatform, Request, house_in

from memory.enums import Platform
from tests.support.databases import new_sqlite


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
