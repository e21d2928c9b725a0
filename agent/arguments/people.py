"""People: their addresses, names and companies."""

import re

from agent.arguments import names
from agent.arguments.sentence import Sentence, Value
from tools.core.declare import Argument, Tool


def fill_emails(sentence: Sentence, argument: Argument) -> Value | None:
    found = sentence.of_kind("email")
    if not found:
        return None
    for mention in found:
        sentence.claim(mention.start, mention.end)
    value: object = [mention.value for mention in found] if argument.is_list else found[0].value
    return Value(value, sentence.evidence(found[0].start, found[-1].end))


def fill_person(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    match = re.search(
        r"\b(?:lead|contact|called|named|name(?: is)?|add|person|customer)\b[:,]?\s+((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’.-]+)+)",
        sentence.open_text(),
    )  # fmt: skip
    if match is None:
        match = re.search(
            r"((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’-]+)+)(?=\s*[,(<]|\s+(?:from|at|of|with|\x00))",
            sentence.open_text(),
        )
    if match is None:
        return None
    start, end = match.span(1)
    words = match.group(1).split()
    if words[0].casefold() in names._VERBS | {"add", "new", "lead", "contact", "please"}:
        start += len(words[0]) + 1
    if start >= end:
        return None
    sentence.claim(start, end)
    return Value(sentence.text[start:end], sentence.evidence(start, end))


def fill_company(sentence: Sentence) -> Value | None:
    match = re.search(
        r"\b(?:from|at|of|company(?: is|:)?|works? (?:at|for)|with)\s+((?:[A-ZÄÖÜ](?:[\w&'’-]|\.(?=\w))*|\d\w*)(?:\s+(?:&\s+)?[A-ZÄÖÜ](?:[\w&'’-]|\.(?=\w))*)*)",
        sentence.open_text(),
    )
    if match is None:
        return None
    value = match.group(1).rstrip(".,")
    sentence.claim(match.start(1), match.start(1) + len(value))
    return Value(value, sentence.evidence(match.start(1), match.start(1) + len(value)))
