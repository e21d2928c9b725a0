"""A staged house on a real SQLite database, and a hub whose understanding is a script but whose door is real."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from eval_worlds import WORLD, ScriptedHub

import tools.campaigns
from agent.stage import StagedHouse
from agent.world import read_world
from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder
from tests.support.databases import new_sqlite
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door

assert tools.campaigns, "imported for the tools that it declares"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(new_sqlite(tmp_path / "hub.sqlite3"))
    yield database
    database.close()


@pytest.fixture
def world_file(tmp_path: Path) -> Path:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(WORLD))
    return path


@pytest.fixture
def house(database: Database, world_file: Path) -> Iterator[StagedHouse]:
    house = StagedHouse(database, read_world(world_file))
    yield house
    house.close()


@pytest.fixture
def hub(database: Database, world_file: Path, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[ScriptedHub]:
    world = read_world(world_file)
    index = SearchIndex(database, tmp_path / "index", embedder)
    hub = ScriptedHub(database, world, Door(declared_tools(), database, index, FixedClock(world.zone, world.now)))
    yield hub
    hub.close()
    index.close()
