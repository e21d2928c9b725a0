"""Who may speak to the pages, and what the browser is told they may do."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from scripted_hub import ScriptedHub

from agent import ConversationView, Health, Settings
from ui.web.app import allowed_hosts, make_app
from ui.web.banner import banner, notice
from ui.web.model_watch import ModelState, ModelWatch
from ui.web.pages import PAGES
from ui.web.sidebar import sidebar


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> ScriptedHub:
    return ScriptedHub(Settings(home=tmp_path_factory.mktemp("hub"), model_use="none"))


@pytest.fixture(scope="module")
def app(scripted: ScriptedHub) -> FastAPI:
    return make_app(scripted, ModelWatch(), PAGES[:1])  # type: ignore[arg-type]


def ask(app: FastAPI, method: str, path: str, **headers: str) -> httpx.Response:
    """One request to the pages, as a browser on this machine would make it."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(send())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7860", "[::1]:7860"])
def test_this_machines_names_are_served(app: FastAPI, host: str) -> None:
    assert ask(app, "GET", "/healthz", host=host).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:7860", ""])
def test_other_host_names_are_refused(app: FastAPI, host: str) -> None:
    """A name that was made to point here (DNS rebinding) must not reach a page."""
    for path in ("/", "/healthz", "/config", "/gradio_api/info"):
        assert ask(app, "GET", path, host=host).status_code == 400


def test_the_address_listened_on_is_served_but_not_every_one(scripted: ScriptedHub) -> None:
    def hosts(host: str) -> list[str]:
        hub = ScriptedHub(scripted.settings.model_copy(update={"host": host}))
        return allowed_hosts(hub)  # type: ignore[arg-type]

    assert "192.168.1.20" in hosts("192.168.1.20")
    assert set(hosts("0.0.0.0")) == set(scripted.settings.allowed_hosts)


JOIN = "/gradio_api/queue/join"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_another_sites_page_cannot_make_the_hub_do_anything(app: FastAPI, headers: dict[str, str]) -> None:
    assert ask(app, "POST", JOIN, **headers).status_code == 403


def test_its_own_page_and_programs_may_ask(app: FastAPI) -> None:
    for headers in ({"origin": "http://127.0.0.1:7860"}, {"sec_fetch_site": "same-origin"}, {}):
        assert ask(app, "POST", JOIN, **headers).status_code == 422, "it reaches Gradio, which misses the body"


def test_every_answer_carries_the_security_headers(app: FastAPI) -> None:
    for path in ("/", "/healthz", "/nothing-here", "/theme.css"):
        headers = ask(app, "GET", path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "connect-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_nothing_documents_or_takes_what_no_page_uses(app: FastAPI) -> None:
    assert ask(app, "GET", "/docs").status_code == 404
    assert ask(app, "GET", "/openapi.json").status_code == 404
    named = ask(app, "GET", "/gradio_api/info").json()
    assert named == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_health_tells_each_part_and_its_status_code(app: FastAPI, scripted: ScriptedHub) -> None:
    well = ask(app, "GET", "/healthz")
    assert (well.status_code, well.json()["ok"], well.json()["parts"][0]["part"]) == (200, True, "model")
    well_parts = scripted.parts
    scripted.parts = (Health(part="database", summary="SQLite", ok=False, problem="It is full.", fix="Make room."),)
    ill = ask(app, "GET", "/healthz")
    scripted.parts = well_parts
    assert (ill.status_code, ill.json()["ok"], ill.json()["parts"][0]["fix"]) == (503, False, "Make room.")


def test_the_banner_tells_what_still_works_and_what_to_do() -> None:
    assert banner(ModelState("running")) == ""
    assert "switched off. Slash commands" in banner(ModelState("off"))
    starting = banner(ModelState("starting", "Loading <the> model", 0.4))
    assert "Loading &lt;the&gt; model" in starting
    assert 'value="0.400"' in starting
    assert "value=" not in banner(ModelState("starting", "x", None)), "no end in sight: no share is made up"
    health = Health(part="model", summary="none", ok=False, problem="Ollama does not answer.", fix="Start <Ollama>.")
    missing = banner(ModelState("missing", health=health))
    for said in ("Ollama does not answer.", "Start &lt;Ollama&gt;.", "Slash commands", "templates"):
        assert said in missing


def test_the_sidebar_escapes_titles_and_ids() -> None:
    hostile = ConversationView(id='"><script>1</script>', title="<img src=x onerror=1> ${1}", updated_at="")
    html = sidebar((("/", "Chat"),), [hostile], [], hostile.id)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=1&gt; ${1}" in html
    assert 'aria-current="page"' in html
    assert notice("<b>") == '<div class="notice" role="alert">&lt;b&gt;</div>'
    assert notice(None) == ""
