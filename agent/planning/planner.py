"""From an undertaking to its calls: each thing is read and routed like a request of its own; what the whole is called
and what earlier steps make fill what the person did not say again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.arguments.references import Focus
from agent.parts import Ground, Part, PartReader
from agent.planning.feeding import fed, makes
from agent.planning.items import Item, Undertaking, read_undertaking
from agent.requests import Request, RequestMaker
from agent.routing.examples import NONE
from agent.routing.matcher import SURE_MARGIN, Match, Ranking
from agent.turn import DecidedBy, Evidence
from tools.core.declare import Argument, Tool
from tools.core.records import NOUNS

#: A thing of the list counts from this score of its best tool on.
CLEAR = 0.2
#: The channel that the tools of a group speak on, for the type of a campaign that several of them make up.
_CHANNELS = {"email": "email", "social": "social"}
#: Words before a thing that say nothing of what it is about.
_PLAIN = frozenset("new nice short good small big quick little first second third last final single separate".split())

#: What makes an order of a thing.
_ORDER = "Create "

Route = Callable[[Part], tuple[str, DecidedBy]]


@dataclass(frozen=True)
class Planned:
    """The calls in order, each step in words, what the whole is called, and who decided on the tools."""

    name: str
    requests: tuple[Request, ...]
    steps: tuple[str, ...]
    decided_by: DecidedBy


class Planner:
    """Plans undertakings with the tools of a house."""

    def __init__(self, reader: PartReader, maker: RequestMaker, tools: dict[str, Tool]) -> None:
        self._reader = reader
        self._maker = maker
        self._tools = tools

    def plan(self, whole: Part, ground: Ground, focus: Focus, route: Route) -> Planned | None:
        """The plan that a message asks for; None where it asks for none, or for something that no tool makes."""
        if whole.ranking.own:
            return None
        keep = [
            (m.start, m.end) for m in whole.sentence.mentions if m.kind in ("quoted", "date_range", "money", "name")
        ]
        keep += [(r.start, r.end) for r in whole.sentence.records if r.certainty >= 0.9]
        wanted = read_undertaking(whole.text, keep)
        if wanted is None:
            return None
        requests: list[Request] = []
        outline: list[str] = []
        decided: DecidedBy = "matcher"
        for item in wanted.items:
            part, label, by = self._routed(item, ground, focus, route)
            if label is None:
                return None
            decided = "model" if by == "model" else decided
            tool = self._tools[label]
            made = [_about(tool, item, wanted, request) for request in self._maker.make(tool, part, focus)]
            if item.count > 1 and len(made) == 1 and not _counts(tool):
                made *= item.count
            requests += made
            outline += [_words(tool, item, number, len(made)) for number in range(1, len(made) + 1)]
        if len(requests) < 2:
            return None
        groups = [self._tools[request.tool].group for request in requests]
        requests = [_whole(self._tools[r.tool], wanted, groups, r) for r in requests]
        return Planned(_named(wanted), tuple(fed(requests, self._tools)), tuple(outline), decided)

    def _routed(self, item: Item, ground: Ground, focus: Focus, route: Route) -> tuple[Part, str | None, DecidedBy]:
        """An item as it is read, and its tool: one that makes something, unless the item is an order of its own."""
        if item.order:
            part = self._reader.read(item.text, ground, focus)
            label, by = route(part)
            return part, None if label == NONE else label, by
        part = self._reader.read(f"{_ORDER}{item.single}", ground, focus)
        making = self._making(item, part.ranking.matches)
        if _noun_of(item.kind) and makes(making[0].label) == _noun_of(item.kind):
            return part, making[0].label, "matcher"  # its kind says what makes it
        margin = making[0].score - making[1].score
        part = replace(part, ranking=Ranking(tuple(making), margin, margin >= SURE_MARGIN))
        label, by = route(part)
        found = part.ranking.best.score >= CLEAR and label != NONE
        return part, label if found else None, by

    def _making(self, item: Item, matches: Sequence[Match]) -> list[Match]:
        """The labels that the thing may mean, best first: tools that make its kind of record, where there are such; else
        any that make something, or none."""
        kind = _noun_of(item.kind)
        alike = [match for match in matches if kind and makes(match.label) == kind]
        making = [match for match in matches if match.label == NONE or self._makes(match.label)]
        return [*alike, *(match for match in making if match not in alike)] if alike else making

    def _makes(self, label: str) -> bool:
        return label.startswith(("create_", "generate_", "save_", "add_")) and self._tools[label].effect != "read"


def _noun_of(kind: str) -> str | None:
    """The noun of the house that a word for a kind means: first by its own name, then by what else it is called."""
    named = (noun for noun in NOUNS.values() if kind in (noun.singular, noun.plural, noun.noun))
    called = (noun for noun in NOUNS.values() if kind in noun.words)
    found = next(named, None) or next(called, None)
    if found is None and kind.startswith("newsletter"):
        return "email_campaign"
    return found.noun if found else None


def _about(tool: Tool, item: Item, wanted: Undertaking, request: Request) -> Request:
    """What the thing is about, where it does not say so itself: the undertaking."""
    subject = next((a for a in tool.arguments if _role(a) in ("topic", "product")), None)
    arguments, rests_on = dict(request.arguments), dict(request.rests_on)
    said = str(arguments.get(subject.name, "")) if subject else ""
    if subject is not None and (not said or said.casefold() in item.text.casefold().split()):
        spoken_for = {evidence.words.casefold() for evidence in rests_on.values()}
        qualifier = "" if item.qualifier.casefold() in _PLAIN | spoken_for else item.qualifier
        about = f"{qualifier} {item.kind} for the {wanted.name}" if qualifier else wanted.name
        arguments[subject.name] = about
        rests_on[subject.name] = Evidence(words=wanted.name, start=wanted.start, end=wanted.end)
    for argument in tool.arguments:
        value = arguments.get(argument.name)
        if isinstance(value, str) and not item.order and value.startswith(_ORDER):
            arguments[argument.name] = value.removeprefix(_ORDER)  # a whole text, which we had made an order
    return replace(request, arguments=arguments, rests_on=rests_on)


def _whole(tool: Tool, wanted: Undertaking, groups: Sequence[str], request: Request) -> Request:
    """What the undertaking as a whole says of one of its things: a campaign bears its name, and its type follows from the
    things that it is made of."""
    arguments, rests_on = dict(request.arguments), dict(request.rests_on)
    evidence = Evidence(words=wanted.name, start=wanted.start, end=wanted.end)
    made_of = Evidence(words=", ".join(item.text for item in wanted.items))
    for argument in tool.required:
        if argument.name in arguments:
            continue
        if argument.kind == "campaign_type":
            channels = list(dict.fromkeys(_CHANNELS[group] for group in groups if group in _CHANNELS))
            if channels:
                arguments[argument.name] = channels[0] if len(channels) == 1 else "multi-channel"
                rests_on[argument.name] = made_of
                if len(channels) > 1 and tool.argument("channels") and "channels" not in arguments:
                    arguments["channels"], rests_on["channels"] = channels, made_of
        elif _role(argument) == "name":
            arguments[argument.name], rests_on[argument.name] = _named(wanted), evidence
        elif _role(argument) == "aim":
            arguments[argument.name], rests_on[argument.name] = wanted.name, evidence
    return replace(request, arguments=arguments, rests_on=rests_on)


def _named(wanted: Undertaking) -> str:
    return wanted.name[:1].upper() + wanted.name[1:]


def _role(argument: Argument) -> str:
    return argument.role.name if argument.role else ""


def _counts(tool: Tool) -> bool:
    """Whether one call makes several of the thing."""
    return any(_role(argument) == "count" for argument in tool.arguments)


def _words(tool: Tool, item: Item, number: int, of: int) -> str:
    several = f", {number} of {of}" if of > 1 else ""
    return f"{tool.name.replace('_', ' ').capitalize()}: “{' '.join(item.text.split())}”{several}"
