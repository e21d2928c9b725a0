"""Importing past campaigns from tables: what becomes of good rows, and what is said of bad ones."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest

from memory.campaigns import Campaign, campaign_named, list_campaigns
from memory.metrics import has_imported, totals
from tools import campaigns, knowledge  # noqa: F401 - declares the tools
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.knowing.cards import ImportResult

Reading = Callable[[], AbstractContextManager[Context]]


@pytest.fixture
def folder(door: Door, tmp_path: Path) -> Path:
    folder = tmp_path / "imports"
    folder.mkdir()
    door.import_folders = (folder,)
    return folder


def take(door: Door, source: str) -> ImportResult:
    result = door.call("import_knowledge", {"source": source, "kind": "campaign"}).result
    assert isinstance(result, ImportResult)
    return result


def figures(ctx: Context, name: str) -> tuple[Campaign, dict[str, float]]:
    found = campaign_named(ctx.session, name)
    assert found is not None
    return found, totals(ctx.session, "campaign", found.id)


def test_a_table_becomes_completed_campaigns_with_imported_figures(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "past.csv").write_text(
        "Campaign,Type,Channels,Start date,End date,Budget,Spend,Opens,Clicks,Leads,Conversions,Revenue,Cost per lead\n"
        'Autumn,email,,2025-09-01,2025-09-30,"€1,000",$950.50,300,90,20,5,"4,000",47.53\n'
        "Winter mix,,email + ads,2025-12-01,2025-12-31,2000,,,,40,,,\n"
        "Ads only,,ads,,,,-,,,,,,\n"
    )
    done = take(door, "past.csv")
    assert (done.imported, done.duplicates, done.skipped) == (3, 0, ())
    assert done.titles == ("Autumn", "Winter mix", "Ads only")
    with reading() as ctx:
        autumn, came = figures(ctx, "Autumn")
        assert (autumn.type, autumn.status, autumn.channels) == ("email", "completed", ["email"])
        assert (autumn.start_date, autumn.end_date) == (date(2025, 9, 1), date(2025, 9, 30))
        assert autumn.budget == 1_000
        assert came == {
            "spend": 950.5, "opens": 300, "clicks": 90, "leads": 20, "conversions": 5, "revenue": 4_000,
        }  # fmt: skip
        assert has_imported(ctx.session, "campaign", autumn.id)
        winter, came = figures(ctx, "Winter mix")
        assert (winter.type, winter.channels, winter.budget) == ("multi-channel", ["email", "ads"], 2_000)
        assert came == {"leads": 40}
        ads, came = figures(ctx, "Ads only")
        assert (ads.type, came) == ("ads", {})
    # 4,000 earned for 950.50: a return of 320.8 %.
    said = door.call("analyze_campaign_performance", {"campaign": "Autumn"}).text
    assert "320.8%" in said
    found = door.call("search_knowledge", {"query": "autumn", "kind": "campaign"}).text
    assert "Autumn" in found


def test_bad_rows_are_listed_with_line_and_reason(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "past.csv").write_text(
        "name;type;start;end;spend\n"
        "Good;social;01.03.2025;31.03.2025;1.234,50\n"
        ";email;;;1\n"
        "Backwards;email;31.03.2025;01.03.2025;1\n"
        "Ahead;email;01.03.2025;31.12.2026;1\n"
        "Radio;radio;;;1\n"
        "Words;email;;;much\n"
        "Minus;email;;;-5\n"
        "Nothing;;;;5\n"
        "Short;email\n"
        "good;email;;;7\n"
        "No day;email;soon;;7\n"
    )
    done = take(door, "past.csv")
    assert done.titles == ("Good",)
    assert {row.where: row.reason for row in done.skipped} == {
        "line 3": "it has no name",
        "line 4": "it ends (2025-03-01) before it starts (2025-03-31)",
        "line 5": "it ends on 2026-12-31, which is still to come; only past campaigns are imported",
        "line 6": "there is no type “radio” (there are email, social, ads and multi-channel)",
        "line 7": "its spend “much” is no number",
        "line 8": "its spend “-5” is negative",
        "line 9": "neither its type nor its channel is told",
        "line 10": "it has 2 columns instead of 5",
        "line 11": "another row is called “good” too",
        "line 12": "“soon” is no date",
    }
    assert "10 parts could not be imported" in done.text
    with reading() as ctx:
        assert figures(ctx, "Good")[1] == {"spend": 1_234.5}
        assert len(list_campaigns(ctx.session)) == 1


def test_importing_twice_leaves_out_what_is_stored(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "past.json").write_text(
        '[{"name": "Autumn", "type": "email", "leads": 20}, {"name": "Spring", "type": "email", "channel": "radio"}]'
    )
    first, second = take(door, "past.json"), take(door, "past.json")
    assert (first.imported, first.duplicates) == (1, 0)
    assert (second.imported, second.duplicates) == (0, 1)
    assert "there is no channel “radio”" in second.skipped[0].reason
    with reading() as ctx:
        assert figures(ctx, "Autumn")[1] == {"leads": 20}


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("notes.md", "# Autumn", "Past campaigns are imported from a table; save notes.md as csv"),
        ("x.csv", "budget,leads\n1,2\n", "No column of x.csv holds the campaigns' names: it has “budget” and “leads”"),
        ("x.json", "{", "x.json is no proper JSON"),
    ],
)
def test_a_file_without_campaigns_is_refused(door: Door, folder: Path, name: str, data: str, said: str) -> None:
    (folder / name).write_text(data)
    with pytest.raises(BadInput) as caught:
        take(door, name)
    assert said in caught.value.sentence
