"""What fits: limits of the ad platforms, and cutting a text to them without cutting a word."""

import re
from dataclasses import dataclass

from memory.enums import AdPlatform

#: Words that a cut text must not end with.
_DANGLING = {
    "a", "an", "and", "as", "at", "but", "by", "for", "from", "if", "in", "into", "is", "of", "on", "or", "our", "so",
    "than", "that", "the", "their", "this", "to", "we", "with", "your", "you", "&", "-", "before", "after", "when", "while",
    "get", "quick", "its", "more", "most", "very", "are", "be",
}  # fmt: skip


#: Words at which a sentence can be cut short.
_JOINTS = {
    "and",
    "or",
    "but",
    "so",
    "that",
    "which",
    "while",
    "because",
    "without",
    "whether",
    "before",
    "after",
    "when",
}
_LOOSE = " ,;:-\u2013\u2014"


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
    """`text` in at most `limit` characters, and whether a sentence was cut for it.

    Whole sentences are left out first; else the cut is after a clause, else between two words. A cut between words leaves no dangling "for the" behind; a single word longer than the limit stays whole.
    """
    text = " ".join(text.split())
    if len(text) <= limit:
        return text, False
    head = text[: limit + 1]
    sentences = [match.end() for match in re.finditer(r"[.!?](?=\s)", head)]
    if sentences and sentences[-1] >= limit // 3:
        return text[: sentences[-1]], False
    clauses = [match.start() for match in re.finditer(r"[,;:]\s|\s[-\u2013\u2014]\s", head)]
    if clauses and clauses[-1] >= limit * 2 // 5:
        return text[: clauses[-1]].rstrip(_LOOSE), True
    words: list[str] = []
    for word in text.split(" "):
        if words and len(" ".join([*words, word])) > limit:
            break
        words.append(word)
    return cut_back(words), True


def cut_back(words: list[str]) -> str:
    """The words of a sentence that was cut off, back to where it can end: before its last "and", "so that", ..."""
    joints = [place for place, word in enumerate(words) if word.casefold() in _JOINTS]
    if joints and joints[-1] >= len(words) / 2:
        words = words[: joints[-1]]
    while len(words) > 1 and words[-1].casefold().strip(",;:") in _DANGLING:
        words = words[:-1]
    return " ".join(words).rstrip(_LOOSE)
