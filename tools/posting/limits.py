"""What a platform takes: how it counts a text, how long one may be, how many pictures and hashtags it may have.

Each limit names the page of the platform's own documentation that gives it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import regex

from memory.enums import Platform

#: An address as the platforms that shorten it find it: with its scheme.
URL = regex.compile(r"https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’]", regex.IGNORECASE)
_PATH = r"/[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]}'’]"
#: An address without a scheme that X links too: "teahouse.com", "www.teahouse.de", "teahouse.de/spring", but not a plain
#: "teahouse.de" (twitter-text: a short domain of a country is no link).
_BARE = regex.compile(
    r"(?<![\w@.#/-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:"
    rf"(?:com|org|net|info|biz|edu|gov|co|tv|app|dev|shop)(?![\w@-])(?:{_PATH})?"
    rf"|[a-z]{{2}}(?![\w@-])(?:(?<=\w\.[a-z0-9-]+\.[a-z]{{2}})(?:{_PATH})?|{_PATH}))",
    regex.IGNORECASE,
)
_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")
_MENTION = regex.compile(r"(?<![\w/])(@\w+(?:[\w.-]*\w)?)@[\w.-]+\w")
_HASHTAG = regex.compile(r"(?<![\w&/#])[#＃](\w*[^\W\d_]\w*)")
#: A shortened link counts as so many characters, on X and on Mastodon alike.
LINK = 23
#: Code points that X counts once; every other counts twice (twitter-text, configuration v3).
_SINGLE = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def weighted(text: str) -> int:
    """Length as X counts it: Latin and the like 1, other scripts and any emoji 2, a link 23, after NFC.

    X developer documentation, "Counting characters when composing Tweets"; twitter-text, configuration version 3.
    """
    text = unicodedata.normalize("NFC", text)
    text, links = URL.subn(" ", text)
    text, bare = _BARE.subn(" ", text)
    total = (links + bare) * (LINK - 1)  # the blank left in its place counts 1
    for cluster in _GRAPHEME.findall(text):
        if _EMOJI.search(cluster) and not cluster.isascii() and not (len(cluster) == 1 and ord(cluster) < 256):
            total += 2
        else:
            total += sum(1 if _is_single(ord(character)) else 2 for character in cluster)
    return total


def graphemes(text: str) -> int:
    """Length in characters as a person sees them (Unicode Standard Annex 29: extended grapheme clusters).

    Bluesky counts so: AT Protocol lexicon app.bsky.feed.post, maxGraphemes 300.
    """
    return len(_GRAPHEME.findall(text))


def mastodon_length(text: str) -> int:
    """Graphemes, a link counting 23 and a mention only its local part.

    Mastodon documentation, "Posting to your profile": "Text".
    """
    return graphemes(_MENTION.sub(r"\1", URL.sub("x" * LINK, text)))


def utf16(text: str) -> int:
    """Length in UTF-16 code units: an emoji counts 2 or more. TikTok counts so; where a page does not say, so do we."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class PlatformLimit:
    """A platform's name and what fits one post. `counted` says how the length is measured, in a sentence's end.

    `needs_media`: it takes no post of text alone. `live_links` is False where an address in a text cannot be clicked.
    """

    name: str
    longest: int
    length: Callable[[str], int]
    counted: str
    media: int | None
    hashtags: int | None
    needs_media: bool
    live_links: bool
    page: str
    #: A length at which a post reads well, for what the hub writes itself.
    handy: int


LIMITS: dict[Platform, PlatformLimit] = {
    Platform.TWITTER: PlatformLimit(
        "X (Twitter)", 280, weighted, "a link counts 23, an emoji 2", 4, None, False, True,
        "X developer documentation: “Counting characters when composing Tweets”, “Media best practices”", 260,
    ),
    Platform.BLUESKY: PlatformLimit(
        "Bluesky", 300, graphemes, "characters as they are seen", 4, None, False, True,
        "AT Protocol lexicons app.bsky.feed.post and app.bsky.embed.images", 280,
    ),
    Platform.MASTODON: PlatformLimit(
        "Mastodon", 500, mastodon_length, "a link counts 23", 4, None, False, True,
        "Mastodon documentation: “Posting to your profile”", 300,
    ),
    Platform.LINKEDIN: PlatformLimit(
        "LinkedIn", 3_000, utf16, "an emoji counts 2 or more", 20, None, False, True,
        "Microsoft Learn, LinkedIn Marketing: “Posts API”, “MultiImage API”; LinkedIn Help: “Character limits”", 400,
    ),
    Platform.INSTAGRAM: PlatformLimit(
        "Instagram", 2_200, utf16, "an emoji counts 2 or more", 10, 30, True, False,
        "Meta for Developers, Instagram Platform: “IG User Media” (caption), “Content Publishing” (carousels)", 280,
    ),
    Platform.FACEBOOK: PlatformLimit(
        "Facebook", 63_206, utf16, "an emoji counts 2 or more", None, None, False, True,
        "Facebook’s announcement of 63,206 characters in a status update (November 2011); Meta sets no number of pictures", 280,
    ),
    Platform.TIKTOK: PlatformLimit(
        "TikTok", 2_200, utf16, "an emoji counts 2 or more", 35, None, True, False,
        "TikTok for Developers, Content Posting API: “Direct Post” (title), “Photo Post” (photo images)", 220,
    ),
}  # fmt: skip


def platform_name(platform: Platform) -> str:
    """A platform as it is written."""
    return LIMITS[platform].name


def hashtags_of(text: str) -> list[str]:
    """The hashtags that a text holds, without the #, each once (however it is written), in their order."""
    found: dict[str, str] = {}
    for match in _HASHTAG.finditer(text):
        found.setdefault(match.group(1).casefold(), match.group(1))
    return list(found.values())


def links_of(text: str) -> list[str]:
    """The addresses that a text holds."""
    return URL.findall(text)


def counted(platform: Platform, text: str) -> str:
    """ "143 of 280 characters (a link counts 23, an emoji 2)"."""
    limit = LIMITS[platform]
    return f"{limit.length(text):,} of {limit.longest:,} characters ({limit.counted})"


def _is_single(point: int) -> bool:
    return any(first <= point <= last for first, last in _SINGLE)
