"""Records without a name, told by what they are: "the Facebook post that is scheduled for Friday", "our LinkedIn draft"."""

import re
from collections.abc import Sequence

from tools.core.records import RecordName, fold

_POST = re.compile(
    r"\b(?:the|my|our|that|this)\s+(?P<lead>(?:(?!the\b|and\b|of\b|to\b)[\w-]+\s+){0,3}?)(?P<kind>post|tweet|toot|draft)\b(?!\s+(?:post|templates?|campaigns?|mailings?))"
    r"(?P<tail>\s+(?:(?:that|which)(?:['’]s| is| was| goes| went| will go)?(?: out)?(?: scheduled| planned| due| going out)?(?: for| on)?|scheduled for|planned for|about|from|of)"
    r"\s+(?:the |our |next |this )*[\w'’-]+(?:\s+(?!(?:to|at|and|on|for|in)\b)[\w'’-]+){0,2})?",
    re.IGNORECASE,
)
#: "Write the LinkedIn post about chai": one that is still to be made.
_MADE = re.compile(
    r"\b(?:write|draft|create|make|generate|compose|prepare|need|want|do)\s+(?:me |us |up )?$", re.IGNORECASE
)
_KINDS = {"tweet": "twitter", "toot": "mastodon", "draft": "draft"}
_SAYS_LITTLE = frozenset(
    "the our my this that which is was for on out of about from next goes went will go and a an post posts".split()
)


def described_posts(message: str, names: Sequence[RecordName]) -> list[tuple[int, int, tuple[RecordName, ...], bool]]:
    """(start, end, posts, whether all that is said fits them) of each description; the posts that it fits best."""
    posts = [record for record in names if record.noun == "social_post"]
    held = {record.id: set(fold(" ".join((record.name, *record.aliases))).split()) for record in posts}
    every = set().union(*held.values()) if held else set()
    found = []
    for match in _POST.finditer(message):
        if _MADE.search(message[: match.start()]):
            continue
        kind = match.group("kind").casefold()
        words = fold(f"{match.group('lead')} {match.group('tail') or ''}").split()
        told = [word for word in (*words, _KINDS.get(kind, "")) if word in every and word not in _SAYS_LITTLE]
        if not told:
            continue
        hits = {record.id: sum(word in held[record.id] for word in told) for record in posts}
        most = max(hits.values())
        best = tuple(record for record in posts if hits[record.id] == most)
        found.append((match.start(), match.end(), best, most == len(told)))
    return found
