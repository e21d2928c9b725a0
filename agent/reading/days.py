"""Mentions of days, spans, moments and times, made from what the calendar grammar found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.reading.mention import DateRange, Kind, Mention, Period
from agent.reading.roles import day_role
from tools.words.moments import Moment, in_zone
from tools.words.period import UnclearWords, period_words, resolve_period, safe
from tools.words.spans import Clock, Expr, Span
from tools.words.times import Clocktime
from tools.words.tokens import Scan
from tools.words.vocabulary import SEASONS, WEEKDAY_NAMES, WEEKDAYS

_RANGES = ("part", "range", "whole")
_SPANS = ("week", "weekend", "month", "quarter", "half", "season", "year", "rolling")
_DESCRIBED = frozenset({
    "campaign", "campaigns", "newsletter", "newsletters", "sale", "promo", "promotion", "mail", "mailing", "email", "emails", "push",
    "post", "posts", "offer", "offers", "special", "specials", "report", "reports", "numbers", "figures", "results", "webinar",
    "event", "launch", "drop", "blast", "flash", "deal", "deals", "edition", "issue", "collection", "workflow", "sequence",
    "template", "test", "segment", "tweet", "story", "teaser", "reminder", "series", "digest", "invite", "invitation", "party",
    "recap", "message", "greeting", "card", "gift", "gifts", "guide", "menu", "clearance", "ad", "ads", "theme", "themed", "sales",
    "performance", "revenue", "leads", "stats", "data", "meeting", "one", "mailer", "announcement", "countdown", "season",
})  # fmt: skip


_OWNERS = frozenset(
    {*WEEKDAYS, *SEASONS, "today", "yesterday", "tomorrow", "week", "month", "year", "quarter", "weekend"}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The clock that a message is read by."""

    clock: Clock
    time_zone: str


def calendar_mention(scan: Scan, i: int, end: int, expr: Expr, setting: Setting) -> Mention | None:
    """The mention for an expression at tokens ``i`` to ``end``; None where no calendar has such a day."""
    ahead, back = safe(expr, setting.clock, back=False), safe(expr, setting.clock, back=True)
    span = ahead or back
    if span is None:
        return None
    role = day_role(scan, i, scan.word(i))
    start, text = _cut(scan, i, end)
    kind: Kind = "date"
    if expr.grain in _RANGES:
        kind = "date_range"
    elif expr.grain in _SPANS:
        kind = "period"
    value: Any = span.start if kind == "date" else DateRange(span.start, span.end)
    if kind == "date" and role == "since" and back is not None:
        value = back.start
    if kind == "period":
        value = _period(scan, i, end, back or span, setting)
    return Mention(
        start, start + len(text), text, kind, value, role, expr.grain, _range(ahead or span), _range(back or span),
        _other_order(expr, text, setting, value), _describes(scan, end), _doubt(expr, value),
    )  # fmt: skip


def _cut(scan: Scan, i: int, end: int) -> tuple[int, str]:
    """Where the words begin, and the words, without the "'s" of "yesterday's"."""
    start, last = scan.at(i).start, scan.at(end - 1)
    owner = last.word.endswith("'s") and last.word.removesuffix("'s") in _OWNERS
    return start, scan.text[start : last.end - 2 * owner]


def _range(span: Span) -> DateRange:
    return DateRange(span.start, span.end)


def _period(scan: Scan, i: int, end: int, back: Span, setting: Setting) -> Period:
    """The period with its words; "the" stays where dropping it would mean another time ("the last week")."""
    words = period_words(scan, i, end)
    try:
        same = resolve_period(words, setting.clock.now, country=setting.clock.country) == (back.start, back.end)
    except UnclearWords:
        same = False
    return Period(words if same else " ".join(_cut(scan, i, end)[1].split()), back.start, back.end)


def _other_order(expr: Expr, text: str, setting: Setting, value: Any) -> tuple[Any, ...]:
    if ("/" not in text and "-" not in text) or not isinstance(value, datetime | type(setting.clock.today)):
        return ()
    flipped = safe(expr, replace(setting.clock, day_first=not setting.clock.day_first), back=False)
    return () if flipped is None or flipped.start == value else (flipped.start,)


def _doubt(expr: Expr, value: Any) -> str | None:
    """A sentence where the weekday that was named is not the day's own."""
    if expr.weekday is None or not hasattr(value, "weekday") or value.weekday() == expr.weekday:
        return None
    return f"{value.day} {value:%B %Y} is a {WEEKDAY_NAMES[value.weekday()]}, not a {WEEKDAY_NAMES[expr.weekday]}."


def _describes(scan: Scan, end: int) -> bool:
    """Whether a noun of the trade follows: "the Friday newsletter", "Friday's mail"."""
    return scan.word(end) in _DESCRIBED or (scan.word(end - 1).endswith("'s") and scan.word(end).isalpha()) or (
        scan.is_(end, "'s", "\u2019s") and scan.glued(end))  # fmt: skip


def moment_mention(scan: Scan, i: int, end: int, found: Moment, setting: Setting) -> Mention | None:
    """The mention for a day with a time; None where no calendar has such a day."""
    value = found.aware(setting.clock, setting.time_zone)
    if value is None:
        return None
    start, text = _cut(scan, i, end)
    grain = "daypart" if found.clock.vague else "minute"
    local = value.replace(tzinfo=None)
    other = (in_zone(local.replace(hour=(local.hour + 12) % 24), setting.time_zone),) if found.clock.either else ()
    day = DateRange(value.date(), value.date())
    return Mention(start, start + len(text), text, "moment", value, day_role(scan, i, scan.word(i)), grain, day, day, other,
                   _describes(scan, end), _doubt(found.day, value))  # fmt: skip


def time_mention(scan: Scan, i: int, end: int, at: Clocktime, setting: Setting) -> Mention:
    """The mention for a time of day; one in a named time zone is told in the hub's, by today's clocks."""
    while scan.is_(i, "at", "@", "around", "about", "circa", "approximately", "roughly") and i < end - 1:
        i += 1
    start, text = _cut(scan, i, end)
    value = at.time
    if at.zone is not None:
        today = datetime.combine(setting.clock.today, at.time)
        value = in_zone(today, setting.time_zone, at).time()
    other = (at.other_half().time,) if at.either else ()
    return Mention(start, start + len(text), text, "time", value, day_role(scan, i, scan.word(i)), "daypart" if at.vague else "minute",
                   other=other)  # fmt: skip
