"""The social media tools: posts written, planned, scheduled and cancelled, and what came of them."""

from datetime import date, datetime

from memory import posts as stored
from memory.enums import Platform, PostStatus
from memory.metrics import totals_of_all
from memory.social_accounts import account_of
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import Count, Days, MediaUrl, Period, PostRef, Prose, Tone, Topic
from tools.posting import scheduling
from tools.posting.calendar import ContentCalendar, content_calendar
from tools.posting.cards import PostCancelled, PostList, PostPlan, PostScheduled, card
from tools.posting.drafting import SocialPostDraft, post_draft
from tools.posting.entry import KIND
from tools.posting.limits import platform_name
from tools.posting.performance import SocialPerformance, moments, performance, period_days
from tools.posting.prediction import EngagementForecast, forecast
from tools.posting.tags import HashtagDraft, hashtag_draft
from tools.posting.times import PostingTimes, posting_times
from tools.show import days, words


@tool(effect="draft", route="POST /social/post/generate")
def generate_social_post(ctx: Context, topic: Topic, platform: Platform, tone: Tone | None = None) -> SocialPostDraft:
    """Write a post for a platform, within what fits there, and keep it as a draft.

    Args:
        topic: What the post is about.
        platform: The platform it is for.
        tone: How it should sound, beside the brand voice.
    """
    return post_draft(ctx, topic, platform, tone)


@tool(effect="draft", route="POST /social/calendar/create")
def create_content_calendar(
    ctx: Context,
    topic: Topic,
    platforms: list[Platform] | None = None,
    start_date: date | None = None,
    days: Days = 14,
    posts_per_week: Count = 3,
) -> ContentCalendar:
    """Plan posts about a topic over some days, without two at once, as drafts. Nothing is scheduled by it.

    Args:
        topic: What the posts are about.
        platforms: The platforms, in turn; without any, those the house has posts on.
        start_date: The first day, today or later; without one, tomorrow.
        days: How many days it covers, 1 to 92.
        posts_per_week: How many posts a week on all platforms together, at most one a day on each.
    """
    return content_calendar(ctx, topic, platforms, start_date, days, posts_per_week)


@tool(effect="draft", route="POST /social/hashtags/generate")
def generate_hashtags(ctx: Context, topic: Topic, platform: Platform | None = None, count: Count = 10) -> HashtagDraft:
    """Find hashtags for a topic; those that worked in own posts come first.

    Args:
        topic: What the post is about.
        platform: The platform they are for.
        count: How many, 1 to 30.
    """
    return hashtag_draft(ctx, topic, platform, count)


def preview_schedule_social_post(
    ctx: Context,
    platform: Platform,
    scheduled_time: datetime,
    content: Prose | None = None,
    post: PostRef | None = None,
    media_urls: list[MediaUrl] | None = None,
) -> PostPlan:
    """The very text, its length, where and when it goes out, and what is missing for that."""
    return scheduling.planned(ctx, platform, scheduled_time, content, post, media_urls).plan


@tool(effect="gated", route="POST /social/schedule", preview=preview_schedule_social_post)
def schedule_social_post(
    ctx: Context,
    platform: Platform,
    scheduled_time: datetime,
    content: Prose | None = None,
    post: PostRef | None = None,
    media_urls: list[MediaUrl] | None = None,
) -> PostScheduled:
    """Schedule a post: a new text, or a draft; a post that is scheduled already is moved to the new time.

    Args:
        platform: The platform it goes out on.
        scheduled_time: When it goes out; not in the past.
        content: Its text, word for word; a draft with this text is taken where there is one. With post, its new text.
        post: The draft or post to schedule, by its id or (part of) its text.
        media_urls: Addresses of its pictures or films.
    """
    return scheduling.schedule(ctx, scheduling.planned(ctx, platform, scheduled_time, content, post, media_urls))


@tool(effect="read", route="GET /social/posts")
def list_social_posts(
    ctx: Context, platform: Platform | None = None, status: PostStatus | None = None, period: Period | None = None
) -> PostList:
    """List the posts by time, drafts without a time last; with filters, those that fit all of them.

    Args:
        platform: Only posts for this platform.
        status: Only posts with this status.
        period: Only posts that went or are to go out in this period, in words ("this week", "March").
    """
    first, last = period_days(ctx, period)
    start, end = moments(ctx, first, last)
    found = stored.list_posts(ctx.session, platform=platform, status=status, start=start, end=end)
    results = totals_of_all(ctx.session, KIND)
    filters = [
        words(status) if status else "",
        f"on {platform_name(platform)}" if platform else "",
        days(first, last) if first else "",
    ]
    return PostList(
        posts=tuple(card(one, results.get(one.id, {}), ctx.clock.zone) for one in found),
        filters=", ".join(part for part in filters if part),
        in_all=len(stored.list_posts(ctx.session)),
        late=tuple(
            one.id
            for one in found
            if one.status == PostStatus.SCHEDULED
            and one.scheduled_time
            and one.scheduled_time <= ctx.now
            and account_of(ctx.session, one.platform) is None
        ),
    )


@tool(effect="write", route="POST /social/posts/{post}/cancel")
def cancel_social_post(ctx: Context, post: PostRef) -> PostCancelled:
    """Take a post off the schedule, or drop a draft; it is kept as cancelled. A published one cannot be cancelled.

    Args:
        post: The post, by its id or (part of) its text.
    """
    return scheduling.cancel(ctx, scheduling.the_post(ctx, post))


@tool(effect="read", route="GET /social/best-times")
def optimize_posting_times(ctx: Context, platform: Platform) -> PostingTimes:
    """Find the best times of the week to post on a platform, from own results and, where these are few, general ones.

    A Bayesian regression of log(1 + likes + shares + comments) on weekday, time of day and shape (Gelman et al.,
    "Bayesian Data Analysis", 3rd edition, 14.8); intervals hold the value with 80 %.

    Args:
        platform: The platform.
    """
    return posting_times(ctx, platform)


@tool(effect="read", route="POST /social/predict")
def predict_engagement(
    ctx: Context, content: Prose, platform: Platform, scheduled_time: datetime | None = None
) -> EngagementForecast:
    """Predict the likes, shares and comments of a post, from own posts on the platform, and say how sure that is.

    Args:
        content: The post's text.
        platform: The platform it is for.
        scheduled_time: When it would go out; without one, at the times the house usually posts.
    """
    return forecast(ctx, content, platform, scheduled_time)


@tool(effect="read", route="GET /social/analytics")
def analyze_social_performance(
    ctx: Context, platform: Platform | None = None, period: Period | None = None
) -> SocialPerformance:
    """Compute what came of published posts: likes, shares, comments, engagement per post, by platform, and the best.

    Args:
        platform: Only posts on this platform.
        period: Only posts published in this period, in words ("last 30 days", "October"); without one, all of them.
    """
    return performance(ctx, platform, period)
