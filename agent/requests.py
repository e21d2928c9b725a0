"""From a part of a message and its tool to the calls to make: one, or one for each of several records or values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from agent.arguments.choices import find_choices
from agent.arguments.fill import Filled, fill
from agent.arguments.references import Focus
from agent.arguments.sentence import Sentence
from agent.parts import Part, Span, piece_of
from agent.reading import Mention
from agent.reading.spelling import Spelled
from agent.turn import Call, Evidence
from tools.core.declare import Tool
from tools.core.door import Door
from tools.core.errors import HubError
from tools.core.records import resolve

_JOINED = re.compile(
    r"(?:\s+\w+)?\s*(?:,|and|&|, and|as well as|plus|,? und)\s*(?:also\s+|an?\s+|the\s+|on\s+|for\s+|one\s+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Request:
    """One call to make, with the words it rests on."""

    tool: str
    arguments: dict[str, Any]
    rests_on: dict[str, Evidence]
    #: Arguments that are what an earlier call makes: the number of that call in the turn.
    feeds: dict[str, int] = field(default_factory=dict)


class RequestMaker:
    """Fills the arguments of the tools of a house."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def make(self, tool: Tool, part: Part, focus: Focus) -> list[Request]:
        """The request, or one for each of several records named alike ("Bloom and Webinar Series")."""
        noun = next((argument for argument in tool.arguments if argument.noun and argument.required), None)
        several = records_in_a_row(part.sentence, noun.noun) if noun and noun.noun else []
        addresses = part.sentence.of_kind("email")
        address = next((a for a in tool.required if a.role and a.role.name == "email"), None)
        if address and len(addresses) > 1:
            return [self._of_address(tool, part, focus, address.name, span) for span in _spans_of(part.text, addresses)]
        if noun is None or len(several) < 2:
            choices = _choices_in_a_row(part.sentence, tool)
            if choices:
                return [self._with_choice(tool, part, focus, *choice) for choice in choices]
            filled = fill(tool, part.sentence, focus, self._door.clock.now(), current=self.current)
            return [_about_what_was_told(tool, part, Request(tool.name, filled.arguments, filled.rests_on))]
        requests = []
        for mention in several:
            sentence = replace(part.sentence, claimed=[(m.start, m.end) for m in several])
            known = {noun.name: mention.record.name if mention.record else mention.text}
            filled = fill(tool, sentence, focus, self._door.clock.now(), known=known, current=self.current)
            evidence = part.sentence.evidence(mention.start, mention.end)
            requests.append(Request(tool.name, filled.arguments, {noun.name: evidence, **filled.rests_on}))
        return requests

    def _of_address(self, tool: Tool, part: Part, focus: Focus, name: str, span: Span) -> Request:
        """The request for one of several addresses, with what is said beside it ("Aylin Demir, aylin@studio.example")."""
        filled = fill(tool, piece_of(part.sentence, span), focus, self._door.clock.now(), current=self.current)
        kept = {a for a, value in filled.arguments.items() if a == name or isinstance(value, str)}
        return Request(
            tool.name,
            {a: value for a, value in filled.arguments.items() if a in kept},
            {a: evidence for a, evidence in filled.rests_on.items() if a in kept},
        )

    def _with_choice(
        self, tool: Tool, part: Part, focus: Focus, name: str, start: int, end: int, value: str
    ) -> Request:
        """The request for one of several values of a choice ("posting times on LinkedIn and Facebook")."""
        sentence = replace(part.sentence, claimed=[(start, end)])
        filled = fill(tool, sentence, focus, self._door.clock.now(), known={name: value}, current=self.current)
        return Request(tool.name, filled.arguments, {name: part.sentence.evidence(start, end), **filled.rests_on})

    def current(self, noun: str, record: str, field: str) -> object:
        """A stored value of a record, for "double it" and "two weeks longer"."""
        getter = self._door.tools.get(f"get_{noun}")
        if getter is None:
            return None
        with self._door.reading() as ctx:
            try:
                return getattr(getter.function(ctx, str(resolve(ctx, noun, record).id)), field, None)
            except HubError:
                return None


def records_in_a_row(sentence: Sentence, noun: str) -> list[Any]:
    """Several records of a noun joined by "and" or commas; [] where there is one, or one is excluded ("not the EU one")."""
    found = [m for m in sentence.records_of(noun) if m.certainty >= 0.68]
    if len(found) < 2 or len({m.record.id if m.record else m.text for m in found}) < 2:
        return []
    joined = [sentence.text[one.end : other.start] for one, other in pairwise(found)]
    if all(
        re.fullmatch(
            r"(?:\s*campaigns?| \w+)?\s*(?:,|and|&|, and|as well as|plus|und|n|\+)\s*(?:\(?(?:\d|[b-f]|i{2,3}|iv)\) |also |then |second |the |for |our |of |from |on |in |at |to |that )*(?:\w+ )?",
            gap,
            re.IGNORECASE,
        )
        for gap in joined
    ):
        return found
    return []


def _spans_of(text: str, addresses: Sequence[Mention]) -> list[Span]:
    """The words that go with each address: its sentence, or its share of one that holds several."""
    ends = [m.end() for m in re.finditer(r"[.!?;\n]+(?:\s+|$)", text)] + [len(text)]
    spans = []
    for at, mention in enumerate(addresses):
        start = max([0, *(end for end in ends if end <= mention.start)])
        start = max(start, addresses[at - 1].end) if at else start
        end = next(end for end in ends if end >= mention.end)
        following = addresses[at + 1].start if at + 1 < len(addresses) else len(text)
        spans.append(Span(start, end if end <= following else mention.end))
    return spans


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


#: How somebody begins who takes back a name just given, as against asking for one more.
_RENAMES = re.compile(
    r"\W*(?:no\b|sorry|actually|rather|oops|wait|i mean|call it|name it|rename|make (?:it|that))", re.IGNORECASE
)


def mending(tool: Tool, tools: dict[str, Tool], last: Call, said: str, found: Filled) -> Request | None:
    """The change of a record that the last call has just created ("no wait, 900"), instead of creating it again; None
    where another one is wanted or nothing can change it."""
    verb, _, noun = tool.name.partition("_")
    update = tools.get(f"update_{noun}")
    made = (last.result or {}).get("links") or []
    if verb not in ("create", "add", "save") or update is None or last.waiting or len(made) != 1:
        return None
    target = next((a for a in update.required if a.noun == made[0]["noun"]), None)
    changed = [name for name in found.rests_on if last.arguments.get(name) != found.arguments[name]]
    if target is None or not changed or any(update.argument(name) is None for name in changed):
        return None
    if "name" in changed and not _RENAMES.match(said):
        return None
    arguments = {target.name: made[0]["name"], **{name: found.arguments[name] for name in changed}}
    evidence = {target.name: Evidence(words=made[0]["name"], origin="conversation")}
    return Request(update.name, arguments, evidence | {name: found.rests_on[name] for name in changed})


#: "And the same as an email", "one on the same topic".
_ABOUT = re.compile(r"\babout (\w.+)$", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"(?:it|this|that|them|these|the same(?: topic| subject)?|therefore|so|the (?:above|occasion))", re.IGNORECASE
)
_THE_SAME = re.compile(r"(?:the )?same\b|it$|that$|this$", re.IGNORECASE)


def _about_what_was_told(tool: Tool, part: Part, request: Request) -> Request:
    """ "We mend every puncture for free next week. Write a post about it": what was told just before is the subject."""
    request = _with_its_address(tool, part, request)
    told = [piece.text.strip(" .!,;") for piece in part.background if len(piece.text.split()) > 2]
    subject = next((a for a in tool.required if a.role and a.role.name in ("topic", "product")), None)
    if not told or subject is None:
        return request
    said = str(request.arguments.get(subject.name, ""))
    if said and not _POINTS_BACK.fullmatch(said):
        return request
    about = _ABOUT.search(told[-1])
    words = about.group(1) if about else told[-1]
    arguments = {**request.arguments, subject.name: words}
    return replace(request, arguments=arguments, rests_on={**request.rests_on, subject.name: Evidence(words=words)})


def _with_its_address(tool: Tool, part: Part, request: Request) -> Request:
    """ "She put them at https://... Could you import them?": the only address that was told is the one that is lacking."""
    lacking = [
        a for a in tool.required if a.name not in request.arguments and a.role and a.role.name in ("source", "url")
    ]
    told = [m for piece in part.background for m in piece.sentence.of_kind("url", "file")]
    if len(lacking) != 1 or len(told) != 1:
        return request
    name, evidence = lacking[0].name, Evidence(words=told[0].text)
    return replace(
        request, arguments={**request.arguments, name: told[0].value}, rests_on={**request.rests_on, name: evidence}
    )


def share_subjects(requests: list[Request], tools: dict[str, Tool]) -> list[Request]:
    """ "An email and an SMS about the Easter box": what only one part says of the subject holds for both."""
    shared: dict[str, tuple[Any, Evidence]] = {}
    for request in requests:
        for argument in tools[request.tool].arguments:
            role = argument.role.name if argument.role else ""
            said = str(request.arguments.get(argument.name, ""))
            if role in ("topic", "product", "audience", "tone") and said and not _THE_SAME.match(said):
                shared.setdefault(role, (request.arguments[argument.name], request.rests_on[argument.name]))
    if len(subject := [shared[role] for role in ("topic", "product") if role in shared]) == 1:
        shared |= {"topic": subject[0], "product": subject[0]}  # "three ads for the set, and an SMS on the same"
    filled = []
    for request in requests:
        arguments, rests_on = dict(request.arguments), dict(request.rests_on)
        for argument in tools[request.tool].required:
            role = argument.role.name if argument.role else ""
            if _THE_SAME.match(str(arguments.get(argument.name, ""))):
                del arguments[argument.name]
            if argument.name not in arguments and role in shared:
                arguments[argument.name], rests_on[argument.name] = shared[role]
        filled.append(Request(request.tool, arguments, rests_on))
    return filled


#: "... and him the same", "Sam Ito too".
_LIKEWISE = re.compile(r"\b(?:same|likewise|too|as well|also|ditto)\b", re.IGNORECASE)


#: A question that stops at its verb.
_ELLIPTIC = re.compile(
    r"^\s*(?:which|what|how many)\b.*\b(?:is|are|do|does|did|was|were|has|have)\s*\?*\s*$", re.IGNORECASE
)


def likewise(request: Request, before: Sequence[Request], text: str, tools: dict[str, Tool]) -> Request:
    """ "Set Omar to contacted. Sam the same.": the choice that a request lacks is the one made for the request before it. Of
    "which campaigns are paused, and which workflows are?" too, where one may also be left out."""
    tool, elliptic = tools[request.tool], _ELLIPTIC.search(text) is not None
    lacking = [a for a in (tool.arguments if elliptic else tool.required) if a.enum and a.name not in request.arguments]
    alike = next((other for other in reversed(before) if elliptic or other.tool == request.tool), None)
    if not lacking or alike is None or not (elliptic or _LIKEWISE.search(text)):
        return request
    found = {a.name: alike.arguments[a.name] for a in lacking if alike.arguments.get(a.name) in a.enum}
    rests_on = {name: alike.rests_on[name] for name in found if name in alike.rests_on}
    return replace(request, arguments={**request.arguments, **found}, rests_on={**request.rests_on, **rests_on})


#: "Now the email channel, same month".
_SAME_TIME = re.compile(
    r"\b(?:the )?same (?:day|week|month|quarter|year|period|time ?(?:frame|span)?|days|dates|range)\b", re.IGNORECASE
)


def same_time(request: Request, last: Call | None, text: str, tools: dict[str, Tool]) -> Request:
    """ "... for the same month": the period of the call before it in the conversation."""
    said = _SAME_TIME.search(text)
    name = next((a.name for a in tools[request.tool].arguments if a.role and a.role.name == "period"), None)
    if said is None or last is None or name is None or name in request.arguments or "period" not in last.arguments:
        return request
    evidence = Evidence(words=said.group(), start=said.start(), end=said.end(), origin="conversation")
    return replace(
        request,
        arguments={**request.arguments, name: last.arguments["period"]},
        rests_on={**request.rests_on, name: evidence},
    )


def placed(requests: Sequence[Request], message: str) -> tuple[Request, ...]:
    """The requests of a message that was read in parts, with evidence that points into the whole of it."""
    found = []
    for request in requests:
        rests_on = {}
        for name, evidence in request.rests_on.items():
            if evidence.start is not None and message[evidence.start : evidence.end] != evidence.words:
                at = message.find(evidence.words)
                start, end = (at, at + len(evidence.words)) if at >= 0 else (None, None)
                evidence = evidence.model_copy(update={"start": start, "end": end})
            rests_on[name] = evidence
        found.append(replace(request, rests_on=rests_on))
    return tuple(found)


#: Roles whose values are kept as they were typed.
_AS_TYPED = ("name", "prose", "title", "person", "company")


def as_said(requests: Sequence[Request], spelled: Spelled, tools: dict[str, Tool]) -> tuple[Request, ...]:
    """The requests of a message that was read spelled out, with evidence in the person's own words; names and texts are
    kept as they were typed."""
    if not spelled.pieces:
        return tuple(requests)
    found = []
    for request in requests:
        arguments, rests_on = dict(request.arguments), {}
        for name, evidence in request.rests_on.items():
            start = evidence.start
            if start is not None and spelled.text[start : evidence.end] != evidence.words:
                start = spelled.text.find(evidence.words)
            if start is None or start < 0:
                rests_on[name] = evidence
                continue
            first, last = spelled.place(start, start + len(evidence.words))
            said = spelled.said[first:last]
            rests_on[name] = evidence.model_copy(update={"words": said, "start": first, "end": last})
            argument = tools[request.tool].argument(name)
            role = argument.role.name if argument and argument.role else ""
            if role in _AS_TYPED and arguments[name] == evidence.words:
                arguments[name] = said
        found.append(replace(request, arguments=arguments, rests_on=rests_on))
    return tuple(found)
