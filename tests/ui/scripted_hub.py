"""A hub that plays a script: the interface of agent.Hub without model or database, so that a test can hold an answer
open, break it in the middle, or fill it with hostile text. What needs no such thing is tested with the real hub."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from agent import (
    Call,
    ConversationView,
    Event,
    Evidence,
    Finished,
    Health,
    HubError,
    PlanView,
    Progress,
    Settings,
    Step,
    Text,
    Turn,
)  # fmt: skip
from agent.viewing.chat import FoundConversation
from agent.viewing.completion import Completion
from agent.viewing.plan_sheet import PlanSheet

WELL: tuple[Health, ...] = (
    Health(part="model", summary="qwen3.5:4b at http://127.0.0.1:11434", ok=True),
    Health(part="database", summary="SQLite", ok=True),
)
EXAMPLES = [
    "Create an email campaign called Bloom with a 5000 dollar budget",
    "What campaigns do we have?",
    "Write a mail about our autumn fair for former customers",
    "How did the spring sale do last month?",
]


@dataclass
class Scene:
    """What the hub does with one message.

    `hold` is called when all but the last event is out; it may wait or raise. With `endless`, text comes until the
    reader closes the stream.
    """

    reply: str
    calls: tuple[Call, ...] = ()
    notes: tuple[str, ...] = ()
    progress: str = ""
    plan: str | None = None
    hold: Callable[[], object] = lambda: None
    endless: bool = False


@dataclass
class ScriptedHub:
    settings: Settings
    scenes: dict[str, Scene] = field(default_factory=dict)
    model_ready: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next test begins."""
        self.scenes.clear()
        self.parts = WELL
        self.stored: dict[str, list[Turn]] = {}
        self.waiting: dict[int, PlanView] = {}
        self.laid: dict[int, PlanView] = {}
        self.decided: list[tuple[int, str]] = []
        self.closed = False
        self.ended_streams = 0
        self.model_ready.set()

    def __enter__(self) -> "ScriptedHub":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self.closed = True

    def wait_for_model(self, timeout: float | None = None) -> bool:
        ready = self.model_ready.wait(timeout)
        return ready and not any(part.problem for part in self.parts if part.part == "model")

    def examples(self) -> list[str]:
        return EXAMPLES

    def health(self) -> list[Health]:
        return list(self.parts)

    def ask(self, text: str, **given: Any) -> Turn:
        events = list(self.stream(text, **given))
        assert isinstance(events[-1], Finished)
        return events[-1].turn

    def stream(
        self, text: str, *, conversation: str | None = None, person: str | None = None, surface: str = "python"
    ) -> Iterator[Event]:
        conversation = conversation or str(uuid.uuid4())
        scene = self.scenes.get(text) or Scene(f"You said: {text}")
        try:
            if scene.progress:
                yield Progress(text=scene.progress)
            calls = list(scene.calls)
            waiting: tuple[int, ...] = ()
            if scene.plan is not None:
                plan = self.lay_plan(scene.plan, calls[-1].tool, calls[-1].arguments, conversation)
                calls[-1] = calls[-1].model_copy(update={"waiting": True, "plan": plan.id})
                waiting = (plan.id,)
            for call in calls:
                yield Step(call=call)
            for piece in scene.reply.split(" ") if scene.reply else ():
                yield Text(text=f"{piece} ")
            scene.hold()
            while scene.endless:
                yield Text(text="and on ")
                time.sleep(0.01)
            turn = Turn(
                id=str(uuid.uuid4()), conversation=conversation, say=text, reply=scene.reply, calls=tuple(calls),
                waiting=waiting, notes=scene.notes, decided_by="model", seconds=1.5,
            )  # fmt: skip
            with self.lock:
                self.stored.setdefault(conversation, []).append(turn)
            yield Finished(turn=turn)
        finally:
            with self.lock:
                self.ended_streams += 1

    def lay_plan(self, text: str, tool: str, arguments: dict[str, Any], conversation: str) -> PlanView:
        with self.lock:
            plan = PlanView(
                id=len(self.laid) + 1, tool=tool, arguments=arguments, preview={}, text=text,
                state="waiting", conversation=conversation, asked_by="owner", asked_at="2026-04-01T09:00:00+02:00",
            )  # fmt: skip
            self.waiting[plan.id] = self.laid[plan.id] = plan
            return plan

    @property
    def tools(self) -> dict[str, Any]:
        return {}

    def call_as(self, tool: str, arguments: dict[str, Any], *, person: str | None = None, surface: str) -> Any:
        raise HubError(f"There is no tool called {tool}.")

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> int:
        if progress is not None:
            progress(3, 3)
        return 3

    def plans(self, conversation: str | None = None) -> list[PlanView]:
        with self.lock:
            return [p for p in self.waiting.values() if conversation is None or p.conversation == conversation]

    def plan(self, plan_id: int) -> PlanView:
        return self.laid[plan_id]

    @property
    def views(self) -> "ScriptedViews":
        return ScriptedViews(ScriptedChat(self))

    def approve(self, plan_id: int, *, person: str | None = None, surface: str = "python") -> Turn:
        return self._decide(plan_id, "approve", "Done: it was deleted.")

    def reject(self, plan_id: int, *, person: str | None = None, surface: str = "python") -> Turn:
        return self._decide(plan_id, "reject", "Rejected: nothing happened.")

    def _decide(self, plan_id: int, word: str, reply: str) -> Turn:
        with self.lock:
            plan = self.waiting.pop(plan_id, None)
            if plan is None:
                raise HubError(f"There is no plan {plan_id}.")
            self.decided.append((plan_id, word))
            state = "executed" if word == "approve" else "rejected"
            self.laid[plan_id] = plan.model_copy(update={"state": state})
            turn = Turn(
                id=str(uuid.uuid4()), conversation=plan.conversation or "", say=f"/{word} {plan_id}", reply=reply,
                decided_by="slash",
            )  # fmt: skip
            self.stored.setdefault(plan.conversation or "", []).append(turn)
            return turn

    def conversations(self, limit: int = 50) -> list[ConversationView]:
        with self.lock:
            return [
                ConversationView(id=one, title=turns[0].say[:80], updated_at="2026-04-01T09:00:00+02:00")
                for one, turns in reversed(self.stored.items())
            ][:limit]

    def turns(self, conversation_id: str) -> list[Turn]:
        with self.lock:
            return list(self.stored.get(conversation_id, []))

    def delete_conversation(self, conversation_id: str) -> None:
        with self.lock:
            self.stored.pop(conversation_id, None)


@dataclass(frozen=True)
class ScriptedChat:
    """`hub.views.chat` of a scripted hub."""

    hub: ScriptedHub

    def sheets(self, conversation: str | None = None) -> list[PlanSheet]:
        return [PlanSheet(id=plan.id, tool=plan.tool, text=plan.text) for plan in self.hub.plans(conversation)]

    def last_change(self, conversation: str) -> None:
        return None

    def complete(self, text: str) -> Completion:
        return Completion()

    def find(self, query: str) -> list[FoundConversation]:
        talks = self.hub.conversations()
        return [FoundConversation(id=one.id, title=one.title, part="") for one in talks if query in one.title]

    def rename(self, conversation: str, title: str) -> None:
        raise HubError("A scripted hub keeps no names.")


@dataclass(frozen=True)
class ScriptedViews:
    chat: ScriptedChat


def created(name: str = "Bloom") -> Call:
    """A call as the model fills it: two arguments with the words that they rest on."""
    return Call(
        tool="create_campaign",
        arguments={"name": name, "type": "email", "budget": 5000.0},
        rests_on={
            "name": Evidence(words=name, start=32, end=37),
            "budget": Evidence(words="5000 dollar budget", start=45, end=63),
        },
        result={"id": 1, "name": name},
        text=f"Created the campaign **{name}**.",
    )


def deletion(name: str = "Bloom") -> Call:
    return Call(tool="delete_campaign", arguments={"campaign": name}, rests_on={"campaign": Evidence(words=name)})
