"""How posts did: their recorded results by platform, the best ones, and the period before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform
from memory.posts import posts_with_imported_results
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import RecordLink, Result
from tools.posting.cards import results_in_words
from tools.posting.entry import KIND, called
from tools.posting.limits import platform_name
from tools.posting.results import PublishedPost, published
from tools.quoting import inert
from tools.show import bullets, count, days, moment, number, percent, table
from tools.words import UnclearWords, resolve_period

#: A period that begins this early is meant as "all time".
LONG_AGO = date(2000, 1, 1)
BEST = 3


class SocialFigures(BaseModel):
    """Recorded results of some posts. None means: not recorded.

    engagement is likes + shares + comments, `per_post` that of an average post with results. The engagement rate is
    engagement / impressions, over the posts whose impressions were recorded (Farris et al., "Marketing Metrics", 4th
    edition: rates by impressions).
    """

    model_config = ConfigDict(frozen=True)

    platform: Platform | None
    posts: int
    with_results: int
    likes: float | None
    shares: float | None
    comments: float | None
    engagement: float | None
    per_post: float | None
    impressions: float | None
    engagement_rate: float | None


class BestPost(BaseModel):
    """One of the posts with most engagement."""

    model_config = ConfigDict(frozen=True)

    id: int
    platform: Platform
    content: str
    published_at: datetime
    engagement: float
    results: dict[str, float]


class SocialPerformance(Result):
    """What came of the posts that were published, in all or in a period. `before` are those of the days before it."""

    platform: Platform | None
    period: str | None
    start: date | None
    end: date | None
    total: SocialFigures
    platforms: tuple[SocialFigures, ...]
    before: SocialFigures | None
    best: tuple[BestPost, ...]
    imported: bool

    @property
    def text(self) -> str:
        where = f" on {platform_name(self.platform)}" if self.platform else ""
        when = f", {days(self.start, self.end)}" if self.start else ""
        if not self.total.posts:
            return f"No post was published{where}{when}, so there is nothing to judge."
        parts = [f"**{count(self.total.posts, 'post').capitalize()} published{where}{when}**"]
        if self.total.engagement is None:
            them = "it" if self.total.posts == 1 else "them"
            parts.append(f"No results are recorded for {them} yet, so there is nothing to judge {them} by.")
            return "\n\n".join(parts)
        parts.append(self._table())
        parts += [part for part in (self._missing(), self._trend()) if part]
        listed = bullets(
            f"“{inert(called(one.content))}” on {platform_name(one.platform)}, {moment(one.published_at)}: "
            f"{results_in_words(one.results)}"
            for one in self.best
        )
        parts.append(f"{'Most engagement' if len(self.best) > 1 else 'The post'}:\n\n{listed}")
        if self.imported:
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(RecordLink(noun=KIND, id=one.id, name=called(one.content)) for one in self.best)

    def _table(self) -> str:
        shown = list(self.platforms) + ([self.total] if len(self.platforms) > 1 else [])
        rated = any(one.engagement_rate is not None for one in shown)
        rows = [
            (
                platform_name(one.platform) if one.platform else "All",
                number(one.posts),
                number(one.likes),
                number(one.shares),
                number(one.comments),
                number(one.engagement),
                number(one.per_post),
                *([percent(one.engagement_rate)] if rated else []),
            )
            for one in shown
        ]
        headers = ["Platform", "Posts", "Likes", "Shares", "Comments", "Engagement", "Per post"]
        return table([*headers, "Engagement rate"] if rated else headers, rows)

    def _missing(self) -> str:
        without = self.total.posts - self.total.with_results
        if not without:
            return ""
        are = "is" if without == 1 else "are"
        return f"{count(without, 'post').capitalize()} without recorded results {are} left out of the average."

    def _trend(self) -> str:
        if self.before is None or self.before.per_post is None or self.total.per_post is None:
            return ""
        change = (self.total.per_post / self.before.per_post - 1) if self.before.per_post else None
        moved = f" ({change * 100:+.0f}%)" if change is not None else ""
        return (
            f"Engagement per post: {number(self.total.per_post)}, against {number(self.before.per_post)} in as many "
            f"days before ({count(self.before.posts, 'post')}){moved}."
        )


def performance(ctx: Context, platform: Platform | None, period: str | None) -> SocialPerformance:
    """What came of the published posts. Raises BadInput where the words are no period."""
    first, last = period_days(ctx, period)
    found = _published(ctx, platform, first, last)
    before = None
    if first and last:
        length = last - first + timedelta(days=1)
        before = _figures(_published(ctx, platform, first - length, first - timedelta(days=1)), None)
    groups: dict[Platform, list[PublishedPost]] = defaultdict(list)
    for one in found:
        groups[one.post.platform].append(one)
    imported = posts_with_imported_results(ctx.session)
    ranked = sorted((one for one in found if one.engagement is not None), key=lambda one: -(one.engagement or 0))
    return SocialPerformance(
        platform=platform,
        period=period if first else None,
        start=first,
        end=last,
        total=_figures(found, platform),
        platforms=tuple(_figures(groups[one], one) for one in sorted(groups)),
        before=before if before and before.posts else None,
        best=tuple(_best(one) for one in ranked[:BEST]),
        imported=any(one.post.id in imported for one in found),
    )


def period_days(ctx: Context, period: str | None) -> tuple[date | None, date | None]:
    """First and last day of a period in words; None twice where there is none, or where it means all time."""
    if period is None:
        return None, None
    try:
        first, last = resolve_period(period, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    return (None, None) if first <= LONG_AGO else (first, last)


def moments(ctx: Context, first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The moments at which days begin and end (exclusive) in the hub's zone."""
    zone = ctx.clock.zone
    return (
        datetime.combine(first, time(), zone) if first else None,
        datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
    )


def _published(ctx: Context, platform: Platform | None, first: date | None, last: date | None) -> list[PublishedPost]:
    start, end = moments(ctx, first, last)
    return published(ctx, platform, start=start, end=end)


def _figures(posts: Sequence[PublishedPost], platform: Platform | None) -> SocialFigures:
    judged = [one for one in posts if one.engagement is not None]
    engagement = _total(one.engagement for one in judged)
    seen = [one for one in judged if one.figures.get("impressions")]
    impressions = _total(one.figures["impressions"] for one in seen)
    return SocialFigures(
        platform=platform,
        posts=len(posts),
        with_results=len(judged),
        likes=_total(one.figures.get("likes") for one in posts),
        shares=_total(one.figures.get("shares") for one in posts),
        comments=_total(one.figures.get("comments") for one in posts),
        engagement=engagement,
        per_post=engagement / len(judged) if engagement is not None else None,
        impressions=impressions,
        engagement_rate=(_total(one.engagement for one in seen) or 0.0) / impressions if impressions else None,
    )


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _best(one: PublishedPost) -> BestPost:
    return BestPost(
        id=one.post.id,
        platform=one.post.platform,
        content=one.post.content,
        published_at=one.at,
        engagement=one.engagement or 0.0,
        results=one.figures,
    )
