"""The demo company: laid once, into an empty house only, in a folder of its own, with no way out."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent import FixedClock, Hub, HubError, Settings, open_hub
from agent.demo import dated, demo_settings, lay_demo
from ui.demo import running_sink
from ui.web.parts.shell import name_html

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 12, 3, 10, 12, tzinfo=ZONE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("hub")
    with running_sink(home / "sink") as port:
        settings = demo_settings(
            Settings(home=home, model_use="none", time_zone=ZONE.key), smtp_url=f"smtp://127.0.0.1:{port}"
        )
        with open_hub(settings, clock=FixedClock(ZONE, NOW)) as hub:
            assert lay_demo(hub)
            yield hub


def test_it_is_laid_once_and_every_page_has_something_to_show(demo: Hub) -> None:
    assert not lay_demo(demo)
    data = demo.call("get_dashboard", period="last 30 days").result.data()
    assert {one["metric"] for one in data["kpis"]} >= {"leads", "conversions", "revenue", "opens", "clicks", "spend"}
    assert {plan.tool for plan in demo.plans()} == {"activate_workflow", "send_email_campaign"}
    for noun in ("campaign", "email_campaign", "segment", "template", "workflow", "ab_test", "lead", "social_post"):
        assert demo.records(noun), noun
    assert not demo.conversations(), "what was decided while it was laid is no conversation"


def test_people_are_on_their_way_through_its_workflow(demo: Hub) -> None:
    figures = demo.call("analyze_workflow_performance", workflow="Welcome").result.text
    assert "entered" in figures
    assert "Welcome to Kestrel" in figures


def test_no_address_in_it_can_be_written_to(demo: Hub) -> None:
    leads = [lead.name for lead in demo.records("lead")]
    assert len(leads) > 700
    shown = demo.call("list_leads").result.data()["leads"]
    assert shown
    assert all(lead["email"].endswith(".example") for lead in shown), "reserved for examples (RFC 2606)"


def test_its_settings_lead_nowhere(tmp_path: Path) -> None:
    mine = Settings(
        home=tmp_path, database_url="postgresql://db.example/hub", smtp_url="smtp://mail.example.com", public_url="https://hub.example.com",
    )  # fmt: skip
    demo = demo_settings(mine)
    assert demo.home == tmp_path / "demo"
    assert (demo.database_url, demo.smtp_url, demo.public_url) == (None, None, "")
    assert demo.demo
    assert mine.database_url, "and the settings themselves stay as they are"


def test_a_house_with_other_records_is_left_alone(tmp_path: Path) -> None:
    with open_hub(demo_settings(Settings(home=tmp_path, model_use="none"))) as hub:
        hub.call("create_campaign", name="Mine", type="email")
        with pytest.raises(HubError, match="holds other records"):
            lay_demo(hub)
        assert [one.name for one in hub.records("campaign")] == ["Mine"]


def test_times_are_told_from_the_day_on_which_it_is_laid() -> None:
    assert dated({"a": ["-2d 07:30", "+1d", "x"]}, NOW) == {"a": ["2026-12-01T07:30:00+01:00", "2026-12-04", "x"]}


def test_the_pages_say_that_it_is_a_demo() -> None:
    assert "made-up company" in name_html(demo=True)
    assert "Demo" not in name_html(demo=False)
