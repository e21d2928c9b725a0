"""Connecting accounts in the browser, against a server that grants as each platform's documentation says."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from publishing_fixtures import ZONE, Answer, FakePlatform, House, Request
from sqlalchemy import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from agent import Settings, accounts
from agent.hub import Hub
from memory.enums import Platform
from memory.social_accounts import PendingConnection, SocialAccount
from tests.publishing.test_publishing_commands import no_matcher
from tests.support.houses import open_house
from tools.core.context import FixedClock
from tools.core.errors import BadInput
from tools.publishing.connecting import Connecting
from ui import opening
from ui.cli import app
from ui.public.app import make_public_app

BACK = "http://127.0.0.1:8917/connect/callback"
HTTPS = "https://hub.bloom.example/connect/callback"


class Granting:
    """The platform's page, at which everybody says yes, and the address that gives tokens for its codes: once each, to the
    client that asked, for the same address to come back to, and with PKCE's verifier where there was a challenge."""

    def __init__(self, fake: FakePlatform, page: str, token: str, tokens: dict[str, Any]) -> None:
        self.asked: dict[str, dict[str, str]] = {}
        self.tokens = tokens
        fake.routes["GET", page] = self.page
        fake.routes["POST", token] = self.token

    def page(self, request: Request) -> Answer:
        code = f"code-{len(self.asked) + 1}"
        self.asked[code] = request.query
        back = httpx.URL(request.query["redirect_uri"], params={"code": code, "state": request.query["state"]})
        return Answer(302, b"", {"location": str(back)})

    def token(self, request: Request) -> Answer:
        form = request.form
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None or form.get("grant_type") != "authorization_code":
            return Answer(400, {"error": "invalid_grant", "error_description": "The code is not valid (any more)."})
        client = asked.get("client_id") or asked.get("client_key")
        told = form.get("client_id") or form.get("client_key")
        if client != told or form["redirect_uri"] != asked["redirect_uri"]:
            return Answer(400, {"error": "invalid_grant", "error_description": "Another client or address."})
        if asked.get("code_challenge") not in (None, *_challenges(form.get("code_verifier", ""))):
            return Answer(400, {"error": "invalid_grant", "error_description": "The verifier does not fit."})
        return Answer(200, self.tokens)


def _challenges(verifier: str) -> tuple[str, str]:
    digest = hashlib.sha256(verifier.encode())
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("="), digest.hexdigest()


def allowed(address: str) -> dict[str, str]:
    """What a person's browser brings back, after it was at the platform's page."""
    answer = httpx.get(address)
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def connecting(house: House) -> Connecting:
    return Connecting(house.database, house.accounts, FixedClock(ZONE, datetime.now(ZONE)))


def x_like(fake: FakePlatform, **more: Any) -> Granting:
    fake.on("GET", "/2/users/me", {"data": {"id": "9", "username": "bloom"}})
    tokens = {"token_type": "bearer", "access_token": "token-1", "refresh_token": "r-1", "expires_in": 7200, **more}
    return Granting(fake, "/i/oauth2/authorize", "/2/oauth2/token", tokens)


def test_x_with_a_challenge_and_a_token_that_is_renewed(
    house: House, fake: FakePlatform, connecting: Connecting
) -> None:
    x_like(fake)
    address = connecting.begin(Platform.TWITTER, BACK, client_id="app", client_secret="s3cret")
    asked = query_of(address)
    assert (asked["response_type"], asked["redirect_uri"], asked["code_challenge_method"]) == ("code", BACK, "S256")
    assert asked["scope"] == "tweet.read tweet.write users.read media.write offline.access"
    view = connecting.finish(allowed(address))
    assert (view.handle, view.platform) == ("@bloom", "twitter")
    (told,) = fake.asked("POST", "/2/oauth2/token")
    assert told.headers["authorization"] == "Basic " + base64.b64encode(b"app:s3cret").decode()
    opened = house.accounts.opened(Platform.TWITTER).credentials
    assert (opened.access_token, opened.refresh_token, opened.client_id) == ("token-1", "r-1", "app")
    assert opened.expires is not None
    assert timedelta(minutes=115) < opened.expires - datetime.now(UTC) <= timedelta(minutes=120)
    with house.database.session() as session:
        stored = session.scalars(select(SocialAccount)).one()
        assert b"token-1" not in (stored.secret or b"")
        assert session.scalars(select(PendingConnection)).all() == []


def test_an_answer_is_taken_once_in_time_and_only_with_its_state(
    house: House, fake: FakePlatform, connecting: Connecting
) -> None:
    x_like(fake)
    address = connecting.begin(Platform.TWITTER, BACK, client_id="app", client_secret="s3cret")
    with house.database.session() as session:
        waiting = session.scalars(select(PendingConnection)).one()
        assert waiting.state != query_of(address)["state"], "only its hash is stored"
        assert b"s3cret" not in waiting.secret
    answer = allowed(address)
    for wrong in ({"code": answer["code"]}, {**answer, "state": "guessed"}, {}):
        with pytest.raises(BadInput, match="belongs to no connection that was begun here"):
            connecting.finish(wrong)
    connecting.finish(answer)
    with pytest.raises(BadInput, match="belongs to no connection"):
        connecting.finish(answer)
    late = Connecting(house.database, house.accounts, FixedClock(ZONE, datetime.now(ZONE) + timedelta(minutes=16)))
    answer = allowed(connecting.begin(Platform.TWITTER, BACK, client_id="app"))
    with pytest.raises(BadInput, match="more than 15 minutes ago"):
        late.finish(answer)
    assert len(house.accounts.listed()) == 1


def test_what_goes_wrong_is_said_and_connects_nothing(house: House, fake: FakePlatform, connecting: Connecting) -> None:
    granting = x_like(fake)
    state = query_of(connecting.begin(Platform.TWITTER, BACK, client_id="app"))["state"]
    with pytest.raises(BadInput, match="X \\(Twitter\\) says “access_denied”"):
        connecting.finish({"error": "access_denied", "state": state})
    answer = allowed(connecting.begin(Platform.TWITTER, BACK, client_id="app"))
    granting.asked[answer["code"]]["code_challenge"] = "another"
    with pytest.raises(BadInput, match="The verifier does not fit"):
        connecting.finish(answer)
    answer = allowed(connecting.begin(Platform.TWITTER, BACK, client_id="app"))
    fake.on("POST", "/2/oauth2/token", Answer(401, {"error": "invalid_client"}))
    with pytest.raises(BadInput, match="does not take this client id with this secret"):
        connecting.finish(answer)
    answer = allowed(connecting.begin(Platform.TWITTER, BACK, client_id="app"))
    fake.on("POST", "/2/oauth2/token", Answer(drop=True))
    with pytest.raises(BadInput, match="did not answer"):
        connecting.finish(answer)
    with pytest.raises(BadInput, match="client id of your app"):
        connecting.begin(Platform.TWITTER, BACK)
    with pytest.raises(BadInput, match="client secret of your app"):
        connecting.begin(Platform.LINKEDIN, BACK, client_id="app")
    with pytest.raises(BadInput, match="only to an https address"):
        connecting.begin(Platform.INSTAGRAM, BACK, client_id="app", client_secret="s")
    with pytest.raises(BadInput, match="app password: marketing-hub account add bluesky"):
        connecting.begin(Platform.BLUESKY, BACK)
    assert house.accounts.listed() == []


def test_mastodon_makes_the_app_on_the_instance(house: House, fake: FakePlatform, connecting: Connecting) -> None:
    fake.on("POST", "/api/v1/apps", {"id": "1", "client_id": "made", "client_secret": "made-secret"})
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    Granting(fake, "/oauth/authorize", "/oauth/token", {"access_token": "token-1", "token_type": "Bearer"})
    address = connecting.begin(Platform.MASTODON, BACK, server="mastodon.example")
    assert connecting.finish(allowed(address)).handle == "@bloom@mastodon.example"
    app_made = fake.asked("POST", "/api/v1/apps")[0].form
    assert (app_made["redirect_uris"], app_made["scopes"]) == (
        BACK, "read:accounts read:statuses write:statuses write:media",
    )  # fmt: skip
    assert fake.asked("POST", "/oauth/token")[0].form["client_secret"] == "made-secret"
    opened = house.accounts.opened(Platform.MASTODON).credentials
    assert (opened.access_token, opened.server) == ("token-1", "https://mastodon.example")


def test_linkedin_for_a_page_asks_for_its_permissions(house: House, fake: FakePlatform, connecting: Connecting) -> None:
    fake.on("GET", "/rest/organizations/5", {"localizedName": "Bloom"})
    tokens = {"access_token": "token-1", "expires_in": 5184000, "refresh_token": "r-1"}
    Granting(fake, "/oauth/v2/authorization", "/oauth/v2/accessToken", tokens)
    page = "urn:li:organization:5"
    address = connecting.begin(Platform.LINKEDIN, BACK, client_id="app", client_secret="s", external_id=page)
    assert "w_organization_social" in query_of(address)["scope"].split()
    assert connecting.finish(allowed(address)).handle == "Bloom"
    assert house.accounts.opened(Platform.LINKEDIN).external_id == page


@pytest.mark.parametrize(("redirect", "challenged"), [(BACK, True), (HTTPS, False)], ids=["desktop", "web"])
def test_tiktok_calls_the_client_a_key(
    house: House, fake: FakePlatform, connecting: Connecting, redirect: str, challenged: bool
) -> None:
    fake.on(
        "GET", "/v2/user/info/", {"data": {"user": {"open_id": "o1", "display_name": "Bloom"}}, "error": {"code": "ok"}}
    )
    tokens = {"access_token": "token-1", "refresh_token": "r-1", "expires_in": 86400, "open_id": "o1"}
    Granting(fake, "/v2/auth/authorize/", "/v2/oauth/token/", tokens)
    address = connecting.begin(Platform.TIKTOK, redirect, client_id="key", client_secret="s")
    asked = query_of(address)
    assert (asked["client_key"], asked["scope"]) == ("key", "user.info.basic,video.publish,video.list")
    assert ("client_id" in asked, "code_challenge" in asked) == (False, challenged)
    assert connecting.finish(allowed(address)).handle == "Bloom"
    fake.on(
        "POST", "/v2/oauth/token/", {"error": "invalid_grant", "error_description": "Authorization code is expired"}
    )
    answer = allowed(connecting.begin(Platform.TIKTOK, redirect, client_id="key", client_secret="s"))
    with pytest.raises(BadInput, match="Authorization code is expired"):
        connecting.finish(answer)


def test_instagram_gives_a_token_of_sixty_days(house: House, fake: FakePlatform, connecting: Connecting) -> None:
    fake.on("GET", "/v24.0/me", {"user_id": "178", "username": "bloom"})
    fake.on("GET", "/access_token", {"access_token": "long", "token_type": "bearer", "expires_in": 5183944})
    Granting(fake, "/oauth/authorize", "/oauth/access_token", {"data": [{"access_token": "short", "user_id": "178"}]})
    address = connecting.begin(Platform.INSTAGRAM, HTTPS, client_id="app", client_secret="s")
    view = connecting.finish(allowed(address))
    assert view.handle == "@bloom"
    assert fake.asked("GET", "/access_token")[0].query == {
        "grant_type": "ig_exchange_token", "client_secret": "s", "access_token": "short",
    }  # fmt: skip
    opened = house.accounts.opened(Platform.INSTAGRAM).credentials
    assert opened.access_token == "long"
    assert opened.expires is not None
    assert opened.expires - datetime.now(UTC) > timedelta(days=59)


def test_facebook_gives_the_pages_own_token(house: House, fake: FakePlatform, connecting: Connecting) -> None:
    fake.on("GET", "/v24.0/20", {"id": "20", "name": "Bloom Tea"})
    Granting(fake, "/v24.0/dialog/oauth", "/v24.0/oauth/access_token", {"access_token": "short", "expires_in": 3600})
    fake.on("GET", "/v24.0/oauth/access_token", {"access_token": "long", "expires_in": 5184000})
    pages = [
        {"id": "10", "name": "Other", "access_token": "p10"},
        {"id": "20", "name": "Bloom Tea", "access_token": "p20"},
    ]
    fake.on("GET", "/v24.0/me/accounts", {"data": pages})

    def begun(page: str) -> dict[str, str]:
        return allowed(connecting.begin(Platform.FACEBOOK, HTTPS, client_id="app", client_secret="s", external_id=page))

    with pytest.raises(BadInput, match=r"Which of your pages\? .*Other \(10\), Bloom Tea \(20\)"):
        connecting.finish(begun(""))
    with pytest.raises(BadInput, match="You manage no page with the number 30"):
        connecting.finish(begun("30"))
    assert connecting.finish(begun("20")).handle == "Bloom Tea"
    assert fake.asked("GET", "/v24.0/me/accounts")[0].headers["authorization"] == "Bearer long"
    assert fake.asked("GET", "/v24.0/oauth/access_token")[0].query["fb_exchange_token"] == "short"
    opened = house.accounts.opened(Platform.FACEBOOK)
    assert (opened.external_id, opened.credentials.access_token, opened.credentials.expires) == ("20", "p20", None)


def test_on_postgresql_an_answer_is_taken_once_too(postgres_url: str, tmp_path: Path, fake: FakePlatform) -> None:
    from publishing_fixtures import house_in

    house = house_in(postgres_url, tmp_path, fake)
    x_like(fake)
    connecting = Connecting(house.database, house.accounts, FixedClock(ZONE, datetime.now(ZONE)))
    answer = allowed(connecting.begin(Platform.TWITTER, BACK, client_id="app"))
    outcomes: list[str] = []

    def finish() -> None:
        try:
            outcomes.append(connecting.finish(answer).handle)
        except BadInput as error:
            outcomes.append(error.sentence[:11])

    threads = [threading.Thread(target=finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["@bloom", "This answer", "This answer", "This answer"]
    house.publisher.close()
    house.accounts.close()
    house.database.close()


# The whole way ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    settings = Settings(
        home=tmp_path, model_use="none", time_zone="Europe/Berlin", public_url="https://hub.bloom.example"
    )
    with open_house(settings, matcher=no_matcher) as opened:
        yield opened


@pytest.fixture
def mastodon(fake: FakePlatform) -> str:
    """An instance that grants; its address."""
    fake.on("POST", "/api/v1/apps", {"id": "1", "client_id": "made", "client_secret": "made-secret"})
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    Granting(fake, "/oauth/authorize", "/oauth/token", {"access_token": "token-1", "token_type": "Bearer"})
    return fake.url


def test_the_command_waits_on_this_machine_for_the_browser(
    hub: Hub, mastodon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StaysOpen:
        def __getattr__(self, name: str) -> Any:
            return getattr(hub, name)

        def __enter__(self) -> Hub:
            return hub

        def __exit__(self, *exception: object) -> None:
            pass

    pages: list[str] = []

    def browser(address: str) -> None:
        def visit() -> None:
            back = query_of(address)["redirect_uri"]
            stray = httpx.get(back, params={"code": "stolen", "state": "guessed"}, timeout=30)
            pages.append(stray.text)
            pages.append(httpx.get(address, follow_redirects=True, timeout=30).text)

        threading.Thread(target=visit, daemon=True).start()

    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: StaysOpen())
    monkeypatch.setattr("typer.launch", browser)
    result = CliRunner().invoke(app, ["account", "connect", "mastodon", "--server", mastodon])
    assert result.exit_code == 0, result.stderr
    assert "Allow it here: http://127.0.0.1" in result.stdout
    assert "Connected: @bloom@127.0.0.1" in result.stdout
    assert "belongs to no connection" in pages[0], "whoever else calls ends nothing"
    assert "token-1" not in result.stdout + result.stderr


def test_the_public_page_takes_the_answer(hub: Hub, mastodon: str) -> None:
    address = accounts.begin_connecting(hub, "mastodon", HTTPS, server=mastodon)
    answer = allowed(address)
    with TestClient(make_public_app(hub)) as person:
        refused = person.get("/connect/callback", params={**answer, "state": "<script>"})
        assert (refused.status_code, "<script>" in refused.text) == (400, False)
        done = person.get("/connect/callback", params=answer)
        assert "@bloom@127.0.0.1" in done.text
        assert done.headers["referrer-policy"] == "no-referrer"
        assert person.get("/connect/callback", params=answer).status_code == 400
    assert [one.handle for one in accounts.connected(hub)] == ["@bloom@127.0.0.1:" + mastodon.rpartition(":")[2]]
