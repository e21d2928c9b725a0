"""What the tools for single posts answer with: a post, a list, and the plan of one that is to go out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost
from tools.core.result import RecordLink, Result
from tools.posting.entry import KIND, called
from tools.posting.limits import counted, platform_name
from tools.quoting import block, inert
from tools.show import count, listing, moment, number, shorten, table

#: Figures of a post that a list shows, in this order.
SHOWN = ("likes", "shares", "comments")


class PostCard(BaseModel):
    """One post; times in the hub's zone. `results` holds what was recorded, by metric."""

    model_config = ConfigDict(frozen=True)

    id: int
    platform: Platform
    content: str
    media_urls: tuple[str, ...]
    hashtags: tuple[str, ...]
    scheduled_time: datetime | None
    published_at: datetime | None
    status: PostStatus
    outcome_unknown: bool
    failure: str | None
    external_url: str | None
    campaign_id: int | None
    ai_generated: bool
    results: dict[str, float]

    @property
    def link(self) -> RecordLink:
        return RecordLink(noun=KIND, id=self.id, name=called(self.content))

    @property
    def when(self) -> datetime | None:
        return self.published_at or self.scheduled_time


def card(post: SocialPost, results: Mapping[str, float], zone: ZoneInfo) -> PostCard:
    """A post as a result holds it."""
    return PostCard(
        id=post.id,
        platform=post.platform,
        content=post.content,
        media_urls=tuple(post.media_urls),
        hashtags=tuple(post.hashtags),
        scheduled_time=_local(post.scheduled_time, zone),
        published_at=_local(post.published_at, zone),
        status=post.status,
        outcome_unknown=post.publish_state == PublishState.UNKNOWN,
        failure=post.failure,
        external_url=post.external_url,
        campaign_id=post.campaign_id,
        ai_generated=post.ai_generated,
        results=dict(results),
    )


class PostList(Result):
    """Posts by time; those without one last. `late` are scheduled ones whose time has passed without an account."""

    posts: tuple[PostCard, ...]
    filters: str
    in_all: int
    late: tuple[int, ...]

    @property
    def text(self) -> str:
        if not self.posts:
            if not self.in_all:
                return "There are no posts yet. Have one written, or schedule one with its text and time."
            return f"None of {count(self.in_all, 'post')} fits{f' ({self.filters})' if self.filters else ''}."
        head = f"{count(len(self.posts), 'post')}{f' ({self.filters})' if self.filters else ''}:"
        rows = [
            (one.id, platform_name(one.platform), inert(shorten(one.content, 60)), self._status(one), moment(one.when),
             results_in_words(one.results) or "-")
            for one in self.posts
        ]  # fmt: skip
        parts = [f"{head}\n\n{table(('No.', 'Platform', 'Post', 'Status', 'When', 'Results'), rows)}"]
        parts += [
            f"Post {one.id} {'waits' if one.status == PostStatus.SCHEDULED else 'failed'}: {inert(one.failure)}"
            for one in self.posts
            if one.failure
        ]
        if self.late:
            were = "was" if len(self.late) == 1 else "were"
            parts.append(
                f"The time of {count(len(self.late), 'scheduled post')} has passed, and nothing {were} published: no account "
                "is connected. You can copy the text out, or give a new time."
            )
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(one.link for one in self.posts)

    @staticmethod
    def _status(one: PostCard) -> str:
        if one.outcome_unknown:
            return "unknown"
        return "draft, planned" if one.status == PostStatus.DRAFT and one.scheduled_time else one.status.value


class PostPlan(Result):
    """What scheduling would do: this text, on this platform, at this time.

    `post_id` is the draft or post that is given the time, None where a new one is made; `before` its time so far.
    """

    post_id: int | None
    platform: Platform
    content: str
    length: int
    limit: int
    media_urls: tuple[str, ...]
    hashtags: tuple[str, ...]
    scheduled_time: datetime
    before: datetime | None
    account: str | None
    notes: tuple[str, ...]
    ai_generated: bool

    @property
    def text(self) -> str:
        return "\n\n".join((self._head(), *self._body()))

    @property
    def links(self) -> tuple[RecordLink, ...]:
        if self.post_id is None:
            return ()
        return (RecordLink(noun=KIND, id=self.post_id, name=called(self.content)),)

    def _head(self) -> str:
        where, at = platform_name(self.platform), moment(self.scheduled_time)
        if self.before is not None:
            return f"**Post on {where}**, moved from {moment(self.before)} to **{at}**:"
        return f"**Post on {where}, {at}**:"

    def _body(self) -> list[str]:
        parts = [block(self.content, links=True), f"{counted(self.platform, self.content)}."]
        if self.media_urls:
            parts.append(f"With {listing(inert(url, links=True) for url in self.media_urls)}.")
        if self.notes:
            parts.append(" ".join(self.notes))
        if self.account is None:
            parts.append(
                f"No {platform_name(self.platform)} account is connected: the post will be kept as scheduled and can be "
                "copied out; nothing is published until an account is connected."
            )
        else:
            parts.append(f"It goes out from the account {inert(self.account)}.")
        return parts


class PostScheduled(PostPlan):
    """A post that is scheduled now."""

    id: int
    status: PostStatus

    def _head(self) -> str:
        where, at = platform_name(self.platform), moment(self.scheduled_time)
        done = "Moved" if self.before is not None else "Scheduled"
        return f"{done}: post {self.id} on {where}, **{at}**:"


class PostCancelled(Result):
    """A post that will not go out. `before` is the time that it had."""

    id: int
    platform: Platform
    content: str
    status: PostStatus
    was: PostStatus
    before: datetime | None

    @property
    def text(self) -> str:
        name = f"“{inert(called(self.content))}”"
        if self.was == PostStatus.SCHEDULED:
            return f"Cancelled: {name} will not go out on {platform_name(self.platform)} ({moment(self.before)})."
        return f"Cancelled: the {platform_name(self.platform)} {self.was.value} {name}."

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=called(self.content)),)


def plan_fields(
    post: SocialPost | None,
    platform: Platform,
    content: str,
    media_urls: list[str],
    at: datetime,
    before: datetime | None,
    rest: Mapping[str, Any],
) -> dict[str, Any]:
    """The fields that a plan and a scheduled post share."""
    return {
        "post_id": post.id if post else None,
        "platform": platform,
        "content": content,
        "media_urls": tuple(media_urls),
        "scheduled_time": at,
        "before": before,
        "ai_generated": post.ai_generated if post else False,
        **rest,
    }


def results_in_words(results: Mapping[str, float]) -> str:
    """ "214 likes, 12 shares, 19 comments"; empty where nothing was recorded."""
    known = [name for name in SHOWN if name in results] + [name for name in sorted(results) if name not in SHOWN]
    return ", ".join(f"{number(results[name])} {_singular(name, results[name])}" for name in known)


def _singular(name: str, value: float) -> str:
    return name[:-1] if value == 1 and name.endswith("s") else name


def _local(value: datetime | None, zone: ZoneInfo) -> datetime | None:
    return value.astimezone(zone) if value else None
