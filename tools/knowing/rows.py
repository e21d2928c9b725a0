"""Reading a table as rows: CSV (comma, semicolon, tab), JSON and JSON lines. A bad row is named, and not fatal."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.core.errors import BadInput
from tools.knowing.cards import SkippedRow
from tools.knowing.decoding import decode

MOST_ROWS = 20_000
#: After so many broken rows the file is not what it seems to be.
MOST_BROKEN = 200
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Row:
    """One row: where it stands ("line 7") and its values by column."""

    where: str
    values: dict[str, str]


@dataclass
class Table:
    """The rows of a file, the ones that could not be read, and notes on how it was read."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)
    broken: list[SkippedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def breaks(self, where: str, reason: str, name: str) -> None:
        self.broken.append(SkippedRow(where=where, reason=reason))
        if len(self.broken) > MOST_BROKEN:
            raise BadInput(
                f"More than {MOST_BROKEN} rows of {name} cannot be read, the first in {self.broken[0].where}: "
                f"{self.broken[0].reason}. Nothing was imported; check the file.",
                "source",
            )


def read_rows(path: Path, data: bytes) -> Table:
    """The table in a file. Raises BadInput where it holds none, or too many rows."""
    text, note = decode(data, path.name)
    reader = {".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines}.get(path.suffix.lower(), _csv)
    table = reader(path.name, text)
    if note:
        table.notes.append(note)
    if len(table.rows) > MOST_ROWS:
        raise BadInput(f"{path.name} has more than {MOST_ROWS:,} rows; split it up.", "source")
    return table


def _csv(name: str, text: str) -> Table:
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].lower().startswith("sep=") and len(lines[start].strip()) == 5:  # a spreadsheet's own hint
        delimiter = lines[start].strip()[4]
        start += 1
    else:
        delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(lines[start], mark))
    records = _records(lines, start, delimiter)
    _, header = next(records, (0, []))
    if isinstance(header, str) or not any(cell.strip() for cell in header):
        raise BadInput(f"{name} has no readable first line with the names of its columns.", "source")
    table = Table(columns=_unique([cell.strip() or f"column {n}" for n, cell in enumerate(header, 1)]))
    for line, record in records:
        if isinstance(record, str):
            table.breaks(f"line {line}", record, name)
        elif not any(cell.strip() for cell in record):
            continue
        elif len(record) != len(table.columns):
            reason = f"it has {len(record)} columns instead of {len(table.columns)}"
            table.breaks(f"line {line}", reason, name)
        else:
            table.rows.append(Row(f"line {line}", dict(zip(table.columns, record, strict=True))))
    return table


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """(line number, cells) of each record; (line number, reason) of one that is broken, going on behind its first line.

    A quote that is never closed would else swallow the rest of the file.
    """
    while start < len(lines):
        reader = csv.reader(iter(lines[start:]), delimiter=delimiter, strict=True)
        first = start
        try:
            for record in reader:
                yield first + 1, record
                first = start + reader.line_num
            return
        except csv.Error as error:
            reasons = {"unexpected end of data": "a quotation mark in it is never closed"}
            yield first + 1, reasons.get(str(error), f"it is no proper CSV ({error})")
            start = first + 1


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _json(name: str, text: str) -> Table:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is no proper JSON: {_json_problem(error)}.", "source") from error
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        content = max(lists, key=len) if any(isinstance(item, dict) for each in lists for item in each) else [content]
    if not isinstance(content, list):
        raise BadInput(f'{name} must hold a list of objects, such as [{{"title": …, "content": …}}].', "source")
    return _objects(name, ((f"entry {number}", value) for number, value in enumerate(content, 1)))


def _json_lines(name: str, text: str) -> Table:
    return _objects(name, _parsed_lines(text))


def _parsed_lines(text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(io.StringIO(text), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except (ValueError, RecursionError) as error:
                yield f"line {number}", error


def _objects(name: str, entries: Iterator[tuple[str, Any]]) -> Table:
    table = Table(columns=[])
    seen: dict[str, None] = {}
    for where, value in entries:
        if isinstance(value, Exception):
            table.breaks(where, f"it is no proper JSON: {_json_problem(value)}", name)
        elif not isinstance(value, dict):
            table.breaks(where, "it is no object with named values", name)
        else:
            row = {str(key): _as_text(cell) for key, cell in value.items()}
            seen.update(dict.fromkeys(row))
            table.rows.append(Row(where, row))
    table.columns = list(seen)
    return table


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False)


def _json_problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} in line {error.lineno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number in it is too long"


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
