"""Past workflows that are like what is asked for, with how many of their people did what they were for."""

from memory.workflows import KIND, list_workflows
from tools.automating.cards import Counts, counts_of_all
from tools.automating.entry import graph_of
from tools.automating.wording import trigger_words
from tools.core.context import Context
from tools.core.result import PastResult
from tools.writing.context_records import stems
from tools.writing.context_results import MOST, PEOPLE, Measure, medians, past_result, ranked


def past_workflows(ctx: Context, about: str, besides: int | None = None) -> tuple[PastResult, ...]:
    """Workflows that people entered and that share a telling word with `about` (all, where `about` is empty), by the share
    that converted, the likeliest best first."""
    counts = {id: one for id, one in counts_of_all(ctx).items() if one.entered}
    known = [one for one in list_workflows(ctx.session) if one.id in counts and one.id != besides]
    usual, wanted = medians(_measures(counts[one.id]) for one in known), stems(about)
    results = []
    for one in known:
        trigger = graph_of(ctx.session, one).trigger
        when = trigger_words(trigger) if trigger else ""
        if not wanted or wanted & stems(f"{one.name} {one.description or ''} {when}"):
            how = f"it starts when {when}" if when else ""
            results.append(past_result(KIND, one.id, one.name, how, _measures(counts[one.id]), usual))
    return ranked(results)[:MOST]


def _measures(counts: Counts) -> tuple[Measure, ...]:
    entered = float(counts.entered)
    return (
        Measure("conversion rate", "{value} of {of} converted", counts.converted / entered, entered, PEOPLE),
        Measure("completion rate", "{value} of {of} completed it", counts.completed / entered, entered, PEOPLE),
    )
