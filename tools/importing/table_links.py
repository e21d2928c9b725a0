"""Which lead is which row of a connected table, and whose change of a status counts.

What changed since the last import wins: the table's status is taken where it changed there, and kept here where it
changed only here. Where both changed, the later change wins (the table's, where it does not tell when).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Engine, select, update

from memory.enums import LeadStatus
from memory.lead_sources import LeadSource, keep_link, links_behind, links_of_rows
from tools.core.context import Context
from tools.importing.importing import Tally, checked
from tools.importing.rows import LeadRow, Reading, status_of


@dataclass
class Highest:
    """The highest value of the cursor column that was read, in ISO 8601; the next import begins with it."""

    value: str | None


class TableLinks:
    """Follows one import from a connected table."""

    def __init__(
        self, ctx: Context, source_id: int, key_column: str, cursor: Column[Any] | None, highest: Highest
    ) -> None:
        self.ctx = ctx
        self.source_id = source_id
        self.key_column = key_column
        self.cursor_column = cursor.name if cursor is not None else None
        self.highest = highest
        #: When each row of the chunk changed over there, and the status it has there.
        self._changed: dict[str, str] = {}
        self._status: dict[str, LeadStatus | None] = {}

    def keyed(self, rows: Iterator[dict[str, str]], how: Reading, tally: Tally) -> Iterator[LeadRow]:
        """The rows that can be taken, each with its key."""
        for values in rows:
            key = values.get(self.key_column, "")
            for row in checked([(f"row {key or '?'}", values)], how, tally):
                row.key = (key or row.email)[:200]
                changed = values.get(self.cursor_column, "") if self.cursor_column else ""
                self._changed[row.key] = "" if changed.isdigit() else changed  # a number tells no moment
                yield row

    def before(self, rows: Sequence[LeadRow]) -> None:
        """Leave out the statuses that did not change over there, or changed here later."""
        known = links_of_rows(self.ctx.session, self.source_id, [row.key or "" for row in rows])
        for row in rows:
            self._status[row.email] = row.status
            if row.status is None or row.key not in known:
                continue
            link, lead = known[row.key]
            changed_here = lead.status != link.table_status
            if row.status == link.table_status or (changed_here and self._later_here(row, lead.status_changed_at)):
                row.status = None

    def after(self, rows: Sequence[LeadRow], ids: dict[str, int]) -> None:
        """Keep which row each lead is, and how far was read."""
        for row in rows:
            keep_link(self.ctx.session, self.source_id, ids[row.email], row.key or row.email, self._status[row.email])
        source = self.ctx.session.get_one(LeadSource, self.source_id)
        source.cursor, source.cursor_column = self.highest.value, self.cursor_column
        self._changed.clear()
        self._status.clear()

    def _later_here(self, row: LeadRow, here: datetime | None) -> bool:
        there = self._changed.get(row.key or "", "")
        if not there or here is None:
            return False
        moment = datetime.fromisoformat(there)
        return here > (moment if moment.tzinfo else moment.replace(tzinfo=self.ctx.clock.zone))


def write_back(ctx: Context, source_id: int, engine: Engine, key: Column[Any], status: Column[Any]) -> int:
    """Write the statuses that changed here into the table, each in the table's own word for it; returns how many.

    A row whose status was changed over there in the meantime is left alone: the next import takes it.
    """
    behind = links_behind(ctx.session, source_id)
    if not behind:
        return 0
    done = 0
    with engine.begin() as connection:
        used = [str(word) for (word,) in connection.execute(select(status).distinct().limit(200)) if word is not None]
        words = {found: word for word in sorted(used, reverse=True) if (found := status_of(word)) is not None}
        capital = bool(used) and all(word[:1].isupper() for word in used)
        meant: dict[LeadStatus | None, list[str]] = {}
        for word in used:
            meant.setdefault(status_of(word), []).append(word)
        for link, lead in behind:
            still = status.in_(meant.get(link.table_status, []))
            own = lead.status.value.capitalize() if capital else lead.status.value
            wanted = update(key.table).where(_same(key, link.row_key), still)
            if connection.execute(wanted.values({status.name: words.get(lead.status, own)})).rowcount:
                link.table_status = lead.status
                done += 1
    return done


def _same(key: Column[Any], text: str) -> Any:
    """The row of this key, whatever the column's type (numbers and uuids are kept as text here)."""
    kind = key.type.python_type
    return key == (kind(text) if kind is not str else text)
