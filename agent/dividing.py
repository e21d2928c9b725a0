"""Dividing a message into the requests that it holds: "pause Bloom and list our leads" are two.

All clauses of the message are ranked at once, by themselves and, where they have no verb, with the verb of the order
before them ("and the Welcome workflow too"). Those that ask for something of their own begin a request; the others go with
the request that they stand by, or are told in passing (see `agent.background`).
"""

import re
from dataclasses import replace

from agent import talk
from agent.arguments.choices import find_choices
from agent.arguments.references import Focus
from agent.arguments.sentence import Sentence
from agent.asks import Group, Piece, changes_something, is_carrier, is_polite, is_told_on, orders, states
from agent.background import together
from agent.mentions import RecordMention
from agent.parts import Ground, Part, PartReader, Span
from agent.reading import read_quoted
from agent.requests import records_in_a_row
from agent.routing.clauses import Clause, clauses
from agent.routing.examples import NONE
from agent.routing.masking import SURE_RECORD
from agent.routing.splitting import begins_a_thing, is_negated, order_head
from tools.core.declare import Tool

#: At the most this many requests are taken from one message, and so many clauses are looked at.
MOST_REQUESTS, MOST_CLAUSES = 8, 60
#: Words behind the record of an order that another clause borrows ("put ... on pause").
MOST_BORROWED = 3
#: A clause counts as a request of its own from this score on.
CLEAR = 0.4
#: ... one that borrows its verb from this one on, one that is asked for politely, says how a record is to be, or is added
#: to what is looked up.
CLEAR_BORROWED, ASKED, STATED, CLEAR_ADDED = 0.35, 0.3, 0.3, 0.25
#: By so much must a whole fit better than its parts to stay whole although its parts could stand alone.
BETTER_WHOLE = 0.1
#: A line of more words before a colon is no heading ("For the board: our leads of last month").
LONGEST_HEADING = 6
#: Another thing than the one ordered before it, surely ("8 hashtags for matcha and the best times to post").
SURELY_OTHER = 0.6
_ADDRESS = re.compile(r"\W*\S+@\S+\W*")
_ONE_MORE = re.compile(r"(?:another |also )?one (?:for|on|as|to)\b", re.IGNORECASE)
#: Tools that take a description of what is to happen: the clauses behind it are its steps.
_DESCRIBED = ("create_workflow", "update_workflow", "create_segment")
_TAKES_A_TEXT = ("prose", "description", "conditions", "variants", "title")


class Divider:
    """Divides messages; `reader` reads the parts, `tools` are those of the house."""

    def __init__(self, reader: PartReader, tools: dict[str, Tool]) -> None:
        self._reader = reader
        self._tools = tools

    def divide(self, whole: Part, ground: Ground, focus: Focus) -> list[Part]:
        """The message's parts, each a request of its own; the whole where it holds only one."""
        if whole.ranking.own or self._names_a_row(whole):
            return [whole]  # the house said what the whole of it means
        found = clauses(whole.text, _kept(whole.sentence))
        if len(found) < 2 or len(found) > MOST_CLAUSES:
            return [whole]
        groups = self._groups(whole, self._pieces(whole, found, ground, focus))
        return together(whole, groups, self._reader, self._tools, ground, focus)

    def _names_a_row(self, whole: Part) -> bool:
        best = self._tools.get(whole.ranking.best.label)
        noun = next((a.noun for a in best.required if a.noun), None) if best else None
        return bool(noun and len(records_in_a_row(whole.sentence, noun)) > 1)

    def _pieces(self, whole: Part, found: list[Clause], ground: Ground, focus: Focus) -> list[Piece]:
        """The clauses as they are read: by themselves, and inside the nearest order before them."""
        own = [Span(clause.start, clause.end) for clause in found]
        lent: list[Span | None] = []
        order: Clause | None = None
        for clause in found:
            ordered = orders(clause)
            borrows = order and not ordered and not clause.is_subordinate and self._is_a_thing(whole, clause)
            lent.append(_inside(whole.sentence, order, clause) if order and borrows else None)
            if ordered:
                order = clause
        parts = self._reader.pieces(whole, [*own, *(span for span in lent if span)], ground, focus)
        borrowed = iter(parts[len(own) :])
        return [
            Piece(clause, part, next(borrowed) if span else None, span)
            for clause, part, span in zip(found, parts[: len(own)], lent, strict=True)
        ]

    def _is_a_thing(self, whole: Part, clause: Clause) -> bool:
        """Whether the words begin a thing or a record that an order before them may be about as well."""
        named = any(r.certainty >= 0.68 and 0 <= r.start - clause.start <= 14 for r in whole.sentence.records)
        return named or clause.adds or begins_a_thing(clause.text)

    def _groups(self, whole: Part, pieces: list[Piece]) -> list[Group]:
        """The requests, each with its clauses; the first group may hold clauses that stand before any request."""
        groups = [Group(None, [])]
        in_condition = False
        for piece in pieces:
            if piece.clause.sentence:
                in_condition = False
            if piece.clause.is_condition and groups[-1].part is None:
                in_condition = True  # "once somebody books, we wait a day and then send a text": one description
            part = None if in_condition else self._asks(whole, piece, groups)
            if part is not None and len(groups) <= MOST_REQUESTS:
                groups.append(Group(part, [piece], self._lead(piece, groups[-1])))
            else:
                groups[-1].pieces.append(piece)
        return groups

    def _lead(self, piece: Piece, before: Group) -> list[Piece]:
        """What stands before a request in its sentence and belongs to no other: taken from the group before."""
        starts = [at for at, other in enumerate(before.pieces) if other.clause.sentence]
        if piece.clause.sentence or not starts or (before.part is not None and starts[-1] == 0):
            return []
        lead = before.pieces[starts[-1] :]
        del before.pieces[starts[-1] :]
        return lead

    # -- what asks for something of its own --------------------------------------------------------------------------

    def _asks(self, whole: Part, piece: Piece, groups: list[Group]) -> Part | None:
        """How a clause is read that begins a request; None where it goes with what stands before it."""
        clause, before = piece.clause, groups[-1]
        if (
            clause.is_subordinate
            or is_negated(clause.text)
            or before.takes_the_rest(self._tools, _TAKES_A_TEXT, clause)
        ):
            return None
        if is_carrier(piece, self._tools) and before.part is not None:
            return None  # "could you update both?"
        ordered = orders(clause)
        if ordered and is_told_on(whole.text, piece, before):
            return None
        if ordered and _is_clear(piece.own, ASKED if is_polite(clause) else CLEAR):
            return piece.own if self._goes_apart(piece.own, piece, groups) else None
        if not ordered and _is_clear(piece.own, STATED) and states(piece, self._tools):
            return piece.own if self._goes_apart(piece.own, piece, groups) else None
        if (clause.colon or clause.item) and _is_clear(piece.own, CLEAR) and self._is_announced(piece, before):
            return piece.own if self._goes_apart(piece.own, piece, groups) else None
        if not ordered and not before.pieces and before.part is None and self._is_surely_a_thing(piece):
            return piece.own  # "a LinkedIn post about leasing, and one for Facebook"
        if before.part is not None and _ONE_MORE.match(clause.text) and self._chosen_apart(piece.own, before.part):
            return piece.own
        if piece.borrowed is not None and before.part is not None:
            return self._borrows(whole, piece, groups)
        return None

    def _is_surely_a_thing(self, piece: Piece) -> bool:
        best = piece.own.ranking.best
        clear = best.label != NONE and piece.own.ranking.sure and best.score >= SURELY_OTHER
        return clear and begins_a_thing(piece.clause.text) and self._tools[best.label].effect == "draft"

    def _is_announced(self, piece: Piece, before: Group) -> bool:
        """ "I need two things: a post ...", "Two jobs: (i) four ads ...; (ii) a forecast ...", "For the board: our leads ..."."""
        if before.part is not None:
            return (piece.clause.item or before.pieces[0].clause.colon) and begins_a_thing(piece.clause.text)
        if not before.pieces:
            return False
        head = before.pieces[-1].clause.text
        if begins_a_thing(piece.clause.text) and (orders(before.pieces[-1].clause) or begins_a_thing(head)):
            return True
        looks = self._tools[piece.own.ranking.best.label].effect == "read"
        return looks and piece.own.ranking.sure and len(head.split()) <= LONGEST_HEADING

    def _goes_apart(self, part: Part, piece: Piece, groups: list[Group]) -> bool:
        """Whether a clause that asks for something asks for something else than the request before it."""
        before = groups[-1].part
        if before is None:
            return True
        label, other = part.ranking.best.label, before.ranking.best.label
        clear = part.ranking.sure or (piece.clause.adds and label.startswith("create_"))
        if other == "create_segment" and label != other and clear and orders(piece.clause):
            return True  # a segment's conditions hold no orders
        if other in _DESCRIBED and not part.record_ids() and not (piece.clause.sentence and piece.clause.adds):
            return piece.clause.sentence and not label.startswith(
                ("generate_", "send_", "schedule_", "create_workflow")
            )
        if label != other:
            return True
        lead = _lead_records(piece, groups[-1]) if talk.points(part.text) else set()
        known = before.record_ids() or {ids for other in groups[-1].lead for ids in other.own.record_ids()}
        named = part.record_ids() or lead
        if self._chosen_apart(part, before) or (named and known and not named & known):
            return True
        return piece.clause.sentence and not (part.record_ids() & before.record_ids()) and changes_something(piece)

    def _borrows(self, whole: Part, piece: Piece, groups: list[Group]) -> Part | None:
        """ "The campaign Test123 and the template Old promo": another thing for the same verb; but "the email and SMS content
        for Bloom" is one thing that the whole says better than its parts."""
        borrowed, before = piece.borrowed, groups[-1].part
        if borrowed is None or before is None:
            return None
        other_thing = before.ranking.best.label != borrowed.ranking.best.label
        adds = piece.clause.adds or (other_thing and groups[-1].listed)
        best = self._best_reading(borrowed, piece.own, adds=adds)
        if best is None:
            return None
        label, other = best.ranking.best.label, before.ranking.best.label
        if label != other and _ADDRESS.fullmatch(piece.clause.text):
            return None  # one more recipient
        if other in _DESCRIBED and not best.record_ids():
            return None
        if label == other:
            return borrowed if _named_apart(borrowed, before) or self._chosen_apart(borrowed, before) else None
        if adds:
            return best
        if not (begins_a_thing(piece.clause.text) or best.record_ids()):
            return None
        own, joined = piece.own.ranking, not piece.clause.sentence and not best.record_ids()
        if (
            joined
            and own.sure
            and own.best.label == label
            and own.best.score >= SURELY_OTHER
            and label.split("_")[-1] != other.split("_")[-1]
        ):
            return piece.own
        if best.record_ids() and before.record_ids() and not best.record_ids() & before.record_ids():
            nouns = ({noun for noun, _ in part.record_ids()} for part in (best, before))
            if next(nouns) != next(nouns):
                return best  # "the Welcome workflow and the Bloom campaign": each kind has its own tool
        same_verb = label.split("_")[0] == other.split("_")[0]
        score = max(best.ranking.best.score, before.ranking.best.score)
        return best if same_verb and whole.ranking.best.score < score + BETTER_WHOLE else None

    def _best_reading(self, borrowed: Part, own: Part, *, adds: bool) -> Part | None:
        """The reading inside the order before, where it is clear; else the clause by itself."""
        for part in sorted((borrowed, own), key=lambda p: -p.ranking.best.score if adds else 0):
            looks = part.ranking.best.label != NONE and self._tools[part.ranking.best.label].effect == "read"
            if _is_clear(part, CLEAR_ADDED if adds and looks else CLEAR_BORROWED):
                return part
        return None

    def _chosen_apart(self, part: Part, before: Part) -> bool:
        """Whether two orders alike name other values of a choice ("a post for LinkedIn and one for Facebook")."""
        tool = self._tools[part.ranking.best.label]
        for argument in tool.required:
            if (
                argument.enum
                and not argument.is_list
                and argument.noun is None
                and not any(a.noun for a in tool.required)
            ):
                one, other = ({v for *_, v in find_choices(_free(p), argument)} for p in (part, before))
                if one and other and not one & other:
                    return True
        return False


def _kept(sentence: Sentence) -> list[tuple[int, int]]:
    """What must not be cut."""
    kinds = ("quoted", "date_range", "date", "moment", "money", "url", "email")
    keep = [(m.start, m.end) for m in sentence.mentions if m.kind in kinds]
    keep += [(m.start, m.end) for m in read_quoted(sentence.text)]  # also one that is a record's name: “New blend!”
    return keep + [(r.start, r.end) for r in _named(sentence) if r.certainty >= 0.9]


def _named(sentence: Sentence) -> list[RecordMention]:
    """The records that are surely named, without those whose words name another one better."""
    sure = [r for r in sentence.records if r.certainty >= SURE_RECORD]
    return [r for r in sure if not any(o.certainty > r.certainty and o.start < r.end and r.start < o.end for o in sure)]


def _inside(sentence: Sentence, order: Clause, clause: Clause) -> Span:
    """A clause in place of the record of an order before it: "put Bloom on pause, the Welcome series too"."""
    every = _named(sentence)
    named = [r for r in every if order.start <= r.start and r.end <= order.end]
    behind = [sentence.text[r.end : clause.end] for r in every if clause.start <= r.start and r.end <= clause.end]
    bare = any(len(words.split()) <= 1 for words in behind)
    tail = sentence.text[max((r.end for r in named), default=order.end) : order.end].rstrip(" .!?") if bare else ""
    tail = "" if len(tail.split()) > MOST_BORROWED else tail
    return Span(clause.start, clause.end, f"{order_head(order.text)} ", tail)


def _is_clear(part: Part, score: float) -> bool:
    """Whether a part asks for something by itself."""
    return part.ranking.best.label != NONE and part.ranking.best.score >= score


def _named_apart(one: Part, other: Part) -> bool:
    return bool(one.record_ids() and other.record_ids() and not one.record_ids() & other.record_ids())


def _lead_records(piece: Piece, group: Group) -> set[tuple[str, int]]:
    """The records that the sentence names before this clause."""
    found: set[tuple[str, int]] = set()
    for other in reversed(group.pieces[1:] if not piece.clause.sentence else []):
        found |= other.own.record_ids()
        if other.clause.sentence:
            return found
    return set()


def _free(part: Part) -> Sentence:
    return replace(part.sentence, claimed=[])
