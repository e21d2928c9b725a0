"""What fits: limits of the ad platforms, and cutting a text to them without cutting a word."""

import re
from dataclasses import dataclass

from memory.enums import AdPlatform

#: Words that a cut text must not end with.
_DANGLING = {
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "if", "in", "into", "is", "of", "on", "or", "our", "so",
    "than", "that", "the", "their", "this", "to", "we", "with", "your", "you", "&", "-",
}  # fmt: skip


@dataclass(frozen=True)
class AdLimit:
    """Characters that a platform shows of an ad's headline and text."""

    headline: int
    description: int


#: As the platforms' own advertising help says: Google responsive search ads; Meta's recommended lengths before
#: "See more" (Facebook, Instagram); LinkedIn's headline and introductory text before they are cut; X: a post of 280
#: less 23 for the link, card title 70; TikTok's ad text of 100.
AD_LIMITS = {
    AdPlatform.GOOGLE: AdLimit(30, 90),
    AdPlatform.FACEBOOK: AdLimit(40, 125),
    AdPlatform.INSTAGRAM: AdLimit(40, 125),
    AdPlatform.LINKEDIN: AdLimit(70, 150),
    AdPlatform.TWITTER: AdLimit(70, 257),
    AdPlatform.TIKTOK: AdLimit(40, 100),
}
#: Where no platform is named: short enough for each of them.
ANYWHERE = AdLimit(30, 90)


def fit(text: str, limit: int) -> tuple[str, bool]:
    """`text` in at most `limit` characters, and whether it was cut: after a sentence, else between two words.

    A cut between words leaves no dangling "for the" behind; a single word longer than the limit stays whole.
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text, False
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", text[: limit + 1]) if match.end() <= limit]
    if ends and ends[-1] >= limit // 3:
        return text[: ends[-1]], True
    words: list[str] = []
    for word in text.split(" "):
        if words and len(" ".join([*words, word])) > limit:
            break
        words.append(word)
    while len(words) > 1 and words[-1].casefold().strip(",;:") in _DANGLING:
        words.pop()
    return " ".join(words).rstrip(" ,;:-\u2013"), True
