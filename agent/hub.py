"""The hub: the one place where the house is put together, and what every surface speaks to."""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from types import TracebackType
from typing import Any, Literal, overload

from agent import slash, undoing
from agent.access import Access
from agent.building import build_matcher, open_saver
from agent.correcting import Correcting
from agent.graph import TurnState
from agent.house import House
from agent.learning import LearnedSentence, Learning
from agent.liveness import Liveness
from agent.models.startup import Models, Progress
from agent.models.writer import ModelWriter
from agent.routing import choosing
from agent.routing.matcher import Matcher
from agent.routing.splitting import order_words
from agent.routing.vocabulary import spoken_words
from agent.settings import Settings
from agent.turn import ConversationView, Event, Finished, Health, PlanView, Text, Turn
from agent.turns import Turns, last, view
from agent.understand import Understanding
from agent.views import Views
from memory import conversations as talks
from memory.plans import Plan, waiting_plans
from tools.core.context import Asker, Clock, Page
from tools.core.declare import Tool
from tools.core.door import Origin, Outcome
from tools.core.errors import HubError, NotFound
from tools.core.records import NOUNS
from tools.core.result import RecordLink

log = logging.getLogger(__name__)


class Hub(House):
    """A running house, opened by `open_hub`. Its methods may be called from any thread; close it, or use it as a context
    manager. `own_models`: the models are closed with it."""

    def __init__(
        self,
        settings: Settings,
        models: Models,
        *,
        own_models: bool = False,
        clock: Clock | None = None,
        matcher: Callable[[], Matcher] | None = None,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(settings, clock=clock)
        self._own_models = own_models
        self._progress = progress
        self._alive = Liveness(settings.home / "running")
        self._matcher_given = matcher
        self._matcher_lock = threading.Lock()
        self.models = models
        self.learning = Learning(self.door, self.database, self.matcher)
        self.understanding = Understanding(self.door, self.learning.matcher, lambda: self.models.chat)
        self._saver, self._close_saver = open_saver(settings)
        correcting = Correcting(self.learning, self.door.tools)
        self._turns = Turns(self.door, self.understanding, self._writer, self._saver, self._alive, correcting)
        if own_models:
            models.read_ahead((choosing.head(self.door.tools),))
        if matcher is None:
            threading.Thread(target=self.warm_up, name="matcher", daemon=True).start()
        threading.Thread(target=self._warm_index, name="index-warm", daemon=True).start()
        self._turns.recover()

    # -- asking ------------------------------------------------------------------------------------------------------

    @overload
    def ask(self, text: str, *, conversation: str | None = None, person: str | None = None, surface: str = "python",
            stream: Literal[False] = False) -> Turn: ...  # fmt: skip
    @overload
    def ask(self, text: str, *, conversation: str | None = None, person: str | None = None, surface: str = "python",
            stream: Literal[True]) -> Iterator[Event]: ...  # fmt: skip
    def ask(
        self, text: str, *, conversation: str | None = None, person: str | None = None, surface: str = "python",
        stream: bool = False,
    ) -> Turn | Iterator[Event]:  # fmt: skip
        """Say something; returns the finished turn, or with `stream` its events as they happen (see `stream`)."""
        events = self.stream(text, conversation=conversation, person=person, surface=surface)
        return events if stream else last(events)

    def stream(
        self, text: str, *, conversation: str | None = None, person: str | None = None, surface: str = "python"
    ) -> Iterator[Event]:
        """Say something and follow the turn: steps, pieces of text, at last `Finished`.

        `conversation` is the id of one to go on with; a new one is begun without it. Closing the iterator stops the turn.
        """
        person = person or self.settings.person
        decision = _decision(text)
        if decision is not None:
            yield from self._decide_by_command(decision, conversation, person, surface)
            return
        undo = undoing.undo_command(text)
        if undo is not None:
            undone = undoing.undo(self._turns, self.door, text, undo[0], conversation, person, surface)
            yield from (Text(text=undone.reply), Finished(turn=undone))
            return
        turn = self._turns.begin(text, conversation, person)
        start: TurnState = {
            "message": text, "turn": turn.id, "conversation": turn.conversation_id, "person": person,
            "surface": surface, "calls": [], "replies": [], "decisions": [],
        }  # fmt: skip
        yield from self._turns.run(turn, start)

    def call(self, tool: str, /, **arguments: Any) -> Outcome:
        """Call a tool from Python. A gated one gives a plan that waits (`outcome.waiting`). Raises HubError."""
        return self.door.call(tool, arguments, Origin(Asker(self.settings.person, "python")), writer=self._writer())

    def call_as(
        self, tool: str, arguments: dict[str, Any], *, person: str | None = None, surface: str,
        call_id: str | None = None, page: Page | None = None, exact: bool = False,
        on_text: Callable[[str], None] | None = None, on_progress: Callable[[str], None] | None = None,
    ) -> Outcome:  # fmt: skip
        """Call a tool for a surface (cli, http, ...). Raises HubError.

        Under a `call_id` it is carried out once, however often it is called; `page` says which rows of a list; `exact`
        arguments come from a program and must be of their declared types. `on_text` is given what the model writes while
        it writes, `on_progress` how far a long call is, in words; where one raises Stopped, the call ends, and the error
        says what of it stays.
        """
        asker = Asker(person or self.settings.person, surface)
        origin = Origin(asker, call_id=call_id, page=page, exact=exact, tell=on_progress)
        writer = self._writer()
        if writer is not None and on_text is not None:
            writer = writer.showing(on_text)
        return self.door.call(tool, arguments, origin, writer=writer)

    @cached_property
    def access(self) -> Access:
        """Who may use the HTTP API."""
        return Access(self.door)

    @cached_property
    def views(self) -> Views:
        """What pages show that no tool tells: see `agent.views`."""
        return Views(self.door, self.mail, self.settings)

    # -- the gate ----------------------------------------------------------------------------------------------------

    def approve(self, plan: int, *, person: str | None = None, surface: str = "python") -> Turn:
        """A person's yes to a plan: it is carried out, once. Returns the turn that says so.

        Raises NotFound where there is no such plan; any other refusal is in the turn's reply.
        """
        return self._turns.decide(plan, True, person or self.settings.person, surface)

    def reject(self, plan: int, *, person: str | None = None, surface: str = "python") -> Turn:
        """A person's no to a plan: it is closed, and nothing happens."""
        return self._turns.decide(plan, False, person or self.settings.person, surface)

    def plans(self, conversation: str | None = None) -> list[PlanView]:
        """The plans that wait, oldest first; of one conversation, or all."""
        with self.database.session() as session:
            return [self._plan_view(plan) for plan in waiting_plans(session, conversation)]

    def plan(self, plan_id: int) -> PlanView:
        """One plan, whatever became of it. Raises NotFound."""
        with self.database.session() as session:
            plan = session.get(Plan, plan_id)
            if plan is None:
                raise NotFound(f"There is no plan {plan_id}.", "plan")
            return self._plan_view(plan)

    # -- learning ----------------------------------------------------------------------------------------------------

    def learn(self, sentence: str, tool: str, *, person: str | None = None) -> LearnedSentence:
        """Keep a sentence as the house's own example of a tool; it counts at once, in every process of the house.

        Raises NotFound (no such tool), BadInput (nothing to learn from), Conflict (too many are kept already).
        """
        return self.learning.learn(sentence, tool, person or self.settings.person)

    def learned(self) -> list[LearnedSentence]:
        """The house's own example sentences, the oldest first."""
        return self.learning.learned()

    def unlearn(self, number: int) -> LearnedSentence:
        """Remove one of them; returns what it was. Raises NotFound."""
        return self.learning.unlearn(number)

    # -- looking back ------------------------------------------------------------------------------------------------

    def conversations(self, limit: int = 50) -> list[ConversationView]:
        """Conversations, the one spoken in last first."""
        with self.database.session() as session:
            found = talks.recent_conversations(session, limit=limit)
            return [
                ConversationView(
                    id=c.id, title=c.title or "", updated_at=c.updated_at.astimezone(self.door.clock.zone).isoformat()
                )
                for c in found
            ]

    def turns(self, conversation: str) -> list[Turn]:
        """A conversation's turns in order, also those that are still under way."""
        with self.database.session() as session:
            return [view(turn) for turn in talks.turns_of(session, conversation)]

    def delete_conversation(self, conversation: str) -> None:
        """Forget a conversation; what it did stays, and stands in the audit log."""
        with self.database.session(write=True) as session:
            found = session.get(talks.Conversation, conversation)
            if found is not None:
                for turn in talks.turns_of(session, conversation):
                    self._saver.delete_thread(turn.id)
                    session.delete(turn)
                session.flush()
                session.delete(found)

    def records(self, noun: str) -> list[RecordLink]:
        """The records of a noun, for completion menus."""
        if noun not in NOUNS:
            raise NotFound(f"There is no kind of record called {noun}.", "noun")
        with self.database.session() as session:
            return [RecordLink(noun=noun, id=name.id, name=name.name) for name in NOUNS[noun].names(session, None)]

    def examples(self) -> list[str]:
        """A few sentences to begin with."""
        return [
            "Create an email campaign called Bloom with a 5000 dollar budget",
            "What campaigns do we have?",
            "Write a friendly email to our regulars about the summer menu",
            "What are our customers complaining about?",
        ]

    # -- the house itself --------------------------------------------------------------------------------------------

    @property
    def tools(self) -> dict[str, Tool]:
        """Every tool by its name."""
        return self.door.tools

    def matcher(self) -> Matcher:
        """The matcher, built at its first use (about a second)."""
        if self._matcher_given is not None:
            return self._matcher_given()
        with self._matcher_lock:
            return self._built_matcher

    @cached_property
    def _built_matcher(self) -> Matcher:
        return build_matcher(tuple(self.tools), self.settings.model_cache, self._progress)

    def warm_up(self) -> None:
        """Have ready what the first message would wait for: the matcher, its sentence model, the examples' verbs and the
        words that slips are compared with."""
        self.matcher().rank("Hello")
        order_words()
        spoken_words()

    def wait_for_model(self, timeout: float | None = None) -> bool:
        """Wait until it is settled whether there is a model; whether there is one."""
        return self.models.wait(timeout)

    def health(self) -> list[Health]:
        """How each part is: see `agent.health`."""
        from agent.health import examine

        return examine(self)

    def reindex(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Rebuild the search index from the database; the number of entries."""
        return self.index.rebuild(progress)

    def close(self) -> None:
        """Let go of everything. Turns under way are taken up at the next start."""
        if self._own_models:
            self.models.close()
        self._close_saver()
        self._alive.close()
        super().close()

    def __enter__(self) -> "Hub":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _warm_index(self) -> None:
        """Load what the first search needs, so that nobody waits for it."""
        try:
            self.index.warm_up()
        except Exception:
            # Searching itself copes with a broken index and says so; here it is only noted.
            log.warning("the search index could not be warmed", exc_info=True)

    def _writer(self) -> ModelWriter | None:
        chat = self.models.chat
        return ModelWriter(chat) if chat else None

    def _decide_by_command(
        self, decision: tuple[bool, int | None], conversation: str | None, person: str, surface: str
    ) -> Iterator[Event]:
        """`/approve` and `/reject`, with or without a number."""
        approve, plan = decision
        try:
            if plan is None:
                waiting = self.plans(conversation) if conversation else self.plans()
                if len(waiting) != 1:
                    raise NotFound(_which_plan(waiting, approve), "plan")
                plan = waiting[0].id
            turn = self._turns.decide(plan, approve, person, surface, conversation)
        except HubError as error:
            stored = self._turns.begin(
                f"/{'approve' if approve else 'reject'} {plan or ''}".strip(), conversation, person
            )
            turn = self._turns.finish(stored, {"replies": [error.sentence], "decided_by": "slash"}, 0.0)
        yield Text(text=turn.reply)
        yield Finished(turn=turn)

    def _plan_view(self, plan: Plan) -> PlanView:
        return PlanView(
            id=plan.id, tool=plan.tool, arguments=plan.arguments, preview=plan.preview, text=plan.text,
            state=plan.state, conversation=plan.conversation_id, asked_by=plan.asked_by,
            asked_at=plan.created_at.astimezone(self.door.clock.zone).isoformat(),
            fingerprint=plan.fingerprint, replaced_by=plan.superseded_by, decided_by=plan.decided_by,
        )  # fmt: skip


def _decision(text: str) -> tuple[bool, int | None] | None:
    if not slash.is_slash(text):
        return None
    found = slash.decision(text)
    return (found.approve, found.plan) if found else None


def _which_plan(waiting: list[PlanView], approve: bool) -> str:
    if not waiting:
        return "No plan is waiting."
    word = "approve" if approve else "reject"
    return f"{len(waiting)} plans wait: " + ", ".join(f"`/{word} {plan.id}` ({plan.tool})" for plan in waiting) + "."
