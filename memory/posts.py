"""Social posts: the record and its queries."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Versioned, enum_column
from memory.enums import Platform, PostStatus
from memory.metrics import MetricPoint


class PublishState(StrEnum):
    """Where the one attempt to publish a post stands.

    `PUBLISHING` is stored before the platform is asked; what a crash leaves there becomes `UNKNOWN`, which is listed and
    never repeated (the post's status is then failed, and `failure` says why).
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"


class SocialPost(Versioned, Base):
    """A post for one platform. It has no name: its content is what people call it by.

    `content` is the text as it goes out, hashtags included; `hashtags` are those that it holds, without the #. A draft
    may carry a `scheduled_time`: the time that a content calendar planned; only status scheduled makes it due. Likes,
    shares and comments are not stored here: they are computed from `memory.metrics`.
    """

    __tablename__ = "social_posts"
    __table_args__ = (Index("ix_social_posts_due", "status", "scheduled_time"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[Platform] = mapped_column(enum_column(Platform), index=True)
    content: Mapped[str] = mapped_column(Text)
    media_urls: Mapped[list[str]] = mapped_column(default=list)
    hashtags: Mapped[list[str]] = mapped_column(default=list)
    scheduled_time: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    status: Mapped[PostStatus] = mapped_column(enum_column(PostStatus), default=PostStatus.DRAFT)
    topic: Mapped[str | None] = mapped_column(Text)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"), index=True)
    ai_generated: Mapped[bool] = mapped_column(default=False)

    # What publishing writes: the attempt's state, who holds the post and until when, and what the platform said.
    publish_state: Mapped[PublishState | None] = mapped_column(enum_column(PublishState))
    leased_by: Mapped[str | None] = mapped_column(String(64))
    leased_until: Mapped[datetime | None]
    attempted_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(200))
    external_url: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)


#: When a post went out, or is to go out.
_WHEN = func.coalesce(SocialPost.published_at, SocialPost.scheduled_time)


def list_posts(
    session: Session,
    *,
    platform: Platform | None = None,
    status: PostStatus | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Sequence[SocialPost]:
    """Posts that fit all filters, by time (those without one last, oldest first).

    A period holds the posts that went or are to go out from `start` up to (not including) `end`.
    """
    statement = select(SocialPost).order_by(_WHEN.is_(None), _WHEN, SocialPost.id)
    if platform:
        statement = statement.where(SocialPost.platform == platform)
    if status:
        statement = statement.where(SocialPost.status == status)
    if start:
        statement = statement.where(start <= _WHEN)
    if end:
        statement = statement.where(end > _WHEN)
    return session.scalars(statement).all()


def posts_of_campaign(session: Session, campaign_id: int) -> Sequence[SocialPost]:
    """The posts that belong to a campaign, oldest first."""
    return session.scalars(
        select(SocialPost).where(SocialPost.campaign_id == campaign_id).order_by(SocialPost.id)
    ).all()


def published_posts(
    session: Session, platform: Platform | None = None, *, start: datetime | None = None, end: datetime | None = None
) -> Sequence[SocialPost]:
    """Posts that went out, oldest first."""
    found = list_posts(session, platform=platform, status=PostStatus.PUBLISHED, start=start, end=end)
    return [post for post in found if post.published_at is not None]


def posts_with_words(session: Session, words: Sequence[str], limit: int = 200) -> Sequence[SocialPost]:
    """The newest posts whose content holds one of the words (upper and lower case count as the same)."""
    statement = select(SocialPost).order_by(SocialPost.id.desc()).limit(limit)
    if words:
        statement = statement.where(or_(*(SocialPost.content.icontains(word, autoescape=True) for word in words)))
    return session.scalars(statement).all()


def planned_moments(session: Session, start: datetime, end: datetime) -> Sequence[tuple[Platform, datetime]]:
    """Platform and time of every post (scheduled, or a planned draft) that is to go out from `start` up to `end`."""
    statement = select(SocialPost.platform, SocialPost.scheduled_time).where(
        and_(
            SocialPost.status.in_((PostStatus.SCHEDULED, PostStatus.DRAFT)),
            SocialPost.scheduled_time >= start,
            SocialPost.scheduled_time < end,
        )
    )
    return [(platform, at) for platform, at in session.execute(statement) if at is not None]


def platforms_in_use(session: Session) -> list[Platform]:
    """The platforms that the house has posts for (cancelled ones apart), those with most posts first."""
    amount = func.count(SocialPost.id)
    statement = (
        select(SocialPost.platform)
        .where(SocialPost.status != PostStatus.CANCELLED)
        .group_by(SocialPost.platform)
        .order_by(amount.desc(), SocialPost.platform)
    )
    return list(session.scalars(statement))


def posts_with_imported_results(session: Session) -> set[int]:
    """The ids of posts with results that were brought along, as against what the hub fetched itself."""
    statement = select(MetricPoint.record_id).where(MetricPoint.kind == "social_post", MetricPoint.imported).distinct()
    return set(session.scalars(statement))
