"""How a post is found: by its content, its platform, its status, or the day it goes out."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from memory.enums import Platform
from memory.posts import SocialPost, posts_with_words
from tools.core.records import Noun, RecordName, register
from tools.core.result import RecordLink
from tools.posting.limits import platform_name
from tools.show import shorten

KIND = "social_post"
WORDS = ("post", "posts", "social", "tweet", "tweets", "toot")
LINK_LENGTH = 80
#: Posts that may be meant whatever is said of them; of older ones only those that share a word with it.
NEWEST = 500

_SPOKEN = {
    Platform.TWITTER: ("x", "tweet"),
    Platform.FACEBOOK: ("fb",),
    Platform.INSTAGRAM: ("insta", "ig"),
    Platform.MASTODON: ("toot",),
}


def post_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """The posts that `text` may name: the newest, and any older one that shares a longer word with it."""
    found = {post.id: post for post in posts_with_words(session, (), limit=NEWEST)}
    words = [word for word in re.findall(r"\w{4,}", text or "") if word.casefold() not in WORDS]
    if words and len(found) == NEWEST:
        found |= {post.id: post for post in posts_with_words(session, words)}
    if text and (number := re.fullmatch(r"#?(\d{1,12})", text.strip())):
        by_id = session.get(SocialPost, int(number.group(1)))
        if by_id is not None:
            found[by_id.id] = by_id
    return [RecordName(KIND, post.id, post.content, _aliases(post)) for post in found.values()]


def link(post: SocialPost) -> RecordLink:
    """The post as a result links to it: by the beginning of its content."""
    return RecordLink(noun=KIND, id=post.id, name=called(post.content))


def called(content: str) -> str:
    """A post as it is spoken of: its content, shortened."""
    return shorten(content, LINK_LENGTH)


def _aliases(post: SocialPost) -> tuple[str, ...]:
    when = post.published_at or post.scheduled_time
    known = (
        post.platform.value,
        *_SPOKEN.get(post.platform, ()),
        platform_name(post.platform),
        post.status.value,
        post.topic,
        f"{when:%A} {when.day} {when:%B %Y}" if when else None,
    )
    return tuple(alias for alias in known if alias)


register(Noun(KIND, "post", "posts", WORDS, post_names))
