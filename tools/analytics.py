"""The analytics tools: figures over all campaigns and channels, what moves them, and reports."""

from memory.enums import AttributionModel, Channel, Metric, ReportFormat
from tools.analysing.anomalies import Anomalies, anomalies, learning_span
from tools.analysing.attribution import Attribution, attribution
from tools.analysing.channels import ChannelPerformance, channel_performance
from tools.analysing.dashboard import Dashboard, dashboard
from tools.analysing.figures import book
from tools.analysing.findings import Looked
from tools.analysing.forecasts import LEARNED_FROM as FORECAST_FROM
from tools.analysing.forecasts import Forecast, forecast
from tools.analysing.insights import Insights, Recommendations, insights, recommendations
from tools.analysing.periods import span_of
from tools.analysing.trends import Trends, trends
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import Days, Period
from tools.reporting.report import ReportMade, make_report

#: A trend needs more days than a month to show.
TREND_PERIOD = "last 90 days"


@tool(effect="read", route="GET /analytics/dashboard")
def get_dashboard(ctx: Context, period: Period | None = None) -> Dashboard:
    """Show the key figures against the period before, conversions by channel, the top campaigns, and what needs a person.

    Changes are tested on daily sums (Welch's t-test, 5 %); what was not measured is left out, never shown as 0.

    Args:
        period: The days, in words ("last 30 days", "October"); without one, the last 30 days.
    """
    return dashboard(ctx, span_of(ctx, period))


@tool(effect="read", route="POST /analytics/insights/generate")
def generate_insights(ctx: Context, period: Period | None = None, channel: Channel | None = None) -> Insights:
    """Find what stands out: changes, unusual days, trends, mailings and campaigns far from the others, idle segments.

    Args:
        period: The days, in words ("last 30 days", "October"); without one, the last 30 days.
        channel: Only what concerns this channel.
    """
    return insights(Looked(ctx, span_of(ctx, period), channel))


@tool(effect="read", route="GET /analytics/performance/{channel}")
def get_channel_performance(ctx: Context, channel: Channel, period: Period | None = None) -> ChannelPerformance:
    """Compute what one channel brought and cost, against the period before, with the records it came from.

    Args:
        channel: The channel.
        period: The days, in words ("last 30 days", "October"); without one, the last 30 days.
    """
    return channel_performance(ctx, channel, span_of(ctx, period))


@tool(effect="read", route="GET /analytics/forecast")
def predict_performance(ctx: Context, metric: Metric, days: Days = 30) -> Forecast:
    """Forecast a metric's sum over the coming days, with the interval that holds it with 80 %.

    Exponential smoothing with a weekly season (Hyndman et al., 2008) from 35 days of history on, the mean day with less;
    with less than 14 days it says what is missing.

    Args:
        metric: What to forecast.
        days: How many days from today on, 1 to 365.
    """
    span = span_of(ctx, f"last {FORECAST_FROM} days")
    return forecast(book(ctx, span, metrics=[metric]), metric, days, ctx.today, ctx.currency)


@tool(effect="read", route="GET /analytics/trends")
def identify_trends(ctx: Context, metric: Metric | None = None, period: Period | None = None) -> Trends:
    """Find which metrics rise or fall, by how much a week, with the interval; or say that there is no clear trend.

    A line through daily sums with errors that allow for dependent days (Newey and West, 1987), which must be clear by
    the Mann-Kendall test too; several metrics are judged together (Holm, 1979).

    Args:
        metric: Only this metric; without one, all.
        period: The days, in words ("last 30 days", "October"); without one, the last 90 days.
    """
    span = span_of(ctx, period, TREND_PERIOD)
    metrics = [metric] if metric else list(Metric)
    return trends(book(ctx, span, metrics=metrics), metrics, ctx.today, ctx.currency)


@tool(effect="read", route="GET /analytics/anomalies")
def detect_anomalies(ctx: Context, metric: Metric | None = None, period: Period | None = None) -> Anomalies:
    """Find days out of line: what was expected, how far off they were, and what moved most on them.

    Robust seasonal decomposition (Cleveland et al., 1990) and median absolute deviations (Iglewicz and Hoaglin, 1993),
    learned from the days and the half year before them.

    Args:
        metric: Only this metric; without one, all.
        period: The days, in words ("last 30 days", "October"); without one, the last 30 days.
    """
    span = span_of(ctx, period)
    metrics = [metric] if metric else list(Metric)
    learned = book(ctx, learning_span(span), metrics=metrics)
    return anomalies(learned, span, metrics, ctx.today, ctx.currency)


@tool(effect="read", route="GET /analytics/attribution")
def attribute_conversions(
    ctx: Context, model: AttributionModel = AttributionModel.LAST_TOUCH, period: Period | None = None
) -> Attribution:
    """Share the credit for conversions among the channels and campaigns that a lead had contact with before.

    Contacts are what people (not machines) did in the 30 days before: opens, clicks, visits, replies, forms, calls,
    where they have a channel, campaign or mailing. Each conversion's credit adds up to exactly one. Time decay has a
    half-life of 7 days; position based gives 40 % to the first and the last contact and 20 % to those between.

    Args:
        model: How credit is shared.
        period: When the conversions happened, in words ("last 30 days", "October"); without one, the last 30 days.
    """
    return attribution(ctx, span_of(ctx, period), model)


@tool(effect="read", route="GET /analytics/recommendations")
def recommend_actions(ctx: Context, period: Period | None = None) -> Recommendations:
    """Say what to do next, from what waits and what the figures show, each with the sentence that has it done.

    Args:
        period: The days whose figures count, in words ("last 30 days", "October"); without one, the last 30 days.
    """
    return recommendations(Looked(ctx, span_of(ctx, period)))


@tool(effect="draft", route="POST /analytics/reports/generate")
def generate_reports(
    ctx: Context, period: Period | None = None, format: ReportFormat = ReportFormat.HTML
) -> ReportMade:
    """Make a report of a period as a file: key figures, charts, channels, campaigns, findings, what to do next.

    Args:
        period: The days, in words ("last 30 days", "October"); without one, the last 30 days.
        format: What kind of file.
    """
    return make_report(ctx, span_of(ctx, period), format)
