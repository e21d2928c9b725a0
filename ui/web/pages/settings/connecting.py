"""The form by which an account is connected in the browser: it leads to the platform's own page, which leads back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError, accounts
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.parts.shell import QUIET, html

if TYPE_CHECKING:
    from agent import Hub

#: The platforms that have such a way, Mastodon first: there the hub makes its app by itself.
PLATFORMS = ("mastodon", "linkedin", "facebook", "instagram", "twitter", "tiktok")
MASTODON = PLATFORMS[0]


def back_to(hub: Hub) -> str:
    """Where a platform sends the person back to: the public address, or this machine."""
    base = hub.mail.public_url or f"http://127.0.0.1:{hub.settings.port}"
    return f"{base}{accounts.CALLBACK}"


class ConnectForm:
    """Laid out where it is made. Other platforms ask for an app of the house's own; its secret is kept encrypted."""

    def __init__(self, site: Site) -> None:
        self._hub = site.hub
        names = accounts.platform_names()
        with gr.Column(elem_classes="tool-form", min_width=0):
            html("<h3>Connect an account</h3>")
            self._platform = gr.Dropdown([(names[one], one) for one in PLATFORMS], value=MASTODON, label="Platform")
            self._server = gr.Textbox(label="Server", info="Your instance, such as https://mastodon.example.")
            self._id = gr.Textbox(
                label="Page (optional)",
                info="Which page: its number (Facebook) or its URN (LinkedIn).",
                visible=False,
            )
            self._client_id = gr.Textbox(
                label="Client id",
                info=f"Of your app on the platform, which has to name {back_to(self._hub)} as an address to come back to.",
                visible=False,
            )
            self._secret = gr.Textbox(label="Client secret", type="password", visible=False)
            self._told = html()
            self._begin = gr.Button("Connect", variant="primary", elem_classes="fit")
        shown = [self._server, self._id, self._client_id, self._secret]
        self._platform.change(self._shown, inputs=[self._platform], outputs=shown, **QUIET)
        given = [self._platform, *shown]
        self._begin.click(self._asked, inputs=given, outputs=[self._told, self._secret, self._begin], **QUIET)

    @staticmethod
    def _shown(platform: str) -> list[Any]:
        """What the platform needs."""
        own = platform != MASTODON
        pages = platform in ("facebook", "linkedin")
        return [gr.update(visible=shown) for shown in (not own, pages, own, own)]

    async def _asked(self, platform: str, server: str, id: str, client_id: str, secret: str) -> Any:
        """The way to the platform's page; the secret does not stay on this one."""
        yield {self._told: "", self._begin: gr.update(interactive=False)}
        try:
            address = await asyncio.to_thread(
                accounts.begin_connecting, self._hub, platform, back_to(self._hub), client_id=client_id or "",
                client_secret=secret or "", server=server or "", external_id=(id or "").strip(),
            )  # fmt: skip
        except HubError as error:
            yield {self._told: notice(error.sentence), self._begin: gr.update(interactive=True)}
            return
        name = accounts.platform_names()[platform]
        link = Markup(
            '<p role="status"><a href="{}" target="_blank" rel="noopener noreferrer">Allow it on {}</a> (within 15 minutes)</p>'
        )
        yield {self._told: link.format(address, name), self._secret: "", self._begin: gr.update(interactive=True)}
