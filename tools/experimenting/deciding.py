r"""The decision rule: which variant won, at any moment that somebody looks, with one promise about false winners.

If two variants do the same to people, then who got which says nothing about who clicks or when: put into the order in
which they clicked (those who never do come last), the people of both are shuffled like cards, n of one kind among N.
Whoever looks sees the first cards of that row: a + b people have clicked, a of them got the first variant. Then

    BF = [ B(a + c r, b + c (1 - r)) / B(c r, c (1 - r)) ] / [ n (n-1) .. (n-a+1)  m (m-1) .. (m-b+1) / N (N-1) .. (N-a-b+1) ]

(n and m people got the variants, N = n + m, r = n / N; B the beta function; c the concentration of the prior) divides what
a mixture of all possible preferences says of that row by what shuffling says of it. It is the prior-posterior-ratio
martingale for sampling without replacement of I. Waudby-Smith and A. Ramdas, "Confidence sequences for sampling without
replacement", NeurIPS 2020, with the beta mixture that M. Lindon and A. Malek, "Anytime-Valid Inference for Multinomial
Count Data", NeurIPS 2022, use for comparing streams of conversions. Without a difference it is a nonnegative martingale
that begins at 1, and by Ville's inequality ever reaches 1/alpha with probability alpha at most, however often one looks:
peeking every hour costs nothing. Nothing in it is approximated, and people who may still click are no problem.

It needs that all messages of the test are out (the row is complete), and that the variants went out at the same time; for
tests of send times see tools.experimenting.results.

Several variants: a winner has to beat every other one. Whoever is named wrongly has beaten a variant that is as good or
better; against one fixed best variant there are k - 1 such comparisons, so with alpha / (k - 1) for each (Bonferroni) the
chance that a test ever names a false winner is at most alpha.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, lgamma, log

#: The promise: the chance that a test without any difference ever names a winner.
FALSE_WINNERS = 0.05
#: Priors that are tried when a test is planned, and the one to use where nothing is known to plan with.
CONCENTRATIONS = tuple(2.0**power for power in range(1, 15))
USUAL_CONCENTRATION = 128.0


@dataclass(frozen=True)
class Comparison:
    """Two variants compared, by position: the p-value that holds at any time, corrected for the number of variants."""

    one: int
    other: int
    p_value: float


@dataclass(frozen=True)
class Decision:
    """What the counts say. `winner` and `leader` are positions; `comparisons` are of the leader with each other one."""

    leader: int | None
    winner: int | None
    comparisons: tuple[Comparison, ...]

    @property
    def p_value(self) -> float:
        """The largest of the leader's: that of the hardest opponent."""
        return max((one.p_value for one in self.comparisons), default=1.0)

    @property
    def rival(self) -> int | None:
        """The hardest opponent of the leader."""
        return max(self.comparisons, key=lambda one: one.p_value).other if self.comparisons else None


def decide(sent: Sequence[int], successes: Sequence[int], concentration: float) -> Decision:
    """The decision for people `sent` each variant and those of them who did what is measured.

    Raises ValueError where more people did it than got it.
    """
    if any(done > people for done, people in zip(successes, sent, strict=True)):
        raise ValueError("more successes than people")
    if not any(successes) or not all(sent):
        return Decision(None, None, ())
    rates = [done / people for done, people in zip(successes, sent, strict=True)]
    leader = max(range(len(rates)), key=lambda at: rates[at])
    found = []
    for other in range(len(sent)):
        if other != leader:
            evidence = log_bayes_factor(successes[leader], successes[other], sent[leader], sent[other], concentration)
            found.append(Comparison(leader, other, min(1.0, exp(-evidence) * (len(sent) - 1))))
    won = all(one.p_value <= FALSE_WINNERS for one in found)
    return Decision(leader, leader if won else None, tuple(found))


def log_bayes_factor(a: float, b: float, people_a: float, people_b: float, concentration: float) -> float:
    """log BF of a and b successes among so many people (see the formula above); whole numbers are not needed."""
    share = people_a / (people_a + people_b)
    one, other = concentration * share, concentration * (1 - share)
    mixture = _log_beta(a + one, b + other) - _log_beta(one, other)
    shuffled = _log_falling(people_a, a) + _log_falling(people_b, b) - _log_falling(people_a + people_b, a + b)
    return mixture - shuffled


def least_lead(total: float, each: float, concentration: float, level: float = FALSE_WINNERS) -> float:
    """By how many of `total` successes one of two variants (of `each` people) must lead to be declared better.

    inf where no lead is enough. BF grows with the lead, so this is the boundary of the rule.
    """
    threshold, most = -log(level), min(total, 2 * each - total)

    def evidence(lead: float) -> float:
        return log_bayes_factor((total + lead) / 2, (total - lead) / 2, each, each, concentration)

    if most <= 0 or evidence(most) < threshold:
        return inf
    low, high = 0.0, float(most)
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if evidence(middle) >= threshold else (middle, high)
    return high


def best_concentration(total: float, each: float, level: float = FALSE_WINNERS) -> float:
    """The prior with the lowest boundary at `total` successes. It may be chosen freely, as long as it is chosen before any
    data (S. Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49,
    2021, section 3.5, on choosing where a mixture is tightest)."""
    return min(
        CONCENTRATIONS,
        key=lambda one: (least_lead(total, each, one, level), abs(one - USUAL_CONCENTRATION)),
    )


def _log_falling(people: float, taken: float) -> float:
    """log of people (people - 1) … (people - taken + 1)."""
    return lgamma(people + 1) - lgamma(people - taken + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
