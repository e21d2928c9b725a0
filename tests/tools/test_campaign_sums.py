"""A campaign's figures are the same wherever they are shown: in the book of all figures, on the dashboard, in the list,
on its page and in what is learned from it. On SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from memory.campaigns import Campaign, list_campaigns
from memory.database import Database
from memory.enums import CampaignStatus, Channel, Metric, Platform, PostStatus
from memory.index import SearchIndex, WordLlamaEmbedder
from memory.metrics import record_metric
from memory.posts import SocialPost
from tests.support.databases import new_sqlite
from tests.tools.analytics_planted import campaign, daily, happened, lead, mailing
from tests.tools.conftest import NOW, ZONE
from tools import catalogue
from tools.analysing.campaigns import sums_of_days, whole_sums
from tools.analysing.figures import book
from tools.analysing.periods import LONG_AGO, Span
from tools.campaigning.entry import outcome
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door

assert catalogue  # declares the tools
TODAY = NOW.date()
FIGURES = ("spend", "revenue", "leads", "conversions", "opens", "clicks", "unsubscribes", "engagement")


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[Door]:
    """An empty house on either database."""
    url = new_sqlite(tmp_path / "h.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database.open(url)
    index = SearchIndex(database, tmp_path / "index-of-it", embedder)
    yield Door(declared_tools(), database, index, FixedClock(ZONE, NOW))
    index.close()
    database.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def bloom(house: Door) -> Door:
    """A campaign of which all but the spend was counted by the hub itself: a mailing, a post, orders."""
    with house.database.session(write=True) as session:
        one = campaign(session, "Bloom", ("email", "ads"), budget=400.0, start_date=date(2026, 2, 1))
        other = campaign(session, "Other", ("ads",))
        news = mailing(session, "News", at("2026-03-02T09:00"), campaign_id=one.id)
        ana, bob = lead(session, 1), lead(session, 2)
        for who, moment in ((ana, "2026-03-02T10:00"), (ana, "2026-03-03T10:00"), (bob, "2026-02-03T10:00")):
            happened(session, who, "opened", at(moment), "email", email_campaign_id=news.id, campaign_id=one.id)
        happened(session, bob, "opened", at("2026-03-05T10:00"), "email", email_campaign_id=news.id)
        happened(
            session, ana, "clicked", at("2026-03-02T10:01"), "email", email_campaign_id=news.id, campaign_id=one.id
        )
        happened(
            session, bob, "clicked", at("2026-03-02T10:00"), "email", email_campaign_id=news.id, campaign_id=one.id,
            machine=True,
        )  # fmt: skip
        happened(session, bob, "unsubscribed", at("2026-03-05T11:00"), "email", email_campaign_id=news.id)
        happened(session, ana, "ordered", at("2026-03-02T11:00"), "email", campaign_id=one.id, value=80.0)
        happened(session, bob, "ordered", at("2026-02-03T11:00"), "ads", campaign_id=one.id, value=220.0)
        happened(session, bob, "ordered", at("2026-03-03T11:00"), "ads", campaign_id=other.id, value=500.0)
        happened(session, bob, "ordered", at("2026-03-03T12:00"), value=900.0)
        post = SocialPost(
            platform=Platform.MASTODON, content="Steam, cup, Sunday.", status=PostStatus.PUBLISHED,
            published_at=at("2026-03-04T09:00"), campaign_id=one.id,
        )  # fmt: skip
        session.add(post)
        session.flush()
        record_metric(session, "social_post", post.id, "likes", 7)
        daily(session, one.id, "spend", date(2026, 3, 3), [60.0, 40.0], channel=Channel.ADS)
    return house


def figures(metrics: dict[str, Any]) -> dict[str, float]:
    return {name: metrics[name] for name in FIGURES if metrics[name] is not None}


def on_dashboard(door: Door, period: str) -> dict[str, float]:
    lines = door.call("get_dashboard", {"period": period}).result.data()["campaigns"]
    return next(dict(one["figures"]) for one in lines if one["link"]["name"] == "Bloom")


ALL = {"spend": 100, "revenue": 300, "conversions": 2, "opens": 2, "clicks": 1, "unsubscribes": 1, "engagement": 7}


def test_what_the_hub_counted_stands_everywhere(bloom: Door) -> None:
    assert on_dashboard(bloom, "all time") == ALL
    listed = bloom.call("list_campaigns", {}).result.data()["campaigns"]
    assert {one["name"]: figures(one["metrics"]) for one in listed} == {
        "Bloom": ALL, "Other": {"conversions": 1, "revenue": 500},
    }  # fmt: skip
    shown = bloom.call("get_campaign", {"campaign": "Bloom"}).result.data()
    assert figures(shown["metrics"]) == ALL
    assert not shown["imported_results"]
    for period in ({}, {"period": "all time"}):
        result = bloom.call("analyze_campaign_performance", {"campaign": "Bloom", **period}).result.data()
        assert figures(result["figures"]) == ALL
        assert (result["figures"]["roi"], result["figures"]["budget_used"]) == (2.0, 0.25)  # (300 - 100) / 100
        assert {one["channel"]: figures(one["figures"]) for one in result["channels"]} == {
            "email": {"revenue": 80, "conversions": 1, "opens": 2, "clicks": 1, "unsubscribes": 1},
            "ads": {"spend": 100, "revenue": 220, "conversions": 1},
            "social": {"engagement": 7},
        }
        assert "Nothing is recorded" not in result["text"]


def test_a_period_holds_the_same_on_the_dashboard_and_on_the_page(bloom: Door) -> None:
    march = {"spend": 100, "revenue": 80, "conversions": 1, "opens": 1, "clicks": 1, "unsubscribes": 1, "engagement": 7}
    assert on_dashboard(bloom, "this month") == march
    page = bloom.call("analyze_campaign_performance", {"campaign": "Bloom", "period": "this month"}).result.data()
    assert figures(page["figures"]) == march


def test_imported_totals_without_a_day_count_where_the_period_holds_the_campaign(bloom: Door) -> None:
    with bloom.database.session(write=True) as session:
        one = session.query(Campaign).filter_by(name="Bloom").one()
        record_metric(session, "campaign", one.id, "leads", 30, imported=True)
    for period, inside in (("this year", True), ("this month", False)):
        page = bloom.call("analyze_campaign_performance", {"campaign": "Bloom", "period": period}).result.data()
        assert figures(page["figures"]) == on_dashboard(bloom, period)
        assert ("leads" in figures(page["figures"]), page["undated"] is None) == (inside, inside)


def test_advice_and_outcomes_rest_on_what_was_counted(bloom: Door) -> None:
    with bloom.database.session(write=True) as session:
        one = session.query(Campaign).filter_by(name="Bloom").one()
        one.status = CampaignStatus.ACTIVE
        told = outcome(session, one, "EUR")
    assert told is not None
    assert "Conversions: 2; Revenue: €300" in told
    advice = bloom.call("optimize_campaign", {"campaign": "Bloom"}).result.data()
    assert "results" not in [one["finding"]["subject"] for one in advice["suggestions"]]


@pytest.mark.parametrize("seed", range(4))
def test_the_sums_are_those_of_the_book(house: Door, seed: int) -> None:
    chance = Random(seed)
    with house.database.session(write=True) as session:
        campaigns = [campaign(session, f"C{n}", ("email",) if n % 2 else ("ads", "social"),
                              start_date=TODAY - timedelta(days=chance.randrange(5, 60))) for n in range(3)]  # fmt: skip
        mailings = [
            mailing(
                session, f"M{n}", NOW - timedelta(days=chance.randrange(40)), campaign_id=chance.choice(campaigns).id
            )
            for n in range(4)
        ]
        people = [lead(session, n) for n in range(5)]
        for _ in range(150):
            kind = chance.choice(("opened", "clicked", "unsubscribed", "ordered", "converted", "visited"))
            sent = chance.choice(mailings) if kind in ("opened", "clicked", "unsubscribed") else None
            known = chance.random() < 0.7
            own = sent.campaign_id if sent else chance.choice(campaigns).id
            happened(
                session, chance.choice(people), kind, NOW - timedelta(days=chance.randrange(50)),
                "email" if sent else chance.choice(("ads", "social", "email")),
                email_campaign_id=sent.id if sent else None, campaign_id=own if known else None,
                machine=chance.random() < 0.2, value=10.0 if kind in ("ordered", "converted") else None,
            )  # fmt: skip
        for _ in range(30):
            which, name = chance.choice(
                (("campaign", "leads"), ("campaign", "opens"), ("email_campaign", "opens"), ("campaign", "spend"))
            )
            record = chance.choice(campaigns if which == "campaign" else mailings)
            day = None if chance.random() < 0.3 else TODAY - timedelta(days=chance.randrange(50))
            record_metric(session, which, record.id, name, 5.0, day=day, imported=chance.random() < 0.5)
    spans = [
        Span(LONG_AGO, TODAY, whole=True),
        Span(TODAY - timedelta(days=29), TODAY),
        Span(TODAY - timedelta(days=45), TODAY),
    ]
    with house.reading() as ctx:
        found = list_campaigns(ctx.session)
        whole = whole_sums(ctx.session, found)
        for span in spans:
            of_all = book(ctx, span)
            for one in found:
                sums = whole[one.id] if span.whole else sums_of_days(ctx, one, span)
                assert sums.totals == of_all.totals(campaign_id=one.id)
                for channel, own_sums in sums.channels.items():
                    assert own_sums == of_all.totals(campaign_id=one.id, channel=channel)
                assert set(sums.totals) <= {metric.value for metric in Metric}
