"""Posts as the Social page changes them: a draft's text, pictures and planned time. Nothing goes out by it."""

from datetime import UTC, datetime

from pydantic import ConfigDict

from memory.enums import Platform, PostStatus
from memory.posts import SocialPost
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import Count, MediaUrl, PostRef, Prose
from tools.core.result import RecordLink, Result
from tools.forms.seen import check_seen
from tools.posting import checks
from tools.posting.entry import KIND, called
from tools.posting.limits import hashtags_of, platform_name
from tools.posting.scheduling import the_post
from tools.quoting import inert
from tools.show import moment

CHANGING = ("save_social_post", "schedule_social_post", "cancel_social_post")


class PostSaved(Result):
    """A draft as it was saved; `scheduled_time` (in the hub's zone) is only planned: nothing goes out by itself.

    `revision` is the one to save the next change upon; `notes` what to know before it is scheduled.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    platform: Platform
    content: str
    scheduled_time: datetime | None
    status: PostStatus
    revision: int
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        when = f", planned for {moment(self.scheduled_time)}" if self.scheduled_time else ""
        said = f"Saved the draft for {platform_name(self.platform)}{when}: “{inert(called(self.content))}”. Nothing is scheduled by it."
        return "\n\n".join([said, *self.notes])

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=called(self.content)),)


@tool(effect="write", route="PUT /social/posts", form=True)
def save_social_post(
    ctx: Context,
    platform: Platform,
    content: Prose,
    post: PostRef | None = None,
    scheduled_time: datetime | None = None,
    media_urls: list[MediaUrl] | None = None,
    revision: Count | None = None,
) -> PostSaved:
    """Save a draft as the editor holds it, a new one or one that is there; what is not given is emptied.

    Args:
        platform: The platform it is for.
        content: Its text.
        post: The draft, by its id; without it, a new one.
        scheduled_time: When it is meant to go out; it goes out only once it is scheduled.
        media_urls: Addresses of its pictures or films.
        revision: The revision that the editor was opened with; another one since then is not overwritten.
    """
    said = checks.check_content(platform, content)
    media = checks.check_media(platform, media_urls or [])
    found = the_post(ctx, post) if post else None
    if found is not None:
        _check_draft(ctx, found, platform, revision)
    if scheduled_time is not None and (found is None or found.scheduled_time != scheduled_time):
        checks.check_time(ctx, scheduled_time)
    if found is None:
        found = SocialPost(
            platform=platform, status=PostStatus.DRAFT, ai_generated=False, created_at=ctx.now.astimezone(UTC)
        )
        ctx.session.add(found)
    found.content, found.hashtags, found.media_urls = said, hashtags_of(said), media
    found.scheduled_time = scheduled_time.astimezone(UTC) if scheduled_time else None
    found.updated_at = ctx.now.astimezone(UTC)
    ctx.session.flush()
    return PostSaved(
        id=found.id,
        platform=platform,
        content=said,
        scheduled_time=scheduled_time.astimezone(ctx.clock.zone) if scheduled_time else None,
        status=found.status,
        revision=found.version,
        notes=checks.to_watch(platform, said, media),
    )


def _check_draft(ctx: Context, found: SocialPost, platform: Platform, revision: int | None) -> None:
    if found.status != PostStatus.DRAFT:
        raise Conflict(
            f"“{called(found.content)}” is no draft any more ({found.status.value}): schedule it anew to change text or time."
        )
    if found.platform != platform:
        raise BadInput(
            f"This draft is for {platform_name(found.platform)}. Make a new one for {platform_name(platform)}.",
            "platform",
        )
    if revision is not None:
        check_seen(ctx, found, revision, called(found.content), CHANGING, found.id)
