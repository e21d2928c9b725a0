"""Running turns: begin one, drive its graph, store how it ended, decide on its plans, take it up after a crash."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command
from sqlalchemy.orm import Session

from agent.conversation import History, Pending
from agent.correcting import Correcting
from agent.graph import STEPS, TurnGone, TurnGraph, TurnState
from agent.liveness import Liveness
from agent.models.chat import Usage, counting
from agent.models.writer import ModelWriter
from agent.turn import Call, Event, Finished, Step, Text, Turn
from agent.understand import Understanding
from memory import conversations as talks
from memory.plans import Plan, waiting_plans
from tools.core.context import Asker
from tools.core.door import Door, Origin
from tools.core.errors import HubError, NotFound
from tools.quoting import harmless

log = logging.getLogger(__name__)
BROKEN = "Something went wrong inside the hub, and this was not done. The log says more under {turn}."
STOPPED = "Stopped."
CUT_OFF = "The hub was stopped before it got to this. Please say it again."


class Turns:
    """Runs the turns of a house. `alive` says which process works on a turn."""

    def __init__(
        self,
        door: Door,
        understanding: Understanding,
        writer: Callable[[], ModelWriter | None],
        saver: BaseCheckpointSaver[Any],
        alive: Liveness,
        correcting: Correcting,
    ) -> None:
        self._door = door
        self._database = door.database
        self._saver = saver
        self._alive = alive
        self._graph = TurnGraph(door, understanding, self._history, writer, correcting).compile(saver)
        # Decisions go one at a time: two on one turn would both resume its graph.
        self._deciding = threading.Lock()

    def begin(self, text: str, conversation: str | None, person: str) -> talks.Turn:
        with self._database.session(write=True) as session:
            return self._begun(session, text, conversation, person)

    def _begun(self, session: Session, text: str, conversation: str | None, person: str) -> talks.Turn:
        now = self._door.clock.now()
        found = talks.open_conversation(session, conversation, person, now)
        return talks.add_turn(session, found, text, now, owner=self._alive.id)

    def run(self, turn: talks.Turn, start: TurnState | Command[Any] | None) -> Iterator[Event]:
        """Run the graph for a turn and store how it ended."""
        began = time.perf_counter()
        config = cast(Any, {"configurable": {"thread_id": turn.id}, "recursion_limit": STEPS})
        told: list[Call] = []
        with counting() as usage:
            try:
                for event in self._graph.stream(start, config, stream_mode="custom", durability="sync"):
                    if isinstance(event, Step):
                        told.append(event.call)
                    yield cast(Event, event)
                state = cast(TurnState, self._graph.get_state(config).values)
                failed = False
            except GeneratorExit:
                # What was called before the person stopped it stands; only the rest is left out.
                done = cast(TurnState, self._graph.get_state(config).values)
                # A call is told before its checkpoint is written: what was told was made.
                kept = done.get("calls", [])
                calls = [*kept, *(call.model_dump(mode="json") for call in told[len(kept) :])]
                stopped = cast(TurnState, {**done, "calls": calls, "replies": [*done.get("replies", []), STOPPED]})
                self.finish(turn, stopped, time.perf_counter() - began, usage)
                raise
            except Exception:
                # A bug: told with the turn's id, logged with its trace, and the conversation goes on.
                log.exception("turn %s failed", turn.id)
                state, failed = {"replies": [BROKEN.format(turn=turn.id)]}, True
        finished = self.finish(turn, state, time.perf_counter() - began, usage, failed=failed)
        if finished.reply:
            yield Text(text=finished.reply)
        yield Finished(turn=finished)

    def finish(
        self, turn: talks.Turn, state: TurnState, seconds: float, usage: Usage | None = None, *, failed: bool = False
    ) -> Turn:
        """Store the turn's answer; its checkpoints go unless a plan still waits."""
        with self._database.session(write=True) as session:
            view = self._finished(session, turn, state, seconds, usage, failed=failed)
        if not view.waiting:
            self._saver.delete_thread(turn.id)
        return view

    def _finished(
        self, session: Session, turn: talks.Turn, state: TurnState, seconds: float, usage: Usage | None = None, *,
        failed: bool = False,
    ) -> Turn:  # fmt: skip
        waiting = tuple(state.get("waiting") or ())
        usage = usage or Usage()
        view = Turn(
            id=turn.id,
            conversation=turn.conversation_id,
            say=turn.said,
            reply=harmless("\n\n".join([*state.get("notes", []), *state.get("replies", [])]).strip()),
            calls=tuple(Call.model_validate(call) for call in state.get("calls", [])),
            asks=bool(state.get("asks")),
            waiting=waiting,
            decided_by=cast(Any, state.get("decided_by", "none")),
            seconds=round(seconds, 3),
            prompt_tokens=usage.prompt_tokens,
            output_tokens=usage.output_tokens,
            read_anew=tuple(usage.read_anew),
            first_word=None if usage.first_word is None else round(usage.first_word, 3),
            notes=tuple(state.get("notes", [])),
            steps=tuple(state.get("steps", [])),
        )
        stored = session.get_one(talks.Turn, turn.id)
        stored.reply, stored.data, stored.pending = view.reply, view.model_dump(mode="json"), state.get("pending")
        stored.state = talks.FAILED if failed else talks.WAITING if waiting else talks.DONE
        stored.updated_at = self._door.clock.now()
        return view

    def _history(self, conversation: str) -> History:
        with self._database.session() as session:
            stored = [t for t in talks.turns_of(session, conversation, last=12) if t.state != talks.STARTED]
            waiting = tuple(plan.id for plan in waiting_plans(session, conversation))
        pending = Pending.model_validate(stored[-1].pending) if stored and stored[-1].pending else None
        return History(tuple(view(turn) for turn in stored), pending, waiting)

    def decide(self, plan_id: int, approve: bool, person: str, surface: str, conversation: str | None = None) -> Turn:
        """Decide on a plan: through the turn that waits for it, or directly where none does."""
        began = time.perf_counter()
        with self._database.session() as session:
            plan = session.get(Plan, plan_id)
            if plan is None:
                raise NotFound(f"There is no plan {plan_id}.", "plan")
            waiting_turn = session.get(talks.Turn, plan.turn_id) if plan.turn_id else None
        with self._deciding:
            decision = self._resume(waiting_turn, plan_id, approve, person, surface) if waiting_turn else None
            if decision is None:
                decision = self._directly(plan_id, approve, person, surface)
        said = f"/{'approve' if approve else 'reject'} {plan_id}"
        calls = []
        if "result" in decision:
            calls = [
                Call(tool=decision["tool"], arguments=plan.arguments, result=decision["result"], text=decision["text"])
            ]
        state: TurnState = {
            "replies": [decision["text"]], "decided_by": "slash", "calls": [c.model_dump(mode="json") for c in calls],
        }  # fmt: skip
        # Begun and ended in one transaction: a crash in between would be told as if nothing had been decided.
        with self._database.session(write=True) as session:
            turn = self._begun(session, said, plan.conversation_id or conversation, person)
            return self._finished(session, turn, state, time.perf_counter() - began)

    def _resume(self, turn: talks.Turn, plan: int, approve: bool, person: str, surface: str) -> dict[str, Any] | None:
        """Hand a decision to the turn that waits for it; None where it waits no longer."""
        config = cast(Any, {"configurable": {"thread_id": turn.id}, "recursion_limit": STEPS})
        state = self._graph.get_state(config)
        if not state.next or plan not in state.values.get("waiting", []):
            return None
        answer = {"plan": plan, "approve": approve, "person": person, "surface": surface, "may_approve": True}
        try:
            for _ in self._graph.stream(Command(resume=answer), config, stream_mode="custom", durability="sync"):
                pass
        except TurnGone:  # another process decided at the same moment
            self._saver.delete_thread(turn.id)
            return None
        values = self._graph.get_state(config).values
        waiting = values.get("waiting") or []
        with self._database.session(write=True) as session:
            stored = session.get_one(talks.Turn, turn.id)
            stored.data = {**stored.data, "waiting": waiting}
            stored.state = talks.WAITING if waiting else talks.DONE
        if not waiting:
            self._saver.delete_thread(turn.id)
        made = [d for d in values.get("decisions", []) if (d["plan"], d["approve"]) == (plan, approve)]
        # None where another process went on with the turn first: the door knows what became of the plan.
        return cast(dict[str, Any], made[-1]) if made else None

    def _directly(self, plan: int, approve: bool, person: str, surface: str) -> dict[str, Any]:
        origin = Origin(Asker(person, surface))
        try:
            if approve:
                outcome = self._door.approve(plan, origin)
                return {"text": outcome.result.text, "tool": outcome.tool, "result": outcome.result.data()}
            self._door.reject(plan, origin)
            return {"text": f"Plan {plan} is rejected. Nothing was done."}
        except HubError as error:
            return {"text": error.sentence}

    def recover(self) -> None:
        """Take up turns that a crash cut off; those of processes that still live are theirs."""
        with self._database.session() as session:
            cut_off = [t for t in talks.unfinished_turns(session) if not self._alive.lives(t.owner)]
        for turn in cut_off:
            state = self._graph.get_state(cast(Any, {"configurable": {"thread_id": turn.id}}))
            if state.next and not state.tasks[0].interrupts:
                log.warning("turn %s was cut off; taking it up", turn.id)
                last(self.run(turn, None))
            elif state.values.get("replies") or state.values.get("calls"):
                log.warning("turn %s was cut off when all was done; storing its answer", turn.id)
                self.finish(turn, cast(TurnState, state.values), 0.0)
            else:
                log.warning("turn %s was cut off before anything was done", turn.id)
                self.finish(turn, {"replies": [CUT_OFF]}, 0.0, failed=True)


def view(turn: talks.Turn) -> Turn:
    """A stored turn as every surface shows it."""
    if turn.data:
        return Turn.model_validate(turn.data)
    return Turn(id=turn.id, conversation=turn.conversation_id, say=turn.said, reply=turn.reply)


def last(events: Iterator[Event]) -> Turn:
    """The finished turn at the end of its events."""
    for event in events:
        if isinstance(event, Finished):
            return event.turn
    raise RuntimeError("the turn ended without an answer")
