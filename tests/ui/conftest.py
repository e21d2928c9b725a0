"""The hub behind the surfaces: a scripted one, and a real one without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripted_hub import ScriptedHub

from agent import Settings
from tests.support.browser import compiled, context, open_page, playwright, served
from ui import opening
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch
from ui.web.pages import PAGES

if TYPE_CHECKING:
    from agent import Hub

__all__ = ["compiled", "context", "open_page", "playwright"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a browser may fail once: on a busy machine a click can come before the page listens. Files with such
    tests, the longest there are, come first, so that the two processes end at about the same time."""
    in_browser = [item for item in items if "open_page" in getattr(item, "fixturenames", ())]
    for item in in_browser:
        item.add_marker(pytest.mark.flaky(reruns=1))
    long = {item.path for item in in_browser}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "hub", model_use="none", time_zone="Europe/Berlin", port=0)


@pytest.fixture
def scripted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> ScriptedHub:
    """The scripted hub, which every command and page opens in this test."""
    hub = ScriptedHub(settings)
    settings.home.mkdir()
    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: hub)
    return hub


@pytest.fixture(scope="session")
def scripted_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScriptedHub, str]]:
    """A scripted hub and the address of the pages over it; `reset` it before each use."""
    hub = ScriptedHub(Settings(home=tmp_path_factory.mktemp("hub"), model_use="none"))
    model = ModelWatch()
    model.look(hub)  # type: ignore[arg-type]
    with served(make_app(hub, model, PAGES[:1])) as address:  # type: ignore[arg-type]
        yield hub, address


@pytest.fixture(scope="session")
def real_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub without a model, shared by the tests that only read or use records of their own."""
    from tests.support.houses import open_house

    home = tmp_path_factory.mktemp("hub")
    with open_house(Settings(home=home, model_use="none", time_zone="Europe/Berlin")) as hub:
        hub.wait_for_model()
        yield hub


@pytest.fixture(scope="session")
def real_site(real_hub: Hub) -> Iterator[str]:
    """The pages over the real hub; gives their address."""
    model = ModelWatch()
    model.look(real_hub)
    with served(make_app(real_hub, model)) as address:
        yield address
