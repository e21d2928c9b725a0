"""Which of several values of a kind still stands: "not Monday but Tuesday", "from 5k to 6.25k", "it can't start in October"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.reading.mention import Mention

_FAMILIES = {
    "date": "day", "moment": "day", "date_range": "day", "time": "time", "money": "amount", "number": "amount",
    "duration": "length",
}  # fmt: skip
#: What stands before a value that is refused, replaced or told of the past, in the same clause.
_AGAINST = re.compile(
    r"\b(?:instead of|rather than|in place of|in lieu of|no longer|never|unlike|up from|down from|used to (?:be|cost|start|end)|"
    r"(?:was|were|had been)(?: \w+ed)?|can(?:no|['’]?)t|(?:wo|is|was|are|do|does|should|could|would)n['’]?t|"
    r"not(?! (?:later|earlier|more|less|before|after|until|over|only|just|above|below)\b))"
    r"(?:[ -][\w'’-]+){0,4} ?$",
    re.IGNORECASE,
)
#: ... and behind it.
_REFUSED = re.compile(
    r"\s*(?:any ?more\s+)?(?:makes no sense|(?:does|wo|will|is|was)(?:n['’]?t| not)\b|is (?:too|wrong|impossible|out of)|was (?:too|wrong|a mistake)|"
    r"is no good|no longer)",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:mov|shift|chang|postpon|push|bring|reschedul|delay|switch|swap|bump|rais|lower|cut|increas|reduc|tak|go|put)\w*\b[^.;!?]{0,70}?"
    r"\b(?:from|of) (?:the |its |our )?$",
    re.IGNORECASE,
)


def standing(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions without those that are taken back, where another of their kind stands in their place."""
    refused = [m for m in mentions if m.kind in _FAMILIES and _is_refused(text, m, mentions)]
    return [m for m in mentions if m not in refused or not _has_another(m, mentions, refused)]


def _has_another(mention: Mention, mentions: Sequence[Mention], refused: Sequence[Mention]) -> bool:
    family = _FAMILIES[mention.kind]
    return any(m not in refused and _FAMILIES.get(m.kind) == family and not _counts_things(m) for m in mentions)


def _counts_things(mention: Mention) -> bool:
    return mention.kind == "number" and mention.unit is not None


def _is_refused(text: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    family = _FAMILIES[mention.kind]
    last = max((m.end for m in mentions if m.end <= mention.start and _FAMILIES.get(m.kind) == family), default=0)
    before = text[max(last, mention.start - 90) : mention.start]
    behind = text[mention.end : mention.end + 40]
    if _AGAINST.search(before) or _REFUSED.match(behind):
        return True
    follows = any(m.start > mention.end and _FAMILIES.get(m.kind) == family for m in mentions)
    return follows and _MOVED.search(before) is not None and re.match(r"\s+(?:up |down )?to\b", behind) is not None
