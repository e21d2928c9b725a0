"""What a text is about, a product, a goal, what to look for: the subject of a request, wherever in it that stands.

A sentence such as "Write a friendly email to office managers about bulk discounts" is taken apart by its cues: the subject
stands behind "about". Where no cue stands before one, it is what is left when the order itself ("Write an email") and the
claimed words are taken away. "We will sell more lights. Which segments suit that goal?": "that" points back to what was
told before the order, and so does an order that says nothing of its subject.
"""

import re
from functools import cache

from agent.arguments.sentence import Sentence, Value
from tools.core.declare import Argument, Tool

#: Cues that cannot mean anything else, wherever they stand.
_PLAIN_CUE = re.compile(
    r"\b(?:about|regarding|concerning|on the (?:topic|subject) of|announcing|that announces|containing|that mentions?|mentioning|matching|with the words?)\s+",
    re.IGNORECASE,
)
#: "A mailing on the kettle giveaway": where the subject may be left out, "on" leads to it only right behind the thing.
_ON = re.compile(r"\b(?:mailing|newsletter|e-?mail|mail)s? on (?=(?:the|our|an?|new)\s)", re.IGNORECASE)
_STRONG = re.compile(
    r"\b(?:about|regarding|concerning|announcing|promoting|(?:on|with|under|around) the (?:topic|subject|theme)(?: of)?|"
    r"(?:the |its )?(?:topic|subject|theme)(?: is|:| should be)|re:|(?:is|it'?s) about|(?:the|our) (?:offer|product|service) is|around(?= (?!\d)[a-z])|over(?= (?!\d|the |next |last |this |a |all |and )[a-z]))\s+",
    re.IGNORECASE,
)
_STRONG_AIM = re.compile(
    r"\b(?:(?:goal|aim|objective|idea|point|purpose|plan)(?: of \w+(?: \w+)?)? (?:is|would be|being)(?: to)?|in order to|so as to|so that|"
    r"if (?:we|i) want(?: to)?)\s+",
    re.IGNORECASE,
)
#: The order itself: verbs and what they are said with, at the head of a sentence.
_ORDER = re.compile(
    r"^(?:[\s\x00,.;:!?-]*(?:please|pls|plz|hi|hello|hey|hub|ok|okay|so|now|also|then|and|but|great|good|could|can|would|will|"
    r"you|we|i|us|me|let'?s|i'?d|we'?d|i'?m|we'?re|like|want|need|needs?|love|[’']d|to|have|get|got|give|make|create|write|draft|generate|"
    r"prepare|produce|compose|come|up|with|put|together|set|do|build|suggest|propose|find|show|look|search|tell|check|help|"
    r"think|of|some|any|an?|one|the|another|new|my|our|few|couple|quick|nice|good|two|three|four|five|six|seven|eight|nine|ten|"
    r"\d+|what|which|how|does|say|says|is|there|are|for|would|suit|best|fit|kindly|maybe|perhaps|just|again|therefore|anything|something|stuff|who|which|where|whip|knock|"
    r"rustle|cook|dream|brainstorm|ideas?|should|must|it|in|into|out|about|add|save|store|keep|import|load|read|upload|drafted|written|done|ready|tonight|by|eod)\b)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s*[,.;:!?]|\s+(?:please|pls|plz|thanks|thank you|thx|asap|today|now|for me|for us|any suggestions|any ideas|just the text|nothing else|"
    r"(?:can|could|would|will) you (?:take|do|handle|manage|draft|write|make|build|help)(?: (?:that|this|it|the text|me|one))?(?: on| with that)?|"
    r"write it (?:out|down|up)|if (?:you can|possible)|is that possible|when you have a (?:minute|moment)))+\s*$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:[\s,.;:!?\x00-]|(?:about|over|on|regarding|concerning|announcing|for|of|to|that|which|is|are|with|saying|offers?|in|"
    r"covering|around|re|mention(?:s|ing)?|contain(?:s|ing)?|say(?:s|ing)?)\b)+",
    re.IGNORECASE,
)
#: Where an order, a question or a remark on the side begins in the middle of a sentence.
_NEXT = re.compile(
    r"[.!?;](?:\s+|$)|\s*[,–—-]\s+(?=(?:please \w+|can|could|would|will|write|make|draft|give|show|tell|create|prepare|which|what|how|who|"
    r"do you|any|just|nothing|no|and (?:please|can|could|write|make|then)|then|so (?:please|can|could|write|make|give)|i need|we need|kick-?off|start\w*|beginning|\d+\s))"
    r"|\s+(?=(?:give me|write me|make me|draft me|write it|which segments?|what (?:do|should|would|can) (?:i|we)|can you|could you|pls|please (?:write|make|draft|create))\b)",
    re.IGNORECASE,
)
#: What may stand between what is ordered and its subject, and says nothing.
_FILLER = re.compile(
    r"(?:[\s\x00]*\b(?:should|shall|would|could|do|can|i|we|you|make|made|create|build|propose|suggest|recommend|use|be|good|best|suit|us|me|therefore|"
    r"drafted|written|done|ready|text|variants?|of ad copy|by (?:eod|today|tonight|tomorrow|the end of the day)|please|pls|which|who|write|target|have|"
    r"of(?=[\s\x00]*(?:e-?mails?|messages?|texts?|posts?|ads?|ad copy)\b)|e-?mails|messages)\b)+",
    re.IGNORECASE,
)
#: Words that point back to what was told before.
_BACK = re.compile(
    r"\s*(?:(?:for|about|on|of|out of|with|from) )?(?:it|this|that|these|them|her|him|there|(?:this|that|the same|such an?) (?:goal|aim|topic|subject|purpose|news|"
    r"thing|reason|one|idea|plan|offer))(?=\s*(?:$|[,.;:!?]|(?:too|also|as well|please|now|and|for|in|on)\b))",
    re.IGNORECASE,
)
#: How people begin who tell what they are up to; the subject is what follows.
_UP_TO = re.compile(
    r"(?:[\s,;:-]*\b(?:so|well|hi|hello|hey|ok|okay|good news|news|fyi|we|i|they|['’](?:ll|re|m|d|ve)|want(?:ed)? to|would like to|"
    r"like to|will|shall|are|am|going to|plan(?:ning)? to|hope to|need to|trying to|try to|the thing (?:we|i) (?:would )?(?:really )?(?:like|want) to|"
    r"have to|must|should|to)\b)+\s*",
    re.IGNORECASE,
)
_POINTS_NOWHERE = re.compile(
    r"(?:free|nothing|now|today|me|us|instance|example|sure|once|good|\d+ on)\b", re.IGNORECASE
)


def fill_subject(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """What a text is about, or a product, a query, a goal.

    An argument that may be left out is filled only behind a cue that cannot mean anything else.
    """
    text = sentence.open_text()
    aim = argument.role is not None and argument.role.name == "aim"
    if not argument.required:
        cue = (_STRONG_AIM if aim else _PLAIN_CUE).search(text) or (None if aim else _ON.search(text))
        span = _to_the_end(text, cue.end()) if cue else None
        return _claimed(sentence, *span) if span else None
    points_back = False
    for strong in (_STRONG_AIM, _STRONG) if aim else (_STRONG,):
        for cue in strong.finditer(text):
            span = _to_the_end(text, cue.end())
            if span and not _BACK.match(text[slice(*span)]):
                return _claimed(sentence, *span)
            points_back = points_back or span is None or bool(_BACK.match(text[slice(*span)]))
    clauses = _clauses(text)
    orders = [clause for clause in clauses if _gives_an_order(text[slice(*clause)], tool)] or clauses[:1]
    told = [clause for clause in clauses if clause not in orders]
    industry = argument.role is not None and argument.role.name == "industry"
    for start, end in [] if points_back and told else orders:
        span = _in_order(text, start, end, tool, argument)
        if span and industry:  # "a repair shop that wants to keep its customers"
            span = span[0], span[0] + len(re.split(r"\s(?:that|which|who)\s", text[slice(*span)])[0])
        if span and not _BACK.match(text[slice(*span)]):
            return _claimed(sentence, *span)
    return _told_before(sentence, text, told)


def _clauses(text: str) -> list[tuple[int, int]]:
    """The sentences of a text, and the orders and questions that begin inside them."""
    found, start = [], 0
    for cut in _NEXT.finditer(text):
        found.append((start, cut.start() if cut.group().strip(" ,-–—") == "" else cut.end()))
        start = cut.end()
    found.append((start, len(text)))
    return [(a, b) for a, b in found if re.search(r"\w", text[a:b])]


_ASKS = re.compile(
    r"\b(?:which|what|how|who|where|can|could|would you|will you|write|draft|make|create|give|show|tell|suggest|propose|generate|plan|"
    r"prepare|compose|find|search|look|need|want|come up|put|think|help|gimme|please|get|do|set|build|add|store|save|like (?:an?|the|one|some|\x00+))\b",
    re.IGNORECASE,
)


def _gives_an_order(clause: str, tool: Tool) -> bool:
    """Whether a clause holds the order itself: its verb, and the thing that the tool makes or looks for."""
    return _ASKS.search(clause) is not None and (
        _ORDER.match(clause) is not None or _thing_pattern(tool.name).search(clause) is not None
    )


def _in_order(text: str, start: int, end: int, tool: Tool, argument: Argument) -> tuple[int, int] | None:
    """The subject inside the clause of the order: behind a cue right after what is ordered, else what is left of it."""
    order = _order_end(text, start, end, tool)
    for cue in _cues(argument.role.cues if argument.role else ()).finditer(text, order, end):
        if re.search(r"\w", text[order : cue.start()]):
            break  # "2 for 1 on chai tins": no cue, but part of the subject
        if text[: cue.start()].strip() and not _POINTS_NOWHERE.match(text, cue.end()):
            span = _to_the_end(text, cue.end())
            if span:
                return span
    best: tuple[int, int] | None = None
    for piece in re.finditer(r"[^\x00]+", text[order:end]):
        span = _to_the_end(text, order + piece.start())
        if span and (best is None or span[1] - span[0] > best[1] - best[0]):
            best = span
    return best


def _order_end(text: str, start: int, end: int, tool: Tool) -> int:
    """Where the order ends and its subject may begin: "Could you make me a post", "what I need is a call script"."""
    order = _ORDER.match(text[start:end])
    at = start + (order.end() if order else 0)
    thing = _thing_pattern(tool.name).match(text, at, end)
    if thing is None and not tool.name.startswith("search"):
        later = _noun_pattern(tool.name).search(text, at, end)
        thing = later if later and (_ASKS.search(text, start, later.start()) or later.start() - at < 25) else None
    at = thing.end() if thing else at
    filler = _FILLER.match(text, at, end)
    return filler.end() if filler else at


def _told_before(sentence: Sentence, text: str, told: list[tuple[int, int]]) -> Value | None:
    """What was told before the order; of several clauses the last that says something."""
    for start, end in reversed(told):
        lead = _UP_TO.match(text[start:end])
        start += lead.end() if lead else 0
        pieces = (_to_the_end(text, start + piece.start()) for piece in re.finditer(r"[^\x00]+", text[start:end]))
        span = max((found for found in pieces if found), key=lambda found: found[1] - found[0], default=None)
        if span and len(text[slice(*span)].split()) > 1:
            return _claimed(sentence, *span)
    return None


def fill_description(sentence: Sentence) -> Value | None:
    """The whole request, less a politeness at its end."""
    words = _TRAILING.sub("", sentence.text).strip()
    start = sentence.text.index(words) if words else 0
    return Value(words, sentence.evidence(start, start + len(words))) if words else None


def _to_the_end(text: str, start: int) -> tuple[int, int] | None:
    hole = text.find("\x00", start)
    end = hole if hole >= 0 else len(text)
    stop = re.search(
        r"[.!?](?:\s|$)|;\s|\s(?:and|then) (?:send|save|schedule|call it|name it|keep|make it)\b", text[start:end]
    )
    if stop and stop.start() > 2:
        end = start + stop.start()
    following = _NEXT.search(text, start + 3, end)
    if following:
        end = following.start()
    words = text[start:end]
    cut = _TRAILING.sub("", words)
    lead = _LEADING.match(cut)
    offset = lead.end() if lead else 0
    cut = cut[offset:]
    cut = _TO_A_RECORD.sub("", cut.rstrip()) if hole >= 0 else cut
    cut = re.sub(r"^posts (?:the|a|per|by|each) (?:week|day|month)$", "", cut, flags=re.IGNORECASE)
    cut = re.sub(r"\s(?:in|from) (?:the|our) (?:knowledge base|kb)$", "", cut, flags=re.IGNORECASE)
    cut = re.sub(r"[\s,;:]+(?:to|for|on|in|with|by|and|at|from|called|named|an?|the)?$", "", cut.rstrip())
    if (
        _SAYS_NOTHING.match(cut)
        or not re.search(r"\w{2,}", cut)
        or re.match(r"(?:and|also|too|as well)\b", cut, re.IGNORECASE)
        or set(re.findall(r"[\w'’]+", cut.casefold())) <= _EMPTY
    ):
        return None
    return start + offset, start + offset + len(cut)


#: "To the segment" with a record's name behind it.
_TO_A_RECORD = re.compile(
    r"\s(?:to|for|from|in|of|with)\s+(?:the |our |my )?(?:segment|list|audience|campaign|mailing|group|template)$",
    re.IGNORECASE,
)
#: "What I should say on the phone" is the order, not its subject.
_SAYS_NOTHING = re.compile(
    r"what (?:(?:do|should|must|can|could|would) )?(?:i|we|to)\b.{0,25}\b(?:say|write|tell)\b", re.IGNORECASE
)
_EMPTY = frozenset(
    """under by at from to for on in with of and or until per a an by eod can you i we tell what say need do need take
    it this that them us me one something please the our some now new post posts text just nothing free her him nice begins run try use pick choose could should would emails email mails mail messages sms
    begin starts start ends drafted written""".split()
)


def _claimed(sentence: Sentence, start: int, end: int) -> Value:
    sentence.claim(start, end)
    return Value(sentence.text[start:end], sentence.evidence(start, end))


@cache
def _cues(cues: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(cue) for cue in cues) + r")\s+", re.IGNORECASE)


@cache
def _noun_pattern(tool_name: str) -> re.Pattern[str]:
    """The thing itself: "segments", "call script", without the words that only stand beside one."""
    words = set(tool_name.split("_")[1:]) | {"email", "e-mail", "mail", "text message", "sms", "post", "caption", "script", "ad", "ads", "ad copy",
        "calendar", "hashtags", "subject lines", "template", "sequence", "series", "tweet", "ideas", "segments?", "groups?", "triggers?", "workflow",
        "mailing", "adverts?", "articles?", "tickets?", "knowledge base"}  # fmt: skip
    return re.compile(
        r"\b(?:"
        + "|".join(sorted(words - {"social", "campaign", "copy"}, key=len, reverse=True))
        + r")\b(?:[\s\x00]+(?:copy|text|script|post))?",
        re.IGNORECASE,
    )


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
