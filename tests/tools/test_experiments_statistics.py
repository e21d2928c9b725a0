"""The mathematics of A/B tests against hand calculation, published examples, libraries and simulation."""

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from statsmodels.stats.proportion import power_proportions_2indep

from benchmarks.ab_false_winners import simulate
from tools.experimenting.assigning import variant_for
from tools.experimenting.deciding import FALSE_WINNERS, best_concentration, decide, least_lead, log_bayes_factor
from tools.experimenting.evidence import chances_to_be_best, division_p_value
from tools.experimenting.planning import (
    detectable,
    detectable_once,
    people_needed,
    plan,
    power_of_rule,
    power_once,
)


@pytest.mark.parametrize(
    ("a", "b", "factor"),
    [
        # Prior Beta(1, 1), three people each: a! b! / (a + b + 1)! over the chance of that row when shuffling.
        (0, 0, 1.0),
        (2, 0, (2 / 6) / (3 * 2 / (6 * 5))),  # 5/3
        (3, 0, (6 / 24) / (3 * 2 * 1 / (6 * 5 * 4))),  # 5
        (2, 1, (2 / 24) / (3 * 2 * 3 / (6 * 5 * 4))),  # 5/9
    ],
)
def test_the_bayes_factor_by_hand(a: int, b: int, factor: float) -> None:
    assert math.exp(log_bayes_factor(a, b, 3, 3, 2.0)) == pytest.approx(factor)


@given(st.integers(0, 20), st.integers(0, 20), st.sampled_from([2.0, 16.0, 128.0]))
def test_it_is_a_martingale_while_cards_are_drawn(a: int, b: int, concentration: float) -> None:
    n, m = 25, 40
    left_a, left_b = n - a, m - b
    expected = (
        left_a * math.exp(log_bayes_factor(a + 1, b, n, m, concentration))
        + left_b * math.exp(log_bayes_factor(a, b + 1, n, m, concentration))
    ) / (left_a + left_b)
    assert expected == pytest.approx(math.exp(log_bayes_factor(a, b, n, m, concentration)), rel=1e-9)


def test_over_all_rows_of_a_small_test_the_promise_holds_exactly() -> None:
    """All 70 rows of four and four people: the share in which BF ever reaches 3 is at most 1/3 (Ville)."""
    rows = set(permutations("aaaabbbb"))
    crossed = 0
    for row in rows:
        counts = [(row[:at].count("a"), row[:at].count("b")) for at in range(9)]
        crossed += any(math.exp(log_bayes_factor(a, b, 4, 4, 2.0)) >= 3 for a, b in counts)
    assert len(rows) == 70
    assert 0 < crossed / len(rows) <= 1 / 3


def test_the_boundary_is_where_the_evidence_reaches_the_threshold() -> None:
    lead = least_lead(100, 500, 64.0)
    assert log_bayes_factor((100 + lead) / 2, (100 - lead) / 2, 500, 500, 64.0) == pytest.approx(math.log(20), abs=1e-6)
    assert least_lead(3, 500, 64.0) == math.inf
    assert least_lead(100, 500, best_concentration(100, 500)) <= lead


def test_a_clear_difference_is_a_winner_and_a_small_one_is_not() -> None:
    assert decide([500, 500], [20, 60], 64.0).winner == 1
    small = decide([920, 920], [71, 95], 128.0)
    assert (small.leader, small.winner) == (1, None)
    assert decide([500, 500], [0, 0], 64.0).leader is None
    assert decide([500, 0], [10, 0], 64.0).leader is None
    with pytest.raises(ValueError, match="more successes"):
        decide([5, 5], [6, 0], 64.0)


def test_of_three_the_winner_beats_both_others() -> None:
    assert decide([500] * 3, [20, 60, 22], 64.0).winner == 1
    tied = decide([500] * 3, [20, 60, 58], 64.0)
    assert tied.winner is None
    assert tied.rival == 2
    pair = decide([500, 500], [20, 60], 64.0).p_value
    assert decide([500] * 3, [20, 60, 20], 64.0).p_value == pytest.approx(2 * pair)


def test_power_agrees_with_published_numbers_and_with_statsmodels() -> None:
    # R's documentation of power.prop.test: n = 50, p1 = .50, p2 = .75 has power 0.740; power .90 needs n = 76.7.
    assert power_once(50, 0.50, 0.75) == pytest.approx(0.740, abs=5e-4)
    assert power_once(76.7, 0.50, 0.75) == pytest.approx(0.90, abs=5e-4)
    for each, low, high in ((600, 0.09, 0.13), (2_000, 0.38, 0.41)):
        theirs = power_proportions_2indep(high - low, low, each, alpha=0.05, return_results=False)
        assert power_once(each, low, high) == pytest.approx(theirs, abs=2e-3)


def test_the_sample_plan_names_the_effect_that_has_the_planned_power() -> None:
    made = plan(1_200, 2, 0.09)
    assert made.each == 600
    assert made.effect is not None
    assert made.effect_once is not None
    assert power_of_rule(600, 0.09, 0.09 + made.effect, made.concentration) == pytest.approx(0.8, abs=1e-3)
    assert power_once(600, 0.09, 0.09 + made.effect_once) == pytest.approx(0.8, abs=1e-3)
    assert made.effect > made.effect_once
    more = plan(12_000, 2, 0.09).effect
    assert more is not None
    assert more < made.effect


def test_more_variants_and_unknown_rates_make_a_plan_more_careful() -> None:
    two, three, unknown = plan(1_200, 2, 0.09), plan(1_800, 3, 0.09), plan(1_200, 2, None)
    assert two.each == three.each == unknown.each == 600
    assert (three.effect or 0) > (two.effect or 1)
    assert (unknown.effect or 0) > (two.effect or 1)
    assert not unknown.rate_known
    assert unknown.rate == 0.5
    assert plan(3, 2, 0.09).effect is None
    assert plan(0, 2, 0.09).effect is None
    assert detectable_once(0, 0.09) is None
    assert detectable(600, 1.0, 64.0) is None


def test_the_people_that_a_difference_needs_have_the_planned_power() -> None:
    each = people_needed(0.08, 0.10)
    assert each is not None
    concentration = best_concentration(each * 0.18, each)
    assert power_of_rule(each, 0.08, 0.10, concentration) >= 0.8
    assert power_of_rule(each * 0.97, 0.08, 0.10, concentration) < 0.8
    assert people_needed(0.1, 0.1) is None
    assert people_needed(0.1, 0.1 + 1e-7) is None


def test_an_uneven_division_is_found() -> None:
    # R. Kohavi, D. Tang and Y. Xu, "Trustworthy Online Controlled Experiments" (2020), chapter 3: 821,588 and 815,482
    # users of a test at 50 % each, p = 1.8E-6.
    assert division_p_value([821_588, 815_482]) == pytest.approx(1.8e-6, rel=0.02)
    assert division_p_value([30, 40, 50]) == pytest.approx(chisquare([30, 40, 50]).pvalue)
    assert division_p_value([500, 500]) == 1.0
    assert division_p_value([0, 0]) == 1.0


def test_the_chance_to_be_best_agrees_with_the_closed_formula() -> None:
    def beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    # E. Miller, "Formulas for Bayesian A/B Testing": Pr(B > A) as a sum.
    (n, a), (m, b) = (920, 71), (920, 95)
    one, one_rest, other, other_rest = a + 1, n - a + 1, b + 1, m - b + 1
    closed = sum(
        math.exp(beta(one + i, one_rest + other_rest) - beta(1 + i, other_rest) - beta(one, one_rest))
        / (other_rest + i)
        for i in range(other)
    )
    chances = chances_to_be_best([n, m], [a, b])
    assert chances[1] == pytest.approx(closed, abs=1e-6)
    assert sum(chances) == pytest.approx(1.0)
    assert chances_to_be_best([50, 50, 50], [5, 5, 5]) == pytest.approx([1 / 3] * 3, abs=1e-6)
    assert chances_to_be_best([10, 10], [0, 10])[1] > 0.999


def test_people_are_divided_alike_every_time() -> None:
    given_to = [variant_for(7, lead, 3, 0.3) for lead in range(20_000)]
    assert given_to == [variant_for(7, lead, 3, 0.3) for lead in range(20_000)]
    # 6,000 in the test are expected, and 2,000 for each; within four standard deviations (260 and 170).
    assert abs(sum(one is not None for one in given_to) - 6_000) < 260
    for position in range(3):
        assert abs(given_to.count(position) - 2_000) < 170
    other = [variant_for(8, lead, 3, 0.3) for lead in range(20_000)]
    assert abs(sum(one is not None and two is not None for one, two in zip(given_to, other, strict=True)) - 1_800) < 170
    assert None not in {variant_for(7, lead, 2, 1.0) for lead in range(2_000)}


@pytest.mark.parametrize(("variants", "rate"), [(2, 0.09), (2, 0.38), (3, 0.2)])
def test_a_look_every_hour_names_hardly_a_false_winner(variants: int, rate: float) -> None:
    made = plan(400 * variants, variants, rate)
    alike = simulate(400, 400, (rate,) * variants, made.concentration, seed=1)
    assert alike.ever <= FALSE_WINNERS
    if variants == 2:
        assert alike.z_test_ever > 2 * FALSE_WINNERS  # what peeking does to the usual test: the simulation can tell


def test_a_real_difference_of_the_planned_size_is_found_as_planned() -> None:
    made = plan(2_000, 2, 0.2)
    assert made.effect is not None
    real = simulate(400, 1_000, (0.2, 0.2 + made.effect), made.concentration, seed=2)
    # Planned: 80 % at the end; 400 tests have a standard error of 2 points.
    assert real.at_the_end == pytest.approx(0.8, abs=0.06)
    assert real.ever >= real.at_the_end
