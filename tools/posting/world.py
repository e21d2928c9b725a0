"""Posts of a world file, laid into an empty house: their likes, shares and comments are imported history."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.enums import Channel, Platform, PostStatus
from memory.metrics import record_metric
from memory.posts import PublishState, SocialPost
from tools.posting.entry import KIND
from tools.posting.limits import hashtags_of

#: What a platform counts for a post, as far as a file may hold it.
RESULTS = ("likes", "shares", "comments", "impressions", "reach", "clicks", "saves")


def load_post(session: Session, entry: dict[str, Any], now: datetime, zone: ZoneInfo) -> SocialPost:
    """Store one post of a world file; what is taken is taken out of `entry`."""
    status = PostStatus(entry.pop("status", "draft"))
    content = entry.pop("content")
    published = _moment(entry.pop("published_at", None), zone)
    post = SocialPost(
        platform=Platform(entry.pop("platform")),
        content=content,
        media_urls=entry.pop("media_urls", []),
        hashtags=entry.pop("hashtags", None) or hashtags_of(content),
        scheduled_time=_moment(entry.pop("scheduled_time", None), zone),
        published_at=published,
        status=status,
        publish_state={PostStatus.PUBLISHED: PublishState.PUBLISHED, PostStatus.SCHEDULED: PublishState.WAITING}.get(
            status
        ),
        ai_generated=entry.pop("ai_generated", False),
        created_at=now.astimezone(UTC),
        updated_at=now.astimezone(UTC),
    )
    session.add(post)
    session.flush()
    day = published.astimezone(zone).date() if published else None
    for metric in RESULTS:
        if metric in entry:
            value = entry.pop(metric)
            record_metric(session, KIND, post.id, metric, value, day=day, channel=Channel.SOCIAL, imported=True)
    session.flush()
    return post


def _moment(value: str | None, zone: ZoneInfo) -> datetime | None:
    if not value:
        return None
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
