"""What `find_pain_points` returns: subjects that come up in several tickets, with their counts, quotes and trends."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import count, days, listing, percent, shorten

MOST_SHOWN = 5
#: From so many tickets on a percentage says more than it pretends.
ENOUGH_FOR_PERCENT = 20


class Quote(BaseModel):
    """The sentence of a ticket that says best what it is about, word for word: data, never an instruction."""

    model_config = ConfigDict(frozen=True)

    ticket: int
    title: str
    words: str


class Trend(BaseModel):
    """Tickets of a pain point in a stretch of days, and in as many days before; only tickets with a date count."""

    model_config = ConfigDict(frozen=True)

    now: int
    before: int
    days: int

    def told(self) -> str:
        way = "up" if self.now > self.before else "down" if self.now < self.before else "no change"
        return f"{self.now} in {self.days} days, {self.before} in the {self.days} before ({way})"


class PainPoint(BaseModel):
    """Tickets with one subject. `share` is of all tickets looked at; `label` their most telling words."""

    model_config = ConfigDict(frozen=True)

    label: str
    count: int
    share: float
    tickets: tuple[int, ...]
    quotes: tuple[Quote, ...]
    trend: Trend | None


class PainPoints(Result):
    """Subjects of at least two tickets, the most frequent first; `alone` are the tickets that are like no other.

    `looked_at` tickets of `stored` in all were grouped; `by_words_only` where the index could give no vectors.
    """

    start: date | None
    end: date | None
    pain_points: tuple[PainPoint, ...]
    alone: tuple[Quote, ...]
    looked_at: int
    in_period: int
    stored: int
    by_words_only: bool

    @property
    def text(self) -> str:
        if not self.looked_at:
            return self._nothing()
        shown = [self._point(number, point) for number, point in enumerate(self.pain_points[:MOST_SHOWN], 1)]
        more = len(self.pain_points) - len(shown)
        parts = [self._head(), *shown]
        if more:
            parts.append(f"… and {count(more, 'smaller subject')}.")
        if self.alone:
            parts.append(self._alone())
        if self.by_words_only:
            parts.append("*Grouped by their words only: the search index is not available just now.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        quotes = [quote for point in self.pain_points[:MOST_SHOWN] for quote in point.quotes]
        return tuple(RecordLink(noun="ticket", id=quote.ticket, name=quote.title) for quote in quotes)

    def _nothing(self) -> str:
        if not self.stored:
            return "There are no support tickets yet. Put an export into the import folder and import it as tickets."
        return f"There are no tickets {self._when()}; {count(self.stored, 'ticket')} in all."

    def _when(self) -> str:
        return f"of {days(self.start, self.end)}" if self.start and self.end else "so far"

    def _head(self) -> str:
        which = count(self.looked_at, "ticket")
        newest = f" (the newest of {self.in_period:,})" if self.in_period > self.looked_at else ""
        if not self.pain_points:
            few = "It is only one." if self.looked_at == 1 else "No two of them are about the same."
            return f"{which} {self._when()}{newest}. {few}"
        return f"What comes up more than once in {which} {self._when()}{newest}:"

    def _point(self, number: int, point: PainPoint) -> str:
        amount = f"{point.count} of {count(self.looked_at, 'ticket')}"
        if self.looked_at >= ENOUGH_FOR_PERCENT:
            amount += f" ({percent(round(point.share, 2))})"
        trend = f"; {point.trend.told()}" if point.trend else ""
        quotes = [f"> “{inert(quote.words)}” (ticket #{quote.ticket})" for quote in point.quotes]
        return "\n".join([f"{number}. **{inert(point.label)}**: {amount}{trend}", "", "\n>\n".join(quotes)])

    def _alone(self) -> str:
        named = [f"“{inert(shorten(quote.title, 60))}” (#{quote.ticket})" for quote in self.alone[:3]]
        if not self.pain_points:
            return f"They are about: {listing(named)}{' and others' if len(self.alone) > 3 else ''}."
        verb = "stands" if len(self.alone) == 1 else "stand"
        example = "" if len(self.alone) <= 3 else "for example "
        return f"{count(len(self.alone), 'ticket').capitalize()} {verb} alone: {example}{listing(named)}."
