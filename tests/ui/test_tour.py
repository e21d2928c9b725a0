"""The five-minute tour of the documentation, followed word for word by a real browser over the demo company."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from offline import assert_offline
from playwright.sync_api import expect
from tour import TOUR, follow, steps

from agent import Settings, Worker, open_hub
from agent.demo import lay_demo
from tests.support.browser import PATIENCE, OpenPage, served
from ui.bundle import building
from ui.demo import demo_house
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """What `serve --demo` puts together, on a free port and without a model."""
    if not building.is_current():
        try:
            building.build(lambda text: None)
        except building.CannotBuild as error:
            pytest.skip(str(error))
    mine = Settings(home=tmp_path_factory.mktemp("hub"), model_use="none", time_zone="Europe/Amsterdam")
    with demo_house(mine) as settings, open_hub(settings) as hub:
        lay_demo(hub)
        model = ModelWatch()
        model.look(hub)
        with served(make_app(hub, model)) as address, Worker(hub):
            yield hub, address


def test_the_tour_is_followed_word_for_word(demo: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = demo
    lines = steps(TOUR.read_text(encoding="utf-8"))
    assert len(lines) > 10
    assert all(lines), "every numbered line asks for something that can be done or seen"
    watched = open_page(address, height=900)
    watched.page.locator("#say textarea").wait_for()
    for line in lines:
        for order in line:
            follow(watched.page, order)
    assert_offline(watched)
    sink = hub.settings.home / "sink"
    assert list(sink.glob("*.eml")), "the mailing that was approved went out, to nobody"
