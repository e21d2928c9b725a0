"""Understanding: from a message to requests (tool, arguments, evidence), a question back, or plain talk."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from agent import talk
from agent.arguments.choices import find_choices
from agent.arguments.fill import Focus, fill
from agent.arguments.sentence import Sentence, word_pattern
from agent.conversation import History, Pending, recent
from agent.followup import continues, elliptic, negated_head
from agent.mentions import find_records
from agent.models.chat import Chat
from agent.reading import read
from agent.routing import choosing
from agent.routing.examples import NONE
from agent.routing.masking import SURE_RECORD, mask
from agent.routing.matcher import Matcher, Ranking
from agent.routing.priors import correction
from agent.routing.splitting import begins_a_thing, begins_with_order, cuts, order_head
from agent.slash import usage
from agent.turn import DecidedBy, Evidence
from tools.core.declare import Tool
from tools.core.door import Door
from tools.core.errors import HubError, Unavailable
from tools.core.records import NOUNS, RecordName, resolve
from tools.core.result import RecordLink

#: A message longer than this is cut, and the answer says so: nobody types it, and the ask stands at its head or end.
LONGEST = 6_000
#: At the most this many requests are taken from one message.
MOST_REQUESTS = 8
#: Below this score nothing is likely to be meant, even as the best of all.
FAINT = 0.18
#: A part of a message counts as a request of its own from this score on.
CLEAR = 0.4
#: By so much must a whole fit better than its parts to stay whole although its parts could stand alone.
BETTER_WHOLE = 0.1
#: Without a model, a change is only made from this margin on.
GUESS = 0.08
#: ... and only for a likeness of at least this.
WEAK = 0.3
#: How somebody begins who wants to see something.
_LOOKS = re.compile(
    r"\W*(?:please\s+|can you\s+|could you\s+)?(?:what|which|who|when|where|how|why|look|show|find|tell|list|is|are|do|does|did|open|see|check|search)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+")


@dataclass(frozen=True)
class Request:
    """One call to make, with the words it rests on."""

    tool: str
    arguments: dict[str, Any]
    rests_on: dict[str, Evidence]


@dataclass(frozen=True)
class Understood:
    """What a message comes to: requests, or a reply without any call."""

    requests: tuple[Request, ...] = ()
    reply: str = ""
    decided_by: DecidedBy = "none"
    notes: tuple[str, ...] = ()
    drops_pending: bool = False
    asks: bool = False


@dataclass(frozen=True)
class _Part:
    """A part of a message with its ranking."""

    text: str
    sentence: Sentence
    masked: str
    ranking: Ranking


class Understanding:
    """Reads messages. `chat` gives the model, or None where there is none (yet)."""

    def __init__(self, door: Door, matcher: Callable[[], Matcher], chat: Callable[[], Chat | None]) -> None:
        self._door = door
        self._matcher = matcher
        self._chat = chat

    def understand(self, message: str, history: History) -> Understood:
        """What the message asks for, given the conversation so far."""
        message, notes = clean(message)
        if not message:
            return Understood(reply="Your message is empty. Write what you want in your own words, or `/help`.")
        if history.pending and talk.calls_off(message):
            return Understood(reply="All right, I dropped that.", notes=notes, drops_pending=True)
        names = self._names(message)
        focus = history.focus()
        whole = self._part(message, names, focus)
        if history.pending:
            going_on = self._go_on(whole, history.pending, focus)
            if going_on:
                return replace(going_on, notes=notes)
        again = self._again(whole, history, focus)
        if again:
            return replace(again, notes=notes)
        parts = self._split(whole, names, focus)
        understood = self._requests(parts, history, focus)
        return replace(understood, notes=notes, drops_pending=history.pending is not None)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _names(self, message: str) -> list[RecordName]:
        with self._door.reading() as ctx:
            return [name for noun in NOUNS.values() for name in noun.names(ctx.session, message)]

    def _part(self, text: str, names: Sequence[RecordName], focus: Focus) -> _Part:
        """A part of a message, read and ranked; for the ranking "it" is replaced by the record last spoken of."""
        sentence = self._sentence(text, names)
        pointed = talk.point(text, focus, sentence.records)
        seen = sentence if pointed == text else self._sentence(pointed, names)
        masked = mask(pointed, seen.mentions, seen.records)
        named = {record.noun for record in seen.records if record.certainty >= SURE_RECORD}
        corrections = {name: correction(tool, named, talk.points(text)) for name, tool in self._door.tools.items()}
        return _Part(text, sentence, masked, self._matcher().rank(masked, corrections))

    def _sentence(self, text: str, names: Sequence[RecordName]) -> Sentence:
        clock = self._door.clock
        records = find_records(text, names)
        own = {record.text for record in records if record.certainty >= 0.9}
        mentions = read(text, now=clock.now(), time_zone=clock.zone.key, country=self._door.country, names=tuple(own))
        # Part of a record's name inside the name of something new is no record.
        new = [(m.start, m.end) for m in mentions if m.kind == "name"]
        records = [r for r in records if r.certainty >= 0.9 or not any(s < r.end and r.start < e for s, e in new)]
        # A quoted text that is a record's name is the record; numbers inside a name are no numbers.
        sure = [(r.start, r.end) for r in records if r.certainty >= 0.9]
        kept = [m for m in mentions if not any(s <= m.start and m.end <= e for s, e in sure)]
        kept = [
            m
            for m in kept
            if not (
                m.kind == "quoted"
                and any(m.start <= s and e <= m.end and e - s >= m.end - m.start - 3 for s, e in sure)
            )
        ]
        return Sentence(text, kept, records)

    # -- several requests --------------------------------------------------------------------------------------------

    def _split(self, whole: _Part, names: Sequence[RecordName], focus: Focus) -> list[_Part]:
        """The message's parts, each a request of its own; the whole where it holds only one."""
        best = self._door.tools.get(whole.ranking.best.label)
        noun = next((a.noun for a in best.required if a.noun), None) if best else None
        if noun and len(_records_in_a_row(whole.sentence, noun)) > 1:
            return [whole]
        keep = [(m.start, m.end) for m in whole.sentence.mentions if m.kind in ("quoted", "date_range", "money", "url")]
        keep += [(r.start, r.end) for r in whole.sentence.records if r.certainty >= 0.9]
        colon = next((m.start for m in whole.sentence.mentions if m.kind == "after_colon"), len(whole.text))
        parts: list[_Part] = []
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
            left, right = self._part(left_text, names, focus), self._part(right_text, names, focus)
            if self._are_two(whole, left, right, borrowed, cut.sentence):
                parts.append(left)
                rest = self._split(right, names, focus) if len(parts) < MOST_REQUESTS else [right]
                return parts + rest
        if start:
            return [self._part(whole.text[start:], names, focus)]
        return [replace(whole, ranking=self._last_order(whole, names, focus))]

    def _are_two(self, whole: _Part, left: _Part, right: _Part, borrowed: bool, sentence: bool) -> bool:
        """Whether both parts ask for something by themselves, and neither only goes on with the other."""
        one, other = left.ranking.best, right.ranking.best
        if NONE in (one.label, other.label) or min(one.score, other.score) < CLEAR:
            return False
        if not begins_with_order(left.text):
            return False
        rest = right.text[len(order_head(left.text)) :]
        if (
            borrowed
            and not begins_a_thing(rest)
            and not _begins_with_record(right, len(right.text) - len(rest.lstrip()))
        ):
            return False
        if borrowed:
            # "the campaign Test123 and the template Old promo": another kind of thing for the same verb; but "the email
            # and SMS content for Bloom" is one thing that the whole says better than its parts.
            if one.label == other.label:
                return bool(_record_ids(left) and _record_ids(right) and _record_ids(left) != _record_ids(right))
            same_verb = one.label.split("_")[0] == other.label.split("_")[0]
            return same_verb and whole.ranking.best.score < max(one.score, other.score) + BETTER_WHOLE
        if one.label == other.label:
            return (
                bool(_record_ids(left) and _record_ids(right) and _record_ids(left) != _record_ids(right)) or sentence
            )
        return True

    def _last_order(self, whole: _Part, names: Sequence[RecordName], focus: Focus) -> Ranking:
        """The ranking of a long message: by the sentence in it that orders something most clearly, where the whole is
        unclear ("We can do without that. Delete it.", a story with the ask at its end)."""
        if whole.ranking.sure:
            return whole.ranking
        best = whole.ranking
        for text in _SENTENCES.split(whole.text):
            if text.strip() and len(text) < len(whole.text) and begins_with_order(text):
                before = _record_links(whole)
                part = self._part(text, names, Focus((*before, *focus.recent), focus.listed))
                if part.ranking.best.label != NONE and part.ranking.margin > best.margin:
                    best = part.ranking
        return best

    def _requests(self, parts: Sequence[_Part], history: History, focus: Focus) -> Understood:
        requests: list[Request] = []
        decided: DecidedBy = "none"
        replies = []
        for part in parts:
            label, by = self._route(part, history)
            decided = "model" if "model" in (by, decided) else by
            if label != NONE and self._is_a_guess(part.ranking, label, by):
                label = self._harmless(part) or label
            if label != NONE and self._is_a_guess(part.ranking, label, by):
                return Understood(reply=self._which_tool(part.ranking), decided_by=decided, asks=True)
            if label == NONE:
                replies.append(talk.reply(part.text, self._matcher(), part.masked))
                continue
            requests += self._fill(self._door.tool(label), part, focus)
        if len(parts) > 1:
            requests = _share_subjects(requests, self._door.tools)
        return Understood(tuple(requests), "" if requests else "\n\n".join(replies), decided)

    def _is_a_guess(self, ranking: Ranking, label: str, by: DecidedBy) -> bool:
        """Whether nobody is sure of a tool that would change something: then it is better asked."""
        risky = self._door.tool(label).effect != "read"
        return by == "matcher" and risky and not ranking.sure and (ranking.margin < GUESS or ranking.best.score < WEAK)

    def _harmless(self, part: _Part) -> str | None:
        """A tool that only looks, close behind the best: rather that than a wrong change."""
        if not _LOOKS.match(part.text):
            return None
        ranking = part.ranking
        near = (m.label for m in ranking.matches[1:3] if ranking.best.score - m.score < GUESS and m.label != NONE)
        return next((label for label in near if self._door.tool(label).effect == "read"), None)

    def _which_tool(self, ranking: Ranking) -> str:
        likely = [label for label in ranking.among(3) if label != NONE][:2]
        said = " or ".join(
            f"“{self._door.tool(label).summary.rstrip('.').lower()}” (`{usage(self._door.tool(label))}`)"
            for label in likely
        )
        return f"I am not sure what you want. Is it {said}? Please say it in other words, or use the command."

    def _route(self, part: _Part, history: History) -> tuple[str, DecidedBy]:
        ranking, chat = part.ranking, self._chat()
        if ranking.sure or chat is None:
            faint = ranking.best.score < FAINT
            return (NONE if faint else ranking.best.label), "matcher"
        labels = [label for label in ranking.among(choosing.CANDIDATES + 1) if label != NONE][: choosing.CANDIDATES]
        shots = self._matcher().nearest(part.masked, [*labels, NONE], choosing.SHOTS)
        try:
            return choosing.choose(chat, part.text, labels, self._door.tools, shots, recent(history.turns)), "model"
        except Unavailable:
            return ranking.best.label, "matcher"

    # -- arguments ---------------------------------------------------------------------------------------------------

    def _fill(self, tool: Tool, part: _Part, focus: Focus) -> list[Request]:
        """The request, or one for each of several records named alike ("Bloom and Webinar Series")."""
        noun = next((argument for argument in tool.arguments if argument.noun and argument.required), None)
        several = _records_in_a_row(part.sentence, noun.noun) if noun and noun.noun else []
        addresses = part.sentence.of_kind("email")
        address = next((a for a in tool.required if a.role and a.role.name == "email"), None)
        if address and len(addresses) > 1:
            return [
                Request(tool.name, {address.name: m.value}, {address.name: part.sentence.evidence(m.start, m.end)})
                for m in addresses
            ]
        if noun is None or len(several) < 2:
            choices = _choices_in_a_row(part.sentence, tool)
            if choices:
                return [self._with_choice(tool, part, focus, *choice) for choice in choices]
            filled = fill(tool, part.sentence, focus, self._door.clock.now(), current=self._current)
            return [Request(tool.name, filled.arguments, filled.rests_on)]
        requests = []
        for mention in several:
            sentence = replace(part.sentence, claimed=[(m.start, m.end) for m in several])
            known = {noun.name: mention.record.name if mention.record else mention.text}
            filled = fill(tool, sentence, focus, self._door.clock.now(), known=known, current=self._current)
            evidence = part.sentence.evidence(mention.start, mention.end)
            requests.append(Request(tool.name, filled.arguments, {noun.name: evidence, **filled.rests_on}))
        return requests

    def _with_choice(
        self, tool: Tool, part: _Part, focus: Focus, name: str, start: int, end: int, value: str
    ) -> Request:
        """The request for one of several values of a choice ("posting times on LinkedIn and Facebook")."""
        sentence = replace(part.sentence, claimed=[(start, end)])
        filled = fill(tool, sentence, focus, self._door.clock.now(), known={name: value}, current=self._current)
        return Request(tool.name, filled.arguments, {name: part.sentence.evidence(start, end), **filled.rests_on})

    def _current(self, noun: str, record: str, field: str) -> object:
        """A stored value of a record, for "double it" and "two weeks longer"."""
        getter = self._door.tools.get(f"get_{noun}")
        if getter is None:
            return None
        with self._door.reading() as ctx:
            try:
                return getattr(getter.function(ctx, str(resolve(ctx, noun, record).id)), field, None)
            except HubError:
                return None

    # -- going on with what was said before --------------------------------------------------------------------------

    def _go_on(self, whole: _Part, pending: Pending, focus: Focus) -> Understood | None:
        """The answer to a question: fills what was asked for; None where the message is about something else."""
        tool = self._door.tools.get(pending.tool)
        if tool is None:
            return None
        found = continues(tool, whole.sentence, pending, whole.ranking, focus, self._door.clock.now(), self._current)
        if found is None:
            return None
        return Understood((Request(tool.name, found.arguments, found.rests_on),), decided_by="matcher")

    def _again(self, whole: _Part, history: History, focus: Focus) -> Understood | None:
        """A correction or variation of the last call ("no, Tuesday", "and on LinkedIn?")."""
        last = history.last_call
        tool = self._door.tools.get(last.tool) if last else None
        if last is None or tool is None:
            return None
        found = elliptic(tool, last, whole.sentence, whole.ranking, focus, self._door.clock.now(), self._current)
        if found is None:
            return None
        return Understood((Request(tool.name, found.arguments, found.rests_on),), decided_by="matcher")


def clean(message: str) -> tuple[str, tuple[str, ...]]:
    """The message without control characters, cut where it is far too long, with a note that says so."""
    message = "".join(sign for sign in message if sign in "\n\t" or sign.isprintable()).strip()
    if len(message) <= LONGEST:
        return message, ()
    half = LONGEST // 2
    note = f"Your message had {len(message):,} characters; I read the first and the last {half:,}."
    return f"{message[:half]}\n{message[-half:]}", (note,)


def _says_kind(text: str, tool: Tool) -> bool:
    """Whether the kind of record that a tool needs is said ("the template")."""
    nouns = [NOUNS[a.noun] for a in tool.required if a.noun and a.noun in NOUNS]
    return any(word_pattern((noun.singular, *noun.words)).search(text) for noun in nouns)


def _begins_with_record(part: _Part, start: int) -> bool:
    """Whether a surely named record stands at this place."""
    return any(r.certainty >= SURE_RECORD and 0 <= r.start - start <= 4 for r in part.sentence.records)


def _record_links(part: _Part) -> tuple[RecordLink, ...]:
    named = (r.record for r in part.sentence.records if r.certainty >= SURE_RECORD)
    return tuple(RecordLink(noun=r.noun, id=r.id, name=r.name) for r in named if r is not None)


_JOINED = re.compile(
    r"(?:\s+\w+)?\s*(?:,|and|&|, and|as well as|plus|,? und)\s*(?:also\s+|an?\s+|the\s+|on\s+|for\s+|one\s+)*",
    re.IGNORECASE,
)


def _record_ids(part: _Part) -> set[tuple[str, int]]:
    return {(r.noun, n.id) for r in part.sentence.records if r.certainty >= 0.8 for n in r.records}


def _records_in_a_row(sentence: Sentence, noun: str) -> list[Any]:
    """Several records of a noun joined by "and" or commas; [] where there is one, or one is excluded ("not the EU one")."""
    found = [m for m in sentence.records_of(noun) if m.certainty >= 0.68]
    if len(found) < 2 or len({m.record.id if m.record else m.text for m in found}) < 2:
        return []
    joined = [sentence.text[one.end : other.start] for one, other in pairwise(found)]
    if all(
        re.fullmatch(
            r"(?:\s*campaigns?| \w+)?\s*(?:,|and|&|, and|as well as|plus|und|\+)\s*(?:also |the |for |our |of )*(?:\w+ )?",
            gap,
            re.IGNORECASE,
        )
        for gap in joined
    ):
        return found
    return []


def _choices_in_a_row(sentence: Sentence, tool: Tool) -> list[tuple[str, int, int, str]]:
    """Several values joined by "and" for an argument that takes one: (argument, start, end, value) each."""
    for argument in tool.arguments:
        if (
            not argument.enum
            or argument.is_list
            or argument.kind not in ("platform", "ad_platform", "metric", "channel")
        ):
            continue
        found = find_choices(sentence, argument)
        gaps = [sentence.text[one[1] : other[0]] for one, other in pairwise(found)]
        if len({value for _, _, value in found}) > 1 and all(_JOINED.fullmatch(gap) for gap in gaps):
            return [(argument.name, *hit) for hit in found]
    return []


def _share_subjects(requests: list[Request], tools: dict[str, Tool]) -> list[Request]:
    """ "An email and an SMS about the Easter box": what only one part says of the subject holds for both."""
    shared: dict[str, tuple[Any, Evidence]] = {}
    for request in requests:
        for argument in tools[request.tool].arguments:
            role = argument.role.name if argument.role else ""
            if role in ("topic", "product", "audience", "tone") and argument.name in request.rests_on:
                shared[role] = request.arguments[argument.name], request.rests_on[argument.name]
    filled = []
    for request in requests:
        arguments, rests_on = dict(request.arguments), dict(request.rests_on)
        for argument in tools[request.tool].required:
            role = argument.role.name if argument.role else ""
            if argument.name not in arguments and role in shared:
                arguments[argument.name], rests_on[argument.name] = shared[role]
        filled.append(Request(request.tool, arguments, rests_on))
    return filled
