"""Whether a message is a question about a result, and what then is to be done: look up and answer, or ask which result."""

from dataclasses import dataclass
from typing import Any

from agent.conversation import History, Pending
from agent.parts import Part
from agent.results.question import TOOLS_WITH_FIGURES, Question, is_about_people, kind_of, read
from agent.routing.examples import NONE

#: The tools whose sentences may be such a question too: they show figures. What is surely another tool's stays there.
FIGURES = {
    NONE, "analyze_campaign_performance", "analyze_email_performance", "get_campaign", "get_channel_performance", "get_dashboard",
    "identify_trends", "detect_anomalies", "list_campaigns", "list_email_campaigns", "attribute_conversions",
}  # fmt: skip
WHICH_RESULT = (
    "Which result do you mean? Name a campaign, a mailing, a channel or a period, such as “why did Bloom drop?”."
)
#: The mark of an open question of this kind: no tool is called so.
OPEN = "talk_about_results"


@dataclass(frozen=True)
class Asked:
    """A question to be answered, or (None) one that needs to know of which result."""

    question: Question | None
    pending: Pending | None = None

    @property
    def request(self) -> dict[str, Any] | None:
        return {"talk": self.question.model_dump(mode="json")} if self.question else None


def asked(whole: Part, history: History) -> Asked | None:
    """What the message asks about results; None where it asks for something else."""
    text = whole.text
    open_one = history.pending if history.pending and history.pending.tool == OPEN else None
    kind = kind_of(text)
    if kind is not None and not _is_ours(whole, kind, history):
        return None
    if (
        kind is None
        and open_one is not None
        and (whole.record_links() or whole.sentence.of_kind("period", "date_range"))
    ):
        # "Bloom": the answer to which result is meant.
        kind = kind_of(open_one.message)
        text = f"{text.rstrip(' ?!.')}: {open_one.message}"
    if kind is None or is_about_people(whole.sentence):
        return None
    question = read(kind, whole.sentence, history, text)
    if question is not None:
        return Asked(question)
    if kind == "compare":  # of all campaigns, a list tells
        return None
    last = history.last_call
    if not _bare(whole) or (last is not None and last.tool not in TOOLS_WITH_FIGURES):
        return None
    pending = Pending(tool=OPEN, arguments={}, fields=(), question=WHICH_RESULT, message=whole.text)
    return Asked(None, pending)


def _is_ours(whole: Part, kind: str, history: History) -> bool:
    """Whether no tool of the house's own is surely meant."""
    ranking = whole.ranking
    if ranking.own:
        return False
    # Why somebody got a mail or not names a person; without one, and about a figure, it is a question about results.
    if (
        ranking.best.label in FIGURES
        or ranking.best.label == "explain_delivery"
        or (kind == "happened" and ranking.best.label == "generate_insights")
    ):
        return True
    if not ranking.sure:
        return ranking.best.label not in (
            "get_ab_test_results",
            "optimize_workflow",
            "find_pain_points",
        )
    # "Is that good?" is nothing by itself: after a result, it is about that.
    return _bare(whole) and any(call.error is None for turn in history.turns[-2:] for call in turn.calls)


def _bare(whole: Part) -> bool:
    """Whether the message names nothing that it could be about."""
    return not whole.record_links() and not whole.sentence.of_kind("period", "date_range", "quoted")
