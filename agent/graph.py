"""A turn as a LangGraph state graph: understand, act call by call, wait at the gate, answer.

Every step is checkpointed, so that a turn which a crash cut off goes on where it was; the calls themselves carry an id
by which the door knows one that was made already.
"""

import operator
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypedDict, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import interrupt

from agent import slash
from agent.conversation import History, Pending
from agent.correcting import Correcting
from agent.followup import negated_head
from agent.models.writer import ModelWriter
from agent.planning import follows
from agent.planning.feeding import left, served
from agent.requests import Request
from agent.results.answering import Answering
from agent.talk import approves, calls_off
from agent.turn import Call, Evidence, Progress, Step, Text
from agent.understand import Understanding, Understood
from tools.core.context import Asker
from tools.core.door import Door, Origin, Outcome
from tools.core.errors import Ambiguous, HubError, Missing, NotFound, PlanChanged
from tools.core.result import RecordLink

#: The most steps a turn may take: every call is one, every decision at the gate another.
STEPS = 60


class TurnState(TypedDict, total=False):
    """What is carried through a turn; only JSON values, since it is checkpointed."""

    message: str
    turn: str
    conversation: str
    person: str
    surface: str
    requests: list[dict[str, Any]]
    calls: Annotated[list[dict[str, Any]], operator.add]
    replies: Annotated[list[str], operator.add]
    decisions: Annotated[list[dict[str, Any]], operator.add]
    waiting: list[int]
    pending: dict[str, Any] | None
    asks: bool
    decided_by: str
    notes: list[str]
    steps: list[str]


Graph = CompiledStateGraph[TurnState, None, TurnState, TurnState]


class TurnGone(Exception):
    """A turn was to go on that another process ended meanwhile: its checkpoints are gone, so it would begin with nothing."""


class TurnGraph:
    """The nodes of a turn. `history` gives the conversation before it; `writer` the model's pen, or None."""

    def __init__(
        self,
        door: Door,
        understanding: Understanding,
        history: Callable[[str], History],
        writer: Callable[[], ModelWriter | None],
        correcting: Correcting,
    ) -> None:
        self._door = door
        self._understanding = understanding
        self._correcting = correcting
        self._history = history
        self._writer = writer
        self._results = Answering(door)

    def compile(self, saver: BaseCheckpointSaver[Any]) -> Graph:
        """The graph, ready to run."""
        graph = StateGraph(TurnState)
        graph.add_node("understand", self.understand)
        graph.add_node("act", self.act)
        graph.add_node("gate", self.gate)
        graph.add_edge(START, "understand")
        graph.add_conditional_edges("understand", self._next, ["act", "gate", END])
        graph.add_conditional_edges("act", self._next, ["act", "gate", END])
        graph.add_conditional_edges("gate", self._next, ["act", "gate", END])
        return graph.compile(checkpointer=saver)

    # -- nodes -------------------------------------------------------------------------------------------------------

    def understand(self, state: TurnState) -> TurnState:
        """Route and fill: what the message comes to. Changes nothing."""
        if "message" not in state:
            raise TurnGone(state)
        message = state["message"]
        try:
            history = self._history(state["conversation"])
            if slash.is_slash(message):
                return self._command(message, history)
            correction = self._correcting.read(message, history)
            if correction is not None:
                return cast(TurnState, correction)
            if history.waiting:
                settled = self._about_plans(message, history)
                if settled:
                    return settled
            understood = self._understanding.understand(message, history)
        except HubError as error:
            return {
                "replies": [error.sentence],
                "asks": True,
                "decided_by": "slash" if slash.is_slash(message) else "none",
            }
        rejected = list(history.waiting) if history.waiting and negated_head(message) else []
        return _understood(understood, rejected)

    def act(self, state: TurnState) -> TurnState:
        """Make the next call. One call a step, so that a crash repeats at most this one, which the door recognises."""
        tell = get_stream_writer()
        request, rest = state["requests"][0], state["requests"][1:]
        if "reject" in request:
            self._door.reject(request["reject"], self._origin(state))
            return {"requests": rest}
        if "learn" in request or "unlearn" in request:
            return {"requests": rest, "replies": [self._learn(request, state)]}
        if "talk" in request:
            return self._talk(request["talk"], rest, state)
        number = len(state.get("calls", []))
        request = served(request, state.get("calls", []), self._door.tools)
        tool = self._door.tool(request["tool"])
        if tool.effect == "draft":
            tell(Progress(text=f"Writing ({tool.summary.rstrip('.').lower()}) …"))
        writer = self._writer()
        origin = self._origin(state, f"{state['turn']}:{number}")
        try:
            outcome = self._door.call(
                tool.name, request["arguments"], origin,
                writer=writer.showing(lambda text: tell(Text(text=text))) if writer else None,
            )  # fmt: skip
        except HubError as error:
            return self._refused(state, request, rest, error)
        call = _call(request, outcome)
        tell(Step(call=call))
        update: TurnState = {"requests": rest, "calls": [call.model_dump(mode="json")], "replies": [outcome.text]}
        if outcome.plan_id is not None:
            update["waiting"] = [*state.get("waiting", []), outcome.plan_id]
        return update

    def gate(self, state: TurnState) -> TurnState:
        """Wait for a person's word on a plan, then carry it out or close it. Nothing happens before `interrupt` returns."""
        answer = interrupt({"plans": state["waiting"]})
        plan = int(answer["plan"])
        waiting = [other for other in state["waiting"] if other != plan]
        asker = Asker(name=answer["person"], surface=answer["surface"], may_approve=answer["may_approve"])
        decision: dict[str, Any] = {"plan": plan, "approve": answer["approve"], "by": answer["person"]}
        try:
            if answer["approve"]:
                outcome = self._door.approve(plan, Origin(asker, state["conversation"], state["turn"]))
                decision |= {"text": outcome.result.text, "tool": outcome.tool, "result": outcome.result.data()}
            else:
                self._door.reject(plan, Origin(asker, state["conversation"], state["turn"]))
                decision |= {"text": f"Plan {plan} is rejected. Nothing was done."}
        except PlanChanged as changed:
            waiting.append(changed.plan_id)
            decision |= {"text": changed.sentence, "error": changed.sentence}
        except HubError as error:
            decision |= {"text": error.sentence, "error": error.sentence}
        return {"waiting": waiting, "decisions": [decision]}

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _next(self, state: TurnState) -> Literal["act", "gate", "__end__"]:
        if state.get("requests"):
            return "act"
        return "gate" if state.get("waiting") else "__end__"

    def _origin(self, state: TurnState, call_id: str | None = None) -> Origin:
        return Origin(Asker(state["person"], state["surface"]), state["conversation"], state["turn"], call_id)

    def _learn(self, request: dict[str, Any], state: TurnState) -> str:
        try:
            return self._correcting.carry_out(request, state["person"], self._history(state["conversation"]))
        except HubError as error:
            return error.sentence

    def _talk(self, asked: dict[str, Any], rest: list[dict[str, Any]], state: TurnState) -> TurnState:
        update = self._results.answer(
            asked, len(state.get("calls", [])), lambda call: self._origin(state, call), state["turn"], self._writer(),
            get_stream_writer(),
        )  # fmt: skip
        notes = [*state.get("notes", []), *update.pop("notes", [])]
        return cast(TurnState, {**update, "requests": rest, "notes": notes})

    def _command(self, message: str, history: History) -> TurnState:
        lesson = slash.lesson(message)
        if lesson is not None:
            return cast(TurnState, self._correcting.command(lesson, history) | {"decided_by": "slash"})
        command = slash.parse(message, self._door.tools)
        if not isinstance(command, slash.Command):
            return {"replies": [slash.help_text(self._door.tools)], "decided_by": "slash"}
        request = {"tool": command.tool.name, "arguments": command.arguments, "rests_on": {}}
        return {"requests": [request], "decided_by": "slash"}

    def _about_plans(self, message: str, history: History) -> TurnState | None:
        """A bare yes or no while a plan waits. No closes it; yes is not enough: approving needs the plan's own number,
        so that nobody approves by accident something that is not on the screen."""
        plans = ", ".join(f"`/approve {plan}`" for plan in history.waiting)
        if approves(message):
            return {"replies": [f"Press Approve beside the plan, or write {plans}."], "decided_by": "matcher"}
        if calls_off(message) or (negated_head(message) and len(message.split()) <= 5):
            rejects: list[dict[str, Any]] = [{"reject": plan} for plan in history.waiting]
            return {"requests": rejects, "replies": ["All right, nothing is done."], "decided_by": "matcher"}
        return None

    def _refused(
        self, state: TurnState, request: dict[str, Any], rest: list[dict[str, Any]], error: HubError
    ) -> TurnState:
        """The call cannot be made as asked: say why, and where an answer would mend it, remember what it was."""
        call = Call(
            tool=request["tool"], arguments=request["arguments"], rests_on=_evidence(request), error=error.sentence
        )
        get_stream_writer()(Step(call=call))
        update: TurnState = {
            "requests": rest, "calls": [call.model_dump(mode="json")], "replies": [error.sentence], "asks": True,
        }  # fmt: skip
        fields: tuple[str, ...] = ()
        candidates: tuple[RecordLink, ...] = ()
        if isinstance(error, Missing):
            fields = error.fields
        elif isinstance(error, NotFound | Ambiguous):
            fields = (error.field,) if error.field else ()
            candidates = tuple(RecordLink(noun=c.noun, id=c.id, name=c.name) for c in error.candidates)
        elif getattr(error, "field", None):
            fields = (str(error.field),)  # type: ignore[attr-defined]
        known = {name: value for name, value in request["arguments"].items() if name not in fields}
        day = request["arguments"].get(fields[0]) if len(fields) == 1 and isinstance(error, Missing) else None
        pending = Pending(
            tool=request["tool"], arguments=known, fields=fields, candidates=candidates, question=error.sentence,
            day=day if isinstance(day, str) else None,
        )  # fmt: skip
        steps = state.get("steps", [])
        if steps and rest:
            # A step of an undertaking asks first; those after it may build on it, so they wait for the answer.
            at = len(state.get("calls", []))
            kept = left(rest, at, [*state.get("calls", []), update["calls"][0]], self._door.tools)
            pending = pending.model_copy(update={"rest": tuple(kept), "steps": tuple(steps[at:])})
            update |= {"requests": [], "replies": [*update["replies"], follows(steps[at + 1 :])]}
        return {**update, "pending": pending.model_dump(mode="json")}


def _understood(understood: Understood, rejected: list[int]) -> TurnState:
    requests: list[dict[str, Any]] = [{"reject": plan} for plan in rejected]
    requests += [_request(request) for request in understood.requests]
    requests += [{"talk": understood.talk["talk"]}] if understood.talk else []
    return {
        "requests": requests,
        "replies": [understood.reply] if understood.reply else [],
        "asks": understood.asks,
        "decided_by": understood.decided_by,
        "notes": list(understood.notes),
        "pending": understood.pending.model_dump(mode="json") if understood.pending else None,
        "steps": list(understood.steps),
    }


def _request(request: Request) -> dict[str, Any]:
    return {
        "tool": request.tool,
        "arguments": request.arguments,
        "rests_on": {name: evidence.model_dump() for name, evidence in request.rests_on.items()},
        "feeds": dict(request.feeds),
    }


def _evidence(request: dict[str, Any]) -> dict[str, Evidence]:
    return {name: Evidence.model_validate(value) for name, value in request.get("rests_on", {}).items()}


def _call(request: dict[str, Any], outcome: Outcome) -> Call:
    return Call(
        tool=outcome.tool,
        arguments=outcome.arguments,
        rests_on=_evidence(request),
        result=outcome.result.data(),
        text=outcome.text,
        waiting=outcome.waiting,
        plan=outcome.plan_id,
    )
