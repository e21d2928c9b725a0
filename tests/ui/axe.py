"""Whether a page can be used by everybody, as axe-core (https://github.com/dequelabs/axe-core) tells.

    watched = open_page(f"{site}campaigns")
    expect(watched.page.get_by_role("heading", name="Campaigns")).to_be_visible()    # axe looks at what is there now
    assert_accessible(watched.page)

Fails on what axe calls serious or critical. Where it is Gradio's own markup that is at fault, name its CSS selector in
`GRADIOS`, with what is wrong with it.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FAILING = ("serious", "critical")
#: What Gradio's components do wrong and a page cannot mend: CSS selector and rule.
GRADIOS: dict[str, tuple[str, ...]] = {
    # The chat window: examples are buttons in a "list"; a step's title is a button that holds a nameless one.
    "#chat .examples": ("aria-required-children",),
    "#chat .thought-group .icon-button": ("button-name",),
    "#chat .thought-group > .title": ("nested-interactive",),
}


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
        if not _of_gradio(page, one["id"], node["target"][-1])
    ]


def assert_accessible(page: Page, *without: str) -> None:
    """Fail on any serious or critical finding of our own."""
    found = violations(page, *without)
    assert not found, "\n".join(found)


def _of_gradio(page: Page, rule: str, target: str) -> bool:
    return any(
        rule in rules and page.evaluate("([target, selector]) => document.querySelector(target)?.matches(selector)", [target, selector])
        for selector, rules in GRADIOS.items()
    )  # fmt: skip
