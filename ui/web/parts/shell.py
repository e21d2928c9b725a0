"""The frame of every page but the chat: navigation on the left (a menu on a phone), heading, banner of the model, notice.

    def build(site: Site) -> None:
        with frame(site, "/campaigns", "Campaigns", "What runs, and what it brings.") as page:
            table = table_view()
        page.on_load(load, outputs=[table])          # load(request: gr.Request) -> update(s)

`page.notice` shows `notice("a sentence about what just did not work")`, or "" for nothing; `with page.actions:` puts
buttons at the right of the heading. A page whose heading depends on the address updates `page.heading` with
`heading(title, lead, up=("Campaigns", "/campaigns"))`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from ui.web.banner import banner
from ui.web.banner import notice as notice
from ui.web.page import Site
from ui.web.parts.links import link

#: For events: no spinners over what is being read, and no part of a documented API (which is no access control).
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}

#: The groups of the navigation, in order. A page that none of them names comes under "More".
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("/", "/dashboard")),
    ("Work", ("/campaigns", "/email", "/social", "/automation", "/experiments")),
    ("Content", ("/studio", "/content", "/templates", "/knowledge")),
    ("Audience", ("/leads", "/segments")),
    ("Results", ("/analytics",)),
    ("More", ()),
    ("House", ("/settings",)),
)


DEMO = "Demo: a made-up company, whose mail goes to nobody."

#: In the browser: Gradio's date inputs have a button without a name, which a screen reader cannot tell.
NAME_CALENDARS = """
const name = () => document.querySelectorAll('button.calendar:not([aria-label])').forEach((button) => {
  button.setAttribute('aria-label', 'Open the calendar');
});
name();
new MutationObserver(name).observe(document.querySelector('#page') ?? document.body, { childList: true, subtree: true });
"""


@dataclass(frozen=True)
class Frame:
    """What a page may speak to: see the module's text."""

    heading: gr.HTML
    actions: gr.Row
    banner: gr.HTML
    notice: gr.HTML
    #: Everything beside the navigation; `gr.Column`, so that a page may add to it later.
    content: gr.Column

    def on_load(self, handler: Callable[..., Any], **wiring: Any) -> Any:
        """Run `handler` when the page is opened or reloaded; returns the event, to go on with `.then`."""
        return on_load(handler, **wiring)


@contextmanager
def frame(site: Site, path: str, title: str, lead: str = "") -> Iterator[Frame]:
    """Lay the frame out; what is laid out inside the `with` is the page's content."""
    with gr.Row(elem_id="frame", equal_height=False):
        with gr.Column(elem_id="rail", scale=0, min_width=0):
            rail = html(rail_html(site.links, path, demo=site.is_demo), elem_id="rail-content")
        with gr.Column(elem_id="page", scale=1, min_width=0):
            strip = html(elem_id="model-banner")
            with gr.Row(elem_id="page-head", equal_height=False):
                head = html(heading(title, lead), elem_id="page-heading")
                actions = gr.Row(elem_id="page-actions", equal_height=False)
            complaint = html(elem_id="page-notice", js=NAME_CALENDARS)
            with gr.Column(elem_id="content", min_width=0) as content:
                yield Frame(head, actions, strip, complaint, content)
    timer = gr.Timer(1.0, active=False)

    async def look() -> tuple[str, Any, str]:
        waiting = await asyncio.to_thread(site.hub.plans)
        model = site.model.now
        return (
            banner(model),
            gr.Timer(active=model.state == "starting"),
            rail_html(site.links, path, len(waiting), demo=site.is_demo),
        )

    on_load(look, outputs=[strip, timer, rail])
    timer.tick(look, outputs=[strip, timer, rail], **QUIET)


def on_load(handler: Callable[..., Any], **wiring: Any) -> Any:
    """Run `handler` when the page that is being laid out is opened."""
    root = gr.context.Context.root_block
    assert root is not None, "a page is laid out inside a Blocks context"
    return root.load(handler, **{**QUIET, **wiring})


def html(value: str = "", *, js: str | None = None, **given: Any) -> gr.HTML:
    """A `gr.HTML` without Gradio's own look; `js` runs once, when it is on the page (`element`, `trigger`, `watch`)."""
    return gr.HTML(str(value), js_on_load=js, apply_default_css=False, **given)


def heading(title: str, lead: str = "", *, up: tuple[str, str] | None = None, beside: str | Markup = "") -> Markup:
    """The page's one `<h1>`, a sentence under it, a way up (its text and address), and what stands beside (a badge)."""
    way = Markup('<p class="up">{}</p>').format(link(f"← {up[0]}", up[1])) if up else ""
    said = Markup('<p class="lead">{}</p>').format(lead) if lead else ""
    return Markup('{}<div class="line"><h1>{}</h1>{}</div>{}').format(way, title, beside, said)


def rail_html(pages: Sequence[tuple[str, str]], current: str, waiting: int = 0, *, demo: bool = False) -> Markup:
    """The rail: a link past it, the house's name, the menu's button (seen on a phone), the navigation."""
    return Markup(
        '<a class="skip" href="#content">Skip to the content</a>'
        '<header class="brand">{}'
        '<button type="button" class="menu" popovertarget="pages">Menu</button></header>{}'
    ).format(name_html(demo), navigation(pages, current, waiting))


def name_html(demo: bool) -> Markup:
    """The hub's name as a link to the chat; beside it, in a demo, that the company is made up."""
    told = Markup(
        '<span class="demo" title="{0}"><span aria-hidden="true">Demo</span><span class="unseen">{0}</span></span>'
    )
    return Markup('<span class="name"><a href="/">Marketing Hub</a>{}</span>').format(told.format(DEMO) if demo else "")


def navigation(pages: Sequence[tuple[str, str]], current: str, waiting: int = 0) -> Markup:
    """`<nav id="pages">`: all pages in their groups, the current one marked; `waiting` plans are told beside the
    Dashboard. A `popover`, which the style sheet lays out as a column where there is room. Also for the chat page."""
    titles = dict(pages)
    grouped = {path for _, paths in GROUPS for path in paths}
    parts = []
    for name, paths in GROUPS:
        shown = [p for p in paths if p in titles] or [p for p in titles if p not in grouped and name == "More"]
        if shown:
            items = Markup("").join(_page_link(path, titles[path], path == current, waiting) for path in shown)
            label = Markup('<p class="group">{}</p>').format(name) if name else ""
            parts.append(Markup("{}<ul>{}</ul>").format(label, items))
    return Markup('<nav id="pages" class="hub-pages" popover aria-label="Pages">{}</nav>').format(
        Markup("").join(parts)
    )


def _page_link(path: str, title: str, is_current: bool, waiting: int) -> Markup:
    here = Markup(' aria-current="page"') if is_current else ""
    count = (
        Markup('<span class="waiting">{}<span class="unseen"> plans wait for approval</span></span>').format(waiting)
        if waiting and path == "/dashboard"
        else ""
    )
    return Markup('<li><a href="{}"{}><span>{}</span>{}</a></li>').format(path, here, title, count)
