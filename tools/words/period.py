"""A period, a day or a moment given as words, the whole text being meant as one: what a tool's argument holds."""

from __future__ import annotations

import re
from datetime import date, datetime

from tools.words.moments import in_zone, moment, next_time
from tools.words.offsets import amount_of_unit
from tools.words.ranges import calendar
from tools.words.rolling import BEGINNING, fixed_rolling
from tools.words.spans import Clock, Expr, Span
from tools.words.times import clock_time
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTH_NAMES, MONTHS, SEASONS, WEEKDAY_NAMES, WEEKDAYS

PERIOD_EXAMPLES = '"last 30 days", "October", "Q4 2025", "this quarter" or "2026-01-01 to 2026-02-15"'
_EVER = frozenset({"all", "all time", "ever", "everything", "overall", "lifetime", "always", "total", "to date", "until now",
                   "all of it", "entire history", "all the time", "all data", "everything so far", "so far"})  # fmt: skip
_ISO_PAIR = re.compile(r"(\d{4}-\d\d-\d\d)\s*(?:\.\.\.?|/|,|;)\s*(\d{4}-\d\d-\d\d)")
_LEADS = ("in", "for", "during", "over", "within", "of", "on", "about", "from", "the", "at", "throughout", "period", ":",
          "covering")  # fmt: skip


class UnclearWords(ValueError):
    """Words that stand for no day, time or period; the message says how to say it."""


def resolve_period(
    words: str, now: datetime, *, country: str | None = None, day_first: bool = True
) -> tuple[date, date]:
    """First and last day (both included) of a period in words, looking back: "October" is the latest one begun.

    ``now`` may be naive local or aware time; only its wall clock counts. Open periods ("since January", "year to date")
    end today; "all time" begins at 1 January 2000. Raises :class:`UnclearWords` with a sentence that says what to write.
    """
    clock = _clock(now, country, day_first)
    plain = " ".join(words.casefold().replace("-", " ").split()).strip(" .!?")
    if plain in _EVER:
        return BEGINNING, clock.today
    tidy = _ISO_PAIR.sub(r"\1 to \2", words.replace("_", " "))
    expr = _whole(tidy, country) or _length_back(tidy)
    span = None if expr is None else safe(expr, clock, back=True)
    if span is None:
        raise UnclearWords(f"I cannot read “{_shown(words)}” as a period. Say it like {PERIOD_EXAMPLES}.")
    return span.start, span.end


def resolve_date(words: str, now: datetime, *, country: str | None = None, day_first: bool = True) -> date:
    """The day that the words mean, looking ahead: "3 May" is the next one. A longer span gives its first day.

    Raises :class:`UnclearWords`.
    """
    expr = _whole(words, country)
    span = None if expr is None else safe(expr, _clock(now, country, day_first), back=False)
    if span is None:
        raise UnclearWords(
            f"I cannot read “{_shown(words)}” as a date. Say it like “24 April”, “2026-04-24” or “next Friday”."
        )
    return span.start


def resolve_moment(
    words: str, now: datetime, time_zone: str, *, country: str | None = None, day_first: bool = True
) -> datetime:
    """The aware moment in ``time_zone`` that the words mean ("Friday 6pm", "2026-04-24T18:30", "18:30"); a day alone is its
    09:00. Raises :class:`UnclearWords`."""
    clock = _clock(now, country, day_first)
    scan = Scan(words, whole=True, country=country)
    i = 0
    found = moment(scan, i)
    if found is None:
        i = _begin(scan)
        found = moment(scan, i)
    if found is not None and _at_end(scan, found[1]):
        aware = found[0].aware(clock, time_zone)
        if aware is not None:
            return aware
    timed = clock_time(scan, i) if scan.is_(i, "at") else clock_time(Scan("at " + words, whole=True), 0)
    if timed is not None and timed[1] >= (scan.size if scan.is_(i, "at") else scan.size + 1):
        return in_zone(next_time(timed[0], clock), time_zone, timed[0])
    try:
        day = resolve_date(words, now, country=country, day_first=day_first)
    except UnclearWords:
        raise UnclearWords(
            f"I cannot read “{_shown(words)}” as a time. Say it like “Friday 6pm” or “2026-04-24 18:30”."
        ) from None
    return in_zone(datetime(day.year, day.month, day.day, 9), time_zone)


def _length_back(words: str) -> Expr | None:
    """A length alone ("30 days", "90d") is so long a period up to today."""
    scan = Scan(words[:200], whole=True)
    found = amount_of_unit(scan, 0)
    return fixed_rolling(found[0], found[1], forward=False) if found and found[0] and found[2] >= scan.size else None


def _clock(now: datetime, country: str | None, day_first: bool) -> Clock:
    return Clock(now.replace(tzinfo=None), country, day_first)


def _shown(words: str) -> str:
    return words if len(words) <= 60 else words[:57] + "..."


def _begin(scan: Scan) -> int:
    i = 0
    while scan.is_(i, *_LEADS) and calendar(scan, i) is None:
        i += 1
    return i


def _at_end(scan: Scan, i: int) -> bool:
    return all(scan.at(k).text in (".", "!", "?", ",", ")") for k in range(i, scan.size))


def _whole(words: str, country: str | None) -> Expr | None:
    if len(words) > 200:
        return None
    scan = Scan(words, whole=True, country=country)
    found = calendar(scan, _begin(scan))
    return found[0] if found is not None and _at_end(scan, found[1]) else None


def safe(expr: Expr, clock: Clock, *, back: bool) -> Span | None:
    """The expression's span, or None where it leaves the years that a calendar knows."""
    try:
        span = expr.back(clock) if back else expr.ahead(clock)
    except (OverflowError, ValueError):
        return None
    return span if span is not None and span.start <= span.end else None


def period_words(scan: Scan, start: int, end: int) -> str:
    """The words of tokens ``start`` to ``end`` as a period's name: misspellings put right, "the" and "in" dropped, names of
    months, weekdays and quarters capitalised: ``the last 30 days`` -> ``last 30 days``, ``october`` -> ``October``."""
    while start < end - 1 and scan.is_(start, "the", "in", "for", "during", "over"):
        start += 1
    parts: list[str] = []
    for i in range(start, end):
        if i > start and not scan.glued(i):
            parts.append(" ")
        parts.append(_said(scan.word(i), scan.at(i).text))
    return "".join(parts).removesuffix("'s") if scan.word(end - 1) not in _OWN_S else "".join(parts)


_OWN_S = ("new year's", "valentine's", "mother's", "father's")


def _said(word: str, text: str) -> str:
    if word in MONTHS and word not in SEASONS:
        return MONTH_NAMES[MONTHS[word] - 1] if len(word) > 3 or word in ("may", "mai") else text.capitalize()
    if word in WEEKDAYS:
        return WEEKDAY_NAMES[WEEKDAYS[word]]
    if word in ("q", "h", "ytd", "mtd", "qtd", "wtd", "kw", "cw", "w"):
        return word.upper()
    if word == "until" and text.lower() != "until":
        return text.lower()
    return text if text[:1].isupper() and word not in ("last", "this", "next", "past") and not text.isupper() else word
