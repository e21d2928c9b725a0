"""How often an A/B test names a winner that is none, and how often it finds a real one, with a look every hour.

Simulated mailings: each person gets a variant by chance, does or does not click, and clicks at a time of the week after
(log-normal, half of them within three hours). Every hour of that week somebody looks and stops at the first winner. The
same tests are judged by the usual z-test at 5 % for comparison: that is what peeking does to it.

    uv run python -m benchmarks.ab_false_winners [--tests 4000]
"""

import argparse
import time
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from tools.experimenting.deciding import FALSE_WINNERS, decide
from tools.experimenting.planning import plan

HOURS = 168
Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """Shares of tests: with the promised winner named by the rule at some hour, at the last hour, and by a z-test."""

    ever: float
    at_the_end: float
    z_test_ever: float
    tests: int

    @property
    def error(self) -> float:
        """The standard error of `ever`."""
        return sqrt(self.ever * (1 - self.ever) / self.tests)


def simulate(tests: int, each: int, rates: tuple[float, ...], concentration: float, seed: int) -> Outcome:
    """Tests with about `each` people a variant; a winner counts where it is named at all (rates alike), else where it is
    the one with the highest rate."""
    random = np.random.default_rng(seed)
    variants = len(rates)
    sent = random.multinomial(each * variants, [1 / variants] * variants, size=tests).astype(float)
    reached = random.binomial(sent.astype(int), rates)
    hours = np.log(np.arange(1, HOURS + 1) / 3.0) / 1.5
    arrived = np.append(np.diff(ndtr(hours), prepend=0.0), 1 - ndtr(hours[-1]))
    counts = np.cumsum(random.multinomial(reached, arrived), axis=2)[:, :, :HOURS].astype(float)
    best = int(np.argmax(rates)) if len(set(rates)) > 1 else None
    named, by_z = winners(sent, counts, concentration), z_winners(sent, counts)
    check_against_the_rule(sent, counts, concentration, named, random)
    right = named >= 0 if best is None else named == best
    right_z = by_z >= 0 if best is None else by_z == best
    return Outcome(
        float(right.any(axis=1).mean()), float(right[:, -1].mean()), float(right_z.any(axis=1).mean()), tests
    )


def winners(sent: Counts, counts: Counts, concentration: float) -> NDArray[np.int64]:
    """Which variant the rule names in each test (row) at each hour (column); -1 for none. See tools.experimenting.deciding."""
    variants = sent.shape[1]
    threshold = -np.log(FALSE_WINNERS / (variants - 1))
    named = np.full((counts.shape[0], counts.shape[2]), -1)
    for one in range(variants):
        beats_all = np.ones_like(named, dtype=bool)
        for other in range(variants):
            if other != one:
                a, b = counts[:, one], counts[:, other]
                n, m = sent[:, [one]], sent[:, [other]]
                beats_all &= (a / n > b / m) & (_log_bayes_factor(a, b, n, m, concentration) >= threshold)
        named[beats_all] = one
    return named


def z_winners(sent: Counts, counts: Counts) -> NDArray[np.int64]:
    """The same by the z-test of two proportions at 5 %, Bonferroni for more variants, as if one looked only once."""
    variants = sent.shape[1]
    least = 1.959964 if variants == 2 else abs(_quantile(FALSE_WINNERS / (variants - 1) / 2))
    named = np.full((counts.shape[0], counts.shape[2]), -1)
    for one in range(variants):
        beats_all = np.ones_like(named, dtype=bool)
        for other in range(variants):
            if other != one:
                a, b, n, m = counts[:, one], counts[:, other], sent[:, [one]], sent[:, [other]]
                pooled = (a + b) / (n + m)
                error = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 1e-12))
                beats_all &= (a / n - b / m) / error >= least
        named[beats_all] = one
    return named


def check_against_the_rule(
    sent: Counts, counts: Counts, concentration: float, named: NDArray[np.int64], random: np.random.Generator
) -> None:
    """Raises AssertionError where the vectorised rule and the one that the tools use disagree (50 looks are compared)."""
    for _ in range(50):
        test, hour = int(random.integers(named.shape[0])), int(random.integers(named.shape[1]))
        own = decide([int(n) for n in sent[test]], [int(s) for s in counts[test, :, hour]], concentration)
        assert (own.winner if own.winner is not None else -1) == named[test, hour]


def _log_bayes_factor(a: Counts, b: Counts, n: Counts, m: Counts, concentration: float) -> Counts:
    one, other = concentration * n / (n + m), concentration * m / (n + m)
    mixture = _log_beta(a + one, b + other) - _log_beta(one, other)
    shuffled = _log_falling(n, a) + _log_falling(m, b) - _log_falling(n + m, a + b)
    found: Counts = mixture - shuffled
    return found


def _log_beta(a: Counts, b: Counts) -> Counts:
    found: Counts = gammaln(a) + gammaln(b) - gammaln(a + b)
    return found


def _log_falling(people: Counts, taken: Counts) -> Counts:
    found: Counts = gammaln(people + 1) - gammaln(people - taken + 1)
    return found


def _quantile(share: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(share))


def main() -> None:
    """Prints one line for each kind of mailing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=4_000)
    tests = parser.parse_args().tests
    began = time.perf_counter()
    print(
        f"{tests:,} tests a line, a look at every one of {HOURS} hours; promised: at most {FALSE_WINNERS:.0%} false winners"
    )
    print(
        f"{'people':>8} {'variants':>8} {'rate':>6} | {'false':>15} {'z-test':>7} | {'effect':>7} {'found':>6} {'at end':>6}"
    )
    for seed, (each, variants, rate) in enumerate(
        [
            (300, 2, 0.05),
            (600, 2, 0.09),
            (600, 2, 0.38),
            (5_000, 2, 0.09),
            (5_000, 2, 0.02),
            (600, 3, 0.09),
            (2_000, 6, 0.38),
        ]
    ):
        made = plan(each * variants, variants, rate)
        alike = simulate(tests, each, (rate,) * variants, made.concentration, seed)
        better = (rate,) * (variants - 1) + (rate + (made.effect or 0.0),)
        real = simulate(tests, each, better, made.concentration, seed + 100)
        print(
            f"{each * variants:>8,} {variants:>8} {rate:>6.0%} | {alike.ever:>7.2%} ±{1.96 * alike.error:>6.2%} "
            f"{alike.z_test_ever:>7.1%} | {made.effect or 0:>7.2%} {real.ever:>6.1%} {real.at_the_end:>6.1%}"
        )
    print(f"{time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
