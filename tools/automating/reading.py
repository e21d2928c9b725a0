"""Reading a workflow out of sentences, without a model: the trigger, the goal, who may enter again, and the steps.

What cannot be read is never guessed: a clause that is no step stays as an `Unclear` step in its place, and words that
were left out are told.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from tools.automating.blocks import Block, Blocks, assemble
from tools.automating.graph import (
    EventHappened,
    Graph,
    LeadCreated,
    MessageAnswered,
    Question,
    Reentry,
    Trigger,
    Unclear,
    Wait,
)
from tools.automating.phrases import Names, NoNames, Q, length_at, request
from tools.automating.questions import ask
from tools.automating.scanning import scan
from tools.automating.steps import starts
from tools.automating.triggers import Reading, read_trigger, where_of
from tools.segmenting.lookup import Lookup, NothingKnown

_LABEL = re.compile(
    r"(?:the\s+)?(?:trigger|starts?|begins?|entry)(?:\s+(?:is|event|when))?\s*[:=]?\s*(?:(?:when(?:ever)?|if|once|as soon as|after)\s+)?(?=\S)",
    re.IGNORECASE,
)
_STEPS = re.compile(r"[\s,;.:]*(?:(?:the\s+)?steps?(?:\s+are)?\s*[:=]?\s+)", re.IGNORECASE)
_CUE = re.compile(
    r"(?P<cue>whenever|when|if|once|as soon as|every time(?: that)?|each time(?: that)?|any time|right after"
    r"|immediately after|directly after|shortly after|after|upon|following|for each|for every|for|on|at|each time)\s+",
    re.IGNORECASE,
)
_LAST_CUE = re.compile(
    r"\b(?:right |immediately |directly |shortly )?(?P<cue>after|whenever|when|as soon as|once|every time|each time|upon|on|if|for)\s+",
    re.I,
)
_WHO_DO = re.compile(
    r"\b(?P<noun>leads?|people|everyone|everybody|contacts?|customers?|anyone|anybody|those|subscribers?|users?"
    r"|visitors?)\s+(?:who|that|which)\s+(?!are\b|is\b|were\b|have\b|has\b|live\b)",
    re.I,
)
_BIRTHDAY = re.compile(r"\b(?:on|for|every|each)\s+(?:their\s+|the\s+|a\s+|her\s+|his\s+)?birthdays?\b", re.IGNORECASE)
_NEW_LEADS = re.compile(r"\bnew (?:leads|contacts|subscribers|members|customers)\b", re.IGNORECASE)
_TO_SEGMENT = re.compile(
    rf"\s+to\s+(?:everyone|everybody|all|people|leads?|all leads?)?\s*(?:in|of)\s+(?:the\s+)?(?P<where>segment\s+(?:{Q}|[^,;.\n]+))",
    re.I,
)
_MAILS_WHOM = re.compile(
    r"^(?P<verb>(?:e-?mail|mail|text)s?)\s+(?P<who>[\w' -]+?)(?=\s*(?:$|[,;.\n]|\bon\b|\bevery\b|\beach\b))", re.I
)
_GOAL = re.compile(r"(?:^|(?<=[\s;.,]))(?:the\s+)?goal\s*(?::|is(?: that| reached when)?|=)\s*", re.IGNORECASE)
_LEAVES = re.compile(
    r"(?:[\s,;.]|and\b)*(?:(?:if|when|once|as soon as)\s+(?P<a>(?:they|he|she|someone"
    r"|the lead)\s[^,;.\n]{2,60}?)\s*,?\s*(?:then\s+)?they\s+(?:leave|exit|drop out of|are taken out of)(?: the)? (?:flow|workflow|automation)|"
    r"(?:stop|end|leave|cancel)s?\s+(?:everything\s+|it\s+|the (?:flow|workflow)\s+)?(?:as soon as|when"
    r"|once)\s+(?P<b>(?:they|he|she|someone|the lead)\s[^,;.\n]{2,60}))",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?:[\s,;.]|and\b)*(?:people|leads|everyone|they)\s+(?:may|can)\s+(?:re-?enter|enter|go through(?: it)?"
    r"|start|come in)(?:\s+again|\s+more than once)?(?:\s+(?:after|every)\s+(?P<length>[\w ]+?))?(?=\s*(?:[;.,\n]|$))",
    re.I,
)
_ONCE = re.compile(
    r"(?:[\s,;.]|and\b)*(?:(?:everyone|everybody|each (?:person|lead)|each|people|but)\s+)?only once(?:\s+(?:per|each|a)\s+(?:person|lead))?|no re-?entry",
    re.I,
)


@dataclass(frozen=True)
class Understood:
    """What was read: the graph, a name where one was told, words that were left out."""

    graph: Graph
    name: str | None = None
    ignored: tuple[str, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Neither a trigger nor a step was found."""
        return self.graph.trigger is None and not self.graph.nodes


def read_workflow(text: str, now: datetime, names: Names | None = None, lookup: Lookup | None = None) -> Understood:
    """The workflow that a description means; `now` is aware, in the hub's zone. Never fails: see `Understood.empty`."""
    made = request(text)
    reading = Reading(made, now, names or NoNames(), lookup or NothingKnown())
    rest, goal = _goal(made.text, reading)
    rest, reentry = _reentry(rest)
    trigger, rest, delay = _trigger(rest, reading)
    rest = _STEPS.sub("", rest, count=1) if _STEPS.match(rest) else rest
    trigger, rest = _narrowed(trigger, rest, reading)
    blocks, ignored = scan(rest, reading)
    blocks = [*delay, *blocks]
    return Understood(assemble(blocks, trigger, goal, reentry), made.name, tuple(ignored))


def read_steps(steps: list[str], now: datetime, names: Names | None = None, lookup: Lookup | None = None) -> Understood:
    """The steps of a list of texts, one or more steps each."""
    made = request("\n".join(steps))
    reading = Reading(made, now, names or NoNames(), lookup or NothingKnown())
    blocks, ignored = scan(made.text, reading)
    return Understood(assemble(blocks, None), None, tuple(ignored))


def read_trigger_text(
    text: str, now: datetime, names: Names | None = None, lookup: Lookup | None = None
) -> Trigger | None:
    """The trigger that a text of its own means: "lead is created", "enters segment VIPs", "event cart_abandoned"."""
    made = request(text)
    reading = Reading(made, now, names or NoNames(), lookup or NothingKnown())
    words = made.text.strip(" .,;:")
    cue = _CUE.match(words)
    if cue and cue["cue"].casefold() not in ("on", "at"):
        words = words[cue.end() :]
    known = read_trigger(words, reading, free=False)
    if known is None and (leading := _leading(words, 0, reading, free=False)):
        known = leading[0]  # more was said behind it
    return known or read_trigger(re.sub(r"^on\s+", "", words, flags=re.I), reading)


def _trigger(text: str, reading: Reading) -> tuple[Trigger | None, str, Blocks]:
    """The trigger, what is left of the text, and a wait that was said with it."""
    label = _LABEL.match(text)
    if label and re.match(r"(?:the\s+)?trigger|.*[:=]", label.group(), re.I):
        found = _leading(text, label.end(), reading, free=True)
        if found:
            return found[0], text[found[1] :], []
    cue = _CUE.match(text)
    if cue:
        found = None
        if cue["cue"].casefold() in ("on", "at"):
            found = _leading(text, 0, reading, free=False)
        found = found or _leading(text, cue.end(), reading, free=True)
        if found:
            return found[0], text[found[1] :], []
    found = _leading(text, 0, reading, free=False)
    if found:
        return found[0], text[found[1] :], []
    found_later = _trailing(text, reading)
    if found_later:
        return found_later
    if not starts(text, 0, reading):
        clause = re.match(r"([^,;:.\n!?]+)[,;:.\n!?]+", text)
        # Only what is followed by steps can be meant as what sets them off.
        behind = scan(text[clause.end() :], reading)[0] if clause else []
        if clause and any(isinstance(one, Block) and not isinstance(one.node, Unclear) for one in behind):
            trigger = read_trigger(clause.group(1), reading)
            if trigger:
                return trigger, text[clause.end() :], []
    return None, text, []


def _leading(text: str, start: int, reading: Reading, *, free: bool) -> tuple[Trigger, int] | None:
    """The trigger at the head of a text: the longest known one up to the first stop; else the words up to there."""
    ends = _ends(text, start, reading)
    for end in reversed(ends):
        trigger = read_trigger(text[start:end], reading, free=False)
        if trigger is not None:
            return trigger, end
    if not free or not ends:
        return None
    clause = text[start : ends[0]]
    asked = ask(clause, 0, reading, [])
    if asked is not None and isinstance(asked.question, MessageAnswered):
        return None  # "if they don't open it" asks of a mail, and starts nothing
    trigger = read_trigger(clause, reading)
    return (trigger, ends[0]) if trigger else None


def _ends(text: str, start: int, reading: Reading) -> list[int]:
    """Where a clause that begins at `start` may end, up to the first comma or stop outside brackets."""
    places, depth = [], 0
    for place in range(start + 1, min(len(text), start + 240) + 1):
        sign = text[place : place + 1]
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth > 0:
            continue
        between = text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()  # "at 9:30"
        if (
            sign == ""
            or (sign in ",;:\n!?" and not between)
            or (sign == "." and not text[place + 1 : place + 2].isalnum())
        ):
            places.append(place)
            break
        if text[place - 1] == " " and (
            re.match(r"(?:then|steps)\b", text[place:], re.I) or starts(text, place, reading) or length_at(text, place)
        ):
            places.append(place)
    return places


def _trailing(text: str, reading: Reading) -> tuple[Trigger, str, Blocks] | None:
    """A trigger said behind what is done, or of the people to whom it is done."""
    birthday = _BIRTHDAY.search(text)
    if birthday:
        trigger = read_trigger("birthday", reading)
        assert trigger is not None
        return trigger, text[: birthday.start()] + text[birthday.end() :], []
    who = _WHO_DO.search(text)
    if who:
        for end in reversed([*_ends(text, who.end(), reading), _as_at(text, who.end())]):
            trigger = read_trigger(text[who.end() : end], reading, free=False) if end else None
            if trigger:
                return trigger, f"{text[: who.end('noun')]} {text[end:]}", []
    for cue in reversed(list(_LAST_CUE.finditer(text))):
        stop = re.search(r"[,;.\n]", text[cue.end() :])
        end = cue.end() + stop.start() if stop else len(text)
        sure = cue["cue"].casefold() not in ("on", "if", "for", "once")
        trigger = read_trigger(text[cue.end() : end], reading, free=sure)
        if length_at(text, cue.end()) or trigger is None or ask(text, cue.end(), reading, []):
            continue
        if isinstance(trigger, EventHappened) and trigger.name and starts(text, cue.end(), reading):
            continue
        before, delay = _delay_before(text, cue.start())
        return trigger, text[:before] + text[end:], delay
    new = _NEW_LEADS.search(text)
    if new:
        return LeadCreated(), text[: new.start()] + "leads" + text[new.end() :], []
    abandoned = re.match(r"for\s+([\w -]+)$", text, re.IGNORECASE)
    if abandoned:
        trigger = read_trigger(abandoned.group(1), reading)
        return (trigger, "", []) if trigger else None
    return None


def _as_at(text: str, start: int) -> int:
    """Where "as ..." or "get ..." begins behind a relative clause."""
    found = re.search(r"\s+(?=as\b|get\b|gets\b|should\b|receive\b)", text[start:])
    return start + found.start() if found else 0


def _delay_before(text: str, at: int) -> tuple[int, Blocks]:
    """A length of time that ends right before `at` ("two days after an appointment")."""
    head = text[:at].rstrip()
    for start in range(max(0, len(head) - 30), len(head)):
        if start and text[start - 1] != " ":
            continue
        length = length_at(head, start)
        if length and length[1] == len(head):
            return start, [Block(Wait(span=length[0]))]
    return at, []


def _narrowed(trigger: Trigger | None, rest: str, reading: Reading) -> tuple[Trigger | None, str]:
    """A segment named as the receiver of what is sent narrows whom the trigger means."""
    if trigger is None or trigger.where is not None:
        return trigger, rest
    found = _TO_SEGMENT.search(rest)
    if found:
        where = where_of(f"in {found['where']}", reading)
        if where:
            return trigger.model_copy(update={"where": where}), rest[: found.start()] + rest[found.end() :]
    whom = _MAILS_WHOM.match(rest.strip())
    known = reading.names.segment(whom["who"].strip()) if whom else None
    if whom and known:
        where = where_of(known[1], reading)
        return trigger.model_copy(update={"where": where}), f"{whom['verb']} them{rest.strip()[whom.end() :]}"
    return trigger, rest


def _goal(text: str, reading: Reading) -> tuple[str, Question | None]:
    found = _GOAL.search(text)
    if found:
        stops = [match.start() + found.end() for match in re.finditer(r"[;.\n,]|$", text[found.end() :])]
        asked = ask(text, found.end(), reading, stops)
        if asked and not asked.no:
            return text[: found.start()].rstrip(" ;,") + text[asked.end :], asked.question
    leaves = _LEAVES.search(text)
    if leaves:
        words = leaves["a"] or leaves["b"]
        asked = ask(words, 0, reading, [len(words)])
        if asked and not asked.no:
            return text[: leaves.start()] + text[leaves.end() :], asked.question
    return text, None


def _reentry(text: str) -> tuple[str, Reentry]:
    found = _AGAIN.search(text)
    if found:
        length = length_at(found["length"].strip(), 0) if found["length"] else None
        days = {"day": 1, "week": 7, "month": 30}.get(length[0].unit, 0) * length[0].amount if length else None
        return text[: found.start()] + text[found.end() :], Reentry(again=True, after_days=days or None)
    once = _ONCE.search(text)
    if once:
        return text[: once.start()] + text[once.end() :], Reentry()
    return text, Reentry()


def with_steps(understood: Understood, steps: Graph) -> Understood:
    """The trigger and goal of one reading with the steps of another."""
    graph = understood.graph.model_copy(update={"nodes": steps.nodes, "edges": steps.edges})
    return replace(understood, graph=graph)
