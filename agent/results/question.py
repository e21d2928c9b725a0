"""Reading a question about a result: is it about a cause ("why did it drop?"), what happened, whether a figure is good, which
of several did better, or what it means; and about which record, figure and days."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.arguments.choices import vocabulary_pattern
from agent.arguments.sentence import Sentence
from agent.conversation import History
from agent.reading.mention import DateRange, Period
from agent.routing.masking import SURE_RECORD
from agent.turn import Call
from tools.analysing.causes import Channel, Metric
from tools.core.result import RecordLink

Kind = Literal["cause", "happened", "judge", "compare", "meaning"]
#: A question is short; a long message asks for something else beside it.
MOST_WORDS = 40
#: Records whose results can be spoken of.
SPOKEN_OF = ("campaign", "email_campaign")

_FILLER = r"(?:(?:but|and|so|well|ok(?:ay)?|hm+|oh|hey|hi|please|sorry|then|now|no|wow|ouch)[\s,.!…]+)*"
_TELL = (
    r"(?:(?:can|could|do) you (?:tell me |explain (?:to me )?|say |know )?|(?:please )?(?:tell me |explain (?:to me )?)|any idea |"
    r"i(?:'d| would) (?:like|love) to (?:know|understand) |i (?:wonder|don'?t (?:get|understand)) |do we know )?"
)
_WHY = re.compile(
    rf"\W*{_FILLER}{_TELL}(?:why\b(?! not\b| don'?t (?:we|you)| shouldn)|how come\b|for (?:what|which) reason\b|"
    r"what(?:'?s| is| are| was| were|) (?:the (?:cause|reason|explanation|culprit)|behind|causing|driving|dragging|pulling|pushing|wrong with)|"
    r"what (?:caused|made|drove|explains|pulled|pushed|dragged|led to)\b|where (?:does|did|do) (?:the|this|that)\b.{0,40}\bcome from|"
    r"explain (?:the|this|that)\b|how (?:can|could) (?:it|that|this) (?:be|happen))",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\W*{_FILLER}{_TELL}(?:(?:and )?why(?: (?:so|that|is (?:that|this|it)(?: so)?|was that|did (?:that|this|it) happen|though|not))?|how come|how so|"
    r"what(?:'?s| is| was) the (?:reason|cause)(?: (?:for|of) (?:it|that|this))?)\W*",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:drop\w*|fall\w*|fell|down|declin\w*|decreas\w*|sink\w*|sank|sunk|worse\w*|worst|lower|low|less|fewer|los[et]\w*|crash\w*|"
    r"collaps\w*|dip\w*|slump\w*|shr[iau]nk\w*|poor\w*|bad\w*|weak\w*|flop\w*|fail\w*|tank\w*|plung\w*|slow\w*|dried|quiet|half|few)\b",
    re.IGNORECASE,
)
_UP = re.compile(
    r"\b(?:ris[ei]\w*|rose|up|gr[oe]w\w*|increas\w*|jump\w*|climb\w*|better|best|higher?|more|improv\w*|spik\w*|surg\w*|peak\w*|soar\w*|"
    r"well|good|great|doubl\w*|success\w*|shot)\b",
    re.IGNORECASE,
)
_MOVED = re.compile(r"\b(?:chang\w*|mov\w*|differ\w*|swing|numbers?|figures?|results?)\b", re.IGNORECASE)
_HAPPENED = re.compile(
    rf"\W*{_FILLER}{_TELL}what(?:'?s| has| is| was| did|)? ?(?:happen(?:ed|ing|s)?|went (?:on|wrong)|going (?:on|wrong)|gone wrong|changed)\b",
    re.IGNORECASE,
)
_JUDGE = re.compile(
    rf"\W*{_FILLER}{_TELL}(?:(?:is|was|are|were|isn'?t|aren'?t) (?:that|this|it|these|those|they)(?: (?:result|number|figure|rate|value|outcome|score)s?)?"
    r"(?: (?:a|an|any|really|actually|even|already|considered|now|still|rather|very|quite|too|so))* (?:good|bad|ok(?:ay)?|normal|usual|unusual|low|high|"
    r"enough|much|alright|all right|fine|decent|poor|great|typical|average|worrying|lot|reason to worry|success|well|healthy|something|anything)\b(?! (?:to|idea|time|place|day)\b)|"
    r"how (?:good|bad|normal|high|low|unusual) (?:is|was|are|were) (?:that|this|it|these|those|they)\b|"
    r"(?:good|bad|normal|ok(?:ay)?)(?: or (?:bad|good|not|what))?\W*$|(?:should|must|do) (?:i|we) (?:need to )?(?:be )?(?:worr|concern|panic|pleased|happy)\w*|"
    r"(?:is|was) (?:that|this|it) (?:above|below|over|under) (?:average|the (?:usual|median|others))|how does (?:that|this|it) compare)",
    re.IGNORECASE,
)
_MEANING = re.compile(
    rf"\W*{_FILLER}{_TELL}(?:what (?:does|do|did) (?:that|this|it|these|those|they|the (?:numbers?|figures?|results?)) (?:all )?(?:mean|tell|say|show)|"
    r"so what\W*$|what (?:should|can|do|must) (?:i|we) (?:make|take|learn|read|conclude)\b|how (?:should|do|must|can) (?:i|we) (?:read|understand|interpret)"
    r" (?:that|this|it|these|those)|what(?:'s| is) (?:the|your) (?:takeaway|conclusion|upshot))",
    re.IGNORECASE,
)
_BETTER = re.compile(
    r"\b(?:better|best|worse|worst|stronger|strongest|weaker|weakest|won|wins|ahead|more successful|most successful|outperform\w*)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    rf"\W*{_FILLER}{_TELL}(?:which(?: (?:one|of (?:them|these|those|the (?:two|three)|both)|(?:campaign|mailing|mail|newsletter)(?: of (?:them|these|those|the two))?))?"
    r"|(?:what|who)(?= (?:did|worked|performed|ran|went)\b| of (?:them|these|those|the two)))\b"
    r"(?! (?:time|day|hour|subject|variant|template|workflow|segment|lead|post|channel))",
    re.IGNORECASE,
)
#: What is asked of a person or a message, and not of a result.
_OF_PEOPLE = re.compile(r"\b(?:get|gets|got|getting|receiv\w*|reciev\w*|reach(?:ed|ing)?|arriv\w*|mailed|sent|subscrib\w*|excluded|blocked|bounce\w*|she|he|her|him)\b",
                        re.IGNORECASE)  # fmt: skip


class Question(BaseModel):
    """A question about results. `records` are those named, or else those that the last result was of; start and end are ISO
    days. `last` is the tool whose result is spoken of, where nothing was named."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    said: str
    direction: Literal["up", "down"] | None = None
    metric: Metric | None = None
    channel: Channel | None = None
    records: tuple[RecordLink, ...] = ()
    start: str | None = None
    end: str | None = None
    last: str | None = None
    #: The last result's days in words, where it does not tell the days themselves.
    period: str | None = None


def kind_of(text: str) -> Kind | None:
    """What kind of question about results a message could be, by its words alone."""
    if len(text.split()) > MOST_WORDS:
        return None
    if _WHICH.match(text) and _BETTER.search(text):
        return "compare"
    if _BARE.fullmatch(text):
        return "cause"
    if _JUDGE.match(text):
        return "judge"
    if _MEANING.match(text):
        return "meaning"
    if _WHY.match(text):
        return "cause" if _DOWN.search(text) or _UP.search(text) or _MOVED.search(text) else None
    return "happened" if _HAPPENED.match(text) else None


def is_about_people(sentence: Sentence) -> bool:
    """Whether it is about a lead or a message to somebody ("why did Jane not get it?")."""
    named = any(record.noun == "lead" and record.certainty >= SURE_RECORD for record in sentence.records)
    return named or bool(sentence.of_kind("email")) or _OF_PEOPLE.search(sentence.text) is not None


def read(kind: Kind, sentence: Sentence, history: History, said: str) -> Question | None:
    """The question with what it is about: what is named first, else what the last result was of; None where there is
    nothing to talk about. `said` are its words, where they are more than the sentence's (after asking which result)."""
    records = _named(sentence)
    metric, channel = _value(sentence, said, "metric", tuple(Metric)), _value(sentence, said, "channel", tuple(Channel))
    start, end = _days(sentence)
    direction = _direction(said) if kind in ("cause", "happened") else None
    question = Question(
        kind=kind, said=said, direction=direction, metric=Metric(metric) if metric else None, records=records,
        channel=Channel(channel) if channel else None, start=start, end=end,
    )  # fmt: skip
    stands_alone = bool(records or metric or channel or start) and kind in ("cause", "happened")
    if kind == "compare":
        return question if len(records) > 1 else _of_several(question, history)
    if records or stands_alone:
        return question if records or not _points(sentence.text) else _of_last(question, history) or question
    return _of_last(question, history)


def _points(text: str) -> bool:
    return re.search(r"\b(?:it|its|that|this|they|their|those|these)\b", text, re.IGNORECASE) is not None


def _named(sentence: Sentence) -> tuple[RecordLink, ...]:
    found: dict[tuple[str, int], RecordLink] = {}
    for noun in SPOKEN_OF:
        for mention in sentence.records_of(noun):
            if mention.certainty >= SURE_RECORD and mention.record is not None:
                record = mention.record
                found.setdefault((noun, record.id), RecordLink(noun=noun, id=record.id, name=record.name))
    links = list(found.values())
    # One name may be a campaign's and its mailing's: the campaign is meant.
    campaigns = {link.name.casefold() for link in links if link.noun == "campaign"}
    return tuple(link for link in links if link.noun == "campaign" or link.name.casefold() not in campaigns)


def _value(sentence: Sentence, said: str, kind: str, values: Sequence[str]) -> str | None:
    pattern, meaning = vocabulary_pattern(kind, tuple(values))
    named = [r.text.casefold() for r in sentence.records if r.certainty >= SURE_RECORD]
    for match in pattern.finditer(said):
        # A word of a record's name ("Open Day") is no figure.
        if not any(match.group().casefold() in name for name in named):
            value = meaning.get(" ".join(match.group().casefold().split()))
            if value:
                return value
    return None


def _days(sentence: Sentence) -> tuple[str | None, str | None]:
    for mention in sentence.mentions:
        if mention.kind == "period" and isinstance(mention.value, Period):
            return mention.value.start.isoformat(), mention.value.end.isoformat()
        if mention.kind == "date_range" and isinstance(mention.value, DateRange):
            return mention.value.start.isoformat(), mention.value.end.isoformat()
    return None, None


def _direction(text: str) -> Literal["up", "down"] | None:
    down, up = _DOWN.search(text), _UP.search(text)
    if down and up:  # "why did it go down more than up": by what is said first
        return "down" if down.start() < up.start() else "up"
    return "down" if down else "up" if up else None


def _of_last(question: Question, history: History) -> Question | None:
    """The question about what the last turn with a result showed."""
    for turn in reversed(history.turns[-4:]):
        made = [call for call in turn.calls if call.result is not None]
        for call in made:
            found = _of_call(question, call)
            if found is not None:
                return found
        if made:  # something else was spoken of since
            return None
    return None


#: What each of these tools' results are about, besides the arguments that say which record, channel, metric and days.
TOOLS_WITH_FIGURES: dict[str, dict[str, object]] = {
    "analyze_campaign_performance": {}, "get_campaign": {}, "optimize_campaign": {},
    "analyze_email_performance": {"channel": Channel.EMAIL}, "analyze_social_performance": {"channel": Channel.SOCIAL},
    "get_channel_performance": {}, "get_dashboard": {}, "generate_insights": {}, "identify_trends": {},
    "detect_anomalies": {}, "predict_performance": {}, "attribute_conversions": {"metric": Metric.CONVERSIONS},
    "recommend_actions": {}, "generate_reports": {},
}  # fmt: skip


def _of_call(question: Question, call: Call) -> Question | None:
    if call.tool not in TOOLS_WITH_FIGURES or call.result is None or call.waiting:
        return None
    links = [RecordLink.model_validate(link) for link in call.result.get("links", [])]
    named = any(name in call.arguments for name in ("campaign", "email_campaign"))
    records = tuple(link for link in links[:1] if link.noun in SPOKEN_OF) if named else ()
    given: dict[str, object] = {
        **TOOLS_WITH_FIGURES[call.tool],
        **{k: v for k, v in call.arguments.items() if k in ("metric", "channel")},
    }
    if records:
        given.pop("channel", None)
    start, end = (call.result.get(name) for name in ("start", "end")) if "period" in call.arguments else (None, None)
    updates: dict[str, object] = {
        "records": records,
        "metric": question.metric or (Metric(str(given["metric"])) if given.get("metric") else None),
        "channel": question.channel or (Channel(str(given["channel"])) if given.get("channel") else None),
        "start": question.start or (str(start) if start else None),
        "end": question.end or (str(end) if end else None),
        "last": call.tool,
        "period": str(call.arguments["period"]) if call.arguments.get("period") and not start else None,
    }
    return question.model_copy(update=updates)


def _of_several(question: Question, history: History) -> Question | None:
    """Which of several: those of the last turns' calls, or those that the last result listed."""
    for turn in reversed(history.turns[-4:]):
        single: dict[tuple[str, int], RecordLink] = {}
        for call in turn.calls:
            links = [RecordLink.model_validate(link) for link in (call.result or {}).get("links", [])]
            of_kind = [link for link in links if link.noun in SPOKEN_OF]
            for link in of_kind[
                : 6 if call.tool.startswith("list_") or call.tool == "analyze_email_performance" else 1
            ]:
                single[link.noun, link.id] = link
        known = list(single.values())
        same = [link for link in known if known and link.noun == known[0].noun]
        if len(same) > 1:
            return question.model_copy(update={"records": tuple(same)})
    single_turns = [_of_last(question, History((turn,))) for turn in reversed(history.turns[-4:])]
    found = {(q.records[0].noun, q.records[0].id): q.records[0] for q in single_turns if q and q.records}
    known = list(found.values())
    same = [link for link in known if known and link.noun == known[0].noun]
    return question.model_copy(update={"records": tuple(same)}) if len(same) > 1 else None
