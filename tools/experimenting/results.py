"""What a test says now: the counts with their intervals, whether they can be trusted, and the decision."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from memory.ab_tests import AbTest, VariantCounts, held_back, is_imported, variant_counts, waiting_with_variant
from memory.enums import AbElement, AbStatus
from tools.core.context import Context
from tools.experimenting.cards import DID, AbTestCard, VariantCard, card_fields
from tools.experimenting.deciding import FALSE_WINNERS, Decision, decide
from tools.experimenting.entry import LETTERS
from tools.experimenting.evidence import MISMATCH, chances_to_be_best, division_p_value
from tools.experimenting.planning import people_needed
from tools.mailing.figures import wilson
from tools.quoting import inert
from tools.show import count, moment, number, percent, table, words

#: How long after the own message a reaction counts in a test of send times: each time needs the same chance.
WINDOW = timedelta(hours=48)
#: Where the test stands: a winner, not enough difference yet, or why no decision is taken.
Verdict = Literal["winner", "no winner yet", "no data", "still sending", "too early", "uneven split"]


class VariantResult(VariantCard):
    """A variant's people: how many got it, how many did what is measured, the rate with its 95 % Wilson interval, and the
    chance that its rate is the highest (Bayes, uniform priors; for information, it decides nothing)."""

    sent: int
    successes: int
    rate: float | None
    low: float | None
    high: float | None
    chance_best: float | None


class Evidence(BaseModel):
    """What the counts say together. `leader` and `named` (the winner that the evidence names) are letters; `p_value` holds
    however often one looks; `more_each` are the people that each variant still needs for a winner if the rates stay."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    leader: str | None
    named: str | None
    p_value: float
    split_p_value: float
    needed_each: int | None
    more_each: int | None
    held_back: int
    waiting: int
    ready_at: datetime | None = None


class AbTestResults(AbTestCard):
    """A test with what came of each variant, and the evidence."""

    results: tuple[VariantResult, ...]
    evidence: Evidence
    imported: bool
    planned_effect: float | None

    @property
    def text(self) -> str:
        head = (
            f"The A/B test **{inert(self.name)}** ({self.outcome()}): {words(self.element)} of "
            f"{inert(self.email_campaign)}, judged by {words(self.metric)}."
        )
        did = DID[self.metric]
        rows = [
            (
                one.called(),
                number(one.sent),
                number(one.successes),
                percent(one.rate),
                f"{percent(one.low)} to {percent(one.high)}" if one.low is not None else "-",
                percent(one.chance_best),
            )
            for one in self.results
        ]
        shown = table(("Variant", "Sent", f"People who {did}", "Rate", "95% range", "Chance to be best"), rows)
        lines = [head, shown, said(self)]
        if any(one.chance_best is not None for one in self.results):
            lines.append(
                "*The chance to be best is for information: it decides nothing, since it fools who looks often.*"
            )
        if self.imported:
            lines.append("*The counts are imported history.*")
        return "\n\n".join(lines)


def results(ctx: Context, test: AbTest) -> AbTestResults:
    """What the test says now."""
    ready_at = _ready_at(ctx, test)
    counts = _counts(ctx, test)
    known = all(one.sent for one in counts)
    chances: list[float | None] = [None] * len(counts)
    if known and any(one.successes for one in counts):
        chances = [*chances_to_be_best([one.sent for one in counts], [one.successes for one in counts])]
    card = card_fields(ctx, test)
    found = tuple(
        VariantResult(**variant.model_dump(), **_rates(one), chance_best=chance)
        for variant, one, chance in zip(card["variants"], counts, chances, strict=True)
    )
    return AbTestResults(
        **card,
        results=found,
        evidence=_evidence(ctx, test, counts, ready_at),
        imported=is_imported(test),
        planned_effect=test.planned_effect,
    )


def said(found: AbTestResults) -> str:
    """The evidence in words: what is decided, or what is still needed for a decision."""
    evidence, did = found.evidence, DID[found.metric]
    promise = (
        f"at most {percent(FALSE_WINNERS)} of tests without a difference ever name a winner, however often one looks"
    )
    if evidence.verdict == "no data":
        return f"Nothing can be said yet: nobody {did}, or the variants have not gone out."
    if evidence.verdict == "still sending":
        verb = "is" if evidence.waiting == 1 else "are"
        return f"No decision yet: {count(evidence.waiting, 'message')} of the test {verb} still to go out."
    if evidence.verdict == "too early":
        return (
            f"No decision yet: each send time gets {round(WINDOW.total_seconds() / 3600)} hours, and the last one has had "
            f"them on {moment(evidence.ready_at)}."
        )
    if evidence.verdict == "uneven split":
        return (
            f"No decision: the variants did not get equally many people (p {_p(evidence.split_p_value)}), which hardly "
            "happens by chance. Find out what kept messages back (bounces, a filter) before you trust these rates."
        )
    leader = found.variant(evidence.leader or "A").called()
    if evidence.named:
        return f"**The winner is {leader}** (p {_p(evidence.p_value)}; {promise})."
    if found.status != AbStatus.RUNNING:
        return f"The evidence names no winner: {leader} was ahead, but that may be chance (p {_p(evidence.p_value)})."
    return (
        f"**No winner yet.** {leader} leads, but that may be chance (p {_p(evidence.p_value)}). {still_needed(found)}"
    )


def still_needed(found: AbTestResults) -> str:
    """How many more people a decision needs, in words."""
    evidence = found.evidence
    if evidence.more_each is None or evidence.needed_each is None:
        return "The rates are so near to each other that no list is large enough to tell them apart."
    if evidence.more_each == 0:
        return "So many people usually show a difference of this size; wait for later reactions."
    total = evidence.more_each * len(found.variants)
    waits = (
        f"The {evidence.held_back:,} who wait for the winner {'are' if evidence.held_back >= total else 'are not'} enough."
        if evidence.held_back
        else "Nobody of this mailing is left to be written to, so the test cannot be made to show it."
    )
    return (
        f"If the rates stay as they are, each variant needs about {evidence.needed_each:,} people, "
        f"{evidence.more_each:,} more than it had. {waits}"
    )


def _counts(ctx: Context, test: AbTest) -> list[VariantCounts]:
    counts = variant_counts(ctx.session, test)
    if test.element != AbElement.SEND_TIME or is_imported(test):
        return counts
    until = {at: one.first_sent_at + WINDOW for at, one in enumerate(counts) if one.first_sent_at}
    return variant_counts(ctx.session, test, until) if until else counts


def _ready_at(ctx: Context, test: AbTest) -> datetime | None:
    """When a test of send times has given each time the same chance; None: now, or nobody got anything yet."""
    if test.element != AbElement.SEND_TIME or is_imported(test):
        return None
    ends = [one.first_sent_at + WINDOW for one in variant_counts(ctx.session, test) if one.first_sent_at]
    return max(ends).astimezone(ctx.clock.zone) if ends and max(ends) > ctx.now else None


def _evidence(ctx: Context, test: AbTest, counts: list[VariantCounts], ready_at: datetime | None) -> Evidence:
    sent, done = [one.sent for one in counts], [one.successes for one in counts]
    decision, split = decide(sent, done, test.concentration), division_p_value(sent)
    waiting = waiting_with_variant(ctx.session, test.email_campaign_id) if test.status == AbStatus.RUNNING else 0
    verdict: Verdict
    if waiting:
        verdict = "still sending"
    elif decision.leader is None:
        verdict = "no data"
    elif ready_at is not None:
        verdict = "too early"
    elif split < MISMATCH:
        verdict = "uneven split"
    else:
        verdict = "winner" if decision.winner is not None else "no winner yet"
    needed = _needed(counts, decision) if verdict == "no winner yet" else None
    return Evidence(
        verdict=verdict,
        leader=LETTERS[decision.leader] if decision.leader is not None else None,
        named=LETTERS[decision.winner] if verdict == "winner" and decision.winner is not None else None,
        p_value=decision.p_value,
        split_p_value=split,
        needed_each=needed,
        more_each=max(0, needed - min(sent)) if needed is not None else None,
        held_back=held_back(ctx.session, test.email_campaign_id),
        waiting=waiting,
        ready_at=ready_at,
    )


def _needed(counts: list[VariantCounts], decision: Decision) -> int | None:
    """People a variant, for the leader and its hardest opponent to be told apart at the rates that they have now."""
    if decision.leader is None or decision.rival is None:
        return None
    one, other = counts[decision.leader], counts[decision.rival]
    level = FALSE_WINNERS / (len(counts) - 1)
    return people_needed(other.successes / other.sent, one.successes / one.sent, level)


def _rates(one: VariantCounts) -> dict[str, float | None]:
    bounds = wilson(one.successes, one.sent)
    return {
        "sent": one.sent,
        "successes": one.successes,
        "rate": one.successes / one.sent if one.sent else None,
        "low": bounds[0] if bounds else None,
        "high": bounds[1] if bounds else None,
    }


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.001 else "< 0.001"
