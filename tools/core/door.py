"""The one door through which every tool is called, by every surface: arguments, transaction, gate, audit log."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from memory.audit import AuditEntry, entry_of_call
from memory.changes import Change, recording
from memory.collisions import is_collision
from memory.database import Database, begin_write
from memory.index import SearchIndex
from memory.kept import kept
from memory.plans import Plan
from tools.core import gate
from tools.core.arguments import check_arguments
from tools.core.context import Asker, Clock, Context, MailLimits, Page, Writer
from tools.core.declare import Tool
from tools.core.errors import Conflict, HubError, NotFound
from tools.core.exact import check_exactly
from tools.core.reads import ReadsLog, row_of
from tools.core.result import Result
from tools.show import shorten

log = logging.getLogger(__name__)
Made = TypeVar("Made")

#: How often a call is begun anew where somebody else stored something meanwhile that it collides with.
ATTEMPTS = 10
#: Characters of a read's answer that the audit log keeps.
LONGEST_READ = 300


@dataclass(frozen=True)
class Outcome:
    """How a call ended: with a result, or with a plan that waits at the gate (then `result` is the plan's preview)."""

    tool: str
    arguments: dict[str, Any]
    result: Result
    plan_id: int | None = None

    @property
    def waiting(self) -> bool:
        return self.plan_id is not None

    @property
    def text(self) -> str:
        return gate.ask_text(self.plan_id, self.result) if self.plan_id is not None else self.result.text


@dataclass(frozen=True)
class Origin:
    """Where a call comes from. `call_id` makes it repeatable: the same call after a crash is not made twice; `page` is
    the part of a long list that the caller wants. `exact` arguments come from a program: see tools.core.exact; `tell` is told how far
    a long call is (see Context)."""

    asker: Asker = field(default_factory=Asker)
    conversation_id: str | None = None
    turn_id: str | None = None
    call_id: str | None = None
    page: Page | None = None
    exact: bool = False
    tell: Callable[[str], None] | None = None


class Door:
    """Calls tools. One for the whole house; safe to use from many threads."""

    def __init__(
        self,
        tools: dict[str, Tool],
        database: Database,
        index: SearchIndex,
        clock: Clock,
        *,
        writer: Writer | None = None,
        currency: str = "EUR",
        country: str | None = None,
        import_folders: tuple[Path, ...] = (),
        mail_server: str | None = None,
        mail_obstacle: str | None = None,
        mail_limits: MailLimits | None = None,
        files: Path | None = None,
        form_tools: dict[str, Tool] | None = None,
    ) -> None:
        self.tools = tools
        self.form_tools = form_tools or {}
        self.database = database
        self.index = index
        self.clock = clock
        self.writer = writer
        self.currency = currency
        self.country = country
        self.import_folders = import_folders
        self.mail_server = mail_server
        self.mail_obstacle = mail_obstacle
        self.mail_limits = mail_limits or MailLimits()
        self.files = files
        self.reads = ReadsLog(database)

    def tool(self, name: str) -> Tool:
        """The tool of this name. Raises NotFound, with the nearest name."""
        try:
            return self.tools.get(name) or self.form_tools[name]
        except KeyError:
            near = get_close_matches(name, self.tools, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise NotFound(f"There is no tool called {name}.{hint}", "tool") from None

    def call(
        self, name: str, arguments: dict[str, Any], origin: Origin | None = None, *, writer: Writer | None = None
    ) -> Outcome:
        """Call a tool by its name. A gated tool is not carried out: the outcome holds the plan that waits.

        `writer` stands in for the house's own where the caller wants to follow what it writes.
        Raises HubError for what a person can mend (it is logged as refused); anything else is a bug and propagates.
        """
        tool, origin = self.tool(name), origin or Origin()
        try:
            if origin.exact:
                check_exactly(tool, arguments)
            checked = check_arguments(tool, arguments, self.clock.zone)
            return _anew(lambda: self._call(tool, checked, origin, writer))
        except StaleDataError as error:
            conflict = Conflict("Somebody else changed this record at the same moment. Look at it again, then retry.")
            self._refused(tool, arguments, origin, conflict)
            raise conflict from error
        except HubError as error:
            self._refused(tool, arguments, origin, error)
            raise

    def approve(self, plan_id: int, origin: Origin | None = None) -> Outcome:
        """A person's yes: carries out exactly the plan that was shown, once, however often it is approved.

        Raises NotFound, NotAllowed, Conflict (rejected or replaced already), PlanChanged (a new plan waits instead).
        """
        return _anew(lambda: self._approve(plan_id, origin or Origin()))

    def _call(self, tool: Tool, checked: dict[str, Any], origin: Origin, writer: Writer | None) -> Outcome:
        with self._context(tool, origin, writer) as ctx:
            return self._repeated(ctx, tool) or self._carry_out(ctx, tool, checked)

    def _approve(self, plan_id: int, origin: Origin) -> Outcome:
        changed: HubError | None = None
        with self.database.session(write=True) as session:
            plan = gate.plan_to_decide(session, plan_id, origin.asker)
            tool = self.tool(plan.tool)
            ctx = self._make_context(session, replace(origin, conversation_id=plan.conversation_id), None)
            if plan.result is not None:
                return Outcome(tool.name, plan.arguments, tool.result_type.model_validate(plan.result))
            checked = check_arguments(tool, plan.arguments, self.clock.zone)
            changed = gate.recheck(ctx, tool, checked, plan)
            if changed is None:
                result = tool.function(ctx, **checked)
                gate.mark_executed(ctx, plan, result)
                _log(ctx.session, row_of(ctx, tool, plan.arguments, "approved", result.text, result, plan))
                return Outcome(tool.name, plan.arguments, result)
        raise changed

    def reject(self, plan_id: int, origin: Origin | None = None) -> Plan:
        """A person's no: the plan is closed and nothing happens. Rejecting twice is no error."""
        origin = origin or Origin()
        with self.database.session(write=True) as session:
            plan = gate.plan_to_decide(session, plan_id, origin.asker)
            ctx = self._make_context(session, replace(origin, conversation_id=plan.conversation_id), None)
            if gate.mark_rejected(ctx, plan):
                said = f"Plan {plan.id} rejected."
                _log(ctx.session, row_of(ctx, self.tool(plan.tool), plan.arguments, "rejected", said, plan=plan))
            return plan

    def amend(self, plan_id: int, arguments: dict[str, Any], origin: Origin | None = None) -> Outcome:
        """A waiting plan laid anew with other arguments; the new plan stands in its place, and still nothing happens.

        Raises NotFound, NotAllowed, Conflict (it is decided already), or what is wrong with the arguments.
        """
        origin = origin or Origin()
        try:
            return _anew(lambda: self._amend(plan_id, arguments, origin))
        except HubError as error:
            with self.database.session() as session:
                plan = session.get(Plan, plan_id)
            if plan is not None:
                self._refused(self.tool(plan.tool), arguments, origin, error)
            raise

    def _amend(self, plan_id: int, arguments: dict[str, Any], origin: Origin) -> Outcome:
        with self.database.session(write=True) as session:
            plan = gate.plan_to_amend(session, plan_id, origin.asker)
            tool = self.tool(plan.tool)
            ctx = self._make_context(session, replace(origin, conversation_id=plan.conversation_id), None)
            outcome = self._carry_out(ctx, tool, check_arguments(tool, arguments, self.clock.zone))
            assert outcome.plan_id is not None, "only a gated call has a plan"
            gate.replace_plan(ctx, plan, outcome.plan_id)
            return outcome

    @contextmanager
    def reading(self) -> Iterator[Context]:
        """A context for looking things up outside a call (resolving the records that a sentence names)."""
        with self.database.session() as session:
            yield self._make_context(session, Origin(), None)

    def _carry_out(self, ctx: Context, tool: Tool, checked: dict[str, Any]) -> Outcome:
        arguments = gate.plain(checked)
        if tool.preview is not None:
            preview = tool.preview(ctx, **checked)
            plan = gate.make_plan(ctx, tool, arguments, preview)
            _log(ctx.session, row_of(ctx, tool, arguments, "planned", plan.text, preview, plan))
            return Outcome(tool.name, arguments, preview, plan.id)
        if tool.effect == "write":
            return self._write(ctx, tool, arguments, checked)
        result = tool.function(ctx, **checked)
        if tool.effect == "read":
            self._log_read(ctx, tool, arguments, result)
        else:
            _log(ctx.session, row_of(ctx, tool, arguments, "done", result.text, result))
        return Outcome(tool.name, kept(arguments), result)

    def _write(self, ctx: Context, tool: Tool, arguments: dict[str, Any], checked: dict[str, Any]) -> Outcome:
        """Call a tool that changes records, and keep what was there before where it can be put back."""
        with recording(ctx.session) as changes:
            result = tool.function(ctx, **checked)
        entry = _log(ctx.session, row_of(ctx, tool, arguments, "done", result.text, result))
        if changes.reversible:
            ctx.session.flush()
            ctx.session.add(Change(id=entry.id, rows=changes.rows))
        return Outcome(tool.name, kept(arguments), result)

    def _repeated(self, ctx: Context, tool: Tool) -> Outcome | None:
        """The outcome of this very call, where it was made before (its row and its effect were one transaction)."""
        entry = entry_of_call(ctx.session, ctx.call_id) if ctx.call_id else None
        if entry is None or entry.outcome == "refused":
            return None
        if entry.plan_id is not None and tool.preview is not None:
            preview_type = gate.preview_type(tool)
            return Outcome(tool.name, entry.arguments, preview_type.model_validate(entry.result), entry.plan_id)
        return Outcome(tool.name, entry.arguments, tool.result_type.model_validate(entry.result))

    @contextmanager
    def _context(self, tool: Tool, origin: Origin, writer: Writer | None) -> Iterator[Context]:
        with self.database.session(write=tool.effect in ("write", "gated")) as session:
            yield self._make_context(session, origin, writer)

    def _make_context(self, session: Session, origin: Origin, writer: Writer | None) -> Context:
        return Context(
            session=session,
            clock=self.clock,
            asker=origin.asker,
            index=self.index,
            writer=writer or self.writer,
            currency=self.currency,
            country=self.country,
            conversation_id=origin.conversation_id,
            turn_id=origin.turn_id,
            call_id=origin.call_id,
            import_folders=self.import_folders,
            mail_server=self.mail_server,
            mail_obstacle=self.mail_obstacle,
            mail_limits=self.mail_limits,
            files=self.files,
            page=origin.page,
            **({"tell": origin.tell} if origin.tell else {}),
        )

    def _log_read(self, ctx: Context, tool: Tool, arguments: dict[str, Any], result: Result) -> None:
        """What was looked up, and the first words of the answer: the answer itself can be looked up again. It is kept
        whole where somebody asks for it later: of tools that declare so, and where the call may be repeated."""
        whole = result if tool.keeps_answer or ctx.call_id else None
        sentence = shorten(result.text.partition("\n")[0], LONGEST_READ)
        if ctx.call_id is None and ctx.conversation_id is None:
            self.reads.add(row_of(ctx, tool, arguments, "done", sentence, whole, None))
            return
        # The row is a transaction of its own: SQLite lets nobody write on after a read during which somebody else wrote
        # ("database is locked" at once, however long one would wait).
        ctx.session.commit()
        begin_write(ctx.session)
        _log(ctx.session, row_of(ctx, tool, arguments, "done", sentence, whole))

    def _refused(self, tool: Tool, arguments: dict[str, Any], origin: Origin, error: HubError) -> None:
        with self.database.session(write=True) as session:
            ctx = self._make_context(session, origin, None)
            _log(ctx.session, row_of(ctx, tool, gate.plain(arguments), "refused", error.sentence))


def _log(session: Session, row: dict[str, Any]) -> AuditEntry:
    """Write a row of the audit log with what the session writes."""
    entry = AuditEntry(**row)
    session.add(entry)
    return entry


def _anew(work: Callable[[], Made]) -> Made:
    """Do the work, and begin it anew where another's write came between (only PostgreSQL lets two write at once): the
    tool's own check sees that write then, and says so. Its first try was rolled back whole.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except DBAPIError as error:
            if not is_collision(error):
                raise
            if attempt == ATTEMPTS:
                log.exception("a call collided with others %d times", ATTEMPTS)
                raise Conflict("Others were changing the same just now. Look at it again, then retry.") from error
            log.info("a call collided with another's write and is begun anew: %s", error.orig)
    raise AssertionError("unreachable")
