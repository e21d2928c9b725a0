"""How an order begins, and what a second part of a message borrows from the order before it."""

import re
from collections import Counter
from functools import cache

from agent.mentions import COMMON
from agent.routing.examples import NONE, load_examples

_POLITE = re.compile(
    r"^(?:\W*(?:please|pls|plz|can you|could you|would you|will you|i want you to|i want to|(?:i|we)(?:['’]?d| would) (?:really |also )?(?:like|love)(?: you)? to|"
    r"i need (?:you )?to|we need to|we should|let'?s|kindly|(?:be so )?kind(?:ly)? (?:and|to|enough to)|go ahead and|do me a favou?r and|"
    r"would it be possible to|is it possible to|(?:i|we)(?:['’]?d| would) (?:be (?:glad|grateful|happy)|appreciate it) if you(?: could| would)?|"
    r"it would be (?:nice|great|lovely|good) if you(?: could| would)?|(?:could|might|may) i (?:just )?(?:trouble|bother|ask) you to|"
    r"would you be (?:able|willing|so (?:good|kind) as) to|would you mind|(?:i|we)(?:['’]?d| would) appreciate it if|may i ask you to|therefore|hence|that(?:['’]s| is) why|anyway|well|"
    r"and|then|also|now|just|simply|ok|okay|so|hi|hello|hey|hiya|afterwards|next|finally|first|second|after that)\b\s*)+",
    re.IGNORECASE,
)
#: Words that stand in names too and yet begin orders and questions.
_ORDERS = {"list", "launch", "what", "which", "who", "when", "how", "is", "are", "do", "does", "did"}
_WISH = re.compile(
    r"^\W*(?:(?:please|so|and|now|that(?:'|’)s why|that is why|therefore)\s+)*(?:(?:for|before|at) (?:[\w'’]+ ){1,4}?)?"
    r"(?:(?:(?:i|we)(?:'d|'ll|’d|’ll| would)?\s+(?:also\s+|just\s+|now\s+|really\s+)?|(?=(?:need|want)\s))"
    r"(?:need|want|would like|like|love|could use|require|have to have)\b(?!\s+(?:to|you)\b)"
    r"(?:\s+(?:two|three|four|several|a few|some|\d)\s+(?:things|items|favou?rs)\b\W*)?"
    r"|(?:i|we)(?:'d|’d| would) (?:really |much )?(?:appreciate it|be (?:grateful|glad|happy|obliged)|love it) if\b"
    r"|(?:might|may|could|can) (?:i|we) (?:please |possibly |also )?(?:have|get|see)\b"
    r"|(?:[\w'’]+\s+){1,3}(?:wants?|would like|needs?) to (?:know|see)\b"
    r"|(?:what|all|the (?:only )?thing)\s+(?:that\s+)?(?:[\w'’]+\s+){1,5}?(?:need|want|like|love|lack|miss)s?\b[^,.;:!?]{0,30}?\s(?:is|are)\b:?)",
    re.IGNORECASE,
)
#: Asked politely, whatever the verb: "please call it off", "could you axe Bloom".
_ASKED = re.compile(
    r"^\W*(?:(?:so|and|then|also|now|ok|okay|hi|hello|hey|but)\b\W*)*(?:(?:please|pls|plz)\s+(?!note\b|be\b|don|do not|no\b|not\b)[a-z]+\b\s*\w|"
    r"(?:can|could|would|will) you (?:please )?(?!be\b|have\b|say\b|think\b|believe\b|mind\b)[a-z]+\s+\w)",
    re.IGNORECASE,
)
#: "New lead joost@gracht.example": the order is that there be one.
_NEW = re.compile(
    r"^\W*new (?:lead|contact|campaign|segment|template|workflow|automation|mailing|newsletter|post|article|test)\b",
    re.IGNORECASE,
)
_THING = re.compile(
    r"^\s*(?:also\s+)?(?:the|an?|our|my|your|this|that|some|another|one|two|three|four|five|six|\d+|for the|of the|on)\b",
    re.IGNORECASE,
)
#: Words that begin many examples but order nothing by themselves.
_NO_VERBS = set(
    """the a an our my for in on to and new all any it i we what's of somebody someone nobody everybody everyone everything
    something nothing anything people some every just too under over out off up until since after before as if enough good
    main key names total top short quick biggest sudden there's i'd i'm i've we'd we're we've actually could should would
    can will have has was were whenever""".split()
)


#: A wish of more words holds more than what another part may borrow ("For the fair I need two things: ...").
_SHORT_WISH = 4


def begins_with_order(text: str) -> bool:
    """Whether the words begin as an order, a wish or a question does (after any politeness)."""
    if _WISH.match(text) or _NEW.match(text) or _ASKED.match(text):
        return True
    word = re.match(r"[\w'’/-]+", without_politeness(text))
    return word is not None and word.group().casefold() in order_words()


def is_wish(text: str) -> bool:
    """Whether the words surely ask for something: "please ...", "could you ...", "I'd like ..."."""
    return _WISH.match(text) is not None or _ASKED.match(text) is not None


def without_politeness(text: str) -> str:
    """The text without "please", "could you", "I'd like to" and their like at its head."""
    return _POLITE.sub("", text)


def begins_a_thing(text: str) -> bool:
    """Whether the words begin a thing of their own ("an SMS about ..."), as against going on with one ("SMS content")."""
    return _THING.match(text) is not None


#: "No, don't delete it", "I don't want a campaign for it": nothing is asked for.
_NEGATED = re.compile(
    r"^\W*(?:[\w'’]+\W+){0,3}?(?:don['’]?t|do not|doesn['’]?t|never|needn['’]?t|won['’]?t|no need to|rather not|not)\s(?!let\s)"
    r"|^\W*(?:[\w'’]+\W+){1,4}?(?:(?:is|are)n['’]?t|(?:is|are) not|(?:is|are) no longer) (?:necessary|needed|required|wanted|called for)\b",
    re.IGNORECASE,
)


def is_negated(text: str) -> bool:
    """Whether the words say what is not to be done."""
    return _NEGATED.match(text) is not None


def order_head(text: str) -> str:
    """The politeness and verb at the head of a request ("Please delete", "I need", "How are"): what an elliptic second
    part borrows."""
    wish = _WISH.match(text)
    if wish:
        return wish.group() if len(wish.group().split()) <= _SHORT_WISH else "I need"
    polite = _POLITE.match(text)
    start = polite.end() if polite else 0
    verb = re.match(r"[\w'’-]+(?:\s+(?:are|is|did|do|does|me|us|up|off|out|down)\b)*", text[start:])
    return text[: start + (verb.end() if verb else 0)]


@cache
def order_words() -> frozenset[str]:
    """The words with which the examples of the tools begin (two examples at least): verbs and question words."""
    first: Counter[str] = Counter()
    for example in load_examples():
        if not example.label.startswith(NONE):
            word = re.match(r"[\w'’/-]+", without_politeness(example.text))
            if word:
                first[word.group().casefold()] += 1
    return frozenset(word for word, count in first.items() if count >= 2) - _NO_VERBS - (COMMON - _ORDERS)
