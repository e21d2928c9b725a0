"""Trends, unusual days and forecasts: on series whose answer is known, and on simulated ones."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from memory.enums import Metric
from tests.tools.analytics_planted import campaign, daily
from tests.tools.conftest import NOW
from tools import catalogue
from tools.analysing.anomalies import odd_days
from tools.analysing.forecasts import expected
from tools.analysing.series import Series, clearly_different, shares_differ
from tools.analysing.trends import rank_p_value, slope
from tools.core.door import Door
from tools.core.errors import BadInput

Writing = Callable[[], AbstractContextManager[Session]]

assert catalogue  # declares the tools
YESTERDAY = NOW.date() - timedelta(days=1)
WEEK = np.array([1.3, 1.2, 1.1, 1.0, 0.9, 0.6, 0.5])


def series(values: Any) -> Series:
    return Series(Metric.LEADS, date(2026, 1, 5), tuple(float(value) for value in values))


def counts(chance: Any, days: int, mean: float) -> Any:
    return chance.poisson(mean * WEEK[np.arange(days) % 7])


def test_a_line_without_noise_is_found_exactly() -> None:
    found = slope(series(10 + 2 * np.arange(30)))
    assert (found.change, found.low, found.high) == pytest.approx((2, 2, 2))


def test_counts_without_a_trend_are_seldom_called_one() -> None:
    chance = np.random.default_rng(5)
    wrong = 0
    for _ in range(60):
        one = series(counts(chance, 42, 20))
        wrong += max(slope(one).p_value, rank_p_value(one)) < 0.05
    assert wrong <= 6  # 3 are expected at 5 %; 7 or more would happen once in thirty times


def test_a_clear_trend_is_told_with_its_change_a_week(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Bloom").id, "leads", YESTERDAY, [10 + day for day in range(60)])
        daily(session, campaign(session, "Even").id, "clicks", YESTERDAY, [9, 11, 10, 12, 8] * 12)
    found = door.call("identify_trends", {"period": "last 61 days"}).result
    trends = {one.metric: one for one in found.trends}  # type: ignore[attr-defined]
    leads = trends[Metric.LEADS]
    assert (leads.direction, leads.days) == ("rising", 60)
    assert leads.change == pytest.approx(49)  # one more each day: a week has 7 times 7 more than the one before
    assert trends[Metric.CLICKS].direction == "no clear trend"
    assert "| Leads | rising | +49" in found.text
    assert "Nothing is recorded by day of conversions, revenue, opens" in found.text
    assert [link.name for link in found.links] == ["Bloom", "Even"]


def test_no_trend_is_seen_in_a_few_days(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Bloom").id, "leads", YESTERDAY, [5] * 9)
    text = door.call("identify_trends", {"metric": "leads"}).text
    assert "14 whole days are needed, and there are fewer of leads (9 days)" in text


def test_a_spike_is_found_with_what_caused_it(door: Door, writing: Writing) -> None:
    values = [round(20 * WEEK[day % 7]) for day in range(84)]
    spike = YESTERDAY - timedelta(days=4)
    with writing() as session:
        daily(session, campaign(session, "Steady").id, "leads", YESTERDAY, values)
        loud = campaign(session, "Loud", ("ads",))
        daily(session, loud.id, "leads", spike, [90])
    found = door.call("detect_anomalies", {"metric": "leads"}).result.data()
    (one,) = found["anomalies"]
    steady = values[83 - 4]
    assert (one["day"], one["value"]) == (spike.isoformat(), steady + 90)
    assert one["low"] <= steady <= one["high"]
    assert one["expected"] == pytest.approx(steady, rel=0.15)
    assert one["cause"]["link"] == {"noun": "campaign", "id": loud.id, "name": "Loud"}
    assert (one["cause"]["value"], one["cause"]["usual"]) == (90, 0)
    assert "Loud (ads): 90 instead of 0" in found["text"]


def test_even_days_are_not_called_unusual(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Steady").id, "leads", YESTERDAY, [10, 11, 9, 10] * 10)
    assert "Nothing was out of line" in door.call("detect_anomalies", {"metric": "leads"}).text


@pytest.mark.parametrize("days", [30, 120])
def test_counts_are_seldom_called_unusual_and_a_burst_is(days: int) -> None:
    chance = np.random.default_rng(11)
    plain = [counts(chance, days, 30) for _ in range(20)]
    assert sum(len(odd_days(series(one))) for one in plain) <= 0.01 * 20 * days
    burst = plain[0].copy()
    burst[days - 6] += 120
    assert days - 6 in [one.at for one in odd_days(series(burst))]


def test_a_day_that_broke_down_is_unusual_too() -> None:
    values = [round(40 * WEEK[day % 7]) for day in range(70)]
    values[65] = 0
    (odd,) = odd_days(series(values))
    assert odd.at == 65
    assert odd.score < 0


def test_the_mean_day_is_forecast_with_the_interval_of_the_book() -> None:
    # Mean 10, standard deviation 2 (n - 1), 17 days: t(16) at 90 % is 1.3368; 1.3368 * 2 * sqrt(7 + 49 / 17) = 8.404.
    values = [10 + 2 * np.sqrt(16 / 16), 10 - 2 * np.sqrt(16 / 16)] * 8 + [10]
    found = expected(series(values), 7)
    assert found.total == pytest.approx(70)
    assert (found.low, found.high) == pytest.approx((61.596, 78.404), abs=0.01)


@pytest.mark.parametrize(("days", "times", "least"), [(20, 200, 0.7), (70, 12, 0.5)])
def test_the_interval_holds_the_sum_about_as_often_as_it_says(days: int, times: int, least: float) -> None:
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(times):
        values = counts(chance, days + 28, 15)
        found = expected(series(values[:days]), 28)
        held += found.low <= values[days:].sum() <= found.high
    assert held >= least * times


def test_a_falling_count_never_goes_below_zero() -> None:
    found = expected(series([max(0, 60 - day) for day in range(60)]), 60)
    assert found.low >= 0
    assert min(found.daily) >= 0


def test_a_forecast_of_a_steady_metric(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Bloom").id, "leads", YESTERDAY, [10.0] * 20)
    found = door.call("predict_performance", {"metric": "leads", "days": 30}).result.data()
    assert (found["total"], found["low"], found["high"]) == (300, 300, 300)
    assert (found["start"], found["end"]) == ("2026-03-16", "2026-04-14")
    assert found["learned_days"] == 20
    assert "This is rough" in found["text"]
    assert [link["name"] for link in found["links"]] == ["Bloom"]


def test_too_little_to_forecast_from(door: Door, writing: Writing) -> None:
    with writing() as session:
        daily(session, campaign(session, "Bloom").id, "leads", YESTERDAY, [10.0] * 13)
    found = door.call("predict_performance", {"metric": "leads"}).result.data()
    assert found["total"] is None
    assert "14 whole days are needed, and there are fewer of leads (13 days)" in found["text"]
    with pytest.raises(BadInput, match="1 to 365 days ahead; 0 is not"):
        door.call("predict_performance", {"metric": "leads", "days": 0})


def test_the_same_forecast_twice() -> None:
    values = counts(np.random.default_rng(1), 60, 10)
    assert expected(series(values), 14) == expected(series(values), 14)


def test_two_periods_are_told_apart_by_their_days() -> None:
    assert clearly_different([10, 12, 11, 9, 10, 12, 11], [4, 5, 6, 5, 4, 6, 5]) is True
    assert clearly_different([10, 2, 18, 5, 10, 14, 7], [9, 3, 17, 6, 11, 13, 6]) is False
    assert clearly_different([1, 2, 3], [9, 9, 9]) is None


def test_two_shares() -> None:
    # Fleiss: 30 of 100 against 15 of 100: pooled 0.225, standard error 0.05906, z 2.540, p 0.0111.
    assert shares_differ(30, 100, 15, 100) == pytest.approx(0.0111, abs=0.0002)
    assert shares_differ(1, 4, 15, 100) is None
