"""A whole house in one process, put back to the same small world before each call."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from samples import WORLD, write_world_files

from agent import Settings
from agent.hub import Hub
from agent.routing.matcher import Matcher
from agent.stage import StagedHouse
from agent.world import read_world
from tests.support.houses import open_house
from tools.core.context import FixedClock


def no_matcher() -> Matcher:
    """Where nothing may be left to the likeness of sentences."""
    raise AssertionError("nobody should ask the matcher")


@dataclass(frozen=True)
class House:
    """A hub without a model, and the stage that puts its records back."""

    hub: Hub
    stage: StagedHouse
    home: Path

    def fresh(self) -> Hub:
        """The hub, with nothing but the world in it."""
        self.stage.begin(())
        return self.hub

    @property
    def records(self) -> Callable[[str], Sequence[str]]:
        return lambda noun: [record.name for record in self.hub.records(noun)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    write_world_files(home)
    file = home / "world.json"
    file.write_text(json.dumps(WORLD))
    world = read_world(file)
    settings = Settings(home=home, model_use="none", time_zone=world.zone.key)
    with open_house(settings, clock=FixedClock(world.zone, world.now), matcher=no_matcher) as hub:
        hub.wait_for_model()
        stage = StagedHouse(hub.database, world)
        yield House(hub, stage, home)
        stage.close()


def plain(value: Any) -> Any:
    """A result as JSON says it, whichever way it came."""
    return json.loads(json.dumps(value, default=str))
