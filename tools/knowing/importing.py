"""Taking a file into the knowledge base: read it, leave out what is stored already, store the rest at once."""

from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

from memory.database import begin_write
from memory.enums import KnowledgeKind
from memory.knowledge import article_ids, known_hashes
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.knowing import columns as guessing
from tools.knowing.campaigns import import_campaigns
from tools.knowing.cards import ImportResult, SkippedRow
from tools.knowing.documents import read_document
from tools.knowing.entry import NewItem, content_hash, store
from tools.knowing.files import files_of, find_source, read_bytes
from tools.knowing.rows import Table, read_rows
from tools.show import listing

DOCUMENTS = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx")
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")


@dataclass
class _Read:
    """What one or several files held, each item with the place where it stood."""

    items: list[tuple[str, NewItem]] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_source(ctx: Context, source: str, kind: KnowledgeKind) -> ImportResult:
    """Import a file or a folder of files. Raises HubError where nothing can be read at all."""
    if kind == KnowledgeKind.CAMPAIGN:
        return import_campaigns(ctx, source)
    # Reading a long PDF takes a while: nobody should wait for the database meanwhile.
    ctx.session.commit()
    try:
        path = find_source(source, ctx.import_folders)
        read = _read_all(ctx, path)
    finally:
        begin_write(ctx.session)
    return _store_new(ctx, path.name, kind, read)


def _read_all(ctx: Context, path: Path) -> _Read:
    files = files_of(path, ctx.import_folders, (*DOCUMENTS, *TABLES))
    if path.is_file():
        return _read_one(path, ctx.clock.zone)
    read = _Read()
    for file in files:
        try:
            one = _read_one(file, ctx.clock.zone)
        except BadInput as error:
            read.skipped.append(SkippedRow(where=file.name, reason=error.sentence))
            continue
        read.items += [(f"{file.name}, {where}" if where != file.name else where, item) for where, item in one.items]
        read.skipped += [SkippedRow(where=f"{file.name}, {row.where}", reason=row.reason) for row in one.skipped]
        read.notes += [f"{file.name}: {note}" for note in one.notes]
    return read


def _read_one(path: Path, zone: ZoneInfo) -> _Read:
    ending = path.suffix.lower()
    if ending in TABLES:
        return _from_table(path.name, read_rows(path, read_bytes(path)), zone)
    if ending not in DOCUMENTS:
        endings = listing([each[1:] for each in (*DOCUMENTS, *TABLES)], "or")
        raise BadInput(f"{path.name} is of a kind that cannot be read. Save it as {endings}.", "source")
    title, text, notes = read_document(path, read_bytes(path))
    return _Read([(path.name, NewItem(title, text))], [], notes)


def _from_table(name: str, table: Table, zone: ZoneInfo) -> _Read:
    if not table.rows:
        first = f" ({table.broken[0].where}: {table.broken[0].reason})" if table.broken else ""
        raise BadInput(f"{name} holds no rows that can be read{first}.", "source")
    columns = guessing.guess_columns(table.columns, name)
    values = [row.values.get(columns.date, "") for row in table.rows] if columns.date else []
    day_first, guessed = guessing.days_come_first(values)
    read = _Read(skipped=list(table.broken), notes=[columns.told(), *table.notes])
    if guessed:
        read.notes.append("Dates such as 03/04/2026 could be meant either way; I read them as day/month.")
    for row in table.rows:
        try:
            read.items.append((row.where, guessing.item_of(row, columns, day_first, zone)))
        except ValueError as error:
            read.skipped.append(SkippedRow(where=row.where, reason=str(error)))
    return read


def _store_new(ctx: Context, name: str, kind: KnowledgeKind, read: _Read) -> ImportResult:
    hashes: dict[str, tuple[str, NewItem]] = {}
    for where, item in read.items:
        hashes.setdefault(content_hash(kind, item), (where, item))
    known = _known(ctx, list(hashes))
    taken = article_ids(ctx.session) if kind == KnowledgeKind.ARTICLE else {}
    new: list[NewItem] = []
    skipped = list(read.skipped)
    for key, (where, item) in hashes.items():
        if key in known:
            continue
        title = item.title.strip().lower()
        if title in taken:
            reason = f"there is already an article called “{item.title}” with another text; give this one another title"
            skipped.append(SkippedRow(where=where, reason=reason))
            continue
        if kind == KnowledgeKind.ARTICLE:
            taken[title] = 0
        new.append(item)
    rows = store(ctx.session, kind, new, ctx.now.astimezone(UTC), source=name)
    return ImportResult(
        source=name,
        kind=kind,
        imported=len(rows),
        duplicates=len(read.items) - len(hashes) + len(known),
        skipped=tuple(skipped),
        notes=tuple(read.notes),
        ids=tuple(row.id for row in rows),
        titles=tuple(row.title for row in rows),
    )


def _known(ctx: Context, hashes: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(hashes), 500):
        found |= known_hashes(ctx.session, hashes[start : start + 500])
    return found
