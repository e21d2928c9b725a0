"""Days out of line: what was to be expected of a day, how far off it was, and what moved most on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from pydantic import BaseModel, ConfigDict

from memory.enums import Channel, Metric
from tools.analysing.definitions import label, shown
from tools.analysing.figures import Book, Fact
from tools.analysing.periods import Span
from tools.analysing.series import Series, whole_days, why_not
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import count, day, number, table, words

#: Days before the period from which is learned what is usual.
LEARNED_FROM = 180
LEAST_DAYS, SEASONAL_DAYS = 14, 56
#: Modified z-score from which a value is an outlier (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993).
UNUSUAL = 3.5
#: A robust decomposition follows its data a little, so that what is left over is too small: a wider limit makes up for it.
UNUSUAL_SEASONAL = 5.0
#: The MAD of a normal sample times this is its standard deviation; the same for the mean absolute deviation.
MAD_SCALE, MEAN_SCALE = 1.4826, 1.2533
SHOWN = 12


@dataclass(frozen=True)
class Odd:
    """A day out of line: place in the series, what was expected, between what it would have been usual, its score."""

    at: int
    expected: float
    low: float
    high: float
    score: float


def odd_days(series: Series) -> list[Odd]:
    """The days of a series whose sum is unusual, on the square root's scale, where counts spread evenly (Bartlett, 1936).

    From `SEASONAL_DAYS` on: what a robust seasonal-trend decomposition by loess leaves over (R. B. Cleveland et al.,
    Journal of Official Statistics 6, 1990), in units of its median absolute deviation; before that the modified z-score.
    """
    import numpy as np

    roots = np.sqrt(np.maximum(np.asarray(series.values, dtype=float), 0.0))
    if len(roots) >= SEASONAL_DAYS:
        from statsmodels.tsa.seasonal import STL

        fit = STL(roots, period=7, seasonal=35, trend=29, robust=True).fit()
        expected, limit = fit.trend + fit.seasonal, UNUSUAL_SEASONAL
    else:
        expected, limit = np.full(len(roots), np.median(roots)), UNUSUAL
    rest = roots - expected
    middle = np.median(rest)
    spread = MAD_SCALE * float(np.median(np.abs(rest - middle))) or MEAN_SCALE * float(np.mean(np.abs(rest - middle)))
    # A count's root varies by a half whatever its size: less than that is a series too even to be judged by.
    spread = max(spread, 0.5 if float(np.max(roots, initial=0.0)) else 0.0)
    if not spread:
        return []
    found = []
    for at, off in enumerate(rest):
        score = float((off - middle) / spread)
        if abs(score) > limit:
            root, half = max(float(expected[at] + middle), 0.0), limit * spread
            found.append(Odd(at, root**2, max(root - half, 0.0) ** 2, (root + half) ** 2, score))
    return found


class Mover(BaseModel):
    """What moved a day most: a mailing, post, campaign or channel, its figure that day and its usual one (the median)."""

    model_config = ConfigDict(frozen=True)

    name: str
    link: RecordLink | None
    channel: Channel | None
    value: float
    usual: float


class Anomaly(BaseModel):
    """A day out of line; `low` to `high` would have been usual, `score` is in robust standard deviations."""

    model_config = ConfigDict(frozen=True)

    metric: Metric
    day: date
    value: float
    expected: float
    low: float
    high: float
    score: float
    cause: Mover | None


class Anomalies(Result):
    """The days of a period that were out of line."""

    start: date
    end: date
    period: str
    anomalies: tuple[Anomaly, ...]
    judged: tuple[Metric, ...]
    not_judged: str
    currency: str
    imported: bool

    @property
    def text(self) -> str:
        parts = []
        if self.anomalies:
            parts.append(
                f"**{count(len(self.anomalies), 'day')} out of line, {self.period}**".replace("days", "figures")
            )
            rows = [
                (
                    day(one.day),
                    label(one.metric),
                    shown(one.metric, one.value, self.currency),
                    f"{shown(one.metric, one.expected, self.currency)} "
                    f"({shown(one.metric, one.low, self.currency)} to {shown(one.metric, one.high, self.currency)})",
                    f"{number(abs(one.score))} times the usual spread",
                    self._cause(one),
                )
                for one in self.anomalies[:SHOWN]
            ]
            parts.append(table(("Day", "Figure", "Was", "Expected", "Off by", "What moved most"), rows))
            if len(self.anomalies) > SHOWN:
                parts.append(f"… and {len(self.anomalies) - SHOWN} more.")
        elif self.judged:
            named = ", ".join(one.value for one in self.judged)
            parts.append(f"Nothing was out of line, {self.period}: {named} stayed within what was to be expected.")
        if self.not_judged:
            head = "Not judged: " if self.judged else f"Nothing unusual can be seen yet, {self.period}: "
            parts.append(head + self.not_judged)
        if self.imported and self.judged:
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        found = [one.cause.link for one in self.anomalies if one.cause and one.cause.link]
        return tuple(dict.fromkeys(found))

    def _cause(self, one: Anomaly) -> str:
        if one.cause is None:
            return "-"
        cause = one.cause
        by = f" ({words(cause.channel)})" if cause.channel and cause.link else ""
        now, usual = (shown(one.metric, value, self.currency) for value in (cause.value, cause.usual))
        return f"{inert(cause.name)}{by}: {now} instead of {usual}"


def anomalies(book: Book, span: Span, metrics: list[Metric], today: date, currency: str) -> Anomalies:
    """The unusual days of `span`; the book also holds the days before it that show what is usual."""
    found: list[Anomaly] = []
    judged: list[Metric] = []
    short: list[Series] = []
    for metric in metrics:
        series = whole_days(book, metric, today)
        if series.lacking(LEAST_DAYS):
            short.append(series)
            continue
        judged.append(metric)
        found += [_anomaly(book, series, odd) for odd in odd_days(series) if series.day(odd.at) in span]
    return Anomalies(
        start=span.start,
        end=span.end,
        period=span.text,
        anomalies=tuple(sorted(found, key=lambda one: (-abs(one.score), one.day))),
        judged=tuple(judged),
        not_judged=why_not(short, LEAST_DAYS),
        currency=currency,
        imported=any(book.imported(metric) for metric in judged),
    )


def learning_span(span: Span) -> Span:
    """The period with the days before it from which is learned what is usual."""
    return span if span.whole else Span(span.start - timedelta(days=LEARNED_FROM), span.end)


def _anomaly(book: Book, series: Series, odd: Odd) -> Anomaly:
    on, value = series.day(odd.at), series.values[odd.at]
    return Anomaly(
        metric=series.metric,
        day=on,
        value=value,
        expected=odd.expected,
        low=odd.low,
        high=odd.high,
        score=odd.score,
        cause=_cause(book, series.metric, on, value > odd.expected),
    )


def _cause(book: Book, metric: Metric, on: date, more: bool) -> Mover | None:
    """What was furthest from its own median of the 28 days before, in the anomaly's direction; the most exact first."""
    first = on - timedelta(days=28)
    near = [fact for fact in book.facts if fact.metric == metric and fact.day and first <= fact.day <= on]
    best: tuple[float, Mover] | None = None
    for key in dict.fromkeys(_origin(fact) for fact in near):
        own = [fact for fact in near if _origin(fact) == key]
        value = sum(fact.value for fact in own if fact.day == on)
        sums = [sum(fact.value for fact in own if fact.day == first + timedelta(days=at)) for at in range(28)]
        usual = float(median(sums))
        moved = value - usual if more else usual - value
        if moved > 0 and (best is None or moved > best[0]):
            best = (moved, _mover(book, key, value, usual))
    return best[1] if best else None


def _origin(fact: Fact) -> tuple[str, int | None, Channel | None]:
    if fact.record_id is not None:
        return fact.kind, fact.record_id, fact.channel
    if fact.campaign_id is not None:
        return "campaign", fact.campaign_id, fact.channel
    return "channel", None, fact.channel


def _mover(book: Book, key: tuple[str, int | None, Channel | None], value: float, usual: float) -> Mover:
    kind, record_id, channel = key
    link = book.house.link(kind, record_id) if record_id is not None else None
    name = link.name if link else words(channel) if channel else "no channel known"
    return Mover(name=name, link=link, channel=channel, value=value, usual=usual)
