"""What a message tells beside what it asks: stories, reasons, figures in passing. They become no arguments.

A request is read from its own sentence and from those that clearly belong to it: "It starts on 4 May.", "The subject is
cold brew.", "Warm tone, please.". All else is its background, where "about it" finds its subject and "it" its record.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.arguments.references import Focus
from agent.asks import LONG, Group, Piece, points_back
from agent.parts import Ground, Part, PartReader
from agent.routing.examples import NONE
from agent.routing.splitting import begins_with_order, is_negated
from tools.core.declare import Tool
from tools.core.result import RecordLink

#: By so much must the ask alone fit better than a short whole to be read without the sentences before it.
BETTER_ALONE = 0.1
#: What a sentence may say of a request that stands by it, beside the names of the tool's arguments.
_FIELDS = {
    "topic": "subject theme topic matter", "product": "product topic", "aim": "goal aim objective purpose", "money": "budget money",
    "tone": "tone voice style", "audience": "audience readers people target", "name": "name title", "prose": "text content wording",
    "count": "number", "company": "company firm employer", "email": "address email", "conditions": "conditions condition rules",
    "description": "description voice",
}  # fmt: skip
_SAYS = r"(?:is|are|was|were|be|should|must|shall|will|would|:|=|stays?|begins?|starts?|ends?|runs?)"
_OF_IT = re.compile(
    r"^\W*(?:it|they|this|that|he|she|these)\b(?:['’]s|['’]re)?\W+(?:\w+\W+){0,2}?(?:should|must|shall|will|would|is to|are to|starts?|begins?|ends?|"
    r"runs?|goes|go|covers?|needs? to|has to|have to|costs?|is for|are for|is about|are about)\b",
    re.IGNORECASE,
)
_SHOULD = re.compile(r"\b(?:should|must|shall|needs? to|has to|have to)\b", re.IGNORECASE)
_THE_IS = re.compile(r"^\W*(?:the|its)\s+(?:[\w'’]+\s+){1,4}?(?:is|are|will be)\b", re.IGNORECASE)
_ME = re.compile(r"\b(?:i|we|you|he|she|they)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^\W*(?:please\s+)?(?:make|keep|use|call|name|let|give|add|mention|include|put|sign|write|address|aim|target|limit|start|end|run|from|in|at|by|until|with|for|to|on|via)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:i|we|you|they|he|she|it|there)(?:['’](?:m|re|s|ve|d|ll))?\b|\b(?:is|are|was|were|has|have|had|will|would|can|could|did|does|do|am|"
    r"been|says?|said|wants?|wanted|came|comes?|got|went|thinks?)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^\W*(?:since|because|as|given that|seeing that|now that|although|though|after|while|whereas)\b", re.IGNORECASE
)
#: A lead that goes with the ask: a time, a place, a purpose, an address.
_BEFORE = re.compile(
    r"^\W*(?:for|on|in|at|by|from|to|with|about|until|till|starting|beginning|next|this|tomorrow|today|tonight|via|using|of|under|"
    r"instead|hi|hello|hey|ok|okay|please|dear)\b",
    re.IGNORECASE,
)


def together(
    whole: Part, groups: list[Group], reader: PartReader, tools: dict[str, Tool], ground: Ground, focus: Focus
) -> list[Part]:
    """The requests of the groups as parts, each with its background; the whole where it holds one request and nothing else."""
    asking = [group for group in groups if group.part is not None]
    if not asking:
        return [_carried(whole, groups[0].pieces, reader, ground, focus)]
    sentences = [piece for group in groups for piece in group.pieces if piece.clause.sentence]
    long = len(sentences) > 1 and len(whole.text.split()) > LONG
    told = list(groups[0].pieces) if groups[0].part is None else []
    parts: list[Part] = []
    before: tuple[RecordLink, ...] = ()
    for number, group in enumerate(asking):
        assert group.part is not None
        tool = tools[group.part.ranking.best.label]
        lead = group.lead if _belongs_before(group) else []
        passed_before = [] if lead else group.lead
        if number == 0 and len(asking) == 1 and not long and not _is_better_alone(whole, group, told, passed_before):
            lead, told = [*told, *group.lead], []
        else:
            fields = _before(told, tool)
            lead, told = [*fields, *lead], [*(piece for piece in told if piece not in fields), *passed_before]
        kept, passed = _own(group.pieces, tool, long)
        if number == 0 and not told and not passed and len(asking) == 1:
            asked = group.part.ranking
            clearer = asked.sure and not whole.ranking.sure and asked.best.score > whole.ranking.best.score
            return [replace(whole, ranking=asked) if clearer else whole]
        text = _text(whole.text, [*lead, *kept])
        behind = tuple(piece.own for piece in [*told, *passed])
        links = tuple(link for part in reversed(behind) for link in part.record_links())
        seen = Focus(tuple(dict.fromkeys((*links, *before, *focus.recent))), focus.listed)
        span = group.pieces[0].span if group.part is group.pieces[0].borrowed else None
        part = reader.read(f"{span.head}{text}{span.tail}" if span else text, ground, seen)
        if part.ranking.best.label == NONE or part.ranking.best.score < group.part.ranking.best.score:
            part = replace(part, ranking=group.part.ranking)
        parts.append(replace(part, background=behind))
        before = (*part.record_links(), *before)
        told = [*told, *passed]
    return parts


def _carried(whole: Part, pieces: Sequence[Piece], reader: PartReader, ground: Ground, focus: Focus) -> Part:
    """A long message whose only order points back ("would you add both?"): the order and the sentences with what it points
    at, where that is clearer than the whole."""
    carrier = next((p for p in reversed(pieces) if p.clause.sentence and points_back(p)), None)
    if carrier is None or whole.ranking.sure or len(whole.text.split()) <= LONG:
        return whole
    kept: list[Piece] = []
    sentence: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is None or piece.clause.sentence:
            values = any(m.kind == "email" for p in sentence for m in p.own.sentence.mentions)
            if values or carrier in sentence:
                kept += sentence
            sentence = []
        if piece is not None:
            sentence.append(piece)
    part = reader.read(_text(whole.text, kept), ground, focus)
    told = tuple(piece.own for piece in pieces if piece not in kept)
    return replace(part, background=told) if part.ranking.margin > whole.ranking.margin else whole


def _is_better_alone(whole: Part, group: Group, told: Sequence[Piece], passed: Sequence[Piece]) -> bool:
    """Whether a short message's only ask is read better without what stands before it."""
    assert group.part is not None
    if not told and not passed:
        return False
    alone, best = group.part.ranking.best, whole.ranking.best
    return alone.label != NONE and (best.label == NONE or alone.score > best.score + BETTER_ALONE)


def _belongs_before(group: Group) -> bool:
    """Whether what stands before the ask in its sentence belongs to it ("On Friday, ...", not "Since the rain comes, ...")."""
    if not group.lead:
        return False
    first, text = group.lead[0].clause, " ".join(piece.clause.text for piece in group.lead)
    if _REASON.match(text) or (_VERB.search(text) and not first.is_condition and len(text.split()) > 3):
        return False
    return first.is_condition or _BEFORE.match(text) is not None or len(text.split()) <= 3


def _before(told: Sequence[Piece], tool: Tool) -> list[Piece]:
    """Sentences before the ask that say a field of it ("The subject is cold brew.")."""
    fields = _fields(tool)
    found: list[Piece] = []
    says = False
    for piece in told:
        goes_on = says and not piece.clause.sentence  # the whole of its sentence: "The tone should be: calm, curious"
        says = (goes_on or fields.match(piece.clause.text) is not None) and not is_negated(piece.clause.text)
        found += [piece] if says else []
    return found


def _own(pieces: Sequence[Piece], tool: Tool, long: bool) -> tuple[list[Piece], list[Piece]]:
    """The group's clauses that belong to its request, and those that are only told behind it."""
    kept, passed = [pieces[0]], list[Piece]()
    fields = _fields(tool)
    belongs = True
    for piece in pieces[1:]:
        if piece.clause.sentence:
            belongs = not long or _belongs(piece, fields, directly=not passed)
        (kept if belongs else passed).append(piece)
    return kept, passed


def _belongs(piece: Piece, fields: re.Pattern[str], *, directly: bool) -> bool:
    """Whether a sentence behind an ask says something of it."""
    clause = piece.clause
    if is_negated(clause.text):
        return False
    if fields.match(clause.text):
        return True
    if not directly:
        return False
    of_something = not _ME.search(clause.text)
    if of_something and (_SHOULD.search(clause.text) or _THE_IS.match(clause.text)):
        return True
    fragment = not _VERB.search(clause.text) and len(clause.text.split()) <= 9
    goes_on = _GOES_ON.match(clause.text) is not None or begins_with_order(clause.text)
    return fragment or _OF_IT.match(clause.text) is not None or (goes_on and not clause.text.endswith("?"))


def _fields(tool: Tool) -> re.Pattern[str]:
    """A sentence that says a field of the tool: "The budget is ...", "Its tone should be ...", "the aim of the call is ..."."""
    words = {word for a in tool.arguments for word in a.name.split("_") if len(word) > 2}
    words |= {word for a in tool.arguments for word in _FIELDS.get(a.role.name if a.role else "", "").split()}
    said = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(
        rf"^\W*(?:and |also |so |therefore |from now on,? |as of (?:now|today),? )?(?:(?:the|its|our|my|their|her|his)\s+)?(?:\w+\s+)?(?:{said})s?\b(?:\s+(?:of|for)\s+(?:\w+\s+){{1,3}}|\s+){_SAYS}(?:\s|$)",
        re.IGNORECASE,
    )


def _text(message: str, pieces: Sequence[Piece]) -> str:
    """The words of some clauses, with the message's own words between those that follow each other."""
    found = ""
    previous: Piece | None = None
    for piece in sorted(pieces, key=lambda p: p.clause.start):
        clause = piece.clause
        if previous is not None:
            between = message[previous.clause.end : clause.start]
            found += between if len(between) <= 12 or "\n" in between else ". " if clause.sentence else ", "
        found += message[clause.start : clause.end]
        previous = piece
    return found
