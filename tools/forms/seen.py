"""Two people edit one record: whoever saves second is told what the first one did, and nothing is lost."""

from collections.abc import Sequence

from memory.audit import AuditEntry, last_change_of
from memory.base import Versioned
from tools.core.context import Context
from tools.core.errors import Conflict
from tools.quoting import inert
from tools.show import moment


def check_seen(ctx: Context, record: Versioned, version: int, name: str, tools: Sequence[str], record_id: int) -> None:
    """Raises Conflict where the record is no longer of the version that the form was filled from.

    `tools` are those that change such a record: the newest row of the audit log of one of them says who it was.
    """
    if record.version == version:
        return
    raise Conflict(
        f"“{inert(name)}” was changed meanwhile{_by_whom(ctx, last_change_of(ctx.session, tools, record_id))}. "
        "Nothing of yours is lost: it still stands in the form. Look at what is stored now, then save again."
    )


def _by_whom(ctx: Context, entry: AuditEntry | None) -> str:
    if entry is None:
        return ""
    return f" by {inert(entry.person)} ({moment(entry.at.astimezone(ctx.clock.zone))})"
