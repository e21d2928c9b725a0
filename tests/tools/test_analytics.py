"""Dashboard, channels, insights and recommendations: figures worked out by hand, from real records."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from memory.enums import CampaignStatus, Channel, ConsentState, EmailStatus, PostStatus
from memory.lead_changes import put_consent
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from memory.segments import Segment
from tests.tools.analytics_planted import campaign, daily, happened, lead, mailing
from tests.tools.conftest import NOW, ZONE
from tests.tools.posts_planted import plant
from tools.catalogue import all_tools
from tools.core.arguments import check_arguments
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.segmenting import in_words, read_conditions, store_tree

Writing = Callable[[], AbstractContextManager[Session]]
TODAY = NOW.date()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def dashboard(door: Door, period: str | None = None) -> dict[str, Any]:
    return door.call("get_dashboard", {"period": period}).result.data()


def kpis(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["metric"]: (one["value"], one["before"]) for one in found["kpis"]}


def test_an_empty_house_shows_no_zeros(door: Door) -> None:
    found = dashboard(door)
    assert found["kpis"] == []
    assert "Nothing was measured in these days" in found["text"]
    assert "Nothing waits for you" in found["text"]
    assert "0" not in found["text"].replace("2026", "").split("\n", 1)[1]


def test_a_period_against_the_one_before(door: Door, writing: Writing) -> None:
    # The last 30 days are 15 February to 16 March; the 30 before 16 January to 14 February.
    with writing() as session:
        ads = campaign(session, "Spring Ads", ("ads",), status=CampaignStatus.ACTIVE)
        ana = lead(session, 1, at("2026-02-15T00:00"))
        lead(session, 2, at("2026-03-16T09:00"))
        lead(session, 3, at("2026-02-14T23:59"))
        lead(session, 4, at("2026-01-16T00:00"))
        lead(session, 5, at("2026-01-15T23:59"))
        happened(session, ana, "ordered", at("2026-03-01T12:00"), "ads", campaign_id=ads.id, value=80.0)
        happened(session, ana, "converted", at("2026-03-02T12:00"), "email")
        happened(session, ana, "ordered", at("2026-02-01T12:00"), "email", value=50.0)
        daily(session, ads.id, "spend", date(2026, 3, 5), [10.0, 10.0])
    found = dashboard(door)
    assert kpis(found) == {"leads": (2, 2), "conversions": (2, 1), "revenue": (80, 50), "spend": (20, None)}
    assert {one["channel"]: one["conversions"] for one in found["channels"]} == {"ads": 1, "email": 1}
    rates = {one["name"]: one["value"] for one in found["rates"]}
    assert rates == pytest.approx({"ROI": 3.0, "ROAS": 4.0, "Cost per lead": 10.0, "Cost per conversion": 10.0})
    (line,) = found["campaigns"]
    assert (line["link"]["name"], line["figures"]) == ("Spring Ads", {"conversions": 1, "revenue": 80, "spend": 20})
    assert found["before"] == "16 January to 14 February 2026"
    assert not found["imported"]


def test_the_conversion_rate_is_of_clicks_and_never_above_one(door: Door, writing: Writing) -> None:
    with writing() as session:
        news = mailing(session, "News", at("2026-03-02T09:00"))
        people = [lead(session, number) for number in range(4)]
        for who in people:
            happened(session, who, "clicked", at("2026-03-02T10:00"), email_campaign_id=news.id)
        happened(session, people[0], "ordered", at("2026-03-02T11:00"), "email", value=9.0)
        lead(session, 9, at("2026-03-02T11:00"))  # one new lead: orders of older ones are no share of it
        happened(session, people[1], "ordered", at("2026-03-02T12:00"), "email", value=9.0)
    name = "Conversion rate (conversions per click)"
    assert {one["name"]: one["value"] for one in dashboard(door)["rates"]} == {name: 0.5}
    with writing() as session:
        for hour in range(13, 16):
            happened(session, lead(session, hour), "ordered", at(f"2026-03-03T{hour}:00"), "ads", value=9.0)
    assert dashboard(door)["rates"] == []  # five orders of four clicks: not all of them came by a click


def test_nothing_in_a_measured_period_is_a_zero(door: Door, writing: Writing) -> None:
    with writing() as session:
        happened(session, lead(session, 1, at("2026-01-02T10:00")), "ordered", at("2026-01-03T10:00"), value=9.0)
    found = dashboard(door, "yesterday")
    assert kpis(found) == {"leads": (0, 0), "conversions": (0, 0), "revenue": (0, 0)}


def test_a_change_of_many_days_is_clear_and_one_by_chance_is_not(door: Door, writing: Writing) -> None:
    with writing() as session:
        one = campaign(session, "Bloom")
        daily(session, one.id, "leads", TODAY, [5, 6, 5, 4, 5] * 6 + [9, 10, 11, 10, 9] * 6)
        daily(session, one.id, "clicks", TODAY, [1, 9, 5, 2, 8] * 6 + [2, 9, 5, 1, 9] * 6)
    text = dashboard(door)["text"]
    assert "| Leads | 294 | 150 | +96%, clear |" in text
    assert "| Clicks | 156 | 150 | +4%, may be chance |" in text


def test_imported_totals_count_where_the_period_holds_them_whole(door: Door, writing: Writing) -> None:
    with writing() as session:
        inside = campaign(session, "Inside", start_date=date(2026, 3, 1), end_date=date(2026, 4, 30))
        across = campaign(session, "Across", start_date=date(2026, 1, 1), end_date=date(2026, 4, 30))
        gone = campaign(session, "Gone", start_date=date(2025, 6, 1), end_date=date(2025, 7, 1))
        for one, value in ((inside, 60), (across, 30), (gone, 10)):
            record_metric(session, "campaign", one.id, "conversions", value, imported=True)
    found = dashboard(door)
    assert kpis(found) == {"conversions": (60, None)}
    assert [one["link"]["name"] for one in found["beside"]] == ["Across"]
    assert found["imported"]
    assert kpis(dashboard(door, "all time")) == {"conversions": (100, None)}


def test_a_campaigns_imported_total_holds_that_of_its_mailing(door: Door, writing: Writing) -> None:
    with writing() as session:
        one = campaign(session, "Bloom", start_date=date(2026, 3, 1))
        news = mailing(session, "News", at("2026-03-02T09:00"), campaign_id=one.id)
        record_metric(session, "campaign", one.id, "opens", 300, imported=True)
        record_metric(session, "email_campaign", news.id, "opens", 231, imported=True)
        record_metric(session, "email_campaign", news.id, "clicks", 40, imported=True)
        happened(session, lead(session, 1), "opened", at("2026-03-10T09:00"), email_campaign_id=news.id)
    assert kpis(dashboard(door)) == {"opens": (301, None), "clicks": (40, None), "leads": (0, 0)}


def test_posts_count_on_the_day_of_publishing(door: Door, writing: Writing) -> None:
    plant(
        writing, "Steam, cup, Sunday.", published_at="2026-03-01T10:00", likes=20, shares=3, comments=2, imported=True
    )
    plant(writing, "Older", published_at="2026-02-01T10:00", likes=9, imported=True)
    found = dashboard(door)
    assert kpis(found) == {"engagement": (25, 9)}
    assert {"noun": "social_post", "id": 1, "name": "Steam, cup, Sunday."} in found["links"]


def test_a_period_that_is_none_or_has_not_begun(door: Door) -> None:
    with pytest.raises(BadInput, match="cannot read “blub” as a period"):
        dashboard(door, "blub")
    with pytest.raises(BadInput, match=r"\(1 to 30 April 2026\) has not begun yet"):
        dashboard(door, "next month")


def test_one_channel(door: Door, writing: Writing) -> None:
    with writing() as session:
        ads = campaign(session, "Search", ("ads",))
        both = campaign(session, "Both", ("ads", "email"), start_date=date(2026, 3, 1))
        daily(session, ads.id, "spend", TODAY, [50.0] * 2)
        daily(session, ads.id, "leads", TODAY, [4.0])
        record_metric(session, "campaign", both.id, "leads", 70, imported=True)
        ana = lead(session, 1)
        happened(session, ana, "ordered", at("2026-03-10T10:00"), "ads", campaign_id=ads.id, value=150.0)
        happened(session, ana, "ordered", at("2026-03-11T10:00"), "email", value=10.0)
    found = door.call("get_channel_performance", {"channel": "ads"}).result.data()
    assert kpis(found) == {"leads": (4, None), "conversions": (1, None), "revenue": (150, None), "spend": (100, None)}
    assert found["share"] == 0.5
    assert [(one["link"]["name"], one["value"]) for one in found["sources"]] == [("Search", 1)]
    assert [(one["link"]["name"], one["figures"]) for one in found["undivided"]] == [("Both", {"leads": 70})]
    assert "50% of all conversions" in found["text"]
    nothing = door.call("get_channel_performance", {"channel": "phone"}).text
    assert "Nothing was recorded for this channel" in nothing


@pytest.fixture
def busy(writing: Writing) -> None:
    """Something of everything that waits or stands out."""
    with writing() as session:
        losing = campaign(session, "Autumn Ads", ("ads",))
        for metric, value in (("spend", 1000.0), ("revenue", 400.0)):
            record_metric(session, "campaign", losing.id, metric, value, imported=True)
        campaign(session, "Over", end_date=date(2026, 3, 1))
        campaign(session, "Late", status=CampaignStatus.DRAFT, start_date=date(2026, 3, 10))
        mailing(session, "Due", None, send_time=NOW + timedelta(days=2))
        mailing(session, "Someday", None)
        good = mailing(session, "Good", at("2026-03-02T09:00"))
        usual = mailing(session, "Usual", at("2025-10-02T09:00"))
        for one, opens in ((good, 120), (usual, 160)):
            record_metric(session, "email_campaign", one.id, "delivered", 200 if one is good else 400, imported=True)
            record_metric(session, "email_campaign", one.id, "opens", opens, imported=True)
        for number in (1, 2):
            who = lead(session, number, NOW - timedelta(days=20))
            put_consent(session, who.id, Channel.EMAIL, ConsentState.GRANTED, NOW, "form")
        lead(session, 3, NOW - timedelta(days=20))
        lead(session, 4, NOW - timedelta(days=2))
        tree = read_conditions("status is new", NOW)
        session.add(Segment(name="Newcomers", conditions=in_words(tree), tree=store_tree(tree)))
    plant(writing, "Broken", status=PostStatus.FAILED, failure="The platform refused it")


def test_what_needs_a_person(door: Door, busy: None) -> None:
    door.call("delete_campaign", {"campaign": "Over"})
    waiting = [(one["what"], one["say"], one["plan_id"]) for one in dashboard(door)["waiting"]]
    assert waiting == [
        ("A post on X (Twitter) failed: “Broken” (The platform refused it).", None, None),
        ("Plan 1 waits for approval: delete campaign “Over”. Asked for by owner.", "/approve 1", 1),
        ("The mailing Due is still a draft, though it is to go out on Wed 18 March 2026, 10:00.", "Send the mailing Due",
         None),
        ("The campaign Late is still a draft, though it should have started on 10 March 2026.",
         "Set the Late campaign to active", None),
        ("The campaign Over is still active, though its last day was 1 March 2026.",
         "Mark the Over campaign as completed", None),
    ]  # fmt: skip


def test_a_mailing_that_stands_still_says_why(door: Door, writing: Writing) -> None:
    with writing() as session:
        for name, status in (
            ("Waits", EmailStatus.SENDING),
            ("Due", EmailStatus.SCHEDULED),
            ("Held", EmailStatus.PAUSED),
        ):
            session.add(EmailCampaign(name=name, subject_line="S", status=status, status_reason="No server answers"))
        session.add(EmailCampaign(name="Goes", subject_line="S", status=EmailStatus.SENDING))
    assert {one["what"] for one in dashboard(door)["waiting"]} == {
        "The mailing Waits does not go out at present: No server answers.",
        "The mailing Due does not go out at present: No server answers.",
        "The mailing Held is paused in the middle of sending (No server answers).",
    }


def test_every_recommendation_is_one_call_of_a_tool(door: Door, busy: None) -> None:
    found = door.call("recommend_actions", {}).result.data()
    said = {one["say"]: (one["tool"], one["arguments"]) for one in found["actions"]}
    assert said == {
        "Send the mailing Due": ("send_email_campaign", {"email_campaign": "Due"}),
        "Set the Late campaign to active": ("update_campaign", {"campaign": "Late", "status": "active"}),
        "Mark the Over campaign as completed": ("update_campaign", {"campaign": "Over", "status": "completed"}),
        "Pause the Autumn Ads campaign": ("update_campaign", {"campaign": "Autumn Ads", "status": "paused"}),
        "Score our new leads": ("analyze_lead_batch", {"status": "new"}),
        "Suggest a personalization for the segment Newcomers": ("suggest_personalization", {"segment": "Newcomers"}),
        "Suggest subject lines for the mailing Someday": ("optimize_subject_lines", {"email_campaign": "Someday"}),
    }
    tools = all_tools()
    for tool, arguments in said.values():
        assert check_arguments(tools[tool], arguments, ZONE)
    assert "3 leads came in more than 7 days ago and are still new." in found["text"]
    assert "ROI -60%" in found["text"]
    assert [one["what"] for one in found["open"]] == [
        "A post on X (Twitter) failed: “Broken” (The platform refused it)."
    ]


def test_insights_with_their_figures(door: Door, busy: None) -> None:
    found = door.call("generate_insights", {}).result.data()
    mailings = [one for one in found["findings"] if one["kind"] == "mailing"]
    # 120 of 200 against 160 of 400; the older mailing lies outside the period.
    assert [(one["text"], one["links"][0]["name"]) for one in mailings] == [
        ("Good has an open rate of 60% (120 of 200), clearly above the 40% of the other mailings together.", "Good")
    ]
    assert any("2 people may be mailed" in one["text"] for one in found["findings"])
    assert any(one["text"].startswith("Autumn Ads: It has cost more than it brought") for one in found["findings"])
    social = door.call("generate_insights", {"channel": "social"}).text
    assert "Nothing was measured for social" in social


def test_insights_tell_what_moved(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Bloom").id, "leads", TODAY, [5, 6, 5, 4, 5] * 6 + [9, 10, 11, 10, 9] * 6)
    found = door.call("generate_insights", {}).result.data()
    (change,) = [one for one in found["findings"] if one["kind"] == "change"]
    assert change["text"] == ("Leads rose by 96% to 294, from 150 in as many days before; most came from Bloom.")
    assert change["figures"] == pytest.approx({"value": 294, "before": 150, "change": 0.96})


def test_nothing_to_do(door: Door) -> None:
    assert "Nothing presses" in door.call("recommend_actions", {}).text
    assert "Nothing was measured" in door.call("generate_insights", {}).text
