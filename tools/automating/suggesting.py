"""Triggers for a goal: what really happened in the last 30 days, with how many people each trigger would have met."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from memory.enums import EventType
from memory.lead_lookup import count_leads
from memory.past_events import event_counts
from memory.segments import list_segments
from tools.automating.graph import EventHappened, LeadCreated, MailAnswered, SegmentMoved, Trigger, Where
from tools.automating.past import starts
from tools.automating.wording import trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Learned, Result, Source, rests_on
from tools.quoting import inert
from tools.segmenting import in_words, read_conditions, store_tree
from tools.show import bullets, count, shorten
from tools.writing.context import gathered
from tools.writing.context_results import learned_from
from tools.writing.context_workflows import past_workflows

LOOK_BACK = 30
MOST = 6
#: Days without an order, visit or open after which somebody counts as quiet.
QUIET_DAYS = 60
#: Which goals a kind of trigger serves, by words of the goal; and why it would.
_SERVES: tuple[tuple[str, str, str], ...] = (
    ("created", r"welcom|onboard|new|greet|first|introduc|lead|nurtur|trial|sign", "it reaches people when you are new to them"),
    ("signed_up", r"welcom|onboard|new|greet|trial|activat|sign|start", "they have just said yes to you"),
    ("ordered", r"review|feedback|repeat|loyal|again|second|upsell|cross|thank|retain|retention|rate|return|referr|recommend"
    r"|replenish|refill", "they have just bought and know what they got"),
    ("quiet", r"win.?back|return|come back|again|inactiv|quiet|sleep|lapse|reactivat|re-?engag|churn|retain|retention|lost|home", "it reaches those who have gone quiet, and nobody else"),
    ("visited", r"convert|demo|sale|sell|interest|book|visit|buy|retarget|cart|basket|abandon", "they are looking right now"),
    ("clicked", r"convert|sale|sell|interest|upsell|book|demo|follow|nurtur|buy|webinar|qualif", "a click says what they are interested in"),
    ("opened", r"follow|nurtur|engag|interest|remind|read", "they have just read you"),
    ("submitted_form", r"lead|demo|quote|offer|follow|convert|contact|question|request|answer|book", "they have asked for something"),
    ("unsubscribed", r"win.?back|churn|why|feedback|lost", "it is the moment in which they leave"),
    ("replied", r"follow|support|sale|sell|answer", "they have begun a conversation"),
    ("status_changed", r"onboard|customer|stage|status|upsell|qualif|hand.?over", "their stage with you has just changed"),
    ("tagged", r"interest|segment|personal", "somebody has just marked them"),
    ("segment", r"segment|vip|loyal|audience", "the segment says whom it is for"),
)  # fmt: skip
_STOP = frozenset(
    "the a an to of for and or our your their people leads customers get more make who that with from in on we want they them it is are be by at after before into".split()
)


class TriggerIdea(BaseModel):
    """A trigger in words, as typed data, with the people it would have met, and why it fits the goal (if it does)."""

    model_config = ConfigDict(frozen=True)

    words: str
    trigger: dict[str, object]
    people: int
    times: int
    fits: bool
    why: str


class TriggerSuggestions(Result):
    """Triggers for a goal, those that fit it first, then by people in the last `days` days. Counts are of real events."""

    goal: str
    days: int
    events: int
    leads: int
    ideas: tuple[TriggerIdea, ...]
    sources: tuple[Source, ...] = ()
    learned: Learned | None = None

    @property
    def text(self) -> str:
        goal = inert(shorten(self.goal, 100))
        parts = []
        if not self.events:
            known = f" ({count(self.leads, 'lead')} in the house)" if self.leads else " and no leads yet"
            parts.append(
                f"No events were recorded in the last {self.days} days{known}, so no figure can say which trigger would meet how many."
            )
        if self.ideas:
            parts.append(f"Triggers for “{goal}”, with whom each would have met in the last {self.days} days:")
            parts.append(bullets(self._line(one) for one in self.ideas))
            if not any(one.fits for one in self.ideas):
                parts.append("None of them was found by the words of your goal; they are ordered by people.")
            parts.append(
                f"Create one with, for example: “create a workflow: {self.ideas[0].words}, wait 1 day, send an email”."
            )
        else:
            parts.append(
                f"I have nothing to suggest for “{goal}” yet: connect your shop or site so that orders, visits and forms are recorded, or import leads."
            )
        return "\n\n".join(parts) + rests_on(None, self.sources, self.learned, True)

    def _line(self, one: TriggerIdea) -> str:
        times = f", {one.times:,} times" if one.times != one.people else ""
        return f"**{inert(one.words)}**: {count(one.people, 'person', 'people')}{times}. {inert(one.why)}"


@dataclass(frozen=True)
class _Candidate:
    kind: str
    trigger: Trigger
    people: int
    times: int


def suggest(ctx: Context, goal: str) -> TriggerSuggestions:
    """Triggers for a goal, counted from the records."""
    goal = " ".join(goal.split())
    if not goal:
        raise BadInput("Tell me what the workflow is to achieve, for example “win back customers”.", "goal")
    until = ctx.now.astimezone(UTC)
    since = until - timedelta(days=LOOK_BACK)
    counted = event_counts(ctx.session, since, until)
    candidates = [*_of_events(counted), *_created(ctx, since, until), *_quiet(ctx), *_segments(ctx, since, until)]
    ranked = sorted(
        ((_fit(one, goal), one) for one in candidates),
        key=lambda pair: (-pair[0], -pair[1].people, trigger_words(pair[1].trigger)),
    )
    kept = [(fit, one) for fit, one in ranked if one.people or fit][:MOST]
    known = gathered(ctx, goal, "email", public=False, more=past_workflows(ctx, goal))
    return TriggerSuggestions(
        goal=goal,
        days=LOOK_BACK,
        events=sum(times for _, _, _, times in counted),
        leads=count_leads(ctx.session),
        ideas=tuple(_idea(fit, one) for fit, one in kept),
        sources=known.sources,
        learned=learned_from(known.past),
    )


def _of_events(counted: list[tuple[EventType, str | None, int, int]]) -> list[_Candidate]:
    """What happened, as triggers. What the house does itself (sends, consents it records) starts nothing."""
    own = (
        EventType.SENT,
        EventType.DELIVERED,
        EventType.CREATED,
        EventType.CONSENTED,
        EventType.CONSENT_WITHDRAWN,
        EventType.BOUNCED,
    )
    found = []
    for type, name, people, times in counted:
        if type in own or type == EventType.STATUS_CHANGED or (type == EventType.OTHER and not name):
            continue
        if type in (EventType.OPENED, EventType.CLICKED):
            found.append(_Candidate(type.value, MailAnswered(deed=type.value), people, times))
        else:
            found.append(_Candidate(type.value, EventHappened(event=type, name=name), people, times))
    return found


def _created(ctx: Context, since: datetime, until: datetime) -> list[_Candidate]:
    begun = starts(ctx.session, LeadCreated(), since, until, ctx.clock.zone).people
    return [_Candidate("created", LeadCreated(), len(begun), len(begun))] if begun else []


def _quiet(ctx: Context) -> list[_Candidate]:
    """Those who went quiet: they would be met as they pass the limit; counted are those who are past it now."""
    found = []
    for field in ("last order", "last activity"):
        tree = read_conditions(f"{field} older than {QUIET_DAYS} days", ctx.now)
        where = Where(words=in_words(tree), tree=store_tree(tree))
        trigger = SegmentMoved(target=where)
        until = ctx.now.astimezone(UTC)
        people = starts(ctx.session, trigger, until - timedelta(days=LOOK_BACK), until, ctx.clock.zone).people
        found.append(_Candidate("quiet", trigger, len({id for id, _ in people}), len(people)))
    return found


def _segments(ctx: Context, since: datetime, until: datetime) -> list[_Candidate]:
    found = []
    for segment in list_segments(ctx.session)[:20]:
        trigger = SegmentMoved(target=Where(segment=segment.name, segment_id=segment.id))
        people = starts(ctx.session, trigger, since, until, ctx.clock.zone).people
        found.append(_Candidate("segment", trigger, len({id for id, _ in people}), len(people)))
    return found


def _fit(one: _Candidate, goal: str) -> int:
    """How well a trigger serves a goal: 2 where its own name is in the goal, 1 where its kind serves such goals."""
    words = _words(goal)
    named = _words(getattr(one.trigger, "name", None) or "")
    if isinstance(one.trigger, SegmentMoved) and one.trigger.target.segment:
        named = _words(one.trigger.target.segment)
    if named & words:
        return 2
    if one.kind == "segment":
        return 0
    pattern = next((pattern for kind, pattern, _ in _SERVES if kind == one.kind), None)
    return int(bool(pattern and re.search(pattern, goal, re.IGNORECASE)))


def _idea(fit: int, one: _Candidate) -> TriggerIdea:
    reason = next((why for kind, _, why in _SERVES if kind == one.kind), "")
    why = (
        "Your goal names it."
        if fit == 2
        else f"It fits, since {reason}."
        if fit and reason
        else "It is among what happens most."
    )
    return TriggerIdea(
        words=trigger_words(one.trigger),
        trigger=one.trigger.model_dump(mode="json", exclude_none=True),
        people=one.people,
        times=one.times,
        fits=bool(fit),
        why=why,
    )


def _words(text: str) -> set[str]:
    """The words of a text without their endings, so that "carts" and "cart" are one."""
    found = re.findall(r"[a-zäöüß]{3,}", text.casefold().replace("_", " "))
    return {re.sub(r"(?:ings?|ed|s)$", "", word)[:6] for word in found if word not in _STOP}
