"""A page of the site: its address, its name in the navigation, and a function that lays it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent import Hub
    from ui.web.answers import Answers
    from ui.web.model_watch import ModelWatch


@dataclass(frozen=True)
class Site:
    """What every page is given. `links` are all pages as (path, title)."""

    hub: Hub
    model: ModelWatch
    answers: Answers
    links: tuple[tuple[str, str], ...] = ()

    @property
    def is_demo(self) -> bool:
        """Whether the records are those of the made-up company."""
        return self.hub.settings.demo


@dataclass(frozen=True)
class Page:
    """`path` is "/" or "/name"; `build` lays the page out and wires its events, inside a Blocks context."""

    path: str
    title: str
    build: Callable[[Site], None]
