"""Taking back what one call changed, as a call of its own: checked, logged, and refused where something came after it."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from memory.audit import AuditEntry
from memory.changes import change_for_update, changed_since, put_back, used_since
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import Conflict, NotFound
from tools.core.result import Result
from tools.quoting import inert
from tools.show import moment, shorten, words

#: What the records of a table are called.
CALLED = {
    "ab_tests": "A/B test", "campaigns": "campaign", "drafts": "draft", "email_campaigns": "mailing", "knowledge": "article",
    "leads": "lead", "segments": "segment", "social_posts": "post", "templates": "template", "workflows": "workflow",
}  # fmt: skip


class ChangeUndone(Result):
    """A call that was taken back: `tool` and `sentence` are its own, `undone` the audit log's number of it."""

    undone: int
    tool: str
    sentence: str

    @property
    def text(self) -> str:
        return f"Undone: {words(self.tool)}. It is as it was before “{inert(shorten(self.sentence, 120))}”."


@tool(effect="write", route="POST /changes/{change}/undo", form=True)
def undo_change(ctx: Context, change: int) -> ChangeUndone:
    """Undo what one call changed, unless something of it was changed or used since.

    Args:
        change: The number of the call in the audit log.
    """
    entry = ctx.session.get(AuditEntry, change)
    if entry is None:
        raise NotFound(f"There is no call {change}.", "change")
    stored = change_for_update(ctx.session, change)
    if stored is None:
        raise Conflict(
            f"“{words(entry.tool)}” cannot be undone: what was there before is not kept. Change it by hand instead."
        )
    if stored.undone_at is not None:
        raise Conflict(f"This was undone already ({moment(stored.undone_at.astimezone(ctx.clock.zone))}).")
    touched = changed_since(ctx.session, stored.rows)
    if touched is not None:
        raise Conflict(
            f"This cannot be undone: the {_called(touched['table'])} was changed since. Nothing was done; change it by hand."
        )
    using = used_since(ctx.session, stored.rows)
    if using is not None:
        made = next(row["table"] for row in stored.rows if row["before"] is None)
        raise Conflict(
            f"This cannot be undone: the {_called(made)} is in use by now ({using.replace('_', ' ')}). Nothing was done."
        )
    try:
        put_back(ctx.session, stored.rows, ctx.now)
        stored.undone_at = ctx.now
        ctx.session.flush()
    except IntegrityError as error:
        ctx.session.rollback()
        raise Conflict("This cannot be undone: something else rests on it by now. Nothing was done.") from error
    return ChangeUndone(
        undone=change, tool=entry.tool, sentence=entry.sentence.splitlines()[0] if entry.sentence else ""
    )


def _called(table: str) -> str:
    return CALLED.get(table, "record")
