"""What asks for something in a message, clause by clause: orders, statements that are orders, and clauses that only carry
an order to what stands before them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.arguments.choices import find_choices
from agent.parts import Part, Span
from agent.routing.clauses import Clause
from agent.routing.masking import SURE_RECORD
from agent.routing.splitting import begins_with_order, is_negated, is_wish
from tools.core.declare import Tool

#: How a state of affairs is said that is to be: "is now a customer", "must be annulled", "becomes 6,500".
_TO_BE = re.compile(
    r"\b(?:(?:is|are) (?:now|to be|no longer|become)|now|becomes?|must|should|shall|gets?|(?:needs?|has|have|ought) to|can be|may be|"
    r"from now on|as of|is (?:a |an )?(?:customer|qualified|lost|contacted)|counts as|goes? (?:to|up|down|on)|moves? to)\b",
    re.IGNORECASE,
)
#: "Could you do both?", "Please adapt it accordingly": an order without a thing.
_ALL_OF_IT = re.compile(
    r"\b(?:both|accordingly|them|these|all (?:of )?(?:that|this|it)|the two|everything|that|this|it)\b", re.IGNORECASE
)
_DO = re.compile(
    r"\W*(?:\w+\W+){0,4}?(?:update|change|adapt|adjust|do|arrange|handle|set|make|take care|manage|note|fix)\b",
    re.IGNORECASE,
)
_SHORT = 9
_VALUES = (
    "money",
    "date",
    "moment",
    "date_range",
    "percent",
    "number",
    "duration",
    "quoted",
    "name",
    "email",
    "url",
    "change",
)


#: A question, or what goes on with a sentence ("which means no new blend on Friday").
_WHICH = re.compile(r"\W*(?:which|who|where|when|what|how)\b", re.IGNORECASE)
#: What was only told is taken for an ask from this score on.
ASKED = 0.3
#: A message of more words, in several sentences, is a story with an ask in it.
LONG = 30
_TELLS = re.compile(r"\b(?:i|we|he|she|they|you|people)\b", re.IGNORECASE)
_SO = re.compile(r"so\b", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A clause with its readings: by itself, and inside the order before it (`span`) where it has no verb."""

    clause: Clause
    own: Part
    borrowed: Part | None = None
    span: Span | None = None


@dataclass
class Group:
    """A request's clauses, and how the first of them is read; `part` is None for what stands before any request. `lead`
    is what stands before it in its own sentence ("I spoke with Ines, so set her to contacted")."""

    part: Part | None
    pieces: list[Piece]
    lead: list[Piece] = field(default_factory=list)

    @property
    def listed(self) -> bool:
        """Whether it is one of several things that were announced ("two things: ...")."""
        return bool(self.lead) and self.pieces[0].clause.colon

    def takes_the_rest(self, tools: dict[str, Tool], roles: Sequence[str], clause: Clause) -> bool:
        """Whether what follows a colon is a text that the request before it takes ("save this as a template: ...")."""
        if self.part is None or not (clause.colon or any(piece.clause.colon for piece in self.pieces[1:])):
            return False
        tool = tools.get(self.part.ranking.best.label)
        return tool is not None and any(a.role and a.role.name in roles for a in tool.arguments)


#: A question at the head of a sentence, and else the rest of a statement ("what people do, apparently, is search").
_IS_IT = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had)\b", re.IGNORECASE)
#: A verb that no example begins with, before its thing: "axe the Cargo mailing", "whip me up a post".
_SOME_VERB = re.compile(
    r"^\W*(?!(?:the|an?|our|my|your|their|his|her|its|this|that|these|those|for|of|in|on|at|by|to|from|with|about|i|we|you|he|she|it|"
    r"they|there|here|all|every|some|any|no|not|and|but|if|so|as|just|only|still|even|yes|thanks|thank|sorry)\b)[a-z]{3,}"
    r"(?:\s+(?:up|off|out|down|in|on|over))?(?:\s+(?:me|us))?(?:\s+(?:up|out))?\s+(?:the|an?|our|my|all|every|that|this|both|another|some)\b",
    re.IGNORECASE,
)


_TELL_ME = re.compile(r"\W*(?:say|tell|show|give|bring|send) (?:me|us)\b", re.IGNORECASE)


def orders(clause: Clause) -> bool:
    """Whether a clause begins as an order, a wish or a question does; by the verb, known or not."""
    if not clause.sentence and _IS_IT.match(clause.text):
        return clause.text.endswith("?")
    return (
        begins_with_order(clause.text)
        or _TELL_ME.match(clause.text) is not None
        or _SOME_VERB.match(clause.text) is not None
    )


def is_polite(clause: Clause) -> bool:
    """Whether a clause surely asks for something: "please ...", "could you ...", "I'd like ..."."""
    return is_wish(clause.text)


def states(piece: Piece, tools: dict[str, Tool]) -> bool:
    """Whether a clause without an order says how a record is to be, with all that the tool needs."""
    tool = tools.get(piece.own.ranking.best.label)
    if tool is None or tool.effect == "read" or not _TO_BE.search(piece.clause.text):
        return False
    nouns = {a.noun for a in tool.required if a.noun}
    sentence = piece.own.sentence
    if not nouns or not any(r.noun in nouns and r.certainty >= SURE_RECORD for r in sentence.records):
        return False
    chosen = [a for a in tool.required if a.enum]
    return all(find_choices(sentence, argument) for argument in chosen)


def changes_something(piece: Piece) -> bool:
    """Whether a clause names a record or a value."""
    sentence = piece.own.sentence
    named = any(r.certainty >= SURE_RECORD for r in sentence.records)
    return named or any(m.kind in _VALUES for m in sentence.mentions) or len(piece.clause.text.split()) > 7


def is_told_on(message: str, piece: Piece, before: Group) -> bool:
    """Whether a verb in a long message only goes on with a story ("we sent it late and got 19 complaints")."""
    if len(message.split()) <= LONG or piece.clause.sentence or before.part is not None or is_polite(piece.clause):
        return False
    started = next((p for p in reversed(before.pieces) if p.clause.sentence), None)
    return (
        started is not None
        and not piece.clause.colon
        and _TELLS.search(started.clause.text) is not None
        and not _SO.match(piece.clause.text)
    )


def points_back(piece: Piece) -> bool:
    """Whether an order only points at what was said before it ("would you add both?")."""
    sentence = piece.own.sentence
    if not begins_with_order(piece.clause.text) or not _ALL_OF_IT.search(piece.clause.text):
        return False
    named = any(r.certainty >= SURE_RECORD for r in sentence.records)
    return not named and not any(m.kind in _VALUES for m in sentence.mentions)


def is_left_out(part: Part, tools: dict[str, Tool]) -> bool:
    """Whether what was only taken for a remark asks for something after all, with a record or a value of its own: the
    person must be told that it was not done."""
    asks = begins_with_order(part.text) and (not _WHICH.match(part.text) or part.text.endswith("?"))
    if is_negated(part.text) or not (asks or is_wish(part.text)):
        return False
    tool = tools.get(part.ranking.best.label)
    valued = any(m.kind in _VALUES and m.kind != "number" for m in part.sentence.mentions)
    return tool is not None and part.ranking.best.score >= ASKED and (valued or bool(part.record_ids()))


def is_carrier(piece: Piece, tools: dict[str, Tool]) -> bool:
    """Whether an order only points back, with a verb that fits whatever was said, and adds no value."""
    if not points_back(piece):
        return False
    tool = tools.get(piece.own.ranking.best.label)
    if tool is None:
        return True
    chosen = any(find_choices(piece.own.sentence, a) for a in tool.arguments if a.enum)
    return _DO.match(piece.clause.text) is not None and not chosen and len(piece.clause.text.split()) <= _SHORT
