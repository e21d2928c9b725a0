"""Names of new things, and names of records that do not exist: which words are meant as a name."""

import re

from agent.arguments.sentence import Sentence, Value
from agent.mentions import closed_words
from tools.core.declare import Argument, Tool
from tools.core.records import NOUNS
from tools.words.vocabulary import SEASONS

_LEAD = (
    r"(?:labelled|labeled|dubbed|as(?=\s+(?:(?-i:[A-Z])|[\"“‘]))|called|named|titled|entitled|by the name of|under the name(?: of)?|with the name(?: of)?|name(?:d)? it|call it|"
    r"calling it|name(?:'s| is|:|=)?|title(?:'s| is|:|=)?|rename\w*(?: (?:it|this|that|the \w+))?(?: \S+){0,4}? (?:to|as|into)|"
    r"save (?:it|this|that) as|keep (?:it|this|that) as|store (?:it|this|that) as|new name(?: is|:)?)"
)
_CUE = re.compile(rf"\b{_LEAD}(?!\w)\s*[:=]?\s*(?:the\s+)?", re.IGNORECASE)
#: A record that has a name gets another only by these: "closed as completed" and "as well" are none.
_RENAMED = re.compile(
    r"\b(?:rename\w*(?: (?:it|this|that|the \w+))?(?: \S+){0,4}? (?:to|as|into)|call it|name it|calling it|"
    r"chang\w* (?:the |its )?name (?:of )?(?:\S+ ){0,5}?(?:to|into)|(?:new )?name(?: is| to|:|=| should be)|(?:give|gave) it the name|new name)(?!\w)\s*[:=]?\s*(?:the\s+)?",
    re.IGNORECASE,
)
#: Where a name that is not quoted ends.
_STOP = re.compile(
    r"[,;.!?:](?:\s|$)|\s[-–—]\s|\s\(|\s+(?:with|for|that|which|who|and|running|runs?|starting|starts?|from|to|on|in|until|till|"
    r"at|by|budget|of type|type|goal|aimed|targeting|using|about|instead|please|pls|as|has|having|where|whose|is|it|"
    r"should|we|the|channels?|ends?|ending|including|consisting|containing|saying|so|because|then)\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?:[A-ZÄÖÜ0-9][\w'’&+-]*)(?:\s+(?:of|the|and|&|for|in)?\s*[A-ZÄÖÜ0-9][\w'’&+-]*)*")
#: What stands for a known thing and is never a name.
_POINTING = {"it", "this", "that", "them", "one", "these", "those", "something", "anything"}


def fill_name(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """The words behind "called", "named", "rename to" ...; or a quoted text; or, for a new record, a capitalised run
    behind the kind of record ("New social campaign Iced Week, ...")."""
    for mention in sentence.of_kind("name"):
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    for cue in (_CUE if argument.required or not tool.name.startswith("update") else _RENAMED).finditer(sentence.text):
        found = _name_at(sentence, tool, cue.end())
        if found:
            return found
    if tool.name.startswith(("create", "save", "add")):
        for mention in sentence.of_kind("quoted"):
            if len(mention.text) <= 60 and not _is_prose(sentence, mention.start):
                sentence.claim(mention.start, mention.end)
                return Value(mention.value, sentence.evidence(mention.start, mention.end))
        return _behind_the_noun(sentence, tool) or (_in_small_letters(sentence, tool) if argument.required else None)
    return None


def _is_prose(sentence: Sentence, start: int) -> bool:
    return re.search(r"(?:text|says?|saying|content|body|:)\s*$", sentence.before(start)) is not None


def _name_at(sentence: Sentence, tool: Tool, start: int) -> Value | None:
    for mention in sentence.mentions:
        if mention.kind == "quoted" and abs(mention.start - start) <= 1:
            sentence.claim(mention.start, mention.end)
            return Value(mention.value, sentence.evidence(mention.start, mention.end))
    rest = sentence.text[start:]
    capitalised = _CAPITALISED.match(rest)
    stop = _STOP.search(rest)
    end = stop.start() if stop else len(rest)
    if capitalised and capitalised.end() > end and not re.match(r"[,;.!?:]", rest[end:]):
        end = capitalised.end()  # "Back to School": a stop word inside a capitalised run
    elif (
        capitalised and rest[:1].isupper() and capitalised.end() < end and " " in rest[capitalised.end() : end].strip()
    ):
        end = capitalised.end()
    name = rest[:end].strip(" \"'“”‘’.,;:!?")
    if not name or name.casefold() in _POINTING or len(name) > 80:
        return None
    at = start + rest.index(name)
    end = _before_values(sentence, at, at + len(name))
    name = sentence.text[at:end].rstrip(" ,;:-")
    if not name or not sentence.is_free(at, at + len(name)) or _CUE.search(name) or _is_the_kind(name, tool):
        return None
    sentence.claim(at, at + len(name))
    return Value(name, sentence.evidence(at, at + len(name)))


def _behind_the_noun(sentence: Sentence, tool: Tool) -> Value | None:
    text = sentence.open_text()
    noun = tool.name.split("_", 1)[1].replace("_", " ")
    words = {noun, noun.split()[-1], "mailing" if "email" in noun else noun}
    pattern = re.compile(
        rf"\b(?:{'|'.join(map(re.escape, words))})\b\s*[:,-]?\s+(?={_CAPITALISED.pattern})", re.IGNORECASE
    )
    for match in pattern.finditer(text):
        run = _CAPITALISED.match(text[match.end() :])
        if run and run.group()[0].isupper() and "\x00" not in run.group():
            start = match.end()
            end = _before_values(sentence, start, start + run.end())
            end -= len(sentence.text[start:end]) - len(sentence.text[start:end].rstrip())
            if end <= start:
                continue
            sentence.claim(start, end)
            return Value(sentence.text[start:end], sentence.evidence(start, end))
    return None


#: Values that a name ends before: "Mums Day 800 eur".
_VALUES = ("money", "date", "date_range", "moment", "period", "percent", "duration", "url", "email", "quoted")


def _before_values(sentence: Sentence, start: int, end: int) -> int:
    """The end of a name that may run into an amount or a day; one that begins with it ("Black Friday") keeps it."""
    return min((m.start for m in sentence.mentions if m.kind in _VALUES and start < m.start < end
                and (m.kind != "date" or m.end >= end or any(c.isdigit() for c in m.text))), default=end)  # fmt: skip


def _is_the_kind(name: str, tool: Tool) -> bool:
    """Whether the words only say what is made: "an email template", "SMS"."""
    words = set(re.findall(r"[\w/-]+", name.casefold())) - {
        "a",
        "an",
        "the",
        "new",
        "draft",
        "our",
        "my",
        "under",
        "with",
    }
    kinds = set(tool.name.split("_")) | {word for noun in NOUNS.values() for word in (noun.singular, *noun.words)}
    return words <= kinds | closed_words()


_MAKES = re.compile(
    r"\b(?:new|an?|another|create|make|add|build|open|start|set up|save)\s+(?:[\w/-]+\s+){0,2}?", re.IGNORECASE
)
#: What a name in small letters does not begin with, and what ends it.
_NO_NAME = frozenset(
    """for with from to on in until till at by that which who where about and or of as please is are it this that our the my we i you
    so because then using via targeting aimed running starting ending selling out everyone everybody all people anyone those
    whose if when but just now today like same again based containing including consisting around next last over between
    through during via per while should can could would will must has have had budget called named saying only not no too
    also some any me us them""".split()
)


def _in_small_letters(sentence: Sentence, tool: Tool) -> Value | None:
    """ "Make a segment antwerp riders, everyone with ...", "new social campaign lights on, 1.5k": the words right behind the
    kind, as far as a comma, a value or a small word."""
    noun = tool.name.rsplit("_", 1)[1]
    for match in re.finditer(rf"{_MAKES.pattern}{noun}\s+(?=[a-z])", sentence.text, re.IGNORECASE):
        start = match.end()
        stop = re.search(r"\s*[,;:.!?(](?:\s|$)|\s[-–—]\s|$", sentence.text[start:])
        end = start + (stop.start() if stop else 0)
        end = min(
            [end, *(m.start for m in sentence.mentions if start <= m.start < end and m.kind in (*_VALUES, "number"))]
        )
        ended = sentence.text[start:end].rstrip()
        words = ended.split()
        if (
            not words
            or len(words) > 4
            or words[0] in _NO_NAME
            or (words[0].endswith("ing") and words[0] not in SEASONS)
            or not sentence.is_free(start, end)
        ):
            continue
        # "lights on": a small word may end the name, but one inside it begins something else.
        kept = words[: next((at for at, word in enumerate(words[1:-1], 1) if word in _NO_NAME), len(words))]
        end = start + len(" ".join(kept))
        name = sentence.text[start:end]
        if _is_the_kind(name, tool):
            continue
        sentence.claim(start, end)
        return Value(name, sentence.evidence(start, end))
    return None


def fill_unknown(sentence: Sentence, tool: Tool, noun: str, *, pointing: bool) -> Value | None:
    """Words that name a record of this noun which the house does not have: "the Autumn Harvest campaign".

    A quoted or named text counts only where the tool takes no other text and nothing is pointed at ("it").
    """
    span = unknown_record(sentence.text, noun)
    if span and sentence.is_free(*span):
        return Value(sentence.text[span[0] : span[1]], sentence.evidence(*span))
    if pointing:
        return None
    if not any(argument.role and argument.role.name in ("name", "prose", "title") for argument in tool.arguments):
        values = {value for argument in tool.arguments for value in argument.enum}
        for mention in sentence.of_kind("quoted", "name"):
            if str(mention.value).casefold() in values:
                continue  # "that should have been 'lost'"
            return Value(mention.value, sentence.evidence(mention.start, mention.end))
    if noun == "lead":
        for match in re.finditer(r"(?<!^)(?<![.!?]\s)\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)+\b", sentence.text):
            if sentence.is_free(*match.span()):
                return Value(match.group(), sentence.evidence(*match.span()))
    return None


def unknown_record(text: str, noun: str) -> tuple[int, int] | None:
    """Where a capitalised name stands beside the word for a kind of record ("the Autumn Harvest campaign")."""
    kind = NOUNS.get(noun)
    if kind is None:
        return None
    words = "|".join(sorted({re.escape(word) for word in (kind.singular, *kind.words)}, key=len, reverse=True))
    run = r"((?:[A-Z0-9ÄÖÜ][\w'’&-]*)(?:\s+(?:of|the|and|&)?\s*[A-Z0-9ÄÖÜ][\w'’&-]*)*)"
    for pattern in (
        rf"(?:the|our|my|this|that)\s+{run}\s+(?i:{words})\b",
        rf"\b(?:the|our|my) (?i:{words})\s+(?:called |named |\"|'|“|‘)?{run}",
        rf"(?<=\s){run}\s+(?i:{words})\b",
    ):
        match = re.search(pattern, text)
        if match is None:
            continue
        start = match.start(1)
        name = re.sub(r"['’]s$", "", match.group(1))
        first = name.split()[0]
        if name.casefold() in _POINTING or first.casefold() in _VERBS | closed_words():
            continue
        if first.isdigit():
            continue
        return start, start + len(name)
    return None


_VERBS = {"delete", "pause", "show", "open", "send", "start", "stop", "activate", "cancel", "create", "optimise",
          "optimize", "make", "set", "the", "a", "please", "get", "update", "rename", "how", "what", "which"}  # fmt: skip
