"""A world is laid into a real database; a staged house stands as the world says before every case."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from eval_worlds import WORLD

from agent.stage import StagedHouse
from agent.world import LAYERS, RECORDS, read_world
from memory.campaigns import Campaign
from memory.database import Database
from memory.house import BRAND_VOICE, house_fact
from memory.index import SearchIndex, WordLlamaEmbedder
from memory.metrics import has_imported, totals
from tools.core.errors import BadInput


def rows(house: StagedHouse, kind: str) -> list[dict[str, Any]]:
    found = house.rows(kind)
    assert found is not None
    return found


def test_what_the_house_knows_is_laid(house: StagedHouse, database: Database) -> None:
    with database.session() as session:
        campaign = session.get_one(Campaign, 1)
        assert (campaign.name, campaign.budget, campaign.end_date) == ("Back to School", 900, date(2026, 4, 15))
        assert totals(session, "campaign", 1) == {"spend": 300, "leads": 20, "conversions": 5, "revenue": 450}
        assert has_imported(session, "campaign", 1)
        assert house_fact(session, BRAND_VOICE) == "dry"
    assert [row["title"] for row in rows(house, "article")] == ["Returns"]
    assert [row["title"] for row in rows(house, "ticket")] == ["Pen leaks"]
    assert rows(house, "template")[0]["content"] == "SALE"
    assert rows(house, "company") == [{"name": "Nib & Ink", "industry": "stationery", "brand_voice": "dry"}]


def test_what_it_has_no_place_for_is_counted(house: StagedHouse) -> None:
    assert house.laid.laid == {"campaigns": 3, "templates": 1, "knowledge": 2}
    assert house.laid.not_laid == {"carrier_pigeons": 2}
    assert house.laid.fields_left == {"company.motto": 1, "campaigns.colour": 1}


def test_leads_and_segments_are_laid_with_what_they_rest_on(tmp_path: Path, database: Database) -> None:
    people = {
        # Segments stand first in the file, and speak of a tag that only the leads below bring.
        "segments": [{"name": "Collectors", "conditions": "tag is collector"}],
        "leads": [{"email": "ida@ink.example", "name": "Ida Blot", "status": "customer", "tags": ["collector"]}],
    }
    (tmp_path / "w.json").write_text(json.dumps({**people, **WORLD}))
    house = StagedHouse(database, read_world(tmp_path / "w.json"))
    house.begin([{"kind": "lead", "email": "max@ink.example", "name": "Max", "company": "Obey Ltd."}])
    assert [(row["name"], row["tags"]) for row in rows(house, "lead")] == [("Ida Blot", ["collector"]), ("Max", [])]
    assert rows(house, "segment")[0]["conditions"] == "tag is collector"
    house.begin(())
    assert len(rows(house, "lead")) == 1
    house.close()


def test_moments_are_in_the_worlds_zone(world_file: Path) -> None:
    assert read_world(world_file).now.isoformat() == "2026-03-02T10:00:00+01:00"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no world"),
        ("[]", "is no world"),
        ('{"now": "2026-03-02T10:00:00"}', "time_zone"),
        ('{"now": "soon", "time_zone": "Europe/Berlin"}', "soon"),
        ('{"now": "2026-03-02T10:00:00", "time_zone": "Europe/Bielefeld"}', "Bielefeld"),
    ],
)
def test_what_is_no_world_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "w.json").write_text(content)
    with pytest.raises(BadInput, match=told):
        read_world(tmp_path / "w.json")


def test_a_wrong_entry_is_named(tmp_path: Path, database: Database) -> None:
    broken = {**WORLD, "campaigns": [{"name": "Bloom", "type": "carrier pigeon"}]}
    (tmp_path / "w.json").write_text(json.dumps(broken))
    with pytest.raises(BadInput, match="carrier pigeon"):
        StagedHouse(database, read_world(tmp_path / "w.json"))


def test_a_case_begins_in_the_world_whatever_the_last_one_did(house: StagedHouse, database: Database) -> None:
    before = house.snapshot()
    house.begin([{"kind": "article", "title": "Planted", "content": "x"}])
    with database.session(write=True) as session:
        session.get_one(Campaign, 1).budget = 7
        session.delete(session.get_one(Campaign, 2))
    assert house.changes(before) == [
        "campaigns 1 changed in budget, version, updated_at",
        "campaigns 2 was removed",
        "knowledge 3 was added",
    ]
    house.begin(())
    assert house.changes(before) == []


def test_an_entry_to_plant_needs_a_kind(house: StagedHouse) -> None:
    with pytest.raises(BadInput, match="needs a kind"):
        house.begin([{"title": "Planted", "content": "x"}])


def test_names_are_those_of_the_moment_they_were_asked_for(house: StagedHouse, database: Database) -> None:
    resolve = house.names()
    with database.session(write=True) as session:
        session.get_one(Campaign, 1).name = "Renamed"
    assert resolve("campaign", "back to school") == 1
    assert resolve("campaign", "2") == 2
    assert resolve("campaign", "Ink Week") == 2, "the exact name, though another begins with it"
    assert resolve("campaign", "ink") is None, "several fit"
    assert resolve("campaign", "Renamed") is None
    assert resolve("carrier_pigeon", "Ada") is None


def test_what_the_house_does_not_keep_stands_as_the_file_tells_it(
    database: Database, world_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RECORDS, "template")
    monkeypatch.delitem(LAYERS, "templates")
    house = StagedHouse(database, read_world(world_file))
    assert house.laid.not_laid == {"carrier_pigeons": 2, "templates": 1}
    assert [row["name"] for row in rows(house, "template")] == ["Old promo"]
    assert house.not_kept == {"template": 1}
    assert house.rows("carrier_pigeon") is None
    house.close()


def test_the_index_finds_what_a_case_planted_and_no_longer_afterwards(
    house: StagedHouse, database: Database, tmp_path: Path
) -> None:
    index = SearchIndex(database, tmp_path / "index", WordLlamaEmbedder())

    def found() -> list[str]:
        with database.session() as session:
            return [hit.title for hit in index.search(session, "wrapping gifts in paper")]

    gift = {"kind": "article", "title": "Gift wrapping", "content": "Gifts are wrapped in paper."}
    other = {"kind": "article", "title": "Gift cards", "content": "Wrapping gifts in paper costs two euros."}
    for planted in ([gift], [], [other], [gift]):
        house.begin(planted)
        assert found() == [entry["title"] for entry in planted]
    index.close()
