"""Understanding: from a message to requests (tool, arguments, evidence), a question back, or plain talk."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent import talk
from agent.arguments.choices import find_choices
from agent.arguments.references import Focus
from agent.asks import LONG, is_left_out
from agent.conversation import History, Pending, recent
from agent.dividing import Divider
from agent.followup import continues, elliptic, renamed, says_anew
from agent.models.chat import Chat
from agent.parts import Ground, Part, PartReader
from agent.planning import Planner, going_on, outline
from agent.reading.spelling import spell_out
from agent.requests import Request, RequestMaker, as_said, likewise, mending, placed, same_time, share_subjects
from agent.results.reading import WHICH_RESULT, asked
from agent.routing import choosing
from agent.routing.examples import NONE
from agent.routing.matcher import Matcher, Ranking
from agent.routing.vocabulary import spoken_words
from agent.slash import command_of
from agent.turn import DecidedBy
from tools.core.door import Door
from tools.core.errors import Unavailable
from tools.core.result import RecordLink
from tools.show import shorten

#: A message longer than this is cut, and the answer says so: nobody types it, and the ask stands at its head or end.
LONGEST = 6_000
#: Below this score nothing is likely to be meant, even as the best of all.
FAINT = 0.18
#: Below this lead of the best tool over the second the matcher only guesses: the model chooses, and without one a change
#: is not made but asked about. Of 540 sentences by writers who never saw the examples, 99 % above it were right (with half
#: as much above 0.2 as above this), 58 % below; the 1.5B model is right less often than the matcher is above it.
GUESS = 0.08
#: ... and only for a likeness of at least this.
WEAK = 0.3
#: How somebody begins who wants to see something.
_LOOKS = re.compile(
    r"\W*(?:please\s+|can you\s+|could you\s+)?(?:what|which|who|when|where|how|why|look|show|find|tell|list|is|are|do|does|did|open|see|check|search)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Understood:
    """What a message comes to: requests, or a reply without any call."""

    requests: tuple[Request, ...] = ()
    reply: str = ""
    decided_by: DecidedBy = "none"
    notes: tuple[str, ...] = ()
    drops_pending: bool = False
    asks: bool = False
    pending: Pending | None = None
    #: A question about results (see `agent.results`), to be looked up and answered.
    talk: dict[str, Any] | None = None
    steps: tuple[str, ...] = ()


class Understanding:
    """Reads messages. `chat` gives the model, or None where there is none (yet)."""

    def __init__(self, door: Door, matcher: Callable[[], Matcher], chat: Callable[[], Chat | None]) -> None:
        self._door = door
        self._matcher = matcher
        self._chat = chat
        self._reader = PartReader(door, matcher)
        self._divider = Divider(self._reader, door.tools)
        self._maker = RequestMaker(door)
        self._planner = Planner(self._reader, self._maker, door.tools)

    def understand(self, message: str, history: History) -> Understood:
        """What the message asks for, given the conversation so far. It is read as it is spelled out; what an argument
        rests on are the person's own words."""
        message, notes = clean(message)
        if not message:
            return Understood(reply="Your message is empty. Write what you want in your own words, or `/help`.")
        ground = self._reader.ground(message)
        spelled = spell_out(message, (record.name for record in ground.names), spoken_words)
        understood = self._understood(spelled.text, notes, ground, history)
        return replace(understood, requests=as_said(understood.requests, spelled, self._door.tools))

    def _understood(self, message: str, notes: tuple[str, ...], ground: Ground, history: History) -> Understood:
        if history.pending and talk.calls_off(message):
            return Understood(reply="All right, I dropped that.", notes=notes, drops_pending=True)
        focus = history.focus()
        whole = self._reader.read(message, ground, focus)
        if history.pending:
            going_on = self._chosen(whole, history.pending, ground, focus) or self._go_on(whole, history.pending, focus)
            if going_on:
                return replace(going_on, notes=notes)
        about_results = asked(whole, history)
        if about_results is not None:
            return Understood(
                reply="" if about_results.question else WHICH_RESULT, decided_by="matcher", notes=notes,
                drops_pending=history.pending is not None, asks=about_results.question is None,
                pending=about_results.pending, talk=about_results.request,
            )  # fmt: skip
        again = self._again(whole, ground, history, focus)
        if again:
            return replace(again, notes=notes)
        planned = self._planner.plan(whole, ground, focus, lambda part: self._route(part, history))
        if planned:
            return Understood(
                placed(planned.requests, message), outline(planned.name, planned.steps), planned.decided_by, notes,
                drops_pending=history.pending is not None, steps=planned.steps,
            )  # fmt: skip
        parts = self._divider.divide(whole, ground, focus)
        understood = self._requests(parts, history, focus)
        return replace(
            understood, requests=placed(understood.requests, message), notes=notes + understood.notes,
            drops_pending=history.pending is not None,
        )  # fmt: skip

    # -- several requests --------------------------------------------------------------------------------------------

    def _requests(self, parts: Sequence[Part], history: History, focus: Focus) -> Understood:
        requests: list[Request] = []
        decided: DecidedBy = "none"
        replies = []
        named: tuple[RecordLink, ...] = ()
        for part in parts:
            label, by = self._route(part, history)
            decided = "model" if "model" in (by, decided) else by
            if label != NONE and self._is_a_guess(part.ranking, label, by):
                label = self._harmless(part) or label
            if (
                label != NONE
                and self._is_a_guess(part.ranking, label, by)
                and not self._says_a_value(part, label, focus)
            ):
                return self._which_tool(part, decided)
            if label == NONE and not focus.recent and talk.points_at_nothing(part.text):
                return Understood(reply=talk.WHICH_ONE, decided_by=decided, asks=True)
            if label == NONE:
                replies.append(talk.reply(part.text, self._matcher(), part.masked))
                continue
            about = (link for told in reversed(part.background) for link in told.record_links())
            seen = Focus(tuple(dict.fromkeys((*about, *named, *focus.recent))), focus.listed)
            made = self._maker.make(self._door.tool(label), part, seen)
            made = [same_time(request, history.last_call, part.text, self._door.tools) for request in made]
            requests += [likewise(request, requests, part.text, self._door.tools) for request in made]
            named = (*part.record_links(), *named)
        if len(parts) > 1:
            requests = share_subjects(requests, self._door.tools)
        left = dict.fromkeys(b.text for part in parts for b in part.background if is_left_out(b, self._door.tools))
        notes = tuple(f"I left this out: “{shorten(words, 120)}”. Say it by itself if I shall do it." for words in left)
        return Understood(tuple(requests), "" if requests else "\n\n".join(replies), decided, notes if requests else ())

    def _is_a_guess(self, ranking: Ranking, label: str, by: DecidedBy) -> bool:
        """Whether nobody is sure of a tool that would change something: then it is better asked."""
        risky = self._door.tool(label).effect != "read"
        return by == "matcher" and risky and not ranking.sure and (ranking.margin < GUESS or ranking.best.score < WEAK)

    def _says_a_value(self, part: Part, label: str, focus: Focus) -> bool:
        """Whether a statement about the record last spoken of gives the tool a value ("he is qualified", "it gets 3,600")."""
        tool = self._door.tools.get(label)
        noun = next((a.noun for a in tool.required if a.noun), None) if tool else None
        if tool is None or tool.effect != "write" or noun is None or focus.of(noun) is None or not says_anew(part.text):
            return False
        chosen = any(find_choices(part.sentence, a) for a in tool.arguments if a.enum)
        return chosen or bool(part.sentence.of_kind("money", "date", "date_range", "number"))

    def _harmless(self, part: Part) -> str | None:
        """A tool that only looks, close behind the best: rather that than a wrong change."""
        if not _LOOKS.match(part.text):
            return None
        ranking = part.ranking
        near = (m.label for m in ranking.matches[1:3] if ranking.best.score - m.score < GUESS and m.label != NONE)
        return next((label for label in near if self._door.tool(label).effect == "read"), None)

    def _which_tool(self, part: Part, decided: DecidedBy) -> Understood:
        """Ask which of the likeliest tools is meant; the answer goes on with what was said."""
        likely = tuple(label for label in part.ranking.among(3) if label != NONE)[:2]
        said = "\n".join(
            f"{number}. {self._door.tool(label).summary.rstrip('.')} (`/{' '.join(command_of(self._door.tool(label)))}`)"
            for number, label in enumerate(likely, 1)
        )
        question = f"I am not sure which of these you want:\n\n{said}\n\nSay the number, or say it in other words."
        pending = Pending(tool=likely[0], arguments={}, fields=(), question=question, tools=likely, message=part.text)
        return Understood(reply=question, decided_by=decided, asks=True, pending=pending)

    def _route(self, part: Part, history: History) -> tuple[str, DecidedBy]:
        ranking, chat = part.ranking, self._chat()
        if ranking.own or ranking.margin >= GUESS or chat is None:
            faint = ranking.best.score < FAINT
            return (NONE if faint else ranking.best.label), "matcher"
        labels = [label for label in ranking.among(choosing.CANDIDATES + 1) if label != NONE][: choosing.CANDIDATES]
        shots = self._matcher().nearest(part.masked, [*labels, NONE], choosing.SHOTS)
        try:
            return choosing.choose(chat, part.text, labels, self._door.tools, shots, recent(history.turns)), "model"
        except Unavailable:
            return ranking.best.label, "matcher"

    # -- going on with what was said before --------------------------------------------------------------------------

    def _chosen(self, whole: Part, pending: Pending, ground: Ground, focus: Focus) -> Understood | None:
        """The answer to "which of these do you want?": by its number, or by words that fit one of them. What was said
        before and what is said now are one request."""
        if not pending.tools:
            return None
        at = talk.number_said(whole.text)
        fitting = [match for match in whole.ranking.matches if match.label in pending.tools]
        label = None
        if at is not None and -len(pending.tools) <= at < len(pending.tools):
            label = pending.tools[at]
        elif whole.ranking.best.label in pending.tools and fitting[0].score - fitting[-1].score > GUESS:
            label = whole.ranking.best.label
        if label is None:
            return None
        text = pending.message if at is not None else f"{pending.message.rstrip(' .!')}. {whole.text}"
        part = self._reader.read(text, ground if at is None else self._reader.ground(text), focus)
        return Understood(tuple(self._maker.make(self._door.tool(label), part, focus)), decided_by="matcher")

    def _go_on(self, whole: Part, pending: Pending, focus: Focus) -> Understood | None:
        """The answer to a question: fills what was asked for; None where the message is about something else."""
        tool = self._door.tools.get(pending.tool)
        if tool is None:
            return None
        found = continues(
            tool, whole.sentence, pending, whole.ranking, focus, self._door.clock.now(), self._maker.current
        )
        if found is None:
            return None
        requests = going_on(Request(tool.name, found.arguments, found.rests_on), pending, whole.sentence, tool)
        return Understood(requests, decided_by="matcher", steps=pending.steps)

    def _again(self, whole: Part, ground: Ground, history: History, focus: Focus) -> Understood | None:
        """A correction or variation of the last call ("no, Tuesday", "and on LinkedIn?")."""
        last = renamed(history.last_call) if history.last_call else None
        if last is not None and len(whole.text.split()) > LONG:
            asked_for = self._divider.divide(whole, ground, focus)  # what a story tells beside it changes nothing
            whole = asked_for[0] if len(asked_for) == 1 else whole
        tool = self._door.tools.get(last.tool) if last else None
        if last is None or tool is None:
            return None
        found = elliptic(tool, last, whole.sentence, whole.ranking, focus, self._door.clock.now(), self._maker.current)
        if found is None:
            return None
        mended = mending(tool, self._door.tools, last, whole.text, found)
        if mended is not None:
            return Understood((mended,), decided_by="matcher")
        return Understood((Request(tool.name, found.arguments, found.rests_on),), decided_by="matcher")


def clean(message: str) -> tuple[str, tuple[str, ...]]:
    """The message without control characters, cut where it is far too long, with a note that says so."""
    message = "".join(sign for sign in message if sign in "\n\t" or sign.isprintable()).strip()
    if len(message) <= LONGEST:
        return message, ()
    half = LONGEST // 2
    note = f"Your message had {len(message):,} characters; I read the first and the last {half:,}."
    return f"{message[:half]}\n{message[-half:]}", (note,)
