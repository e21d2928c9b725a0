"""An import from beginning to end: find the source, match its columns, check each row, store them, tell what happened."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from memory.database import begin_write
from memory.kept import without_secrets
from tools.core.context import Context
from tools.core.errors import BadInput, Stopped
from tools.importing.cards import MOST_KEPT, BadRow, LeadImport
from tools.importing.mapping import guess_mapping
from tools.importing.rows import BadValue, LeadRow, Reading, day_first, read_row
from tools.importing.storing import CHUNK, Stored, store_rows
from tools.importing.table_file import TableFile, open_table
from tools.knowing.files import find_source
from tools.show import count, listing

SAMPLE = 200
#: Chunks of rows that are committed together.
COMMIT_EVERY = 5


class Links(Protocol):
    """Follows the rows of a connected table: called with each chunk before and after it is stored."""

    def before(self, rows: Sequence[LeadRow]) -> None: ...

    def after(self, rows: Sequence[LeadRow], ids: dict[str, int]) -> None: ...


@dataclass
class Tally:
    """What was read so far: bad rows with reasons, repeated addresses, statuses that nobody knows."""

    read: int = 0
    duplicates: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    unknown_statuses: Counter[str] = field(default_factory=Counter)
    stored: Stored = field(default_factory=Stored)

    def refuse(self, where: str, reason: str) -> None:
        self.bad += 1
        if len(self.bad_rows) < MOST_KEPT:
            self.bad_rows.append(BadRow(where=where, reason=reason))

    def notes(self) -> list[str]:
        """What a person should know about how rows were taken."""
        notes = []
        if self.unknown_statuses:
            named = listing(f"“{word}”" for word, _ in self.unknown_statuses.most_common(5))
            rows = count(sum(self.unknown_statuses.values()), "row").capitalize()
            notes.append(
                f"{rows} had a status that is none of ours ({named}); it is kept as the custom field “status”."
            )
        if self.stored.kept_withdrawn:
            amount = count(self.stored.kept_withdrawn, "consent")
            notes.append(f"{amount.capitalize()} in the source had been withdrawn here, and stays withdrawn.")
        if self.stored.kept_status:
            leads = count(self.stored.kept_status, "lead").capitalize()
            notes.append(f"{leads} kept the status had here, which is further on than the source's.")
        return notes


def import_source(ctx: Context, source: str) -> LeadImport:
    """Import a file of the import folder, or a table of another database. Raises HubError where nothing can be read."""
    wanted = source.strip().strip("\"'`“”<>").strip()
    if wanted.lower().startswith(("postgres://", "postgresql://")):
        from tools.importing.other_database import import_table  # its driver is loaded only where it is asked for

        return import_table(ctx, wanted)
    if re.match(r"(?i)[a-z][a-z0-9+.-]*://|www\.", wanted):
        where = f" into {ctx.import_folders[0]}" if ctx.import_folders else ""
        raise BadInput(
            f"“{without_secrets(wanted)[:80]}” is a web address. Download the list as CSV{where} and import it by its name; of databases, "
            "PostgreSQL (postgres://…) can be read directly.",
            "source",
        )
    return import_file(ctx, wanted)


@dataclass(frozen=True)
class Opened:
    """A file's table, its first rows, and how its columns are matched by themselves."""

    table: TableFile
    sample: list[dict[str, str]]
    mapping: dict[str, str]


def open_source(ctx: Context, source: str) -> Opened:
    """The table of a file in the import folder. Raises HubError where there is none or it cannot be read."""
    table = open_table(find_source(without_secrets(source), ctx.import_folders))
    sample = [values for _, values in islice(table.rows(), SAMPLE) if not isinstance(values, str)]
    mapping = guess_mapping(table.columns, sample)
    table.check()
    return Opened(table, sample, mapping)


def import_file(ctx: Context, source: str, matched: dict[str, str] | None = None) -> LeadImport:
    """Import a file of the import folder; `matched` ({column: field}) stands in for the guess."""
    # Reading a large file takes a while: nobody should wait for the database meanwhile.
    ctx.session.commit()
    try:
        opened = open_source(ctx, source)
    finally:
        begin_write(ctx.session)
    table, sample = opened.table, opened.sample
    mapping = opened.mapping if matched is None else matched
    if unknown := [column for column in mapping if column not in table.columns]:
        raise BadInput(f"{table.name} has no column “{unknown[0][:60]}”.", "mapping")
    if "email" not in mapping.values():
        raise BadInput(
            f"No column of {table.name} holds email addresses (there is {listing(table.columns[:8])}). Name one “email”.",
            "source",
        )
    how = reading_of(ctx, sample, mapping)
    tally = Tally()
    store_all(ctx, checked(table.rows(), how, tally), table.name, tally)
    if not tally.read and tally.bad:
        first = tally.bad_rows[0]
        raise BadInput(
            f"No row of {table.name} can be imported; the first: {first.where}, {first.reason}. Nothing was changed.",
            "source",
        )
    return result(table.name, mapping, tally, table.notes)


def reading_of(ctx: Context, sample: Sequence[dict[str, str]], mapping: dict[str, str]) -> Reading:
    """How the values of a table are read, judged by its first rows."""
    moments = [column for column, name in mapping.items() if name.endswith("_at")]
    dated = [values.get(column, "") for values in sample for column in moments]
    return Reading(mapping, ctx.clock.zone, ctx.now, day_first(dated))


def store_all(
    ctx: Context,
    rows: Iterable[LeadRow],
    source: str,
    tally: Tally,
    *,
    links: Links | None = None,
) -> None:
    """Store checked rows, a chunk at a time; an address that comes again in the same source is merged.

    Every few chunks are committed, so that others can write meanwhile; an import that is broken off is simply made
    again, since what is known already is not added twice. Raises Stopped, with what stays, where the person ended it.
    """
    seen: set[str] = set()
    chunk: dict[str, LeadRow] = {}
    repeated: set[str] = set()
    chunks = kept = 0

    def flush() -> None:
        nonlocal chunks, kept
        held = list(chunk.values())
        if links is not None:
            links.before(held)
        store_rows(ctx.session, held, ctx.now, source, tally.stored, follow=links is not None, repeated=repeated)
        if links is not None:
            links.after(held, tally.stored.ids)
        chunk.clear()
        repeated.clear()
        ctx.session.flush()
        ctx.session.expunge_all()
        chunks += 1
        if chunks % COMMIT_EVERY == 0:
            ctx.session.commit()
            begin_write(ctx.session)
            kept = tally.read
        try:
            ctx.tell(f"{count(tally.read, 'row')} read, {count(tally.stored.added, 'lead')} added so far …")
        except Stopped as stopped:
            raise Stopped(_left(kept)) from stopped

    for row in rows:
        tally.read += 1
        if row.unknown_status:
            tally.unknown_statuses[row.unknown_status[:40]] += 1
        if row.email in seen:
            tally.duplicates += 1
        if row.email in chunk:
            chunk[row.email].merge(row)
        else:
            if row.email in seen:
                repeated.add(row.email)
            chunk[row.email] = row
        seen.add(row.email)
        if len(chunk) >= CHUNK:
            flush()
    if chunk:
        flush()


def _left(kept: int) -> str:
    """What stays of an import that was stopped after so many rows were committed."""
    if not kept:
        return "Stopped. Nothing was imported."
    return f"Stopped: the first {count(kept, 'row')} are imported and stay. Import it again for the rest; nothing is added twice."


def result(source: str, mapping: dict[str, str], tally: Tally, notes: Iterable[str]) -> LeadImport:
    """The import as it is told."""
    return LeadImport(
        source=source,
        read=tally.read,
        added=tally.stored.added,
        updated=tally.stored.updated,
        unchanged=tally.stored.unchanged,
        duplicates=tally.duplicates,
        bad=tally.bad,
        bad_rows=tuple(tally.bad_rows),
        mapping={column: name.replace("_", " ") if "." not in name else name for column, name in mapping.items()},
        notes=(*notes, *tally.notes()),
    )


def checked(records: Iterable[tuple[str, dict[str, str] | str]], how: Reading, tally: Tally) -> Iterable[LeadRow]:
    """The rows that can be taken; the others are refused with their reason."""
    for where, values in records:
        if isinstance(values, str):
            tally.refuse(where, values)
            continue
        try:
            yield read_row(where, values, how)
        except BadValue as error:
            tally.refuse(where, str(error))
