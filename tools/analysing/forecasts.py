"""What is to be expected of the coming days: a sum with its interval, and how sure that is."""

from dataclasses import dataclass
from datetime import date, timedelta

from memory.enums import Metric
from tools.analysing.definitions import shown
from tools.analysing.figures import Book
from tools.analysing.series import Series, whole_days
from tools.core.errors import BadInput
from tools.core.result import RecordLink, Result
from tools.show import count, days

#: Whole days that a forecast needs at least, and from which on it knows weekdays and trends.
LEAST_DAYS, SEASONAL_DAYS = 14, 35
#: Days that are learned from at most: what is older says little.
LEARNED_FROM = 365
FURTHEST = 365
#: The interval holds the sum with this probability.
LEVEL = 0.8
PATHS = 1_000


@dataclass(frozen=True)
class Expected:
    """The sum of the coming days: the middle, and the interval that holds it with 80 %; `daily` are the middle days, each
    between its `daily_low` and `daily_high` with 80 %."""

    total: float
    low: float
    high: float
    daily: tuple[float, ...]
    daily_low: tuple[float, ...]
    daily_high: tuple[float, ...]
    method: str


def expected(series: Series, ahead: int) -> Expected:
    """The sum of the `ahead` days after the series (which must be `LEAST_DAYS` long at least).

    With `SEASONAL_DAYS` or more: exponential smoothing with a weekly season, with or without a damped trend by the
    smaller AICc, on the square root's scale; the interval from simulated paths (Hyndman et al., "Forecasting with
    Exponential Smoothing", 2008, chapters 2 and 6). With less: the mean day, with the t-interval of a sum of new days
    whose mean is estimated too (Hahn and Meeker, "Statistical Intervals", 1991, section 4.7).
    """
    return _smoothed(series, ahead) if series.days >= SEASONAL_DAYS else _mean_day(series, ahead)


def _smoothed(series: Series, ahead: int) -> Expected:
    import warnings

    import numpy as np
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    roots = np.sqrt(np.maximum(np.asarray(series.values, dtype=float), 0.0))
    fits = []
    for trend in (None, "add"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit that did not settle fully has a worse AICc, and says so by it
            # Starting states by the usual heuristic (section 2.6.1): estimating them takes ten times as long.
            model = ETSModel(
                roots, error="add", trend=trend, damped_trend=trend is not None, seasonal="add", seasonal_periods=7,
                initialization_method="heuristic",
            )  # fmt: skip
            fits.append(model.fit(disp=False, maxiter=200))
    best = min(fits, key=lambda fit: float(fit.aicc))
    # The spread of the errors, with the degrees of freedom that the fit has used up.
    spread = float(np.sqrt(best.sse / max(len(roots) - len(best.params), 1)))
    errors = np.random.default_rng(7).normal(0.0, spread, (ahead, PATHS))
    paths = np.asarray(best.simulate(ahead, anchor="end", repetitions=PATHS, random_errors=errors), dtype=float)
    paths = paths.reshape(ahead, PATHS)
    # Nothing below 0, and nothing far above what was ever seen: a path that ran away on the root's scale is no count.
    days_ahead = np.square(np.clip(paths, 0.0, 3 * roots.max() + 3))
    sums = days_ahead.sum(axis=0)
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.quantile(sums, ends)
    lows, highs = np.quantile(days_ahead, ends, axis=1)
    # The middle of a day is its mean, so that the days add up to what the sum's mean says.
    return Expected(
        float(sums.mean()), float(low), float(high), tuple(map(float, days_ahead.mean(axis=1))),
        tuple(map(float, lows)), tuple(map(float, highs)), "exponential smoothing with a weekly rhythm",
    )  # fmt: skip


def _mean_day(series: Series, ahead: int) -> Expected:
    import numpy as np
    from scipy.stats import t

    values = np.asarray(series.values, dtype=float)
    n, mean = len(values), float(values.mean())
    # The variance of a sum of h new days, plus that of h times an estimated mean; weeks repeat, so errors of days in a
    # week are not quite independent: the spread is that of the days, which holds the weekdays' differences.
    unit = float(t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1))
    half, of_day = unit * float(np.sqrt(ahead + ahead**2 / n)), unit * float(np.sqrt(1 + 1 / n))
    return Expected(
        mean * ahead, max(mean * ahead - half, 0.0), mean * ahead + half, (mean,) * ahead,
        (max(mean - of_day, 0.0),) * ahead, (mean + of_day,) * ahead, "the mean day",
    )  # fmt: skip


class Forecast(Result):
    """A metric's expected sum over `days` days from `start`; None in all figures where `lacking` says why.

    low to high holds the sum with 80 %, as far as the future is like the `learned_days` days of the past; daily_low to
    daily_high each day of `daily`.
    """

    metric: Metric
    days: int
    start: date
    end: date
    total: float | None
    low: float | None
    high: float | None
    daily: tuple[float, ...]
    daily_low: tuple[float, ...]
    daily_high: tuple[float, ...]
    learned_days: int
    recent: float | None
    recent_days: int
    method: str | None
    lacking: str | None
    currency: str
    imported: bool
    sources: tuple[RecordLink, ...]

    @property
    def text(self) -> str:
        when = days(self.start, self.end)
        if self.total is None:
            return f"I cannot forecast {self.metric.value} yet: {self.lacking}"
        middle, low, high = (
            shown(self.metric, _whole(value), self.currency) for value in (self.total, self.low, self.high)
        )
        recent = shown(self.metric, self.recent, self.currency)
        parts = [
            f"**{self.metric.value.capitalize()}, {when}: about {middle}** ({low} to {high} with 80% certainty).",
            f"The {count(self.recent_days, 'day')} before brought {recent}. "
            f"Learned from {count(self.learned_days, 'day')} by {self.method}.",
            self._sureness(),
        ]
        if self.imported:
            parts.append("*The history holds imported figures.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return self.sources

    def _sureness(self) -> str:
        width = ((self.high or 0.0) - (self.low or 0.0)) / self.total if self.total else None
        if self.learned_days < SEASONAL_DAYS:
            return (
                f"This is rough: with less than {SEASONAL_DAYS} days, weekdays and trends cannot be told from chance, "
                "so every day is taken to be like the mean one."
            )
        if self.days > self.learned_days:
            return "This is unsure: it looks further ahead than the history reaches back."
        judged = (
            "quite sure" if width is not None and width < 0.3 else "fairly sure" if width and width < 0.8 else "unsure"
        )
        return f"This is {judged}, as long as nothing changes: a new campaign or a holiday is not in it."


def forecast(book: Book, metric: Metric, ahead: int, today: date, currency: str) -> Forecast:
    """The forecast of the `ahead` days from today. Raises BadInput for a number of days that is not 1 to 365."""
    if not 1 <= ahead <= FURTHEST:
        raise BadInput(f"A forecast can reach 1 to {FURTHEST} days ahead; {ahead} is not.", "days")
    series = whole_days(book, metric, today)
    lacking = series.lacking(LEAST_DAYS)
    found = expected(series, ahead) if lacking is None else None
    recent = series.values[-ahead:]
    return Forecast(
        metric=metric,
        days=ahead,
        start=today,
        end=today + timedelta(days=ahead - 1),
        total=found.total if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        daily=found.daily if found else (),
        daily_low=found.daily_low if found else (),
        daily_high=found.daily_high if found else (),
        learned_days=series.days,
        recent=sum(recent) if found else None,
        recent_days=len(recent),
        method=found.method if found else None,
        lacking=lacking,
        currency=currency,
        imported=book.imported(metric),
        sources=book.sources(metric) if found else (),
    )


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value) if value >= 10 else round(value, 1)
