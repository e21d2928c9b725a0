"""The sample plan: which difference a test can see, and how many people a difference needs."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf, sqrt
from statistics import NormalDist

from tools.experimenting.deciding import FALSE_WINNERS, USUAL_CONCENTRATION, best_concentration, least_lead

#: The chance with which a difference of the planned size is found.
POWER = 0.8
_NORMAL = NormalDist()


@dataclass(frozen=True)
class SamplePlan:
    """What a test can see: `people` are in the test, `each` of them in every variant; `rate` is what is usual.

    `effect` (a share; 0.03 are 3 points) is the smallest rise over `rate` that the decision rule finds with probability
    POWER once all have been written to and have reacted; `effect_once` the same for a test that is looked at only once,
    at its end. None: no difference can be seen with so few.
    """

    people: int
    each: int
    rate: float
    rate_known: bool
    effect: float | None
    effect_once: float | None
    concentration: float


def plan(people: int, variants: int, rate: float | None) -> SamplePlan:
    """The plan for `people` in the test. Without a usual `rate` it is made for one half, where differences are hardest to
    see: whatever the rate is, the test sees at least so much."""
    each, usual = people // variants, 0.5 if rate is None else min(max(rate, 0.0), 1.0)
    # A winner has to beat every other one: each comparison gets its part of both errors (Bonferroni).
    level, power = FALSE_WINNERS / (variants - 1), 1 - (1 - POWER) / (variants - 1)
    concentration = best_concentration(2 * each * usual, each, level) if each else USUAL_CONCENTRATION
    return SamplePlan(
        people=people,
        each=each,
        rate=usual,
        rate_known=rate is not None,
        effect=detectable(each, usual, concentration, level, power),
        effect_once=detectable_once(each, usual, level, power),
        concentration=concentration,
    )


def power_once(each: float, low: float, high: float, level: float = FALSE_WINNERS) -> float:
    """The power of the two-sided test of two proportions that is looked at once, `each` people a group.

    Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions", 3rd edition (2003), formula 4.14 (without
    continuity correction) solved for the power; the chance of the wrong direction is left out, as there.
    """
    middle = (low + high) / 2
    null = _NORMAL.inv_cdf(1 - level / 2) * sqrt(2 * middle * (1 - middle))
    return _NORMAL.cdf((abs(high - low) * sqrt(each) - null) / _deviation(low, high))


def power_of_rule(each: float, low: float, high: float, concentration: float, level: float = FALSE_WINNERS) -> float:
    """The chance that the rule of tools.experimenting.deciding has found the better of two variants at the end.

    The lead in successes is normal with mean each (high - low) and variance each (p q + p' q'); the rule asks for
    `least_lead` of the successes that are expected. It may have found it before the end, so this is a lower bound.
    """
    needed = least_lead(each * (low + high), each, concentration, level)
    if needed == inf:
        return 0.0
    return _NORMAL.cdf((each * (high - low) - needed) / (sqrt(each) * _deviation(low, high)))


def detectable_once(each: int, rate: float, level: float = FALSE_WINNERS, power: float = POWER) -> float | None:
    """The smallest rise over `rate` that one look at the end finds with `power`; None where none can be found."""
    return _smallest(rate, lambda high: each > 0 and power_once(each, rate, high, level) >= power)


def detectable(
    each: int, rate: float, concentration: float, level: float = FALSE_WINNERS, power: float = POWER
) -> float | None:
    """The smallest rise over `rate` that the decision rule finds with `power`; None where none can be found."""
    return _smallest(rate, lambda high: each > 0 and power_of_rule(each, rate, high, concentration, level) >= power)


def people_needed(low: float, high: float, level: float = FALSE_WINNERS, power: float = POWER) -> int | None:
    """How many people each variant needs for the rule to find the difference of these two rates; None: over 10 million."""
    if high <= low:
        return None

    def enough(each: int) -> bool:
        concentration = best_concentration(each * (low + high), each, level)
        return power_of_rule(each, low, high, concentration, level) >= power

    top = 16
    while not enough(top):
        top *= 2
        if top > 10_000_000:
            return None
    bottom = top // 2
    while top - bottom > max(1, bottom // 200):
        middle = (bottom + top) // 2
        bottom, top = (bottom, middle) if enough(middle) else (middle, top)
    return ceil(top)


def _deviation(low: float, high: float) -> float:
    return max(sqrt(low * (1 - low) + high * (1 - high)), 1e-9)


def _smallest(rate: float, seen: Callable[[float], bool]) -> float | None:
    top = 1.0 - 1e-9
    if rate >= top or not seen(top):
        return None
    low, high = rate, top
    for _ in range(40):
        middle = (low + high) / 2
        if seen(middle):
            high = middle
        else:
            low = middle
    return float(high - rate)
