"""Writing a post for a platform: its text within what fits there, and a few hashtags below it."""

from datetime import UTC

from memory.enums import Platform, PostStatus
from memory.house import COMPANY_NAME, house_fact
from memory.posts import SocialPost
from tools.core.context import Context
from tools.core.errors import Missing
from tools.core.result import Drafted, RecordLink
from tools.posting.checks import to_watch
from tools.posting.entry import KIND, called
from tools.posting.limits import LIMITS, counted, hashtags_of, platform_name
from tools.posting.tags import as_tag, from_topic, unique
from tools.quoting import block
from tools.writing.background import company
from tools.writing.compose import Part, Texts, numbered, rows, write
from tools.writing.context import gathered
from tools.writing.limits import fit
from tools.writing.voice import heading, is_formal

#: How many hashtags the hub writes under a post: few, as the platforms' own advice for businesses says.
TAGS = {
    Platform.TWITTER: 2,
    Platform.BLUESKY: 2,
    Platform.MASTODON: 3,
    Platform.LINKEDIN: 3,
    Platform.INSTAGRAM: 5,
    Platform.FACEBOOK: 2,
    Platform.TIKTOK: 4,
}
TAG_LENGTH = 30


class SocialPostDraft(Drafted):
    """A post that was written, stored as a draft. `length` is counted as the platform counts."""

    id: int
    platform: Platform
    topic: str
    content: str
    hashtags: tuple[str, ...]
    length: int
    limit: int
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        notes = "".join(f" {note}" for note in self.notes)
        return (
            f"Draft {self.id} for {platform_name(self.platform)}:\n\n{block(self.content, links=True)}\n\n"
            f"{counted(self.platform, self.content)}.{notes} Nothing is scheduled yet.{self.closing()}"
        )

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=called(self.content)),)


def post_draft(ctx: Context, topic: str, platform: Platform, tone: str | None) -> SocialPostDraft:
    """Write a post about `topic` and store it as a draft."""
    topic = " ".join(topic.split())
    if not topic:
        raise Missing("What is the post about?", ["topic"])
    signer, amount = company(ctx), TAGS[platform]
    spare = unique(tag for tag in from_topic(topic, [house_fact(ctx.session, COMPANY_NAME)]))[:amount]
    background = gathered(ctx, topic, "social", platform=platform)
    piece = write(
        ctx,
        _task(platform, amount),
        {"Platform": platform_name(platform), "Topic": topic, "Tone": tone},
        background,
        (Part("post", LIMITS[platform].handy + 60), *numbered(amount, Part("hashtag", TAG_LENGTH))),
        lambda: _template(topic, tone, amount, spare),
        signer=signer,
    )
    written = [tag for (text,) in rows(piece.texts, amount, "hashtag") if (tag := as_tag(text))]
    tags = unique([*(written if piece.ai_generated else ()), *spare])[:amount]
    content = assembled(platform, piece.texts["post"], tags)
    post = stored_draft(ctx, platform, content, topic, ai_generated=piece.ai_generated)
    return SocialPostDraft(
        id=post.id,
        platform=platform,
        topic=topic,
        content=content,
        hashtags=tuple(post.hashtags),
        length=LIMITS[platform].length(content),
        limit=LIMITS[platform].longest,
        notes=to_watch(platform, content, ()),
        ai_generated=piece.ai_generated,
        note=piece.note,
        sources=piece.sources,
        learned=piece.learned,
    )


def stored_draft(ctx: Context, platform: Platform, content: str, topic: str, *, ai_generated: bool) -> SocialPost:
    """A new post with status draft."""
    now = ctx.now.astimezone(UTC)
    post = SocialPost(
        platform=platform,
        content=content,
        hashtags=hashtags_of(content),
        media_urls=[],
        status=PostStatus.DRAFT,
        topic=topic,
        ai_generated=ai_generated,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(post)
    ctx.session.flush()
    return post


def assembled(platform: Platform, text: str, tags: list[str]) -> str:
    """Text and hashtags (those that it does not hold yet) as one post that fits the platform.

    A text that is too long loses its last sentences, then its last words; never a hashtag in its middle.
    """
    limit = LIMITS[platform]
    said = {tag.casefold() for tag in hashtags_of(text)}
    line = " ".join(f"#{tag}" for tag in tags if tag.casefold() not in said)
    room = limit.handy if limit.length(text) > limit.handy + 60 else limit.longest
    room -= limit.length(line) + 2 if line else 0
    longest = room
    while limit.length(text) > room:
        text, longest = fit(text, longest)[0], longest - 10
        if longest < 20:
            text = text[: room // 2].rstrip()
            break
    return f"{text}\n\n{line}" if line else text


def _task(platform: Platform, amount: int) -> str:
    words = LIMITS[platform].handy // 8
    return (
        f"Write one {platform_name(platform)} post from the company to its followers about the topic.\n"
        f"- post: at most {words} words: a first line that makes people stop, then what is in it for them, then one next "
        "step. No hashtags and no address in it\n"
        f"- hashtag_1 to hashtag_{amount}: one hashtag each, letters and digits only, no two alike\n"
        "Keep to the brand voice and the tone. Say nothing about prices, dates, discounts or awards that is not in the facts."
    )


def _template(topic: str, tone: str | None, amount: int, spare: list[str]) -> Texts:
    end = "Get in touch with us to find out more." if is_formal(tone) else "Want to know more? Ask us in the comments."
    lines = heading(topic, 180)
    stop = "" if lines[-1:] in "…!?" else "."
    tags = {f"hashtag_{n + 1}": spare[n % len(spare)] if spare else "news" for n in range(amount)}
    return {"post": f"{lines}{stop} {end}", **tags}
