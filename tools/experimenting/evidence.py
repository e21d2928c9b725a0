"""What else the counts say: whether people were divided as planned, and how likely each variant is the best."""

from collections.abc import Sequence

#: Below this p-value the division is wrong: A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled
#: Experiments", KDD 2019, who found one in 6 % of Microsoft's tests and advise not to trust what such a test says.
MISMATCH = 0.001
#: Points at which the densities are integrated; the error is below 1e-6 for the counts of any mailing.
POINTS = 4_001


def division_p_value(sent: Sequence[int]) -> float:
    """The p-value of Pearson's chi-square test that the variants got equally many people; 1 without any.

    To be looked at when the test's messages are out: the sizes do not change after that.
    """
    total = sum(sent)
    if not total or len(sent) < 2:
        return 1.0
    from scipy.special import chdtrc

    planned = total / len(sent)
    statistic = sum((people - planned) ** 2 / planned for people in sent)
    return float(chdtrc(len(sent) - 1, statistic))


def chances_to_be_best(sent: Sequence[int], successes: Sequence[int]) -> list[float]:
    """The posterior chance of each variant to have the highest rate, from uniform priors: the integral of its Beta(1 +
    successes, 1 + others) density times the distribution functions of all others (numerically; the formula for two is in
    E. Miller, "Formulas for Bayesian A/B Testing", 2015). Told for information: it does not hold its promise when one
    looks often, so it decides nothing.
    """
    import numpy as np
    from scipy.special import betainc, betaincinv, betaln

    shapes = [(1.0 + done, 1.0 + people - done) for people, done in zip(sent, successes, strict=True)]
    low = min(float(betaincinv(a, b, 1e-12)) for a, b in shapes)
    high = max(float(betaincinv(a, b, 1 - 1e-12)) for a, b in shapes)
    grid = np.linspace(max(low, 1e-15), min(high, 1 - 1e-15), POINTS)
    below = [betainc(a, b, grid) for a, b in shapes]
    chances = []
    for at, (a, b) in enumerate(shapes):
        density = np.exp((a - 1) * np.log(grid) + (b - 1) * np.log1p(-grid) - betaln(a, b))
        others = np.prod([one for place, one in enumerate(below) if place != at], axis=0)
        chances.append(float(np.trapezoid(density * others, grid)))
    total = sum(chances)
    return [chance / total for chance in chances]
