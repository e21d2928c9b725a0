"""Dividing a message into the requests that it holds: "pause Bloom and list our leads" are two."""

import re
from dataclasses import replace

from agent.arguments.references import Focus
from agent.followup import negated_head
from agent.parts import Ground, Part, PartReader
from agent.requests import records_in_a_row
from agent.routing.examples import NONE
from agent.routing.matcher import Ranking
from agent.routing.splitting import begins_a_thing, begins_with_order, cuts, order_head
from tools.core.declare import Tool

#: At the most this many requests are taken from one message.
MOST_REQUESTS = 8
#: A part of a message counts as a request of its own from this score on.
CLEAR = 0.4
#: By so much must a whole fit better than its parts to stay whole although its parts could stand alone.
BETTER_WHOLE = 0.1
_SENTENCES = re.compile(r"(?<=[.!?;])\s+")


class Divider:
    """Divides messages; `reader` reads the parts, `tools` are those of the house."""

    def __init__(self, reader: PartReader, tools: dict[str, Tool]) -> None:
        self._reader = reader
        self._tools = tools

    def divide(self, whole: Part, ground: Ground, focus: Focus) -> list[Part]:
        """The message's parts, each a request of its own; the whole where it holds only one."""
        if whole.ranking.own:
            return [whole]  # the house said what the whole of it means
        best = self._tools.get(whole.ranking.best.label)
        noun = next((a.noun for a in best.required if a.noun), None) if best else None
        if noun and len(records_in_a_row(whole.sentence, noun)) > 1:
            return [whole]
        keep = [(m.start, m.end) for m in whole.sentence.mentions if m.kind in ("quoted", "date_range", "money", "url")]
        keep += [(r.start, r.end) for r in whole.sentence.records if r.certainty >= 0.9]
        colon = next((m.start for m in whole.sentence.mentions if m.kind == "after_colon"), len(whole.text))
        parts: list[Part] = []
        start = 0
        for cut in cuts(whole.text, keep):
            if cut.start > colon:
                break
            left_text, right_text = whole.text[start : cut.start], whole.text[cut.end :]
            if negated_head(left_text) and cut.sentence:
                start = cut.end  # "No, don't delete it. Rename it instead.": what is taken back is no request
                continue
            if not begins_with_order(right_text):
                right_text = f"{order_head(left_text)} {right_text}"
                borrowed = True
            else:
                borrowed = False
            if not begins_with_order(left_text):
                continue
            left = self._reader.read(left_text, ground, focus)
            if not _is_clear(left):
                continue  # cheap answers first: reading takes tens of milliseconds
            right = self._reader.read(right_text, ground, focus)
            if self._are_two(whole, left, right, borrowed, cut.sentence):
                parts.append(left)
                rest = self.divide(right, ground, focus) if len(parts) < MOST_REQUESTS else [right]
                return parts + rest
        if start:
            return [self._reader.read(whole.text[start:], ground, focus)]
        return [replace(whole, ranking=self._last_order(whole, ground, focus))]

    def _are_two(self, whole: Part, left: Part, right: Part, borrowed: bool, sentence: bool) -> bool:
        """Whether both parts ask for something by themselves, and neither only goes on with the other."""
        one, other = left.ranking.best, right.ranking.best
        if not _is_clear(right):
            return False
        rest = right.text[len(order_head(left.text)) :]
        if borrowed and not begins_a_thing(rest) and not right.begins_with_record(len(right.text) - len(rest.lstrip())):
            return False
        if borrowed:
            # "the campaign Test123 and the template Old promo": another kind of thing for the same verb; but "the email
            # and SMS content for Bloom" is one thing that the whole says better than its parts.
            if one.label == other.label:
                return bool(left.record_ids() and right.record_ids() and left.record_ids() != right.record_ids())
            apart = left.record_ids() and right.record_ids() and not left.record_ids() & right.record_ids()
            if apart and {noun for noun, _ in left.record_ids()} != {noun for noun, _ in right.record_ids()}:
                return True  # "the Welcome workflow and the Bloom campaign": each kind has its own tool
            same_verb = one.label.split("_")[0] == other.label.split("_")[0]
            return same_verb and whole.ranking.best.score < max(one.score, other.score) + BETTER_WHOLE
        if one.label == other.label:
            return (
                bool(left.record_ids() and right.record_ids() and left.record_ids() != right.record_ids()) or sentence
            )
        return True

    def _last_order(self, whole: Part, ground: Ground, focus: Focus) -> Ranking:
        """The ranking of a long message: by the sentence in it that orders something most clearly, where the whole is
        unclear ("We can do without that. Delete it.", a story with the ask at its end)."""
        if whole.ranking.sure:
            return whole.ranking
        best = whole.ranking
        for text in _SENTENCES.split(whole.text):
            if text.strip() and len(text) < len(whole.text) and begins_with_order(text):
                before = whole.record_links()
                part = self._reader.read(text, ground, Focus((*before, *focus.recent), focus.listed))
                if part.ranking.best.label != NONE and part.ranking.margin > best.margin:
                    best = part.ranking
        return best


def _is_clear(part: Part) -> bool:
    """Whether a part asks for something by itself."""
    return part.ranking.best.label != NONE and part.ranking.best.score >= CLEAR
