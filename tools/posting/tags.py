"""Hashtags: from a topic, from what the house used before, and from the model."""

from collections.abc import Iterable, Sequence
from typing import Any

import regex

from memory.enums import Platform
from memory.house import COMPANY_NAME, INDUSTRY, house_fact
from tools.core.context import Context
from tools.core.errors import BadInput, Missing
from tools.core.result import Drafted
from tools.posting.limits import LIMITS, hashtags_of, platform_name
from tools.posting.results import published
from tools.show import count, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, keep, numbered, rows, write
from tools.writing.context import gathered

MOST = 30
LONGEST_TAG = 40
_STOP = frozenset(
    "a an the and or of for to in on at with without by from our my your their its his her is are be we you i it this that "
    "these those new about into over under as how why what when where who which will can could should would new post posts "
    "please some any all more most very today tomorrow".split()
)
_WORD = regex.compile(r"[^\W_]+(?:['’][^\W_]+)?")


class HashtagDraft(Drafted):
    """Hashtags without the #; those the house used before first. `used_before` holds them."""

    topic: str
    platform: Platform | None
    hashtags: tuple[str, ...]
    used_before: tuple[str, ...]
    asked_for: int

    @property
    def text(self) -> str:
        where = f" on {platform_name(self.platform)}" if self.platform else ""
        head = f"{count(len(self.hashtags), 'hashtag').capitalize()} for “{shorten(self.topic, 80)}”{where}:"
        parts = [head, " ".join(f"#{tag}" for tag in self.hashtags)]
        if len(self.hashtags) < self.asked_for:
            parts.append(f"You asked for {self.asked_for}; more would only have repeated these.")
        if self.used_before:
            parts.append("Used in your posts before: " + ", ".join(f"#{tag}" for tag in self.used_before) + ".")
        limit = LIMITS[self.platform].hashtags if self.platform else None
        if limit is not None and self.platform == Platform.INSTAGRAM and len(self.hashtags) > 5:
            parts.append(f"Instagram's documentation allows {limit} in a post, but many accounts are held to 5.")
        return "\n\n".join(parts) + self.closing()


def hashtag_draft(ctx: Context, topic: str, platform: Platform | None, amount: int) -> HashtagDraft:
    """Find `amount` hashtags for `topic` and store them as a draft."""
    if not 1 <= amount <= MOST:
        raise BadInput(f"The count must be 1 to {MOST}; {amount} is not.", "count")
    if not words_of(topic):
        raise Missing("What are the hashtags for?", ["topic"])
    before = _used_before(ctx, topic, platform)
    known = (house_fact(ctx.session, INDUSTRY), house_fact(ctx.session, COMPANY_NAME))
    spare = from_topic(topic, known)
    signer = company(ctx)
    piece = write(
        ctx,
        _task(amount, platform),
        {"Topic": topic, "Platform": platform_name(platform) if platform else None},
        gathered(ctx, topic, "social", platform=platform),
        numbered(amount, Part("hashtag", LONGEST_TAG)),
        lambda: _padded(spare, amount),
        signer=signer,
    )
    own = before[: max(amount // 2, 1)]
    wanted = [tag for (text,) in rows(piece.texts, amount, "hashtag") if (tag := as_tag(text))]
    tags = unique([*own, *wanted, *spare, *before])[:amount]
    body: dict[str, Any] = {
        "topic": topic,
        "platform": platform.value if platform else None,
        "hashtags": tags,
        "used_before": [tag for tag in tags if tag.casefold() in {one.casefold() for one in before}],
        "asked_for": amount,
    }
    return HashtagDraft(**body, **keep(ctx, piece, "hashtags", f"Hashtags: {shorten(topic, 80)}", body))


def as_tag(text: str) -> str | None:
    """What a hashtag may be made of, of a text: letters, digits and _, several words run together; None for no letter.

    Every platform ends a hashtag at the first other character, and none links one of digits alone.
    """
    found: list[str] = regex.findall(r"\w+", text.replace("'", "").replace("’", ""))
    if not found:
        return None
    tag = found[0] if len(found) == 1 else "".join(word[:1].upper() + word[1:] for word in found)
    return tag if len(tag) <= LONGEST_TAG and regex.search(r"[^\W\d_]", tag) else None


def from_topic(topic: str, known: Iterable[str | None] = ()) -> list[str]:
    """Hashtags that a topic's own words give: all of them together, pairs, single ones; then company and industry."""
    listed = words_of(topic)
    runs = [listed[:4]] if len(listed) <= 4 else []
    runs += [listed[at : at + 2] for at in range(len(listed) - 1)]
    runs += [[word] for word in listed]
    tags = [as_tag(" ".join(run)) for run in runs] + [as_tag(text) for text in known if text]
    return unique(tag for tag in tags if tag and len(tag) > 2)


def words_of(topic: str) -> list[str]:
    """The words of a topic that say what it is about."""
    return [word for word in _WORD.findall(topic) if word.casefold() not in _STOP and len(word) > 1]


def unique(tags: Iterable[str]) -> list[str]:
    """Each hashtag once, however it is written."""
    kept: dict[str, str] = {}
    for tag in tags:
        kept.setdefault(tag.casefold(), tag)
    return list(kept.values())


def _used_before(ctx: Context, topic: str, platform: Platform | None) -> list[str]:
    """Hashtags of own published posts that have a word in common with the topic, those of the best posts first."""
    wanted = {word.casefold() for word in words_of(topic)}
    posts = sorted(published(ctx, platform), key=lambda one: -(one.engagement or 0))
    found: list[str] = []
    for one in posts:
        said = {word.casefold() for word in words_of(one.post.content)}
        found += hashtags_of(one.post.content) if wanted & said else []
    return unique(found)


def _padded(tags: Sequence[str], amount: int) -> Texts:
    # The shape wants a text in each part: what is missing repeats, and is dropped again as a repeat.
    return {f"hashtag_{n + 1}": tags[n % len(tags)] if tags else "news" for n in range(amount)}


def _task(amount: int, platform: Platform | None) -> str:
    where = f" on {platform_name(platform)}" if platform else ""
    return (
        f"Give {count(amount, 'hashtag')} for a post of the company about the topic{where}, from specific to general.\n"
        f"- hashtag_1 to hashtag_{amount}: one hashtag each, letters and digits only, no two alike, each one that people "
        "who care for the topic would look for"
    )
