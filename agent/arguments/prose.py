"""Texts kept word for word: contents, titles, conditions, descriptions, links."""

import re

from agent.arguments import subjects
from agent.arguments.sentence import Sentence, Value
from agent.reading import Mention
from tools.core.declare import Argument, Tool

#: What stands before a quoted text that is a title and no content.
_TITLED = re.compile(
    r"\b(?:subject(?: lines?)?|titled?|headed|heading|headlined?|called|named|entitled|name)\b\W*(?:is|should be|of|to)?\W*$"
)


#: What stands before a quoted text that is the content itself.
_SAYING = re.compile(r"\b(?:content|text|body|message|says?|saying|reads?|reading|wording)\b\W*(?:is|should be)?\W*$")
#: Tools that take a text which may also be left out: where one stands behind a colon, it is meant.
_GIVEN_BEHIND_A_COLON = ("schedule_social_post",)
_DETAILS = re.compile(
    r"\s*(?:budget|start|end|from|until|on|at|tomorrow|today|subject|segment|status|channel)\b", re.IGNORECASE
)


def _behind_the_last_colon(sentence: Sentence) -> Mention | None:
    """The words behind a colon at which no list of details begins: "put this on Facebook Saturday 7am: Fresh rolls"."""
    for match in re.finditer(r"(?<=[\w)])\s?:\s+(?=\S)", sentence.open_text()):
        text = sentence.text[match.end() :].strip()
        end = match.end() + len(text)
        free = sentence.is_free(match.end(), end)
        if len(text.split()) >= 2 and free and not _DETAILS.match(text):
            return Mention(match.end(), end, text, "after_colon", text)
    return None


def fill_prose(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """A text kept word for word: the longest quoted one that is no title, or all behind a colon."""
    quoted = [m for m in sentence.of_kind("quoted") if not _TITLED.search(sentence.before(m.start, 30))]
    said_so = [m for m in quoted if _SAYING.search(sentence.before(m.start, 30))]
    if said_so:
        sentence.claim(said_so[0].start, said_so[0].end)
        return Value(said_so[0].value, sentence.evidence(said_so[0].start, said_so[0].end))
    titled = any(a.role and a.role.name == "title" and a.required for a in tool.arguments)
    colon = sentence.of_kind("after_colon")
    behind = colon[-1] if colon else None
    if behind and titled and quoted:
        quoted = [m for m in quoted if m.start >= behind.start] or []
    if quoted and not (titled and len(quoted) == 1 and behind is None):
        mention = max(quoted, key=lambda m: m.end - m.start)
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    if behind is None and not titled and not quoted:
        behind = _behind_the_last_colon(sentence)
    if behind and (argument.required or tool.name in _GIVEN_BEHIND_A_COLON):
        sentence.claim(behind.start, behind.end)
        return Value(behind.value, sentence.evidence(behind.start, behind.end))
    if argument.required:
        said = re.search(
            r"\b(?:that says|saying|says|that reads|reading|with the (?:text|content|words)|the text is|content is)\s+(.+)$",
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


#: What leads to the conditions and is none of them.
_BEFORE_CONDITIONS = re.compile(
    r"(?:[\s,:]*\b(?:with|the(?= (?:conditions?|rules?))|these|this|those|the following|conditions?|rules?|are|where|which|who|"
    r"whose|that|have|has|having|everyone|everybody|anyone|all|people|contacts?|leads)\b[\s,:]*)+",
    re.IGNORECASE,
)


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
    lead = _BEFORE_CONDITIONS.match(match.group(1))
    kept = match.group(1)[lead.end() :] if lead else match.group(1)
    value = kept.strip(" .,;!?")
    start = match.start(1) + (lead.end() if lead else 0) + (kept.index(value) if value else 0)
    if len(value) < 3:
        return None
    sentence.claim(start, start + len(value))
    return Value(value, sentence.evidence(start, start + len(value)))


def fill_description(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    if argument.required:
        if argument.name == "description" and tool.name.startswith("set"):
            return _behind_is(sentence)
        return subjects.fill_description(sentence)
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
        return subjects.fill_description(sentence)
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
