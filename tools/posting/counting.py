"""A post while it is being written: as it is stored, and its text as a platform counts it."""

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform
from memory.metrics import totals
from memory.social_accounts import account_of
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.posting.cards import PostCard, card
from tools.posting.checks import to_watch
from tools.posting.entry import KIND
from tools.posting.limits import LIMITS, hashtags_of, links_of, platform_name
from tools.posting.scheduling import the_post


class CountedText(BaseModel):
    """A text on a platform: its length as counted there, what fits, what to watch. `over` is by how much it is too long."""

    model_config = ConfigDict(frozen=True)

    platform: str
    name: str
    length: int
    longest: int
    counted: str
    over: int
    hashtags: tuple[str, ...]
    most_hashtags: int | None
    links: tuple[str, ...]
    live_links: bool
    notes: tuple[str, ...]
    account: str | None


class EditedPost(BaseModel):
    """A stored post and the revision to save upon."""

    model_config = ConfigDict(frozen=True)

    post: PostCard
    revision: int


def edited_post(ctx: Context, post: str) -> EditedPost:
    """A stored post, to be edited. Raises NotFound, Ambiguous."""
    found = the_post(ctx, post)
    return EditedPost(post=card(found, totals(ctx.session, KIND, found.id), ctx.clock.zone), revision=found.version)


def platform_names() -> dict[str, str]:
    """Every platform with its name, in the order of the catalogue."""
    return {one.value: platform_name(one) for one in Platform}


def counted_text(ctx: Context, platform: str, text: str) -> CountedText:
    """A text as a platform counts it. Raises BadInput for no platform."""
    if platform not in platform_names():
        raise BadInput(f"There is no platform {platform[:40]}.", "platform")
    one = Platform(platform)
    limit, tags = LIMITS[one], hashtags_of(text)
    length = limit.length(text)
    account = account_of(ctx.session, one)
    return CountedText(
        platform=one.value, name=limit.name, length=length, longest=limit.longest, counted=limit.counted,
        over=max(0, length - limit.longest), hashtags=tuple(tags), most_hashtags=limit.hashtags,
        links=tuple(links_of(text)), live_links=limit.live_links, notes=to_watch(one, text, None),
        account=account.handle if account else None,
    )  # fmt: skip
