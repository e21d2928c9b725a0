"""The web application: guards, the health check, and every page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Gradio is imported: it reads them then. Nothing about this hub is told to anybody.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["GRADIO_RUN_HISTORY"] = "False"

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from gradio.blocks import BlockContext
from gradio.context import Context, set_render_context
from starlette.middleware.trustedhost import TrustedHostMiddleware

from ui.api.app import Api, WithApi
from ui.public.app import WithPublic
from ui.web import downloads, dropped
from ui.web.answers import Answers
from ui.web.bundle import serve_bundle
from ui.web.guards import SameOrigin, SecurityHeaders
from ui.web.model_watch import ModelWatch
from ui.web.page import Page, Site
from ui.web.pages import PAGES

if TYPE_CHECKING:
    from agent import Hub

HERE = Path(__file__).parent
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]
MONO_FONTS = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def make_app(hub: Hub, model: ModelWatch, pages: Sequence[Page] = PAGES) -> FastAPI:
    """The application over one hub; who serves it also closes the hub. `pages` are all of the site."""
    app = FastAPI(title="Marketing Hub", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        parts = await asyncio.to_thread(hub.health)
        ok = all(part.ok for part in parts)
        body: dict[str, Any] = {
            "ok": ok,
            "model": model.now.state,
            "parts": [part.model_dump() for part in parts],
        }
        return JSONResponse(body, status_code=200 if ok else 503)

    serve_bundle(app)
    dropped.add_route(app, hub)
    downloads.add_route(app, hub)
    mount_pages(app, hub, model, pages)
    # The last one added is the outermost. The API refuses other sites' pages in its own words.
    app.add_middleware(SameOrigin)
    app.add_middleware(WithApi, api=Api(hub))
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(hub), www_redirect=False)
    app.add_middleware(SecurityHeaders)
    # Readers of mail come by the public name, and to these paths only; what they may do stands in the public pages.
    app.add_middleware(WithPublic, hub=hub)
    return app


def allowed_hosts(hub: Hub) -> list[str]:
    """The names under which the pages answer: those of the settings, and the address listened on if it is one."""
    settings = hub.settings
    anywhere = settings.host in ("0.0.0.0", "::")
    return [*settings.allowed_hosts, *([] if anywhere else [settings.host])]


def mount_pages(app: FastAPI, hub: Hub, model: ModelWatch, pages: Sequence[Page]) -> None:
    """Lay out every page and mount them at the root."""
    site = Site(hub, model, Answers(hub), tuple((page.path, page.title) for page in pages))
    blocks = gr.Blocks(title="Marketing Hub", fill_height=True, fill_width=True, analytics_enabled=False)
    for page in sorted(pages, key=lambda page: page.path != "/"):  # the one at the root is there before any route
        with laying_out(blocks if page.path == "/" else _route(blocks, page)):
            page.build(site)
    with blocks:  # to no end but Gradio's own: what it works out of all pages
        pass
    blocks.queue(default_concurrency_limit=None, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,  # bytes: no page takes files this way (the chat's have a route of their own)
        ssr_mode=False,
        mcp_server=False,
        favicon_path=str(HERE / "icon.png"),
        theme=gr.themes.Base(primary_hue="blue", neutral_hue="slate", font=FONTS, font_mono=MONO_FONTS),
        css_paths=[HERE / "style.css", *sorted((HERE / "styles").glob("*.css"))],
    )


def _route(blocks: gr.Blocks, page: Page) -> gr.Blocks:
    route: gr.Blocks = blocks.route(page.title, page.path.removeprefix("/"), show_in_navbar=False)
    return route


@contextmanager
def laying_out(blocks: gr.Blocks) -> Iterator[None]:
    """`with blocks:`, but for what Gradio does at its end for all pages laid out so far, once a page: the configuration and
    an application, of which only the last ones are used. With 14 pages that is most of the time of a start."""
    blocks.__enter__()  # type: ignore[no-untyped-call]
    try:
        yield
    except BaseException as error:
        blocks.__exit__(type(error))
        raise
    BlockContext.fill_expected_parents(blocks)  # type: ignore[no-untyped-call]
    set_render_context(blocks.parent)
    blocks.default_config.attach_load_events()
    Context.root_block = None
