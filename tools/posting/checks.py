"""The rules for a post: each refusal is one sentence that names the field and the fix."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost, list_posts
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict, Missing
from tools.core.records import fold
from tools.posting.entry import called
from tools.posting.limits import LIMITS, hashtags_of, links_of, platform_name
from tools.show import count, moment

#: Posts that may still be given a (new) time.
OPEN = (PostStatus.DRAFT, PostStatus.SCHEDULED, PostStatus.FAILED, PostStatus.CANCELLED)
#: Instagram's documentation allows 30; many accounts have been held to 5 since the end of 2025.
CAREFUL_HASHTAGS = 5


def check_content(platform: Platform, content: str) -> str:
    """The text as it goes out. Raises where it is empty, too long for the platform, or has too many hashtags."""
    content = "\n".join(line.rstrip() for line in content.strip().splitlines())
    if not content:
        raise Missing("What should the post say?", ["content"])
    limit = LIMITS[platform]
    length = limit.length(content)
    if length > limit.longest:
        raise BadInput(
            f"This text is too long for {limit.name}: {length:,} characters as {limit.name} counts "
            f"({limit.counted}), and at most {limit.longest:,} fit. Please shorten it by {length - limit.longest:,}.",
            "content",
        )
    tags = hashtags_of(content)
    if limit.hashtags is not None and len(tags) > limit.hashtags:
        raise BadInput(
            f"{limit.name} takes at most {limit.hashtags} hashtags in a post; this text has {len(tags)}. "
            f"Please take out {len(tags) - limit.hashtags}.",
            "content",
        )
    return content


def check_media(platform: Platform, urls: Sequence[str]) -> list[str]:
    """The addresses, each once. Raises where one is no web address, or they are more than the platform takes."""
    kept = list(dict.fromkeys(url.strip() for url in urls))
    for url in kept:
        if not _is_web_address(url):
            raise BadInput(
                f"“{url[:80]}” is no address of a picture or film. It must begin with https:// (or http://).",
                "media_urls",
            )
    limit = LIMITS[platform]
    if limit.media is not None and len(kept) > limit.media:
        raise BadInput(
            f"{limit.name} takes at most {limit.media} pictures or films in a post; you gave {len(kept)}.", "media_urls"
        )
    return kept


def check_time(ctx: Context, at: datetime) -> None:
    """Raises where the time has passed."""
    if at <= ctx.now:
        raise BadInput(
            f"{moment(at)} is in the past (it is {moment(ctx.now)} now). Please give a later time.", "scheduled_time"
        )


def check_open(post: SocialPost) -> None:
    """Raises where a post cannot get a time any more."""
    if post.publish_state == PublishState.UNKNOWN:
        raise Conflict(
            f"Whether “{called(post.content)}” was published is unknown, so it is not tried again. Please look on "
            f"{platform_name(post.platform)}; if it is not there, give its text as a new post."
        )
    if post.publish_state in (PublishState.CLAIMED, PublishState.PUBLISHING):
        raise Conflict(f"“{called(post.content)}” is being published at this moment.")
    if post.status not in OPEN:
        raise Conflict(
            f"“{called(post.content)}” was published already. To post it again, give its text as a new post."
        )


def check_not_twice(ctx: Context, platform: Platform, content: str, at: datetime, besides: int | None) -> None:
    """Raises where the same text is scheduled on the platform for the same moment."""
    for post in same_text(ctx, platform, content, PostStatus.SCHEDULED):
        if post.id != besides and post.scheduled_time == at:
            raise Conflict(
                f"“{called(content)}” is scheduled on {platform_name(platform)} for {moment(at)} already (post {post.id})."
            )


def same_text(ctx: Context, platform: Platform, content: str, status: PostStatus) -> list[SocialPost]:
    """The platform's posts of this status whose text is this one (case and punctuation apart), newest first."""
    wanted = fold(content)
    found = [post for post in list_posts(ctx.session, platform=platform, status=status) if fold(post.content) == wanted]
    return sorted(found, key=lambda post: -post.id)


def to_watch(platform: Platform, content: str, media_urls: Sequence[str] | None) -> tuple[str, ...]:
    """What a person should know before the post goes out; none of it stops it from being planned.

    `media_urls` is None where pictures are not spoken of.
    """
    limit, notes = LIMITS[platform], []
    if limit.needs_media and media_urls is not None and not media_urls:
        notes.append(
            f"{limit.name} takes no post without a picture or film, and this one has none yet: add it before the time."
        )
    if not limit.live_links and links_of(content):
        notes.append(f"Addresses in a text cannot be clicked on {limit.name}.")
    if platform == Platform.INSTAGRAM and len(hashtags_of(content)) > CAREFUL_HASHTAGS:
        notes.append(
            f"It has {count(len(hashtags_of(content)), 'hashtag')}: Instagram's documentation allows {limit.hashtags}, "
            f"but many accounts are held to {CAREFUL_HASHTAGS}."
        )
    return tuple(notes)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not any(c.isspace() for c in url)
