"""Follows `docs/tour.md` word for word: what it says to type is typed, what it says to press is pressed, and what it says
that one sees has to be seen.

In the numbered lines: Type `words` (in the chat), Fill **Label** with `words`, **Name** of a link or button, “what is seen”.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

from tests.support.browser import settle

TOUR = Path(__file__).parents[2] / "docs" / "tour.md"
_NUMBERED = re.compile(r"^\d+\. (?:.+\n?(?:^ {3}.+\n?)*)", re.MULTILINE)
_ORDER = re.compile(
    r"[Tt]ype\s+`(?P<say>[^`]+)`|[Ff]ill\s+\*\*(?P<label>[^*]+)\*\*\s+with\s+`(?P<value>[^`]+)`"
    r"|\*\*(?P<press>[^*]+)\*\*|“(?P<see>[^”]+)”"
)


@dataclass(frozen=True)
class Order:
    """One thing that a line of the tour asks for: `name` is the label, link or text, `value` what is typed."""

    what: Literal["say", "fill", "press", "see"]
    name: str
    value: str = ""


def steps(text: str) -> list[list[Order]]:
    """The orders of each numbered line."""
    return [list(_orders(" ".join(line.split()))) for line in _NUMBERED.findall(text)]


def _orders(line: str) -> Iterator[Order]:
    for found in _ORDER.finditer(line):
        if found["say"]:
            yield Order("say", "", found["say"])
        elif found["label"]:
            yield Order("fill", found["label"], found["value"])
        elif found["press"]:
            yield Order("press", found["press"])
        else:
            yield Order("see", found["see"])


def follow(page: Page, order: Order) -> None:
    """Do what is asked, as a person with eyes would: only what is visible counts."""
    match order.what:
        case "say":
            page.locator("#say textarea").fill(order.value)
        case "fill":
            page.get_by_label(order.name).locator("visible=true").first.fill(order.value)
        case "press":
            settle(page)  # a click while a page is being drawn may hit what is just replaced
            link = page.get_by_role("link", name=order.name, exact=True)
            button = page.get_by_role("button", name=order.name, exact=True)
            listed = page.get_by_role("navigation", name="Pages").get_by_text(order.name, exact=True)
            link.or_(button).or_(listed).locator("visible=true").first.click()
        case "see":
            expect(page.get_by_text(order.name).locator("visible=true").first).to_be_visible()
