"""Posts while they are published: taken when due, under a lease, marked before the platform is asked, then settled.

Each function is one statement or a few, to be run in one transaction of the caller's. A claim whose lease ended is due
again: nothing was asked of the platform yet. A post marked as *publishing* whose lease ended is *unknown*: it may have
come out, so it is listed and never repeated.

Every change counts the version up, so that whoever edits the post at that moment is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost

LOST = "The hub stopped while the post was being published, so nobody knows whether it came out; it is not repeated."


@dataclass(frozen=True)
class DuePost:
    """A post that was claimed, with what its platform needs."""

    id: int
    platform: Platform
    content: str
    media_urls: tuple[str, ...]
    scheduled_time: datetime


def _due(now: datetime, platforms: Sequence[Platform]) -> ColumnElement[bool]:
    # A post that was put off says why, and its lease says until when; giving it a new time clears the reason.
    put_off = and_(SocialPost.failure.is_not(None), SocialPost.leased_until > now)
    return and_(
        SocialPost.status == PostStatus.SCHEDULED,
        SocialPost.scheduled_time <= now,
        SocialPost.platform.in_(platforms),
        or_(SocialPost.publish_state == PublishState.WAITING, SocialPost.publish_state.is_(None)),
        or_(~put_off, SocialPost.leased_until.is_(None)),
    )


def something_to_publish(session: Session, now: datetime, platforms: Sequence[Platform]) -> bool:
    """Whether there is something for `claim_posts` or `take_back_posts` to do."""
    held = SocialPost.publish_state.in_((PublishState.CLAIMED, PublishState.PUBLISHING))
    statement = select(SocialPost.id).where(or_(_due(now, platforms), and_(held, SocialPost.leased_until < now)))
    return session.scalar(statement.limit(1)) is not None


def claim_posts(
    session: Session, now: datetime, platforms: Sequence[Platform], worker: str, until: datetime, limit: int
) -> list[DuePost]:
    """Take due posts of these platforms for `worker` until the lease ends, earliest first; on PostgreSQL those that
    another worker is about to take are left to it."""
    found = session.scalars(
        select(SocialPost)
        .where(_due(now, platforms))
        .order_by(SocialPost.scheduled_time, SocialPost.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claimed = [
        DuePost(post.id, post.platform, post.content, tuple(post.media_urls), post.scheduled_time)
        for post in found
        if post.scheduled_time is not None
    ]
    ids = SocialPost.id.in_([post.id for post in claimed])
    _change(session, ids, publish_state=PublishState.CLAIMED, leased_by=worker, leased_until=until)
    return claimed


def mark_publishing(session: Session, post_id: int, worker: str, now: datetime, until: datetime) -> bool:
    """Mark a claimed post as being published; False where it must not be (cancelled, or its lease went to another).
    To be committed, for good, before the platform is asked."""
    held = and_(
        SocialPost.id == post_id,
        SocialPost.status == PostStatus.SCHEDULED,
        SocialPost.publish_state == PublishState.CLAIMED,
        SocialPost.leased_by == worker,
    )
    changed = _change(session, held, publish_state=PublishState.PUBLISHING, attempted_at=now, leased_until=until)
    return changed == 1


def settle_post(session: Session, post_id: int, worker: str, **values: Any) -> bool:
    """Write what came of a post that `worker` had (claimed, being published, or given up as unknown meanwhile)."""
    had = (PublishState.CLAIMED, PublishState.PUBLISHING, PublishState.UNKNOWN)
    held = and_(
        SocialPost.id == post_id, SocialPost.leased_by == worker, SocialPost.publish_state.in_(had),
        SocialPost.status.in_((PostStatus.SCHEDULED, PostStatus.FAILED)),
    )  # fmt: skip
    return _change(session, held, leased_until=values.pop("not_before", None), **values) == 1


def take_back_posts(session: Session, now: datetime) -> tuple[int, int]:
    """End the leases that ran out; returns how many posts are due again, and of how many the outcome is unknown."""
    ended = SocialPost.leased_until < now
    again = _change(
        session, and_(SocialPost.publish_state == PublishState.CLAIMED, ended),
        publish_state=PublishState.WAITING, leased_by=None, leased_until=None,
    )  # fmt: skip
    # `leased_by` stays: a worker that was only slow may still say what came of it.
    unknown = _change(
        session, and_(SocialPost.publish_state == PublishState.PUBLISHING, ended),
        publish_state=PublishState.UNKNOWN, status=PostStatus.FAILED, failure=LOST, leased_until=None,
    )  # fmt: skip
    return again, unknown


def release_posts(session: Session, worker: str) -> int:
    """Give back what a worker claimed and did not begin to publish."""
    held = and_(SocialPost.publish_state == PublishState.CLAIMED, SocialPost.leased_by == worker)
    return _change(session, held, publish_state=PublishState.WAITING, leased_by=None, leased_until=None)


def unknown_posts(session: Session, limit: int = 1_000) -> Sequence[SocialPost]:
    """The posts of which nobody knows whether they came out, newest first."""
    unknown = SocialPost.publish_state == PublishState.UNKNOWN
    return session.scalars(select(SocialPost).where(unknown).order_by(SocialPost.id.desc()).limit(limit)).all()


def posts_to_follow(session: Session, since: datetime) -> list[tuple[int, Platform, str]]:
    """Id, platform and the platform's own id of the posts that the hub published since a moment, oldest first."""
    statement = select(SocialPost.id, SocialPost.platform, SocialPost.external_id).where(
        SocialPost.status == PostStatus.PUBLISHED,
        SocialPost.published_at >= since,
        SocialPost.external_id.is_not(None),
    )
    rows = session.execute(statement.order_by(SocialPost.published_at, SocialPost.id)).tuples()
    return [(id, platform, external_id) for id, platform, external_id in rows if external_id is not None]


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    statement = update(SocialPost).where(which).values(**values, version=SocialPost.version + 1)
    changed = session.execute(statement, execution_options={"synchronize_session": False})
    return changed.rowcount  # type: ignore[attr-defined, no-any-return]
