"""Texts inside a message: quoted ones, the text after a colon, and a name after "called"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from agent.reading.addresses import read_files, read_urls
from agent.reading.mention import Mention

_CLOSERS = {"“": "”“\"", "„": "“”‟\"", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", "›": "‹", '"': '"”', "'": "'",
            "`": "`´", "´": "´", "＂": "＂", "「": "」", "『": "』"}  # fmt: skip
_SINGLE = frozenset("'‘‚´`")
_WORDLIKE = re.compile(r"[^\W_]", re.UNICODE)
_LABELS = frozenset({
    "budget", "date", "dates", "start", "end", "starts", "ends", "from", "to", "until", "channel", "channels", "platform",
    "platforms", "type", "goal", "audience", "target", "time", "when", "deadline", "status", "period", "name", "campaign",
    "segment", "recipients", "cc", "days", "count", "tone", "campaigns", "workflow", "company", "email", "mail", "phone",
    "source", "budgets", "schedule", "scheduled", "tags", "id",
})  # fmt: skip
#: What a new record is, said behind its name: "... mothers day its ads".
_KINDS = frozenset(
    {"a", "an", "for", "ads", "email", "social", "multi", "multichannel", "about", "on", "paid", "mail", "sms"}
)
_SAYS = frozenset({
    "post", "tweet", "toot", "saying", "says", "say", "text", "content", "message", "body", "copy", "caption", "subject", "write",
    "reads", "read", "article", "note", "announcement", "sms", "reply", "following", "preview", "headline", "skeet", "words",
    "wording", "story", "publish", "posts", "comment", "description", "voice", "topic", "about", "line", "variant", "variants",
    "versus", "article:", "title", "predict",
})  # fmt: skip


def read_quoted(text: str) -> list[Mention]:
    """Quoted texts, outermost only, apostrophes inside kept: ``'See what's budding'`` is ``See what's budding``.

    Pairs: '…' "…" ‘…’ “…” „…“ «…» »…« ‹…› `…`. A double quote that is never closed holds the rest of the message.
    """
    mentions: list[Mention] = []
    last = {mark: max(text.rfind(closer) for closer in closers) for mark, closers in _CLOSERS.items() if mark in text}
    i = 0
    while last and i < len(text):
        if text[i] in last and _opens(text, i, last[text[i]]):
            end = _close(text, i, last[text[i]])
            inner = "" if end is None else text[i + 1 : end].strip()
            if end is not None and (_WORDLIKE.search(inner) or len(inner) > 1):
                stop = min(end + 1, len(text))
                mentions.append(Mention(i, stop, text[i:stop], "quoted", inner))
                i = stop
                continue
        i += 1
    return mentions


def _opens(text: str, i: int, last: int) -> bool:
    before = text[i - 1] if i else " "
    after = text[i + 1] if i + 1 < len(text) else " "
    if text[i] in "»›" and last <= i:
        return False
    if before.isalnum() or (after.isspace() and text[i] in "'\"´`‚"):
        return False
    return not (text[i] == "'" and before in "'’")


_TRIED = 40
"""Closing marks that are tried for one opening mark."""


def _close(text: str, i: int, last: int) -> int | None:
    """Where the text that opens at ``i`` closes; ``last`` is the last closing mark there is."""
    if last <= i:
        open_end = text[i] in '"“„«' and any(c.isalnum() for c in text[i + 1 : i + 200])
        return len(text) if open_end else None
    marks = re.compile("[" + re.escape(_CLOSERS[text[i]]) + "]").finditer(text, i + 1)
    ends = [match.start() for match in islice(marks, _TRIED)]
    if text[i] not in _SINGLE:
        return next((k for k in ends if not _inch(text, k)), None)
    ends = [k for k in ends if k > i + 1 and not text[k - 1].isspace() and not _inside_word(text, k)]
    if not ends or (ends[0] == i + 2 and text[i + 1] in "nN"):
        return None
    return _past_plural(text, ends)


def _inch(text: str, k: int) -> bool:
    """Whether the double quote is an inch sign: behind a digit, and the quotes behind it do not pair without it."""
    if text[k] != '"' or not text[k - 1].isdigit() or not text[k + 1 : k + 2].isspace():
        return False
    return text.count('"', k + 1, k + 2000) % 2 == 1


def _inside_word(text: str, k: int) -> bool:
    return k + 1 < len(text) and text[k + 1].isalnum()


def _past_plural(text: str, ends: list[int]) -> int:
    """The closing quote, where the first candidate may be a plural's apostrophe: 'Our customers' choice'."""
    first = ends[0]
    if text[first - 1] not in "sS" or len(ends) == 1 or text[first + 1 : first + 2] != " ":
        return first
    between = text[first + 1 : ends[1]]
    opens_again = re.search(r"(?:^|[\s(:])['‘‚`]\w", between)
    return first if opens_again or text[ends[1] - 1] in "sS" else ends[1]


def read_after_colon(text: str) -> list[Mention]:
    """The text from the first free-standing colon to the end of the message; none where nothing follows it."""
    for match in re.finditer(r"(?<=[\w)\]”\"'’»*])\s?:(?=\s|$|[“\"'„«])", text):
        rest = text[match.end() :]
        inner = rest.strip()
        if not inner or (match.start() and text[match.start() - 1].isdigit() and inner[0].isdigit()):
            continue
        start = match.end() + rest.index(inner)
        return [Mention(start, start + len(inner), inner, "after_colon", inner)]
    return []


def is_content(text: str, mention: Mention) -> bool:
    """Whether the text after the colon is meant word for word ("Tweet: ...", "a post tomorrow at 9: ..."), not a list of
    details ("Launch: budget 5k, start 3 May"). Only then nothing inside it is read."""
    if any(m.text == mention.value.rstrip(".,;!?") for m in (*read_urls(mention.value), *read_files(mention.value))):
        return False  # "the following file: https://...": an address, not a text
    before = re.findall(r"[^\W\d_]+", text[: mention.start].lower())
    after = re.findall(r"[^\W\d_]+", mention.value.lower()[:60])
    if (
        not before
        or before[-1] in _LABELS
        or (after and after[0] in _LABELS and after[0] not in ("when", "from", "to"))
    ):
        return False
    if "calendar" in before:
        return False  # a content calendar is planned, not worded
    return any(word in _SAYS for word in before)


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str


_NAME_LEAD = re.compile(
    r"\b(?:called|named|titled|entitled|(?:call|name|title)\s+(?:it|this|that|them)|(?:rename|renamed)\b[^.!?\n]{0,60}?\bto)\s+",
    re.IGNORECASE,
)
_STOPS = frozenset({
    "with", "for", "from", "on", "by", "and", "starting", "start", "starts", "running", "runs", "until", "targeting", "using",
    "that", "which", "at", "about", "via", "where", "when", "ending", "through", "aimed", "budget", "please", "but", "to", "in",
    "then", "so", "of", "is", "has", "it", "today", "tomorrow", "next", "this", "tonight", "now", "every", "instead", "campaign",
})  # fmt: skip
_SMALL = frozenset({"of", "the", "&", "and", "a", "to"})


def read_names(text: str) -> list[Mention]:
    """A name after "called", "named", "titled", "name it", "rename ... to": capitalised words and numbers on end, or in a
    lower-case message the words up to the next preposition. Quoted names are left to :func:`read_quoted`."""
    mentions: list[Mention] = []
    for lead in _NAME_LEAD.finditer(text):
        # A name is no longer than this.
        tail = text[lead.end() : lead.end() + 160]
        words = [
            _Word(m.start(), m.end(), m.group()) for m in re.finditer(r"[^\s,;.!?:()\"“”„]+|[,;.!?:()\"“”„\n]", tail)
        ]
        end = _name_end(words)
        if end is not None and not (mentions and lead.start() < mentions[-1].end):
            start = lead.end()
            inner = text[start : start + end]
            mentions.append(Mention(start, start + end, inner, "name", inner))
    return mentions


_ENDS = ',;.!?:()"“”„\n'


def _name_end(words: list[_Word]) -> int | None:
    """Where the name that begins with these words ends, or None where no name stands there."""
    if (
        not words
        or words[0].text[0] in _ENDS
        or words[0].text[0] in "\"“„'‘«,;.!?:()\n"
        or words[0].text.lower() in ("to", "by", "on", "for")
    ):
        return None
    words = words[: next((k for k, word in enumerate(words[:12]) if word.text in _ENDS), 12)]
    if not _is_big(words[0]):
        return _lower_end(words)
    if not any(_is_big(word) for word in words[1:2]):
        return _lower_end(words)  # "Recent buyers"
    end = words[0].end
    for k, word in enumerate(words[1:], 1):
        following = words[k + 1] if k + 1 < len(words) else None
        if _is_big(word) and not (word.text[0].isdigit() and following and _is_amount(following.text)):
            end = word.end
        elif not (word.text.lower() in _SMALL and following is not None and _is_big(following)):
            break
    return end


def _is_big(word: _Word) -> bool:
    return word.text[0].isupper() or word.text[0].isdigit() or word.text in ("&", "+", "-", "–", "|")


def _lower_end(words: list[_Word]) -> int | None:
    """A name in lower case goes on to the next preposition or word of the calendar."""
    end: int | None = None
    for k, word in enumerate(words):
        small_link = (
            k and word.text.lower() in _SMALL and k + 1 < len(words) and _is_big(words[k + 1]) and _is_big(words[0])
        )
        if (word.text.lower() in _STOPS and not small_link) or _tells_more(words[k : k + 2]):
            break
        end = word.end
    return end


def _tells_more(words: list[_Word]) -> bool:
    """ "... call it shop hours the text is ...": the name is over where something else of the record is told."""
    said = [word.text.lower() for word in words]
    if len(said) == 2 and said[0] in ("its", "it's", "it’s", "thats", "that's") and said[1] in _KINDS:
        return True
    return len(said) == 2 and said[0] in ("the", "its") and said[1] in _LABELS | _SAYS | {"txt"}


def _is_amount(following: str) -> bool:
    return following.lower() in ("euro", "euros", "dollars", "€", "$", "%", "percent", "days", "weeks")
