"""Daily sums and paths to conversions, on SQLite and PostgreSQL; all five attribution models worked out by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.database import Database
from memory.enums import AttributionModel, Channel, EventType
from memory.facts import event_sums, zone_offsets
from memory.metrics import record_metric
from memory.paths import Touch
from tests.support.databases import new_sqlite
from tests.tools.analytics_planted import campaign, happened, lead, mailing
from tests.tools.conftest import NOW, ZONE
from tools import catalogue
from tools.analysing.attribution import Attribution, attribution
from tools.analysing.credit import PARTS, credits, visits
from tools.analysing.periods import Span
from tools.core.context import Asker, Context, FixedClock

assert catalogue  # declares the tools
MODELS = list(AttributionModel)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty house on either database."""
    url = new_sqlite(tmp_path / "h.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database.open(url)
    yield database
    database.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_a_day_is_a_local_day_also_when_the_clocks_change(house: Database) -> None:
    # Berlin went back to winter time on 26 October 2025 at 03:00: that day has 25 hours, from 22:00 to 23:00 UTC.
    moments = ("2025-10-25T21:59", "2025-10-25T22:00", "2025-10-26T22:59", "2025-10-26T23:00")
    with house.session(write=True) as session:
        who = lead(session, 1)
        for moment in moments:
            happened(session, who, "ordered", datetime.fromisoformat(moment).replace(tzinfo=UTC), "ads", value=10.0)
        found = event_sums(session, ZONE, date(2025, 10, 20), date(2025, 10, 31), [EventType.ORDERED])
    sums = {one.day: (one.amount, one.worth) for one in found}
    assert sums == {date(2025, 10, 25): (1, 10.0), date(2025, 10, 26): (2, 20.0), date(2025, 10, 27): (1, 10.0)}


def test_what_a_person_does_twice_for_a_mailing_counts_once_and_machines_never(house: Database) -> None:
    with house.session(write=True) as session:
        news = mailing(session, "News", at("2026-03-02T09:00"))
        ana, bob = lead(session, 1), lead(session, 2)
        happened(session, ana, "opened", at("2026-03-02T10:00"), email_campaign_id=news.id, machine=True)
        happened(session, ana, "opened", at("2026-03-03T10:00"), email_campaign_id=news.id)
        happened(session, ana, "opened", at("2026-03-04T10:00"), email_campaign_id=news.id)
        happened(session, bob, "opened", at("2026-03-04T11:00"), email_campaign_id=news.id)
        found = event_sums(session, ZONE, date(2026, 3, 1), date(2026, 3, 10), [EventType.OPENED])
        later = event_sums(session, ZONE, date(2026, 3, 4), date(2026, 3, 10), [EventType.OPENED])
    assert {one.day: one.amount for one in found} == {date(2026, 3, 3): 1, date(2026, 3, 4): 1}
    assert [one.amount for one in later] == [1]  # Ana's first open was before these days


def test_an_imported_lead_is_no_new_one(house: Database) -> None:
    with house.session(write=True) as session:
        one = lead(session, 1, at("2026-03-02T10:00"))
        happened(session, one, "created", at("2026-03-02T11:00"), imported=True)
        found = event_sums(session, ZONE, date(2026, 3, 1), date(2026, 3, 10), [EventType.CREATED])
    assert sum(one.amount for one in found) == 1


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Europe/Berlin", [2, 1]), ("Asia/Kolkata", [5.5]), ("UTC", [0]), ("Australia/Lord_Howe", [10.5, 11])],
)
def test_offsets_of_a_zone(zone: str, expected: list[float]) -> None:
    found = zone_offsets(ZoneInfo(zone), date(2025, 9, 20), date(2025, 11, 5))
    assert [offset.total_seconds() / 3600 for _, offset in found] == expected
    if zone == "Europe/Berlin":
        assert found[0][0] == datetime(2025, 10, 26, 1, 0, tzinfo=UTC)


@pytest.fixture
def paths(house: Database) -> Database:
    """One order after three contacts (14, 7 and 0 days before), one without any."""
    with house.session(write=True) as session:
        spring = campaign(session, "Spring")
        autumn = campaign(session, "Autumn", ("ads",))
        news = mailing(session, "News", at("2026-03-01T09:00"), campaign_id=spring.id)
        single = mailing(session, "Single", at("2026-03-01T09:00"))
        ana, bob = lead(session, 1), lead(session, 2)
        happened(session, ana, "clicked", at("2026-02-12T12:00"), "social")  # 31 days before: too early
        happened(session, ana, "clicked", at("2026-03-01T12:00"), email_campaign_id=news.id)
        happened(session, ana, "visited", at("2026-03-08T12:00"), "ads", campaign_id=autumn.id)
        happened(session, ana, "opened", at("2026-03-09T12:00"), email_campaign_id=single.id, machine=True)
        happened(session, ana, "visited", at("2026-03-10T12:00"))  # without an origin: no contact
        happened(session, ana, "opened", at("2026-03-15T12:00"), email_campaign_id=single.id)
        happened(session, ana, "ordered", at("2026-03-15T12:00"), value=70.0)
        happened(session, bob, "ordered", at("2026-03-14T12:00"), value=30.0)
        happened(session, bob, "ordered", at("2026-01-14T12:00"), "ads", value=500.0)  # before the period
    return house


def shared_out(database: Database, model: AttributionModel, span: Span | None = None) -> Attribution:
    with database.session() as session:
        clock = FixedClock(ZONE, NOW)
        ctx = Context(session=session, clock=clock, asker=Asker(), index=None)  # type: ignore[arg-type]
        return attribution(ctx, span or Span(date(2026, 2, 15), date(2026, 3, 16)), model)


@pytest.mark.parametrize(
    ("model", "email", "ads"),
    [
        ("first_touch", 1, 0),
        ("last_touch", 1, 0),
        ("linear", 2 / 3, 1 / 3),
        ("time_decay", 5 / 7, 2 / 7),  # 1/4, 1/2 and 1 by a half-life of 7 days
        ("position_based", 0.8, 0.2),
    ],
)
def test_the_five_models_on_one_path(paths: Database, model: str, email: float, ads: float) -> None:
    found = shared_out(paths, AttributionModel(model))
    assert (found.conversions, found.direct, found.revenue, found.contacts) == (2, 1, 100.0, 3.0)
    channels = {one.name: (one.conversions, one.revenue) for one in found.channels}
    assert channels["direct"] == (1, 30.0)
    assert channels["email"] == pytest.approx((email, email * 70), abs=1e-6)
    assert channels.get("ads", (0, 0)) == pytest.approx((ads, ads * 70), abs=1e-6)
    assert sum(one.conversions for one in found.channels) == pytest.approx(2, abs=1e-12)


def test_credit_by_campaign_and_mailing(paths: Database) -> None:
    first, last = (shared_out(paths, AttributionModel(model)) for model in ("first_touch", "last_touch"))
    assert [(one.name, one.link.noun if one.link else None) for one in first.campaigns] == [
        ("Spring", "campaign"), ("direct", None),
    ]  # fmt: skip
    assert [(one.name, one.link.noun if one.link else None) for one in last.campaigns] == [
        ("Single", "email_campaign"), ("direct", None),
    ]  # fmt: skip
    linear = shared_out(paths, AttributionModel.LINEAR)
    assert {one.name: round(one.share, 4) for one in linear.campaigns} == {
        "Spring": 0.1667, "Autumn": 0.1667, "Single": 0.1667, "direct": 0.5,
    }  # fmt: skip
    assert "2 conversions worth €100" in linear.text
    assert "1 conversion had no known contact" in linear.text


def test_a_conversion_that_names_its_own_origin_is_owed_to_it(paths: Database) -> None:
    found = shared_out(paths, AttributionModel.LAST_TOUCH, Span(date(2026, 1, 1), date(2026, 1, 31)))
    assert [(one.name, one.conversions, one.revenue) for one in found.channels] == [("ads", 1.0, 500.0)]
    assert found.direct == 0


@given(
    model=st.sampled_from(MODELS),
    hours=st.lists(st.integers(0, 30 * 24), min_size=1, max_size=60),
)
def test_credit_always_adds_up_to_one(model: AttributionModel, hours: list[int]) -> None:
    moments = [NOW - timedelta(hours=hour) for hour in sorted(hours, reverse=True)]
    parts = credits(model, moments, NOW)
    assert len(parts) == len(hours)
    assert sum(parts) == PARTS
    assert min(parts) >= 0


def test_repeats_within_half_an_hour_are_one_contact() -> None:
    def touch(minutes: int, channel: Channel) -> Touch:
        return Touch(NOW + timedelta(minutes=minutes), EventType.VISITED, channel, None, None)

    ads, social = Channel.ADS, Channel.SOCIAL
    kept = visits([touch(0, ads), touch(10, ads), touch(20, social), touch(39, ads), touch(100, ads)])
    assert [((one.at - NOW) // timedelta(minutes=1), one.channel) for one in kept] == [
        (20, social), (39, ads), (100, ads),
    ]  # fmt: skip


def test_nothing_to_share_out(house: Database) -> None:
    with house.session(write=True) as session:
        one = campaign(session, "Bloom", start_date=date(2026, 3, 1))
        record_metric(session, "campaign", one.id, "conversions", 61, imported=True)
    found: Any = shared_out(house, AttributionModel.LINEAR)
    assert found.channels == ()
    assert "No single conversion was recorded" in found.text
    assert "Bloom 61" in found.text
