"""What past records like the one asked for came to: their outcomes against the house's own median, few of them shrunk.

An outcome of few people says little: it is drawn towards the median before records are ranked by it, by the credibility
formula Z·value + (1-Z)·median with Z = n / (n + K) (H. Bühlmann, "Experience rating and credibility", ASTIN Bulletin 4,
1967). For a rate that is the mean of a beta posterior whose prior counts as K people (Gelman et al., "Bayesian Data
Analysis", 3rd edition, 2.4). The figures themselves are shown as they were recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple, TypeVar

from tools.core.result import Learned, Outcome, PastResult
from tools.quoting import inert
from tools.show import count, number, percent, shorten

#: K: so many people (or conversions) make an outcome count for half; fewer mailings than a hundred people prove little.
PEOPLE, DEALS, POSTS = 100, 20, 3
#: Records that a draft learns from; more nobody reads, and the model would read each of them anew.
MOST = 4

Record = TypeVar("Record")


class Measure(NamedTuple):
    """A figure by which records are compared. `of` is n, the observations behind it (None: one, the record itself);
    `base` is added to value and median before their ratio is taken (1 for a ROI, which may be 0 or below)."""

    name: str
    said: str
    value: float | None
    of: float | None
    weight: float
    base: float = 0.0
    shown: Callable[[float], str] = percent


def credible(value: float, usual: float, observations: float, weight: float) -> float:
    """The value drawn towards the usual one: Z·value + (1-Z)·usual, Z = observations / (observations + weight)."""
    trust = observations / (observations + weight)
    return trust * value + (1 - trust) * usual


def medians(all_measures: Iterable[Sequence[Measure]]) -> dict[str, float]:
    """The median of each measure over the house's records of a kind; only where two records at least have it."""
    values: dict[str, list[float]] = {}
    for measures in all_measures:
        for one in measures:
            if one.value is not None:
                values.setdefault(one.name, []).append(one.value)
    return {name: median(known) for name, known in values.items() if len(known) > 1}


def past_result(
    noun: str, record_id: int, name: str, how: str, measures: Sequence[Measure], usual: Mapping[str, float]
) -> PastResult:
    """A record's outcomes against the medians. `lift` goes by the first measure that is known and can be compared."""
    outcomes, lifts, few = [], [], False
    for one in measures:
        if one.value is None:
            continue
        middle, seen = usual.get(one.name), one.of if one.of is not None else 1.0
        likely = credible(one.value, middle, seen, one.weight) if middle is not None else one.value
        outcomes.append(
            Outcome(
                measure=one.name,
                value=one.value,
                usual=middle,
                likely=likely,
                observations=one.of,
                shown=_told(one),
                usual_shown=one.shown(middle) if middle is not None else "",
            )
        )
        if middle is not None:
            scale = abs(middle + one.base)
            lifts.append((likely - middle) / scale if scale else likely - middle)
            few = few or (len(lifts) == 1 and one.of is not None and one.of < one.weight)
    return PastResult(
        noun=noun, id=record_id, name=name, outcomes=tuple(outcomes), lift=lifts[0] if lifts else 0.0, how=how, few=few
    )


def ranked(results: Iterable[PastResult]) -> tuple[PastResult, ...]:
    """The likeliest best first; those without anything to compare keep their order."""
    return tuple(sorted(results, key=lambda one: -one.lift))


def learned_from(results: Sequence[PastResult]) -> Learned | None:
    """What follows from the results, kind by kind: how many did better than usual, and what to do as the best one did."""
    if not results:
        return None
    nouns = dict.fromkeys(one.noun for one in results)
    said = [text for noun in nouns if (text := _advice([one for one in results if one.noun == noun]))]
    return Learned(results=tuple(results), advice=" ".join(said))


def outcome_line(result: PastResult) -> str:
    """The outcomes in one line: "opened by 41% of 500 (median 28%), clicked by 5% of 500 (median 4%)"."""
    return ", ".join(one.shown + (f" (median {one.usual_shown})" if one.usual_shown else "") for one in result.outcomes)


def in_words(results: Sequence[PastResult]) -> str:
    """The same for a writer of public texts: which did better than usual, without figures, which are not for readers."""
    better = [one for one in results if one.lift > 0]
    named = "; ".join(
        f"“{shorten(one.name, 40)}”{f' ({shorten(one.how, 70)})' if one.how else ''}" for one in better[:2]
    )
    return f"did better than usual: {named}" if better else ""


def _told(one: Measure) -> str:
    value = one.shown(one.value or 0.0)
    return one.said.format(value=value, of=number(one.of) if one.of is not None else "")


def _advice(results: Sequence[PastResult]) -> str:
    kind = {
        "campaign": "campaign", "email_campaign": "mailing", "social_post": "post", "workflow": "workflow",
    }[results[0].noun]  # fmt: skip
    comparable = [one for one in results if any(outcome.usual is not None for outcome in one.outcomes)]
    if not comparable:
        return ""
    first = next(outcome for outcome in comparable[0].outcomes if outcome.usual is not None)
    alike = [
        outcome
        for one in comparable
        for outcome in one.outcomes
        if outcome.measure == first.measure and outcome.usual is not None
    ]
    better = sum(outcome.above for outcome in alike)
    said = (
        f"{better or 'none'} of {count(len(alike), kind)} like this one had {_article(first.measure)} {first.measure} "
    )
    said += f"above your median of {first.usual_shown}."
    best = max(comparable, key=lambda one: one.lift)
    if best.lift <= 0:
        return f"{said[:1].upper()}{said[1:]} Try something else than they did."
    how = f": {inert(best.how)}" if best.how else ""
    chance = " It rests on few, so it may be chance; test it." if best.few else ""
    line = next(outcome.shown for outcome in best.outcomes if outcome.usual is not None)
    return f"{said[:1].upper()}{said[1:]} Begin from “{inert(best.name)}” ({line}){how}.{chance}"


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeio" or word == "ROI" else "a"
