"""Clauses: the smallest pieces of a message that may be requests of their own, with what joins each to the one before.

Only the words decide here; which of the pieces ask for something is for `agent.dividing` to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Words that join a request to the one before it; they belong to neither.
_GLUE = (
    r"(?:(?:and|und|n|&|\+|plus|then|also|besides|furthermore|moreover|additionally|in addition|on top(?: of that)?|"
    r"afterwards|after (?:that|it|this)|perhaps|maybe|possibly|likewise|next|finally|lastly|secondly|as well as|oh,? and|(?:and )?while you(?:['’]re| are) at it)\b,?\s+)*"
)
#: What numbers the items of a list inside a line: "(1) ...; (2) ...", "a) ...", "(ii) ...".
_NUMBERED = r"\(?(?:\d{1,2}|iv|i{1,3}|[a-e])\)"
_BOUNDARY = re.compile(
    rf"(?P<sentence>(?P<item>\s*[:;,.]?\s*(?:\band\s+)?(?<=[\s:;,.]){_NUMBERED}\s+){_GLUE}|(?:(?<![.\s]\w)[.;!?…]+[\"”’']?|(?<=[.!?…][\"”’»]))\s+|\s*\n+\s*(?:[-*•·]\s+|\d{{1,2}}[.)]\s+)?){_GLUE}"
    rf"|(?P<colon>:\s+){_GLUE}"
    rf"|\s*,(?!\d)\s*(?:but\s+)?{_GLUE}"
    rf"|\s+[-–—+]\s+{_GLUE}"
    r"|\s+(?=(?:because|so that|(?:until|till|til) (?:we|i|he|she|they|it|you|[A-Z]\w+ (?:has|is|was|have)))\b)"
    rf"|\s+(?:and|und|n|&|plus|then|as well as|besides)\s+{_GLUE}",
    re.IGNORECASE,
)
#: Between commas, and no clause: "So, could you ...", "it is, frankly, too late, please".
_FILLER = re.compile(
    r"\W*(?:so|well|anyway|though|please|pls|frankly|honestly|ok|okay|right|now|yes|no|hi|hello|hey|sorry|however|too|thanks|thank you|"
    r"good|great|fine|of course|by the way|apparently|perhaps|maybe|if (?:you (?:would|could|can|please|like|don['’]?t mind)|possible|i may|that(?:['’]s| is) "
    r"(?:ok|okay|all right|alright|fine|possible)))\W*",
    re.IGNORECASE,
)
#: "The performance of", "send to": what follows belongs to it, numbered or not.
_LEADS_ON = re.compile(r"\b(?:of|for|to|on|with|about|from|in|at|by|the)\s*$", re.IGNORECASE)
#: "I need two texts. One is a mail about ... The other is a post about ...": what was announced, thing by thing.
_ONE_IS = re.compile(
    r"(?:the\s+)?(?:one|first|second|third|other|last|another)(?:\s+one)?(?:\s+thing)?\s+(?:is|would be|should be)\s+(?=(?:an?|the|for|to)\b)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:mr|mrs|ms|dr|prof|st|no|approx|e\.g|i\.e|vs)$", re.IGNORECASE)
_HEAD = re.compile(rf"\s*(?:[-*•·]\s+|1[.)]\s+|{_NUMBERED}\s+)?{_GLUE}", re.IGNORECASE)
_ADDS = re.compile(
    r"\b(?:also|likewise|plus|besides|additionally|moreover|furthermore|as well|in addition|on top)\b|[+]",
    re.IGNORECASE,
)
_ALSO = re.compile(r"(?:also|besides|likewise)\b", re.IGNORECASE)
_TOO = re.compile(r",?\s+(?:too|as well|also|likewise)(?:\s+(?:please|pls|thanks|thx))?[\s.!?]*$", re.IGNORECASE)
#: A condition, not a question: "when somebody signs up", but "when should we post?".
_CONDITION = re.compile(
    r"^(?:if|whenever|once|as soon as|every time|each time|unless|in case|provided|after|"
    r"when(?!\s+(?:is|are|was|were|do|does|did|should|shall|can|could|will|would|to|best)\b))\s+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"^(?:because|since|as|although|though|so that|until|till|while|whereas|now that|given that|seeing that)\b(?=.*\w\s+\w)",
    re.IGNORECASE,
)
#: ... and inside a sentence: "the mail, which nobody liked".
_RELATIVE = re.compile(
    r"^(?:(?:that|who|whose|where|which)\s+(?:is|are|was|were|has|have|had|will|would|can|could|took|means?|i|we|you|he|she|it|they|nobody|everybody)"
    r"|(?:that|who)\s+\w+(?:ed|s))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """Words [start, end) of a message.

    `sentence` where a sentence or a line begins, `colon` behind a colon; `item` in a numbered list; `adds` where "also", "too", "besides" say that it
    adds something to what stands before.
    """

    start: int
    end: int
    text: str
    sentence: bool = False
    colon: bool = False
    adds: bool = False
    item: bool = False

    @property
    def is_condition(self) -> bool:
        """Whether it says when something is to happen ("once somebody books a ride")."""
        return _CONDITION.match(self.text) is not None

    @property
    def is_subordinate(self) -> bool:
        """Whether it hangs on another clause and so asks for nothing by itself."""
        relative = not (self.sentence or self.colon) and _RELATIVE.match(self.text) is not None
        return self.is_condition or relative or _SUBORDINATE.match(self.text) is not None


def clauses(message: str, keep: Sequence[tuple[int, int]]) -> list[Clause]:
    """The clauses of a message in order; none is cut inside what must stay together (quoted texts, names, amounts)."""
    found: list[Clause] = []
    head = _HEAD.match(message)
    start, sentence, colon, item, glue = head.end() if head else 0, True, False, False, ""

    def add(end: int) -> None:
        said = message[start:end].rstrip()
        text = _TOO.sub("", said)
        if text.strip() and not _FILLER.fullmatch(text):
            adds = _ADDS.search(glue) is not None or _ALSO.match(text) is not None or text != said
            found.append(Clause(start, start + len(text), text, sentence, colon, adds, item))

    for cut in _BOUNDARY.finditer(message, start):
        if cut.end() >= len(message) or any(s < cut.end() and cut.start() < e for s, e in keep):
            continue
        if cut["sentence"] and _TITLE.search(message[: cut.start()]):
            continue
        if cut["item"] and _LEADS_ON.search(message[: cut.start()]) and message[cut.start()] not in ":;,.":
            continue  # "the performance of (a) Bloom and (b) ..."
        filler = _FILLER.fullmatch(message[start : cut.start()]) is not None
        add(cut.start())
        start, glue = cut.end(), f"{glue if filler else ''}{cut.group()}"
        sentence = cut["sentence"] is not None or (filler and sentence)
        listed = _ONE_IS.match(message, start) if cut["sentence"] else None
        start = listed.end() if listed else start
        colon, item = cut["colon"] is not None, cut["item"] is not None or listed is not None
    add(len(message))
    return found
