"""Free texts: what a text is about, whom it is for, how it should sound, what to look for.

A sentence such as "Write a friendly email to office managers about bulk discounts" is taken apart by its cues: the
people behind "to", the adjectives before the thing that is to be written, the subject behind "about". What is left when
the order itself ("Write an email") and the claimed words are taken away is the subject where no cue stands before one.
"""

import re
from functools import cache

from agent.arguments.sentence import Sentence, Value
from tools.core.declare import Argument, Tool

#: Words for people: what may stand behind "to" or "for" as an audience.
_PEOPLE = re.compile(
    r"\b(?:\w{3,}(?:ers|ors|ists|ents|ants|ees|ians|ives)|people|customers?|clients?|folks|men|women|kids|children|famil(?:y|ies)|"
    r"companies|firms|businesses|offices|schools|hotels|restaurants|caf[eé]s|shops|startups|agencies|teams?|staff|moms|mums|"
    r"dads|guests|members|fans|lovers|enthusiasts|pros|audience|crowd|households|couples|seniors|teens|girls|boys|"
    r"donors|alumni|nurses|patients|pupils|neighbou?rs|locals|everyone|subscribers|leads|prospects|b2b|beginners|millennials|newcomers|buyers)\b",
    re.IGNORECASE,
)
_AUDIENCE_CUE = re.compile(
    r"\b(?:aimed at|targeted at|targeting|geared to(?:wards)?|meant for|intended for|addressed to|directed at|target audience(?: is|:)?|"
    r"(?:the )?audience(?: is| are|:)?|the people (?:\w+ ){0,4}are|written for|that speaks to|to|for|with)\s+",
    re.IGNORECASE,
)
_STRONG_AUDIENCE = re.compile(
    r"aimed|target|geared|meant|intended|addressed|directed|audience|speaks|people", re.IGNORECASE
)
#: Where a described group of people, a subject or a product ends.
_END = re.compile(
    r"[,;.!?:](?:\s|$)|\s[-–—]\s|\s(?:about|on|regarding|announcing|concerning|in an?|with an?|so that|please|pls|thanks|"
    r"and (?:make|keep|give|have|write)|make it|keep it|we need|to run|running|(?:that|which|to) (?:introduc|explain|tell|present|show|cover|"
    r"announc|invit|thank|remind|ask|talk|sell|promot|advertis|celebrat|mention)\w*)\b",
    re.IGNORECASE,
)
_TONES = (
    "friendly|formal|informal|casual|playful|serious|funny|humorous|witty|warm|professional|cheeky|bold|urgent|short|brief|"
    "polite|enthusiastic|excited|exciting|cheerful|relaxed|dry|luxurious|elegant|inspiring|persuasive|calm|confident|"
    "conversational|upbeat|light-hearted|lighthearted|heartfelt|sincere|snappy|punchy|quirky|down-to-earth|personal|"
    "empathetic|festive|apologetic|businesslike|crisp|matter-of-fact|chatty|poetic|nostalgic|reassuring|optimistic|cool|catchy"
)
_TONE = re.compile(
    rf"\b(?:(?:in|with|using)\s+an?\s+((?:[\w-]+(?:,\s*|\s+and\s+|\s+but\s+|\s+))+?)(?:tone|voice|style|way|manner)\b"
    rf"|\b(?:tone|voice|style)\s*(?:should be|is|of|:|=)?\s*((?:very |rather |quite )?(?:{_TONES})(?:(?:,\s*| and | but )(?:{_TONES}))*)"
    rf"|((?:very |rather |quite )?(?:{_TONES})(?:(?:,\s*|\s+and\s+|\s+but\s+)(?:{_TONES}))*)(?=[\s,.;!?]|$))",
    re.IGNORECASE,
)

_PLAIN_CUE = re.compile(
    r"\b(?:about|regarding|concerning|on the (?:topic|subject) of|announcing|that announces|containing|that mentions?|mentioning|matching|with the words?)\s+",
    re.IGNORECASE,
)
#: The order itself: verbs and what they are said with, at the head of a sentence.
_ORDER = re.compile(
    r"^(?:[\s\x00,.;:!?-]*(?:please|pls|plz|hi|hello|hey|hub|ok|okay|so|now|also|then|and|but|great|good|could|can|would|will|"
    r"you|we|i|us|me|let'?s|i'?d|we'?d|i'?m|we'?re|like|want|need|needs?|love|[’']d|to|have|get|got|give|make|create|write|draft|generate|"
    r"prepare|produce|compose|come|up|with|put|together|set|do|build|suggest|propose|find|show|look|search|tell|check|help|"
    r"think|of|some|any|an?|one|the|another|new|my|our|few|couple|quick|nice|good|two|three|four|five|six|seven|eight|nine|ten|"
    r"\d+|what|which|how|does|say|says|is|there|are|for|would|suit|best|fit|kindly|maybe|perhaps|just|again|whip|knock|"
    r"rustle|cook|dream|brainstorm|ideas?|should|must|it|in|into|out|about|add|save|store|keep|import|load|read|upload)\b)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s*[,.;:!?]|\s+(?:please|pls|plz|thanks|thank you|thx|asap|today|now|for me|for us))+\s*$", re.IGNORECASE
)
_LEADING = re.compile(
    r"^(?:[\s,.;:!?\x00-]|(?:about|on|regarding|concerning|announcing|for|of|to|that|which|is|are|with|saying|offers?|in|"
    r"covering|around|re|mention(?:s|ing)?|contain(?:s|ing)?|say(?:s|ing)?)\b)+",
    re.IGNORECASE,
)


def fill_audience(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """The people that something is for."""
    text = sentence.open_text()
    for cue in _AUDIENCE_CUE.finditer(text):
        start = cue.end()
        stop = _END.search(text, start)
        end = stop.start() if stop else len(text.rstrip(" .!?"))
        end = min(end, (text.find("\x00", start) + len(text) + 1) % (len(text) + 1) or len(text))
        words = text[start:end]
        if not words.strip() or len(words) > 80:
            continue
        strong = _STRONG_AUDIENCE.match(cue.group()) is not None
        head = re.split(r"\s+(?:of|who|with|in|at|from|that|working|near)\s+", words, maxsplit=1)[0]
        if strong or _PEOPLE.search(head):
            value = words.strip(" \x00,.;:")
            at = start + words.index(value)
            sentence.claim(cue.start(), at + len(value))
            return Value(value, sentence.evidence(at, at + len(value)))
    return None


def fill_tone(sentence: Sentence, argument: Argument) -> Value | None:
    """How it should sound."""
    for match in _TONE.finditer(sentence.open_text()):
        group = next(at for at in (1, 2, 3) if match.group(at))
        start, end = match.span(group)
        value = sentence.text[start:end].strip(" ,")
        sentence.claim(*match.span())
        return Value(value, sentence.evidence(start, start + len(value)))
    return None


def fill_subject(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """What a text is about, or a product, a query, a goal: behind its cue, else what is left of the sentence.

    An argument that may be left out is filled only behind a cue that cannot mean anything else.
    """
    text = sentence.open_text()
    if not argument.required:
        cue = _PLAIN_CUE.search(text)
        span = _to_the_end(text, cue.end()) if cue else None
        return _claimed(sentence, *span) if span else None
    for cue in _cues(argument.role.cues if argument.role else ()).finditer(text):
        if _is_order(text[: cue.start()], tool):
            span = _to_the_end(text, cue.end())
            if span:
                return _claimed(sentence, *span)
    return fill_rest(sentence, tool)


def fill_rest(sentence: Sentence, tool: Tool) -> Value | None:
    """What is left of the sentence when the order and the claimed words are taken away; the longest stretch of it."""
    text = sentence.open_text()
    order = _ORDER.match(text)
    start = order.end() if order else 0
    thing = _thing_pattern(tool.name).match(text, start)
    if thing:
        start = thing.end()
    best: tuple[int, int] | None = None
    for piece in re.finditer(r"[^\x00]+", text[start:]):
        span = _to_the_end(text, start + piece.start(), whole=True)
        if span and (best is None or span[1] - span[0] > best[1] - best[0]):
            best = span
    return _claimed(sentence, *best) if best else None


def fill_description(sentence: Sentence) -> Value | None:
    """The whole request, less a politeness at its end."""
    words = _TRAILING.sub("", sentence.text).strip()
    start = sentence.text.index(words) if words else 0
    return Value(words, sentence.evidence(start, start + len(words))) if words else None


def _to_the_end(text: str, start: int, *, whole: bool = False) -> tuple[int, int] | None:
    hole = text.find("\x00", start)
    end = hole if hole >= 0 else len(text)
    stop = re.search(
        r"[.!?](?:\s|$)|;\s|\s(?:and|then) (?:send|save|schedule|call it|name it|keep|make it)\b", text[start:end]
    )
    if stop and stop.start() > 2:
        end = start + stop.start()
    words = text[start:end]
    cut = _TRAILING.sub("", words)
    lead = _LEADING.match(cut)
    offset = lead.end() if lead else 0
    cut = cut[offset:]
    cut = re.sub(r"[\s,;:]+(?:to|for|on|in|with|by|and|at|from|called|named|an?|the)?$", "", cut.rstrip())
    if not re.search(r"\w{2,}", cut) or cut.casefold() in _EMPTY:
        return None
    return start + offset, start + offset + len(cut)


_EMPTY = {
    "it",
    "this",
    "that",
    "them",
    "us",
    "me",
    "one",
    "something",
    "please",
    "the",
    "our",
    "some",
    "now",
    "new",
    "post",
    "posts",
}


def _claimed(sentence: Sentence, start: int, end: int) -> Value:
    sentence.claim(start, end)
    return Value(sentence.text[start:end], sentence.evidence(start, end))


def _is_order(before: str, tool: Tool) -> bool:
    """Whether the words before a cue hold the order at all (a cue at the very start is no cue)."""
    return bool(before.strip())


@cache
def _cues(cues: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(cue) for cue in cues) + r")\s+", re.IGNORECASE)


@cache
def _thing_pattern(tool_name: str) -> re.Pattern[str]:
    """The thing that a tool makes, as it stands behind the verb: "email", "LinkedIn post", "call script"."""
    words = set(tool_name.split("_")[1:]) | {
        "email", "e-mail", "mail", "text", "message", "sms", "post", "caption", "script", "phone", "call", "ad", "ads",
        "copy", "campaign", "campaigns", "calendar", "social", "media", "content", "hashtags", "hashtag", "tags", "subject",
        "line", "lines", "headlines", "template", "sequence", "series", "google", "tweet", "newsletter", "texts", "variants",
        "ideas", "draft", "drafts", "adverts", "article", "articles", "knowledge", "base", "tickets", "ticket", "the", "our", "an", "a", "in", "up", "kb",
    }  # fmt: skip
    return re.compile(
        r"(?:[\s\x00]*(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")\b)+", re.IGNORECASE
    )
