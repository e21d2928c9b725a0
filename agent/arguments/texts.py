"""Free texts: whom something is for and how it should sound (what it is about: see `subjects`)."""

import re

from agent.arguments.sentence import Sentence, Value
from tools.core.declare import Argument, Tool

#: Words for people: what may stand behind "to" or "for" as an audience.
_PEOPLE = re.compile(
    r"\b(?!(?:letters|stickers|offers|orders|numbers|papers|dinners|flyers|vouchers|panniers|trailers|newsletters|posters|matters|others|covers|"
    r"containers|trousers|jumpers|sweaters|burgers|flowers|towers|printers|scooters|headers|drawers|banners|errors|colou?rs|doors|floors|mirrors|"
    r"presents|events|plants|pants|discounts|restaurants|treatments|appointments|payments|moments|comments|documents|accidents|contents|"
    r"experiments|segments|lists|trees|fees|coffees|archives|elements|ingredients|garments|tests|hours|tours)\b)(?:\w{3,}(?:ers|ors|ists|ents|ants|ees|ians|ives)|people|customers?|clients?|folks|men|women|kids|children|famil(?:y|ies)|"
    r"companies|firms|businesses|offices|schools|hotels|restaurants|caf[eé]s|shops|startups|agencies|teams?|staff|moms|mums|"
    r"dads|guests|members|fans|lovers|enthusiasts|pros|audience|crowd|households|couples|seniors|teens|girls|boys|"
    r"donors|regulars|people|visitors|alumni|nurses|patients|pupils|neighbou?rs|locals|everyone|subscribers|leads|prospects|b2b|beginners|millennials|newcomers|buyers)\b",
    re.IGNORECASE,
)
_AUDIENCE_CUE = re.compile(
    r"\b(?:aimed at|targeted at|targeting|geared to(?:wards)?|meant for|made for|intended for|addressed to|directed at|target audience(?: is|:)?|"
    r"(?:the )?audience(?: is| are|:)?|the people (?:\w+ ){0,4}are|written for|that speaks to|to|for|with)\s+",
    re.IGNORECASE,
)
#: ... of a record that is named first.
_AUDIENCE_OF = re.compile(
    r"\b(?:target )?(?:audience|readers|target group)\s+(?:of|for)\s+[^.;:!?]{2,60}?\s(?:to|is|are|should be|must be)\s+(?=\S)",
    re.IGNORECASE,
)
_STRONG_AUDIENCE = re.compile(
    r"made for|aimed|target|geared|meant|intended|addressed|directed|audience|speaks|people", re.IGNORECASE
)
#: Where a described group of people, a subject or a product ends.
_END = re.compile(
    r"[,;.!?:](?:\s|$)|\s[-–—]\s|\s(?:that|because|since) (?:we|you|i|they|our|the|there|it)\b|\sover the\b|\s(?:about|on|regarding|announcing|concerning|in an?|with an?|so that|please|pls|thanks|"
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


#: "A mail that tells parents we check any seat": the people behind such a verb, and what they are told.
_TOLD = re.compile(
    r"\b(?:that |which |to )?(?:tell(?:s|ing)?|inform(?:s|ing)?|let(?:s|ting)|remind(?:s|ing)?|invit(?:es?|ing)|ask(?:s|ing)?|thank(?:s|ing)?|"
    r"convinc(?:es?|ing)|persuad(?:es?|ing)|warn(?:s|ing)?|encourag(?:es?|ing)|nudg(?:es?|ing)|teach(?:es)?|congratulat(?:es?|ing))\s+",
    re.IGNORECASE,
)
_WHO = re.compile(
    rf"((?:(?!(?:we|you|i|they|that|it|to|about|of)\b)[\w'’-]+\s+){{0,3}}?(?:{_PEOPLE.pattern}))", re.IGNORECASE
)
#: Whom somebody is going to call or write to.
_CONTACTED = re.compile(
    r"\b(?:ring(?:ing)?|call(?:ing)?(?! (?:script|plan|guide|with|to|for)\b)|telephon(?:e|ing)(?: with)?|phon(?:e|ing)(?! (?:call|script|text)\b)|cold[- ]call(?:ing)?|pitch(?:ing)? to|talk(?:ing)? to|speak(?:ing)? (?:to|with)|"
    r"visit(?:ing)?|"
    r"writ(?:e|ing) to|reach(?:ing)?(?: out to)?|win(?:ning)?(?: over)?)\s+(?:up\s+)?",
    re.IGNORECASE,
)
#: "To sell our boxes to cafés": an infinitive, not somebody.
_INFINITIVE = re.compile(
    r"(?:sell|promote|get|make|keep|win|offer|present|announce|introduce|push|advertise|book|arrange|convince|have|bring|increase|raise|"
    r"tell|ask|invite|remind|let|show|explain|give|find|use|build|create|write|draft|run|start|stop|send|say|help|see|do|be|go|put|"
    r"grow|boost|launch|celebrate|thank|inform|warn|fill|drive|attract|retain|reach|ring|call|phone|pitch|visit|talk|speak|sign)\b",
    re.IGNORECASE,
)
#: Words that lead to somebody and name nobody.
_NOBODY = re.compile(r"[\W\x00]*(?:(?:of|for|to|the|our|an?|is|are|from)\b[\W\x00]*)*", re.IGNORECASE)
_SOME = re.compile(
    r"(?:a (?:few|couple of|bunch of|handful of|lot of)|some|several|various|many|lots of)\s+", re.IGNORECASE
)


def fill_audience(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """The people that something is for."""
    text = sentence.open_text()
    told_of = _said_of_something(sentence, text)
    if told_of is not None:
        return told_of
    for told in _TOLD.finditer(text):
        who = _WHO.match(text, told.end())
        if who:
            return _people(sentence, told.start(), *who.span(1))
    plain = list(_AUDIENCE_CUE.finditer(text))
    cues = [cue for cue in plain if _STRONG_AUDIENCE.match(cue.group())]
    cues += [*(_CONTACTED.finditer(text) if "call" in tool.name else ()), *plain]
    for cue in cues:
        start = cue.end()
        if cue.group().strip().casefold() == "to" and _INFINITIVE.match(text, start):
            continue
        if re.match(r"\w+ing\s", text[start:]) and not _STRONG_AUDIENCE.match(cue.group()):
            continue  # "for selling fleet maintenance to couriers"
        end = _end_of_people(sentence, text, start)
        words = text[start:end]
        if not words.strip() or len(words) > 80 or _NOBODY.fullmatch(words):
            continue
        strong = _STRONG_AUDIENCE.match(cue.group()) is not None
        head = re.split(r"\s+(?:of|who|with|in|at|from|that|working|near)\s+", words, maxsplit=1)[0]
        if strong or _are_people(head):
            return _people(sentence, cue.start(), start, end)
    return None


#: What may still be said of people behind the word for them ("mums over 30", "customers only"); another noun makes a
#: thing of them ("mothers day tea boxes").
_STILL_PEOPLE = re.compile(
    r"\W*(?:$|\d|['’]|[(,/&+-]|(?:and|or|over|under|aged?|between|around|about|on|to|for|by|near(?:by)?|only|too|again|alike|there|here|"
    r"whose|which|we|i|they|you|not|than|like|without|within|outside|across|living|looking|based|interested|please|everywhere|abroad|today)\b)",
    re.IGNORECASE,
)


def _are_people(words: str) -> bool:
    """Whether the words end in people, and what is said of them."""
    ends = [match.end() for match in _PEOPLE.finditer(words)]
    return bool(ends) and _STILL_PEOPLE.match(words, ends[-1]) is not None


def _said_of_something(sentence: Sentence, text: str) -> Value | None:
    """ "Set the target audience of Bloom to ...": whole where it is quoted."""
    said = _AUDIENCE_OF.search(text)
    if said is None:
        return None
    quoted = next((m for m in sentence.of_kind("quoted") if m.start == said.end()), None)
    if quoted is None:
        return _people(sentence, said.start(), said.end(), _end_of_people(sentence, text, said.end()))
    sentence.claim(said.start(), quoted.end)
    return Value(quoted.value, sentence.evidence(quoted.start, quoted.end))


def _end_of_people(sentence: Sentence, text: str, start: int) -> int:
    """Where a description of people ends: at a word that leads on, at a claimed word, or at an amount or a day."""
    stop = _END.search(text, start)
    end = stop.start() if stop else len(text.rstrip(" .!?"))
    hole = text.find("\x00", start)
    values = (m.start for m in sentence.mentions if m.start > start and m.kind in _NO_PEOPLE)
    return min([end, *([hole] if hole >= 0 else []), *values])


_NO_PEOPLE = ("percent", "money", "date", "moment", "date_range", "recurrence")


def _people(sentence: Sentence, claimed: int, start: int, end: int) -> Value:
    words = sentence.text[start:end]
    some = _SOME.match(words)
    start += some.end() if some else 0
    value = sentence.text[start:end].strip(" \x00,.;:")
    at = start + sentence.text[start:end].index(value)
    sentence.claim(claimed, at + len(value))
    return Value(value, sentence.evidence(at, at + len(value)))


def fill_tone(sentence: Sentence, argument: Argument) -> Value | None:
    """How it should sound."""
    for match in _TONE.finditer(sentence.open_text()):
        group = next(at for at in (1, 2, 3) if match.group(at))
        start, end = match.span(group)
        value = sentence.text[start:end].strip(" ,")
        sentence.claim(*match.span())
        return Value(value, sentence.evidence(start, start + len(value)))
    return None
