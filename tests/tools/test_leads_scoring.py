"""The lead score: points by hand, the same in Python and SQL, and a likelihood only where one can be learned."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.enums import Channel, ConsentState, LeadStatus
from memory.lead_changes import new_lead, put_consent
from memory.leads import Lead, LeadConsent
from tests.tools.conftest import NOW
from tools import leads
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.scoring.rules import BEHAVIOUR, FIT, RECENCY, points_of, points_sql

__all__ = ["leads"]

Writing = Callable[[], AbstractContextManager[Session]]
DAY = timedelta(days=1)


def call(door: Door, tool: str, **arguments: Any) -> Any:
    return door.call(tool, arguments).result


def test_a_score_is_the_sum_of_its_reasons(door: Door, writing: Writing) -> None:
    with writing() as session:
        lead = new_lead(session, "kim@oak.example", NOW, name="Kim Oak", company="Oak", status=LeadStatus.QUALIFIED)
        lead.visits, lead.opens, lead.clicks = 11, 4, 3
        lead.imported_counts = {"visits": 11, "opens": 1}
        lead.last_activity_at = NOW - 20 * DAY
    found = call(door, "analyze_lead", lead="Kim")
    # visits 10 to 19: 12; opens 2 to 4: 2; clicks 2 or 3: 8; within 30 days: 14; company 5, business address 5, qualified 10
    assert [(one.reason, one.points) for one in found.reasons] == [
        ("11 visits (imported)", 12),
        ("4 opens (1 of them imported)", 2),
        ("3 clicks", 8),
        ("last active 20 days ago", 14),
        ("the company is known", 5),
        ("a business address", 5),
        ("status qualified", 10),
    ]
    assert (found.score, found.temperature) == (56, "warm")
    assert found.missing == ("job title", "phone", "consent to email")
    assert found.likelihood is None
    assert "**Kim Oak** scores **56 of 100** (warm, qualified)." in found.text
    assert "Behaviour +22: 11 visits (imported) (+12), 4 opens (1 of them imported) (+2), 3 clicks (+8)" in found.text
    assert "it is no probability (too few customers to learn one from)" in found.text
    assert "follow up within the week" in found.next_step


def test_a_score_stays_between_0_and_100(door: Door, writing: Writing) -> None:
    with writing() as session:
        new_lead(session, "low@gmail.com", NOW, name="Low", status=LeadStatus.LOST)
        lead = new_lead(
            session,
            "top@top.example",
            NOW,
            name="Top",
            company="T",
            job_title="CEO",
            phone="1",
            status=LeadStatus.QUALIFIED,
        )
        lead.visits, lead.opens, lead.clicks, lead.orders, lead.last_activity_at = 20, 10, 8, 5, NOW
    assert call(door, "analyze_lead", lead="Low").score == 0
    assert call(door, "analyze_lead", lead="Top").score == 100
    best = [max(points for _, points in rule.bands) for rule in BEHAVIOUR]
    fit = sum(rule.points for rule in FIT if rule.points > 0 and "status" not in rule.reason)
    assert sum(best) == 55
    assert sum(best) + RECENCY[0][1] + fit + 10 == 100


def test_withdrawn_consent_costs_points_and_changes_the_next_step(door: Door, writing: Writing) -> None:
    with writing() as session:
        lead = new_lead(session, "kim@oak.example", NOW, name="Kim", company="Oak", status=LeadStatus.QUALIFIED)
        lead.visits, lead.clicks, lead.last_activity_at = 20, 8, NOW
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.WITHDRAWN, NOW, "link")
    found = call(door, "analyze_lead", lead="Kim")
    assert found.reasons[-1].points == -10
    assert found.score == 15 + 15 + 20 + 5 + 5 + 10 - 10
    assert found.next_step == "get in touch today, by phone."


def test_many_are_ranked_and_counted(door: Door, writing: Writing) -> None:
    with writing() as session:
        for name, visits, status in (
            ("Cold", 0, "new"),
            ("Warm", 20, "qualified"),
            ("Mild", 5, "new"),
            ("Gone", 20, "lost"),
        ):
            lead = new_lead(session, f"{name.lower()}@gmail.com", NOW, name=name, status=LeadStatus(status))
            lead.visits, lead.last_activity_at = visits, NOW if visits == 20 else None
    found = call(door, "analyze_lead_batch")
    # Warm 15 + 20 + 10, Gone 15 + 20 - 20, Mild 9, Cold 0
    assert [(one.name, one.score) for one in found.leads] == [("Warm", 45), ("Gone", 15), ("Mild", 9), ("Cold", 0)]
    assert (found.total, found.hot, found.warm, found.cold) == (4, 0, 1, 3)
    assert found.text.startswith("4 leads scored: 0 hot, 1 warm, 3 cold.\n\n|")
    two = call(door, "analyze_lead_batch", status="new", limit=1)
    assert [one.name for one in two.leads] == ["Mild"]
    assert two.text.startswith("2 leads with status new scored: 0 hot, 0 warm, 2 cold. The best 1:")
    call(door, "create_segment", name="Seen", conditions="visits at least 5")
    assert [one.name for one in call(door, "analyze_lead_batch", segment="Seen").leads] == ["Warm", "Gone", "Mild"]
    for limit in (0, -5, 1_001):
        with pytest.raises(BadInput, match="The limit must be 1 to 1,000"):
            call(door, "analyze_lead_batch", limit=limit)


counts = st.integers(0, 25)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=counts, opens=counts, clicks=counts, orders=counts,
    status=st.sampled_from(list(LeadStatus)), company=st.sampled_from([None, "", "Oak"]), phone=st.none() | st.just("1"),
    email=st.sampled_from(["a@oak.example", "a@gmail.com", "a@notgmail.com"]), title=st.none() | st.just("CEO"),
    ago=st.none() | st.integers(0, 400), withdrawn=st.booleans(),
)  # fmt: skip
def test_python_and_sql_give_the_same_score(
    writing: Writing, visits: int, opens: int, clicks: int, orders: int, status: LeadStatus, company: str | None,
    phone: str | None, email: str, title: str | None, ago: int | None, withdrawn: bool,
) -> None:  # fmt: skip
    with writing() as session:
        session.execute(delete(Lead))
        lead = new_lead(session, email, NOW, company=company, phone=phone, job_title=title, status=status)
        lead.visits, lead.opens, lead.clicks, lead.orders = visits, opens, clicks, orders
        lead.last_activity_at = None if ago is None else NOW - ago * DAY
        session.execute(delete(LeadConsent))
        if withdrawn:
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.WITHDRAWN, NOW, "link")
        session.flush()
        channels = frozenset({Channel.EMAIL}) if withdrawn else frozenset[Channel]()
        assert session.scalar(select(points_sql(NOW))) == sum(one.points for one in points_of(lead, channels, NOW))


def plant(writing: Writing, customers: int, others: int, *, telling: bool) -> None:
    """Leads of whom customers click more (or, where not telling, all click alike)."""
    chance = np.random.default_rng(5)
    with writing() as session:
        for number in range(customers + others):
            bought = number < customers
            status = LeadStatus.CUSTOMER if bought else LeadStatus.NEW
            lead = Lead(email=f"p{number}@gmail.com", status=status, created_at=NOW, updated_at=NOW)
            lead.visits, lead.opens, lead.orders, lead.revenue = int(chance.poisson(3)), int(chance.poisson(3)), 0, 0.0
            lead.clicks = int(chance.poisson(6 if bought and telling else 2))
            session.add(lead)
        for name, clicks in (("Often", 12), ("Never", 0)):
            lead = new_lead(session, f"{name.lower()}@gmail.com", NOW, name=name)
            lead.visits, lead.opens, lead.clicks = 3, 3, clicks


def test_a_likelihood_is_learned_from_enough_own_customers(door: Door, writing: Writing) -> None:
    plant(writing, 60, 240, telling=True)
    often, never = (call(door, "analyze_lead", lead=name).likelihood for name in ("Often", "Never"))
    assert often.share > 0.8 > 0.1 > never.share
    assert (often.leads, often.customers) == (302, 60)
    assert often.auc > 0.85
    assert "learned from 302 of your own leads (60 customers)" in often.sentence()


@pytest.mark.parametrize(("customers", "telling"), [(49, True), (60, False)])
def test_no_likelihood_from_too_few_or_from_noise(door: Door, writing: Writing, customers: int, telling: bool) -> None:
    plant(writing, customers, 240, telling=telling)
    assert call(door, "analyze_lead", lead="Often").likelihood is None
