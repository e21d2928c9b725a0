"""Giving a post its time: which record it is, whether it may go out so, and the change itself."""

from dataclasses import dataclass
from datetime import UTC, datetime

from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost, list_posts
from memory.social_accounts import account_of
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict, Missing
from tools.core.records import resolve
from tools.posting import checks
from tools.posting.cards import PostCancelled, PostPlan, PostScheduled, plan_fields
from tools.posting.entry import KIND, called
from tools.posting.limits import LIMITS, hashtags_of, platform_name
from tools.show import listing


@dataclass(frozen=True)
class Planned:
    """A post that may be scheduled: the record that gets the time (None: a new one), and what it will hold."""

    post: SocialPost | None
    plan: PostPlan


def the_post(ctx: Context, post: str) -> SocialPost:
    """The post that `post` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(SocialPost, resolve(ctx, KIND, post, "post").id)


def planned(
    ctx: Context, platform: Platform, at: datetime, content: str | None, post: str | None, media_urls: list[str] | None
) -> Planned:
    """What scheduling would do; raises where it cannot be done. Changes nothing."""
    checks.check_time(ctx, at)
    if content is None and post is None:
        raise _nothing_to_say(ctx, platform)
    found = _record(ctx, platform, content, post)
    # A draft that was only named by its text keeps it as it stands; `content` beside `post` is its new text.
    said = found.content if found and (content is None or post is None) else content
    said = checks.check_content(platform, said or "")
    media = checks.check_media(platform, media_urls if media_urls is not None else found.media_urls if found else [])
    checks.check_not_twice(ctx, platform, said, at, found.id if found else None)
    before = found.scheduled_time if found and found.status == PostStatus.SCHEDULED else None
    account = account_of(ctx.session, platform)
    rest = {
        "length": LIMITS[platform].length(said),
        "limit": LIMITS[platform].longest,
        "hashtags": tuple(hashtags_of(said)),
        "account": account.handle if account else None,
        "notes": checks.to_watch(platform, said, media),
    }
    local = at.astimezone(ctx.clock.zone)
    was = before.astimezone(ctx.clock.zone) if before and before != at else None
    return Planned(found, PostPlan(**plan_fields(found, platform, said, media, local, was, rest)))


def schedule(ctx: Context, made: Planned) -> PostScheduled:
    """Store the post as scheduled."""
    plan, post = made.plan, made.post
    if post is None:
        post = SocialPost(platform=plan.platform, ai_generated=False, created_at=ctx.now.astimezone(UTC))
        ctx.session.add(post)
    post.content, post.hashtags, post.media_urls = plan.content, list(plan.hashtags), list(plan.media_urls)
    post.scheduled_time, post.status = plan.scheduled_time, PostStatus.SCHEDULED
    post.publish_state, post.failure = PublishState.WAITING, None
    post.updated_at = ctx.now.astimezone(UTC)
    ctx.session.flush()
    fields = {name: getattr(plan, name) for name in PostPlan.model_fields} | {"post_id": post.id}
    return PostScheduled(**fields, id=post.id, status=post.status)


def cancel(ctx: Context, post: SocialPost) -> PostCancelled:
    """Take the post off the schedule. Raises Conflict where it is published, or cancelled already."""
    name = f"“{called(post.content)}”"
    if post.status == PostStatus.CANCELLED:
        raise Conflict(f"{name} is cancelled already.")
    if post.status == PostStatus.PUBLISHED:
        raise Conflict(
            f"{name} was published already, so it cannot be cancelled. Delete it on {platform_name(post.platform)} itself."
        )
    checks.check_open(post)
    was, before = post.status, post.scheduled_time
    post.status, post.publish_state, post.updated_at = PostStatus.CANCELLED, None, ctx.now.astimezone(UTC)
    ctx.session.flush()
    return PostCancelled(
        id=post.id,
        platform=post.platform,
        content=post.content,
        status=post.status,
        was=was,
        before=before.astimezone(ctx.clock.zone) if before else None,
    )


def _record(ctx: Context, platform: Platform, content: str | None, post: str | None) -> SocialPost | None:
    """The record that gets the time: the one named, else the platform's draft with this very text, else none."""
    if post is None:
        drafts = checks.same_text(ctx, platform, content or "", PostStatus.DRAFT)
        return drafts[0] if drafts else None
    found = the_post(ctx, post)
    if found.platform != platform:
        raise BadInput(
            f"“{called(found.content)}” is a post for {platform_name(found.platform)}, not for {platform_name(platform)}. "
            f"Please name the right platform, or give the text itself to make a post for {platform_name(platform)} too.",
            "platform",
        )
    checks.check_open(found)
    return found


def _nothing_to_say(ctx: Context, platform: Platform) -> Missing:
    drafts = list_posts(ctx.session, platform=platform, status=PostStatus.DRAFT)
    sentence = f"What should the post on {platform_name(platform)} say?"
    if drafts:
        named = listing((f"“{called(post.content)}”" for post in drafts[:3]), "or")
        sentence += f" Give me its text, or name a draft: {named}."
    else:
        sentence += " Give me its text, or have one written first."
    return Missing(sentence, ["content"])
