"""Answering a question about results: the read tools that it needs are called, the facts looked up, the model words them."""

from collections.abc import Callable
from typing import Any

from agent.models.writer import ModelWriter
from agent.results.question import Question
from agent.results.wording import worded
from agent.turn import Call, Event, Evidence, Progress, Step, Text
from tools.analysing.cause_words import Fact
from tools.analysing.causes import About, Channel, Metric
from tools.analysing.explaining import (
    campaign_span,
    cause_facts,
    compared_campaigns,
    compared_mailings,
    finding_facts,
    judged_campaign,
    judged_mailing,
    state_facts,
)
from tools.analysing.periods import Span, span_of
from tools.core.context import Context
from tools.core.door import Door, Origin
from tools.core.errors import HubError, NotFound
from tools.core.result import RecordLink

Told = Callable[[Event], None]
MOST_COMPARED = 6


class Answering:
    """Answers questions about results. `writer` is the model's pen, or None."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def answer(
        self,
        asked: dict[str, Any],
        number: int,
        origin: Callable[[str], Origin],
        turn: str,
        writer: ModelWriter | None,
        tell: Told,
    ) -> dict[str, Any]:
        """The update of the turn's state: its calls, the answer, and a note where the model's words were refused.

        `origin` makes the origin of a call from its id, so that a turn taken up after a crash makes none twice.
        """
        question = Question.model_validate(asked)
        calls: list[Call] = []
        problem = None
        try:
            with self._door.reading() as ctx:
                question = _settled(ctx, question)
            for tool, arguments in looked_up(question):
                outcome = self._door.call(tool, arguments, origin(f"{turn}:{number + len(calls)}"))
                call = Call(
                    tool=tool, arguments=outcome.arguments, rests_on=_evidence(question, arguments),
                    result=outcome.result.data(), text=outcome.text,
                )  # fmt: skip
                calls.append(call)
                tell(Step(call=call))
            with self._door.reading() as ctx:
                facts = _facts(ctx, question, calls)
        except HubError as error:
            problem = error.sentence
        update: dict[str, Any] = {"calls": [call.model_dump(mode="json") for call in calls]}
        if problem is not None:
            return update | {"replies": [problem], "asks": True}
        tell(Progress(text="Looking at what moved the figures …"))
        answer, note = worded(question.said, facts, writer, lambda text: tell(Text(text=text)))
        return update | {"replies": [answer]} | ({"notes": [note]} if note else {})


def looked_up(question: Question) -> list[tuple[str, dict[str, Any]]]:
    """The calls that show what the answer rests on: read tools, with their arguments."""
    period = f"{question.start} to {question.end}" if question.start and question.end else None
    days = {"period": period} if period else {}
    if question.kind == "compare":
        tool, argument = _TOOL_OF[question.records[0].noun]
        return [(tool, {argument: str(one.id)}) for one in question.records[:MOST_COMPARED]]
    if question.records:
        one = question.records[0]
        tool, argument = _TOOL_OF[one.noun]
        return [(tool, {argument: str(one.id), **(days if one.noun == "campaign" else {})})]
    if question.kind == "happened" and question.metric is None:
        return [("generate_insights", {**days, **({"channel": question.channel} if question.channel else {})})]
    found: list[tuple[str, dict[str, Any]]]
    found = (
        [("get_channel_performance", {"channel": question.channel, **days})]
        if question.channel
        else [("get_dashboard", days)]
    )
    if question.kind == "cause" and question.metric is not None and not question.channel:
        found.append(("detect_anomalies", {"metric": question.metric, **days}))
    return found


_TOOL_OF = {
    "campaign": ("analyze_campaign_performance", "campaign"),
    "email_campaign": ("analyze_email_performance", "email_campaign"),
}


def _settled(ctx: Context, question: Question) -> Question:
    """The question with its days: those that were said, else those in which a change of the record can be seen."""
    for one in question.records:
        if one.noun not in _TOOL_OF:
            raise NotFound("I can talk about the results of campaigns, mailings, channels and periods.")
    if question.period and not question.start:
        said = span_of(ctx, question.period)
        question = question.model_copy(update={"start": said.start.isoformat(), "end": said.end.isoformat()})
    if question.start or question.kind in ("compare", "judge", "meaning"):
        return question
    span = None
    if question.records and question.records[0].noun == "campaign":
        span = campaign_span(ctx, question.records[0].id)
    elif not question.records:
        span = span_of(ctx, None)
    if span is None:
        return question
    return question.model_copy(update={"start": span.start.isoformat(), "end": span.end.isoformat()})


def _facts(ctx: Context, question: Question, calls: list[Call]) -> list[Fact]:
    records = question.records
    if question.kind == "compare":
        ids = [one.id for one in records[:MOST_COMPARED]]
        return compared_campaigns(ctx, ids) if records[0].noun == "campaign" else compared_mailings(ctx, ids)
    if records and records[0].noun == "email_campaign":
        return judged_mailing(ctx, records[0].id)
    span = span_of(ctx, f"{question.start} to {question.end}") if question.start and question.end else None
    if records:
        return _of_campaign(ctx, question, records[0], span)
    if question.kind == "happened" and question.metric is None and calls:
        found = finding_facts((calls[0].result or {}).get("findings", ()))
        return found or [
            Fact("Nothing stands out in these days: no figure differs from the days before by more than chance.")
        ]
    about = About(channel=Channel(question.channel) if question.channel else None)
    if question.kind in ("cause", "happened"):
        return cause_facts(ctx, about, span, _metric(question), question.direction, None)
    span = span or span_of(ctx, None)
    return state_facts(ctx, about, span, _metric(question), None) or [Fact("Nothing is recorded for these days.")]


def _of_campaign(ctx: Context, question: Question, one: RecordLink, span: Span | None) -> list[Fact]:
    about = About(campaign_id=one.id)
    if question.kind in ("judge", "meaning"):
        facts = judged_campaign(ctx, one.id)
        return facts + state_facts(ctx, about, span or campaign_span(ctx, one.id), None, one.name)[:2]
    facts = cause_facts(ctx, about, span, _metric(question), question.direction, one.name)
    # Where no change can be seen, how it stands against the others is what there is to say.
    return facts if span is not None else facts + judged_campaign(ctx, one.id)


def _metric(question: Question) -> Metric | None:
    return Metric(question.metric) if question.metric else None


def _evidence(question: Question, arguments: dict[str, Any]) -> dict[str, Evidence]:
    """What each argument rests on: words of the question, what was spoken of before, or the hub's own choice of days."""
    names = {str(one.id): one.name for one in question.records}
    found = {}
    for argument, value in arguments.items():
        words = names.get(str(value), str(value)) if argument in ("campaign", "email_campaign") else str(value)
        at = question.said.casefold().find(words.casefold())
        if at >= 0:
            said = question.said[at : at + len(words)]
            found[argument] = Evidence(words=said, start=at, end=at + len(words))
        else:
            origin = "conversation" if question.last and argument != "period" else "default"
            found[argument] = Evidence.model_validate({"words": "", "origin": origin})
    return found
