"""What the analytics page reads beside the tools: the funnel and a metric by day, counted by hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from agent.viewing.analytics import AnalyticsViews
from tests.tools.analytics_planted import happened, lead
from tests.tools.conftest import NOW, ZONE
from tools.core.door import Door
from tools.core.errors import BadInput, NotFound

Writing = Callable[[], AbstractContextManager[Session]]


def test_who_came_further_counts_in_every_stage_before(door: Door, writing: Writing) -> None:
    came = datetime(2026, 3, 1, 12, tzinfo=ZONE)
    with writing() as session:
        people = [lead(session, number, came) for number in range(5)]
        lead(session, 9, NOW - timedelta(days=90))  # came before the period
        happened(session, people[0], "opened", came + timedelta(days=1), "email")
        happened(session, people[1], "clicked", came + timedelta(days=1), "email")
        happened(session, people[1], "clicked", came + timedelta(days=2), "email")
        happened(session, people[2], "ordered", came + timedelta(days=3), "email", value=5.0)
        happened(session, people[3], "clicked", came + timedelta(days=1), "email", machine=True)
    found = AnalyticsViews(door).funnel("last 30 days")
    assert [(one.name, one.people) for one in found] == [
        ("Came in", 5), ("Responded", 3), ("Took a step", 2), ("Ordered", 1),
    ]  # fmt: skip


def test_a_metric_day_by_day(door: Door, writing: Writing) -> None:
    with writing() as session:
        for at in ("2026-03-13T09:00", "2026-03-13T23:30", "2026-03-15T00:10"):
            moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
            happened(
                session,
                lead(session, int(at[8:10]) * 100 + int(at[11:13]), moment),
                "ordered",
                moment,
                "email",
                value=10.0,
            )
    found = AnalyticsViews(door).daily("revenue", "last 7 days")
    assert found.in_money
    assert found.days == tuple(date(2026, 3, day) for day in (13, 14, 15, 16))
    assert found.values == (20.0, 0.0, 10.0, 0.0)


def test_what_cannot_be_read_is_said(door: Door) -> None:
    views = AnalyticsViews(door)
    with pytest.raises(BadInput):
        views.funnel("when pigs fly")
    with pytest.raises(NotFound, match="no report 7"):
        views.report(7)
    assert views.reports() == []


def test_each_day_of_a_forecast_lies_in_its_band(door: Door, writing: Writing) -> None:
    with writing() as session:
        for back in range(1, 60):
            moment = NOW - timedelta(days=back)
            for number in range(back % 7 + 1):
                happened(session, lead(session, back * 10 + number, moment), "ordered", moment, "email", value=3.0)
    found = door.call("predict_performance", {"metric": "conversions", "days": 14}).result.data()
    days = list(zip(found["daily_low"], found["daily"], found["daily_high"], strict=True))
    assert len(days) == 14
    assert all(0 <= low <= middle <= high for low, middle, high in days)
    assert sum(found["daily"]) == pytest.approx(found["total"])
    assert sum(found["daily_low"]) < found["low"], "days vary more than their sum"
