"""Whether a page can be used by everybody, as axe-core (https://github.com/dequelabs/axe-core) tells.

    watched = open_page(f"{site}campaigns")
    expect(watched.page.get_by_role("heading", name="Campaigns")).to_be_visible()    # axe looks at what is there now
    assert_accessible(watched.page)

Fails on what axe calls serious or critical, also in Gradio's own markup: what that leaves out, the pages mend with a few
lines of script (`NAME_CALENDARS` of ui.web.parts.shell, js/mend.js of the chat).
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FAILING = ("serious", "critical")


def violations(page: Page, *without: str) -> list[str]:
    """Serious and critical findings, a line each: the rule, what to do, and the element. `without` are CSS selectors of
    parts that are not looked at."""
    context: Any = {"exclude": [[selector] for selector in without]} if without else None
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {node['target']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in FAILING
        for node in one["nodes"]
    ]


def assert_accessible(page: Page, *without: str) -> None:
    """Fail on any serious or critical finding of our own."""
    found = violations(page, *without)
    assert not found, "\n".join(found)
