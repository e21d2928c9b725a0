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
        r"\b(?:lead|contact|(?<!company is )(?<!firm is )(?:called|named)|name(?: is)?|add|person|customer)\b[:,]?\s+((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’.-]+)+)",
        sentence.open_text(),
    )  # fmt: skip
    if match is None:
        match = re.search(
            r"((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+(?:van|von|de|der|la|el|al|di)\b)*(?:\s+[A-ZÄÖÜ][\w'’-]+)+)(?=\s*[,(<]|\s+(?:from|at|of|with|\x00))",
            sentence.open_text(),
        )
    if match is None:
        match = _IN_SMALL.search(sentence.open_text())
        beside, _ = beside_the_address(sentence)
        said = match.span(1) if match else None
        found = max((span for span in (beside, said) if span), key=lambda span: span[1] - span[0], default=None)
        return _named_at(sentence, found) if found else None
    start, end = match.span(1)
    words = match.group(1).split()
    if words[0].casefold() in names._VERBS | {"add", "new", "lead", "contact", "please"}:
        start += len(words[0]) + 1
    if start >= end:
        return None
    sentence.claim(start, end)
    return Value(sentence.text[start:end], sentence.evidence(start, end))


#: "New lead tina brandt from ...": a name typed in small letters, right behind what it is.
_IN_SMALL = re.compile(
    r"\b(?:lead|contact|person|customer)\b[:,]?\s+((?!(?:from|with|at|of|to|is|the|for|in|on|who|and|called|named|address|email)\b)"
    r"[a-zäöüéè'’-]{2,}(?:\s+(?!(?:from|with|at|of|and)\b)[a-zäöüéè'’-]{2,}){1,2})(?=\s*(?:,|\x00|$)|\s+(?:from|at|of|with|and)\b)"
)
#: "Priya Nair, Northbay Offices, priya@...": the company between the name and the address.
_BESIDE_NAME = re.compile(r"\x00\s*,\s*((?-i:[A-ZÄÖÜ0-9])[\w&'’. -]{1,40}?)\s*(?=[,;:(]?\s*\x00|,)")
_COMPANY_IN_SMALL = re.compile(
    r"\b(?:from|at)\s+((?!(?:the|our|a|an|my)\b)[a-zäöü&'’-]{2,}(?:\s+[a-zäöü&'’-]{2,}){0,2})(?=\s*(?:,|\x00|$))"
)
#: Where somebody comes from: "source is the trade fair", "came over Instagram", "met at the fair".
_ORIGIN = re.compile(
    r"\b(?:source(?:\s+(?:is|was)|:|=)?"
    r"|(?:came|comes|come|coming|got|found us|heard of us|signed up|wrote to us)\s+(?:in\s+|over\s+to us\s+)?(?:over|off|via|through|from|by|on|at)"
    r"|via|through|met (?:him |her |them )?(?:at|on)"
    r"|from(?=\s+(?:the|our|an?)\s[\w -]*\b(?:fair|show|expo|webinar|event|website|site|form|workshop|conference|ads?|newsletter|referral)\b))"
    r"\s+(?:the |our |an? )?([\w&'’ -]{2,40}?)(?=\s*(?:[,.;!?]|$|\x00|\s(?:and|with|as|please|pls)\b))",
    re.IGNORECASE,
)


def fill_origin(sentence: Sentence) -> Value | None:
    """Where a new lead comes from, in the person's words."""
    match = _ORIGIN.search(sentence.open_text())
    if match is None:
        return None
    sentence.claim(*match.span(1))
    return Value(match.group(1).strip(), sentence.evidence(*match.span(1)))


def beside_the_address(sentence: Sentence) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """Where a new lead's name and company stand that are written like the address: "pieter.jansen@molen-fietsen.nl pieter
    jansen molen fietsen". (name, company), each None where no words say so."""
    found = sentence.of_kind("email") or [m for m in sentence.mentions if m.kind == "email"]
    if not found:
        return None, None
    local, _, domain = str(found[0].value).partition("@")
    return _said_like(sentence, re.split(r"[._+-]", local)), _said_like(sentence, domain.split(".")[0].split("-"))


def _named_at(sentence: Sentence, span: tuple[int, int]) -> Value:
    """The words there, with capital letters where somebody typed a name in small ones."""
    sentence.claim(*span)
    said = sentence.text[slice(*span)]
    return Value(said.title() if said.islower() else said, sentence.evidence(*span))


def _said_like(sentence: Sentence, parts: list[str]) -> tuple[int, int] | None:
    words = [re.escape(part) for part in parts if part.isalpha() and len(part) > 1]
    if not words:
        return None
    match = re.search(r"(?<![\w.@-])" + r"\s+".join(words) + r"(?![\w@.-]*@)\b", sentence.open_text(), re.IGNORECASE)
    return match.span() if match else None


def fill_company(sentence: Sentence) -> Value | None:
    beside_name = _BESIDE_NAME.search(sentence.open_text())
    if beside_name:
        return _named_at(sentence, beside_name.span(1))
    match = re.search(
        r"\b(?:from|at|of|(?:company|firm|employer)(?:'s name)?(?: is(?: called)?| called|:)?|works? (?:at|for)|with)\s+((?:[A-ZÄÖÜ](?:[\w&'’-]|\.(?=\w))*|\d\w*)(?:\s+(?:&\s+)?[A-ZÄÖÜ](?:[\w&'’-]|\.(?=\w))*)*)",
        sentence.open_text(),
    )
    if match is None:
        _, beside = beside_the_address(sentence)
        small = _COMPANY_IN_SMALL.search(sentence.open_text())
        beside = small.span(1) if small and "email" in {m.kind for m in sentence.mentions} else beside
        return _named_at(sentence, beside) if beside else None
    value = match.group(1).rstrip(".,")
    sentence.claim(match.start(1), match.start(1) + len(value))
    return Value(value, sentence.evidence(match.start(1), match.start(1) + len(value)))
