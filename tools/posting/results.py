"""Published posts with what was recorded of them."""

from dataclasses import dataclass
from datetime import datetime

from memory.enums import Platform
from memory.metrics import totals_of_all
from memory.posts import SocialPost, published_posts
from tools.core.context import Context
from tools.posting.engagement import Learned, Observed, shape_of
from tools.posting.entry import KIND

#: What counts as engagement: reactions that anybody can see, each counting one.
ENGAGING = ("likes", "shares", "comments")


@dataclass(frozen=True)
class PublishedPost:
    """A post that went out, with its figures by metric (none where nothing was recorded)."""

    post: SocialPost
    at: datetime
    figures: dict[str, float]

    @property
    def engagement(self) -> float | None:
        """Likes, shares and comments together; None where none of them was recorded."""
        known = [self.figures[name] for name in ENGAGING if name in self.figures]
        return sum(known) if known else None


def published(
    ctx: Context, platform: Platform | None = None, *, start: datetime | None = None, end: datetime | None = None
) -> list[PublishedPost]:
    """The posts that went out in a period (from `start` up to `end`), oldest first; times in the hub's zone."""
    figures = totals_of_all(ctx.session, KIND)
    return [
        PublishedPost(post, post.published_at.astimezone(ctx.clock.zone), figures.get(post.id, {}))
        for post in published_posts(ctx.session, platform, start=start, end=end)
        if post.published_at is not None
    ]


def learned(ctx: Context, platform: Platform) -> Learned:
    """The model of a platform, from the house's own posts there."""
    return Learned(
        platform,
        [
            Observed(one.at, shape_of(one.post.content, one.post.media_urls), one.engagement)
            for one in published(ctx, platform)
            if one.engagement is not None
        ],
    )
