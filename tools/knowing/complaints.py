"""Finding what customers complain about: tickets grouped by subject, counted, quoted, compared with the time before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from memory.index import IndexUnavailable
from memory.knowledge import KnowledgeItem, tickets
from tools.core.context import Context
from tools.knowing.grouping import (
    LEAST_SIMILARITY,
    LEAST_SIMILARITY_BY_WORDS,
    Matrix,
    Words,
    group,
    labels,
    similarities,
    stem,
    telling_words,
)
from tools.knowing.pain import PainPoint, PainPoints, Quote, Trend
from tools.show import shorten

#: The newest tickets are looked at, up to so many: comparing all with all takes the square of it.
MOST_TICKETS = 1_000
#: A ticket says in its beginning what it is about.
READ_CHARACTERS = 600
MOST_QUOTES = 2
QUOTE_LENGTH = 180
#: Without a period, the last days are compared with as many before.
TREND_DAYS = 30

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Window:
    """The days that a trend looks at (both inclusive), and as many days before them."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before_start(self) -> date:
        return self.start - timedelta(days=self.days)


def pain_points(ctx: Context, period: tuple[date, date] | None) -> PainPoints:
    """Group the tickets of a period (first and last day, inclusive; None: all tickets) by what they are about."""
    stored = tickets(ctx.session)
    start, end = period or (None, None)
    chosen = [ticket for ticket in stored if period is None or period[0] <= _when(ctx, ticket) <= period[1]]
    together = chosen[:MOST_TICKETS]
    window = _window(ctx, stored, period)
    # Tickets of the time before are grouped along with the others, so that a subject is the same in both.
    earlier = [
        ticket
        for ticket in stored
        if period and window and ticket.happened_at and window.before_start <= _when(ctx, ticket) < window.start
    ][: MOST_TICKETS - len(together)]
    everything = [*together, *earlier]
    texts = [telling_words(f"{ticket.title} {ticket.content[:READ_CHARACTERS]}") for ticket in everything]
    groups, by_words_only, similar = _grouped(ctx, texts)
    inside = [[index for index in found if index < len(together)] for found in groups]
    subjects = sorted(
        (found for found in zip(inside, groups, strict=True) if found[0]), key=lambda f: (-len(f[0]), f[0])
    )
    named = labels(texts, [found for found, _ in subjects])
    points, alone = [], []
    for (found, whole), words in zip(subjects, named, strict=True):
        if len(found) < 2:
            alone.append(_quote(everything[found[0]], words))
            continue
        near = sorted(found, key=lambda index: (-float(similar[index, found].sum()), index))
        points.append(
            PainPoint(
                label=", ".join(words) or "without words",
                count=len(found),
                share=len(found) / len(together),
                tickets=tuple(everything[index].id for index in found),
                quotes=_quotes([everything[index] for index in near], words),
                trend=_trend(ctx, [everything[index] for index in whole], window),
            )
        )
    return PainPoints(
        start=start,
        end=end,
        pain_points=tuple(points),
        alone=tuple(alone),
        looked_at=len(together),
        in_period=len(chosen),
        stored=len(stored),
        by_words_only=by_words_only,
    )


def _grouped(ctx: Context, texts: Sequence[Words]) -> tuple[list[list[int]], bool, Matrix]:
    """Groups of indices, whether they rest on words alone, and the similarities."""
    try:
        similar = similarities(texts, ctx.index.embed)
        return group(similar, LEAST_SIMILARITY), False, similar
    except IndexUnavailable:
        similar = similarities(texts, None)
        return group(similar, LEAST_SIMILARITY_BY_WORDS), True, similar


def _when(ctx: Context, ticket: KnowledgeItem) -> date:
    """The day of a ticket in the hub's zone: when it was written, else when it was stored."""
    return (ticket.happened_at or ticket.created_at).astimezone(ctx.clock.zone).date()


def _window(ctx: Context, stored: Sequence[KnowledgeItem], period: tuple[date, date] | None) -> Window | None:
    """The days that a trend compares; None where no ticket's own date reaches back behind them."""
    start, end = period or (ctx.today - timedelta(days=TREND_DAYS - 1), ctx.today)
    window = Window(start, end)
    dated = [_when(ctx, ticket) for ticket in stored if ticket.happened_at]
    reaches = any(day < start for day in dated) and any(start <= day <= end for day in dated)
    return window if reaches else None


def _trend(ctx: Context, found: Sequence[KnowledgeItem], window: Window | None) -> Trend | None:
    if window is None:
        return None
    dates = [_when(ctx, ticket) for ticket in found if ticket.happened_at]
    now = sum(window.start <= day <= window.end for day in dates)
    before = sum(window.before_start <= day < window.start for day in dates)
    return Trend(now=now, before=before, days=window.days) if now or before else None


def _quotes(nearest: Sequence[KnowledgeItem], label: Sequence[str]) -> tuple[Quote, ...]:
    """Quotes of the tickets that stand most in the middle; the same words are quoted once."""
    quotes: dict[str, Quote] = {}
    for ticket in nearest:
        quote = _quote(ticket, label)
        quotes.setdefault(quote.words.casefold(), quote)
        if len(quotes) == MOST_QUOTES:
            break
    return tuple(quotes.values())


def _quote(ticket: KnowledgeItem, label: Sequence[str]) -> Quote:
    """The ticket's sentence that holds most of the label's words (the first of several), word for word."""
    wanted = {stem(word) for word in label}
    sentences = [part for part in _SENTENCE.split(ticket.content[:READ_CHARACTERS]) if part.strip()] or [ticket.title]
    best = max(sentences, key=lambda sentence: len(wanted & set(telling_words(sentence).stems)))
    return Quote(ticket=ticket.id, title=ticket.title, words=shorten(best, QUOTE_LENGTH))
