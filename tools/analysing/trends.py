"""Whether a metric rises or falls: the slope of its daily sums with a confidence interval, and "no clear trend" else."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from memory.enums import Metric
from tools.analysing.definitions import label, shown
from tools.analysing.figures import Book
from tools.analysing.series import Series, whole_days, why_not
from tools.core.result import RecordLink, Result
from tools.show import days, percent, table

#: Whole days that a trend needs.
LEAST_DAYS = 14
LEVEL = 0.05


@dataclass(frozen=True)
class Slope:
    """Change a day, with its 95 % interval and the p-value of "there is none"; `level` is the mean day."""

    change: float
    low: float
    high: float
    p_value: float
    level: float


def slope(series: Series) -> Slope:
    """The straight line through daily sums, weekdays taken out, by least squares.

    Errors allow for days that depend on each other: Newey and West, Econometrica 55, 1987, with the usual
    4 (n / 100)^(2/9) lags, and t instead of normal quantiles, as few days ask for.
    """
    import numpy as np
    import statsmodels.api as sm
    from scipy.stats import t

    values = np.asarray(series.values, dtype=float)
    at = np.arange(len(values))
    columns = [at - at.mean()]
    if len(values) >= 21:
        weekday = (series.start.weekday() + at) % 7
        columns += [(weekday == one).astype(float) for one in range(1, 7)]
    design = sm.add_constant(np.column_stack(columns), has_constant="add")
    model = sm.OLS(values, design)
    plain = model.fit()
    lags = int(4 * (len(values) / 100) ** (2 / 9))
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    # In short series the robust error is often too small: the wider of the two is told.
    error = max(float(plain.bse[1]), float(robust.bse[1]))
    change = float(plain.params[1])
    half = float(t.ppf(1 - LEVEL / 2, plain.df_resid)) * error
    p_value = 2 * float(t.sf(abs(change) / error, plain.df_resid)) if error else 1.0
    return Slope(change, change - half, change + half, p_value, float(values.mean()))


def rank_p_value(series: Series) -> float:
    """The p-value of "no monotone trend" of the weekly sums, or the daily ones where there are few weeks: Kendall's tau
    against time (H. B. Mann, Econometrica 13, 1945). One wild day does not move it."""
    from scipy.stats import kendalltau

    values = list(series.values)
    if len(values) >= 56:
        odd = len(values) % 7
        values = [sum(values[at : at + 7]) for at in range(odd, len(values), 7)]
    if len(set(values)) == 1:
        return 1.0
    return float(kendalltau(range(len(values)), values).pvalue)


class Trend(BaseModel):
    """One metric's trend. direction is rising, falling or "no clear trend"; None where it cannot be judged (`lacking`).

    `change` is the change a week with its 95 % interval, `share` that change of the mean week; `days` were looked at.
    """

    model_config = ConfigDict(frozen=True)

    metric: Metric
    direction: str | None
    days: int
    weekly_mean: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    share: float | None = None
    p_value: float | None = None
    lacking: str | None = None
    imported: bool = False
    sources: tuple[RecordLink, ...] = ()


class Trends(Result):
    """The trends of some days."""

    start: str
    end: str
    period: str
    trends: tuple[Trend, ...]
    not_judged: str
    currency: str

    @property
    def text(self) -> str:
        judged = [one for one in self.trends if one.direction]
        parts = [f"**Trends, {self.period}**"]
        if judged:
            parts.append(
                table(("Metric", "Trend", "Change a week (95% interval)", "A usual week"), map(self._row, judged))
            )
            clear = [one for one in judged if one.direction != UNCLEAR]
            if not clear:
                parts.append("No figure shows a clear trend: what moved is within what chance explains.")
            if len(judged) > 1:
                parts.append("*Judged together (Holm's correction), so that one of many is not clear by luck.*")
        if self.not_judged:
            parts.append(("Not judged: " if judged else "There is too little to see a trend: ") + self.not_judged)
        if any(one.imported for one in judged):
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(dict.fromkeys(link for one in self.trends if one.direction for link in one.sources))

    def _row(self, one: Trend) -> tuple[str, ...]:
        def said(value: float | None) -> str:
            return ("+" if (value or 0) > 0 else "") + shown(one.metric, value, self.currency)

        share = f" ({'+' if (one.share or 0) > 0 else ''}{percent(one.share)})" if one.share is not None else ""
        return (
            label(one.metric),
            one.direction or "",
            f"{said(one.change)}{share}; {said(one.low)} to {said(one.high)}",
            shown(one.metric, one.weekly_mean, self.currency),
        )


UNCLEAR = "no clear trend"


def trends(book: Book, metrics: list[Metric], today: object, currency: str) -> Trends:
    """The trend of each metric over the book's days."""
    from statsmodels.stats.multitest import multipletests

    found: list[Trend] = []
    judged: list[tuple[Series, Slope, float]] = []
    short: list[Series] = []
    for metric in metrics:
        series = whole_days(book, metric, today)  # type: ignore[arg-type]
        lacking = series.lacking(LEAST_DAYS)
        if lacking:
            found.append(Trend(metric=metric, direction=None, days=series.days, lacking=lacking))
            short.append(series)
        else:
            line = slope(series)
            judged.append((series, line, max(line.p_value, rank_p_value(series))))
    p_values = multipletests([p for *_, p in judged], method="holm")[1] if judged else []
    done = [_trend(book, *one, float(p)) for one, p in zip(judged, p_values, strict=True)]
    order = {metric: place for place, metric in enumerate(metrics)}
    return Trends(
        start=book.span.start.isoformat(),
        end=book.span.end.isoformat(),
        period=days(book.span.start, book.span.end) if not book.span.whole else book.span.text,
        trends=tuple(sorted([*found, *done], key=lambda one: order[one.metric])),
        not_judged=why_not(short, LEAST_DAYS),
        currency=currency,
    )


def _trend(book: Book, series: Series, line: Slope, raw: float, p_value: float) -> Trend:
    clear = p_value < LEVEL and (line.low > 0 or line.high < 0)
    mean = line.level * 7
    return Trend(
        metric=series.metric,
        direction=("rising" if line.change > 0 else "falling") if clear else UNCLEAR,
        days=series.days,
        weekly_mean=mean,
        # The line's change from one day to the next, over a week, of a week's sum: 7 days, each 7 steps on.
        change=line.change * 49,
        low=line.low * 49,
        high=line.high * 49,
        share=line.change * 49 / mean if mean else None,
        p_value=p_value,
        imported=book.imported(series.metric),
        sources=book.sources(series.metric),
    )
