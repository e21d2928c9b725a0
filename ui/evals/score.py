"""Scoring one turn, strictly: every way in which it is not as expected, each as a sentence. None: it passes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from agent.turn import Call
from ui.evals.cases import ExpectedCall, ExpectedTurn
from ui.evals.compare import Comparer, Kind, match

#: The fields that tell a record of a kind, the first that a state row has.
TELLING = ("name", "title", "content", "email", "subject_line", "subject")

#: Effects of tools that change records; a draft adds a text, which nobody reads before a person has.
WRITES = ("write", "gated")

#: An argument that names something outside the house (a file, an address). The world holds no files: a call that is
#: refused because its file is not there was made all the same.
OUTSIDE = "source"


class ArgumentLike(Protocol):
    """What scoring needs to know of a tool's argument."""

    @property
    def kind(self) -> str: ...
    @property
    def is_list(self) -> bool: ...
    @property
    def enum(self) -> tuple[str, ...]: ...
    @property
    def noun(self) -> str | None: ...
    @property
    def default(self) -> Any: ...


class ToolLike(Protocol):
    """What scoring needs to know of a tool."""

    @property
    def group(self) -> str: ...
    @property
    def effect(self) -> Any: ...
    def argument(self, name: str) -> ArgumentLike | None: ...


@dataclass(frozen=True)
class Seen:
    """What a turn did. Of a turn with `approve`: how many plans waited, and why some were not done as decided."""

    reply: str = ""
    calls: tuple[Call, ...] = ()
    asks: bool = False
    plans: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bench:
    """What a turn is held against: the tools, the records before (`comparer`), what changed, the records after."""

    tools: Mapping[str, ToolLike]
    comparer: Comparer
    changed: Callable[[], Sequence[str]]
    rows: Callable[[str], Sequence[Mapping[str, Any]] | None]


def judge(expected: ExpectedTurn, seen: Seen, bench: Bench) -> list[str]:
    """Every reason why the turn fails; an empty list where it passes."""
    reasons: list[str] = []
    if expected.approve is not None and not seen.plans:
        reasons.append("no plan waits for an answer")
    reasons += [f"a plan was not done as decided: {shorten(sentence)}" for sentence in seen.refused]
    if expected.calls is not None:
        reasons += _calls(expected, seen, bench)
    if expected.asks:
        reasons += _asks(seen, bench)
    if expected.gated:
        reasons += [f"{show_call(call)} did not wait at the gate" for call in seen.calls if not call.waiting]
    if expected.gated or expected.asks or expected.approve is False:
        reasons += [f"the world changed: {change}" for change in bench.changed()]
    reasons += _reply(expected, seen.reply)
    for row in expected.state:
        reasons += _state(row, bench)
    return reasons


def _calls(expected: ExpectedTurn, seen: Seen, bench: Bench) -> list[str]:
    wanted = expected.calls or ()
    faults, pairs = _matched(wanted, seen, bench)
    missing = [w for w in range(len(wanted)) if w not in pairs]
    extra = [c for c in range(len(seen.calls)) if c not in pairs.values()]
    reasons = []
    for w in missing:
        near = next((c for c in extra if seen.calls[c].tool in wanted[w].tools), None)
        if near is None:
            reasons.append(f"expected {show_expected(wanted[w])}, which was not called")
        else:
            extra.remove(near)
            reasons.append(f"expected {show_expected(wanted[w])}, got {show_call(seen.calls[near])}: {faults[w][near]}")
    # Where a question is right, a call that the tool itself refused with that question made nothing.
    extra = [c for c in extra if not (expected.asks and seen.calls[c].error)]
    reasons += [f"{show_call(seen.calls[c])} was not asked for" for c in extra]
    refused = any(call.error for call in seen.calls)
    if wanted and seen.asks and not expected.asks and not (refused and not reasons):
        reasons.append(f"it asked back: {shorten(seen.reply)}")
    return reasons


def _matched(wanted: Sequence[ExpectedCall], seen: Seen, bench: Bench) -> tuple[list[list[str]], Mapping[int, int]]:
    """What is wrong with each call as each expected one; and which call is which expected one."""
    faults = [[_faults(want, call, bench) for call in seen.calls] for want in wanted]
    return faults, match(len(wanted), len(seen.calls), lambda w, c: not faults[w][c])


def wrong_writes(expected: ExpectedTurn, seen: Seen, bench: Bench) -> list[str]:
    """The calls that changed records, or made a plan to, although nobody asked for them, or with wrong arguments.

    Where a turn's calls are not checked (`calls` None), any such call is wrong if it had to ask back, else none is.
    """
    if expected.calls is None and not expected.asks:
        return []
    _, pairs = _matched(expected.calls or (), seen, bench)
    extra = [call for at, call in enumerate(seen.calls) if at not in pairs.values()]
    return [show_call(call) for call in extra if not call.error and _effect(call.tool, bench) in WRITES]


def _faults(want: ExpectedCall, call: Call, bench: Bench) -> str:
    """Why this call is not the expected one; "" where it is."""
    if call.tool not in want.tools:
        return f"it is {call.tool}"
    if call.error and OUTSIDE not in call.arguments:
        return "it was refused"
    tool = bench.tools.get(call.tool)
    wrong = []
    for name, value in want.args.items():
        argument = tool.argument(name) if tool else None
        if argument is None and len(want.tools) > 1 and name not in call.arguments:
            continue  # of several right tools, only some take it
        # Left out, an argument has its default: asking for 3 ideas, where 3 is the default, needs no argument.
        actual = call.arguments.get(name, argument.default if argument else None)
        if not bench.comparer.same(value, actual, kind_of(argument)):
            wrong.append(f"{name} is {actual!r}, not {value!r}")
    invented = [name for name in want.absent if call.arguments.get(name) not in (None, "", [])]
    wrong += [f"{name} was not given, but is {call.arguments[name]!r}" for name in invented]
    return "; ".join(wrong)


def kind_of(argument: ArgumentLike | None) -> Kind:
    """How values of this argument compare."""
    if argument is None:
        return Kind()
    return Kind(argument.kind, argument.is_list, argument.noun, bool(argument.enum))


def _asks(seen: Seen, bench: Bench) -> list[str]:
    reasons = [
        f"{show_call(call)} was called, where only a question was right"
        for call in seen.calls
        if not call.error and _effect(call.tool, bench) != "read"
    ]
    if not seen.asks:
        reasons.append(f"it did not ask back; it said: {shorten(seen.reply)}")
    return reasons


def _effect(tool_name: str, bench: Bench) -> str | None:
    tool = bench.tools.get(tool_name)
    return None if tool is None else str(tool.effect)


def _reply(expected: ExpectedTurn, reply: str) -> list[str]:
    folded = reply.casefold()
    lacking = [text for text in expected.reply_has if text.casefold() not in folded]
    reasons = [f"the reply lacks “{text}”: {shorten(reply)}" for text in lacking]
    return reasons + [f"the reply has “{text}”" for text in expected.reply_lacks if text.casefold() in folded]


def _state(row: Mapping[str, Any], bench: Bench) -> list[str]:
    kind, gone = row["kind"], bool(row.get("gone"))
    fields = {name: value for name, value in row.items() if name not in ("kind", "gone")}
    telling = next((name for name in TELLING if name in fields), None)
    records = bench.rows(kind)
    if records is None:
        return [f"there are no records of the kind {kind}"]
    told = f"{kind} {fields[telling]!r}" if telling else kind
    known = {telling: fields[telling]} if telling and not gone else fields
    found = [record for record in records if not _differences(known, record, bench.comparer)]
    if gone:
        return [f"{told} is still there"] if found else []
    if not found:
        return [f"there is no {told}"]
    differing = [_differences(fields, record, bench.comparer) for record in found]
    return [] if any(not faults for faults in differing) else [f"{told}: {'; '.join(differing[0])}"]


def _differences(fields: Mapping[str, Any], record: Mapping[str, Any], comparer: Comparer) -> list[str]:
    faults = []
    for name, value in fields.items():
        if name not in record:
            faults.append(f"it has no {name}")
        elif not comparer.same(value, record[name], Kind(closed=True)):
            faults.append(f"{name} is {_plain(record[name])!r}, not {value!r}")
    return faults


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else getattr(value, "value", value)


def show_call(call: Call) -> str:
    """A call as it is shown in a reason."""
    return f"{call.tool}({_listed(call.arguments)})" + (f" [refused: {call.error}]" if call.error else "")


def show_expected(want: ExpectedCall) -> str:
    """An expected call as it is shown in a reason."""
    return f"{' or '.join(want.tools)}({_listed(want.args)})"


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def shorten(text: str, length: int = 160) -> str:
    """The start of a text on one line, in quotes."""
    line = " ".join(text.split())
    return f"“{line[:length]}…”" if len(line) > length else f"“{line}”"


def why(number: int, turns: int, reasons: Iterable[str]) -> str:
    """The reasons of one turn as `why` says them."""
    where = f"Turn {number}: " if turns > 1 else ""
    return where + ". ".join(reasons) + "."
