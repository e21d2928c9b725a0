"""Texts kept word for word: contents, titles, conditions, descriptions, links."""

import re

from agent.arguments import texts
from agent.arguments.sentence import Sentence, Value
from tools.core.declare import Argument, Tool

#: What stands before a quoted text that is a title and no content.
_TITLED = re.compile(
    r"\b(?:subject(?: lines?)?|titled?|headed|heading|headlined?|called|named|entitled|name)\b\W*(?:is|should be|of|to)?\W*$"
)


def fill_prose(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """A text kept word for word: the longest quoted one that is no title, or all behind a colon."""
    quoted = [m for m in sentence.of_kind("quoted") if not _TITLED.search(sentence.before(m.start, 30))]
    titled = any(a.role and a.role.name == "title" and a.required for a in tool.arguments)
    colon = sentence.of_kind("after_colon")
    behind = colon[-1] if colon else None
    if behind and titled and quoted:
        quoted = [m for m in quoted if m.start >= behind.start] or []
    if quoted and not (titled and len(quoted) == 1 and behind is None):
        mention = max(quoted, key=lambda m: m.end - m.start)
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    if behind and argument.required:
        sentence.claim(behind.start, behind.end)
        return Value(behind.value, sentence.evidence(behind.start, behind.end))
    if argument.required:
        said = re.search(
            r"\b(?:that says|saying|says|with the (?:text|content|words)|the text is|content is)\s+(.+)$",
            sentence.text,
            re.IGNORECASE | re.DOTALL,
        )
        if said:
            sentence.claim(*said.span(1))
            return Value(said.group(1), sentence.evidence(*said.span(1)))
    return None


def fill_title(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    word = "subject" if argument.name == "subject" else argument.name
    for mention in sentence.of_kind("quoted"):
        before = sentence.before(mention.start, 40)
        if argument.required or re.search(rf"\b(?:{word}|headed|heading|headline)\b", before) or word == "subject":
            sentence.claim(mention.start, mention.end)
            return Value(mention.value, sentence.evidence(mention.start, mention.end))
    behind = re.search(
        rf"\b{word}(?: line)?(?: is| should be|:|=)?\s+(?=[A-Z0-9])([^,;.!?]+)"
        if word == "subject"
        else r"\b(?:titled|called|named|entitled|title(?: is|:)?)\s+([^:,;.!?]+)",
        sentence.open_text(),
    )
    if behind and "\x00" not in behind.group(1):
        sentence.claim(*behind.span(1))
        return Value(behind.group(1).strip(), sentence.evidence(*behind.span(1)))
    return None


def fill_quoted_list(sentence: Sentence) -> Value | None:
    found = sentence.of_kind("quoted")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    return Value([mention.value for mention in found], sentence.evidence(found[0].start, found[-1].end))


def fill_conditions(sentence: Sentence) -> Value | None:
    text = sentence.open_text()
    match = re.search(
        r"(?:\b(?:where|whose|with the conditions?|conditions?(?: is| are)?|if|rule(?:s)?(?: is| are)?|based on|who|that|for|of|with|containing|contains|including)\b|[:,])\s+([^\x00]*\w[^\x00]*)$",
        text,
        re.IGNORECASE,
    )
    if match is None:
        match = re.fullmatch(
            r"\s*([^\x00]*\b(?:is|are|at least|older|contains|more than|less than|in)\b[^\x00]*)", text
        )
    if match is None:
        return None
    value = match.group(1).strip(" .,;!?")
    start = match.start(1) + match.group(1).index(value) if value else match.start(1)
    if len(value) < 3:
        return None
    sentence.claim(start, start + len(value))
    return Value(value, sentence.evidence(start, start + len(value)))


def fill_description(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    if argument.required:
        if argument.name == "description" and tool.name.startswith("set"):
            return _behind_is(sentence)
        return texts.fill_description(sentence)
    match = re.search(
        rf"\b{argument.name.replace('_', ' ')}(?: is|:|=| should (?:be|say)| to)?\s+[\"'“‘]?(.+?)[\"'”’]?[.!?]?$",
        sentence.open_text(),
        re.IGNORECASE,
    )
    if match and "\x00" not in match.group(1):
        sentence.claim(*match.span(1))
        return Value(match.group(1), sentence.evidence(*match.span(1)))
    return None


def _behind_is(sentence: Sentence) -> Value | None:
    """What something should be: the words behind "is", "to", "as" or a colon ("our brand voice is playful and brief")."""
    quoted = sentence.of_kind("quoted")
    if quoted:
        return Value(quoted[0].value, sentence.evidence(quoted[0].start, quoted[0].end))
    text = sentence.text
    match = re.search(
        r"(?:\b(?:voice|tone|style|sound|brand|write|we)\b.*?)(?:\b(?:is|are|to|be|as|sounds?|should be|like|in an?)\b|:)\s+(.+)$",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None:
        return texts.fill_description(sentence)
    value = re.split(r"[.!?]\s+(?=[A-Z])", match.group(1).strip())[0].rstrip(" .!?")
    start = match.start(1)
    return Value(value, sentence.evidence(start, start + len(value)))


def fill_urls(sentence: Sentence, argument: Argument) -> Value | None:
    found = sentence.of_kind("url", "file")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    return Value(
        [m.value for m in found] if argument.is_list else found[0].value,
        sentence.evidence(found[0].start, found[-1].end),
    )
