"""Reading a CSV file row by row: encoding and separator found out, a header looked for, broken lines named."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.core.errors import BadInput
from tools.knowing.decoding import decode
from tools.leading.checks import valid_email

LARGEST = 100_000_000
DELIMITERS = ",;\t|"
#: After so many unreadable lines the file is not what it seems to be.
MOST_BROKEN = 1_000


@dataclass
class TableFile:
    """A file's columns and where its rows begin. `notes` say how it was read."""

    name: str
    lines: list[str]
    delimiter: str
    columns: list[str]
    start: int
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[str, dict[str, str] | str]]:
        """(where, values by column) of each row; (where, reason) of one that cannot be read. Empty rows are left out."""
        for line, record in _records(self.lines, self.start, self.delimiter):
            found: dict[str, str] | str
            if isinstance(record, str):
                found = record
            elif not any(cell.strip() for cell in record):
                continue
            elif len(record) > len(self.columns) and any(cell.strip() for cell in record[len(self.columns) :]):
                found = f"it has {len(record)} columns instead of {len(self.columns)}"
            elif len(record) == 1 < len(self.columns):
                found = f"it has 1 column instead of {len(self.columns)}"
            else:
                found = dict(zip(self.columns, record, strict=False))
            yield f"line {line}", found

    def check(self) -> None:
        """Raises BadInput where so many lines cannot be read that the file is not what it seems to be."""
        broken = 0
        for where, found in self.rows():
            broken += isinstance(found, str)
            if broken > MOST_BROKEN:
                raise BadInput(
                    f"More than {MOST_BROKEN:,} lines of {self.name} cannot be read, the last in {where}: {found}. "
                    "Nothing was imported; check the file.",
                    "source",
                )


def open_table(path: Path) -> TableFile:
    """The table of a CSV or text file. Raises BadInput where it is none."""
    if path.is_dir():
        raise BadInput(f"{path.name} is a folder; name the file in it.", "source")
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise BadInput(f"{path.name} is no CSV file. Save the list as CSV and import that.", "source")
    if path.stat().st_size > LARGEST:
        raise BadInput(f"{path.name} is larger than {LARGEST // 1_000_000} MB; split it up.", "source")
    data = path.read_bytes()
    if not data.strip():
        raise BadInput(f"{path.name} is empty.", "source")
    text, note = decode(data, path.name)
    lines = text.splitlines(keepends=True)
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or not lines[start].strip():
        raise BadInput(f"{path.name} is empty.", "source")
    if lines[start].lower().startswith("sep=") and len(lines[start].strip()) == 5:  # a spreadsheet's own hint
        delimiter = lines[start].strip()[4]
        start += 1
    else:
        delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(lines[start], mark))
    table = _with_header(path.name, lines, start, delimiter)
    if note:
        table.notes.append(note)
    return table


def _with_header(name: str, lines: list[str], start: int, delimiter: str) -> TableFile:
    records = _records(lines, start, delimiter)
    _, first = next(records, (0, []))
    if isinstance(first, str) or not any(cell.strip() for cell in first):
        raise BadInput(f"{name} has no readable first line with the names of its columns.", "source")
    if any(valid_email(cell) for cell in first):
        columns = [f"column {number}" for number in range(1, len(first) + 1)]
        note = "The first line holds an address, so I read the file as one without column names."
        return TableFile(name, lines, delimiter, columns, start, [note])
    after = start + 1
    for line, _ in records:  # a header may span lines, inside quotes
        after = line - 1
        break
    return TableFile(name, lines, delimiter, _unique(first), after)


def _records(lines: list[str], start: int, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """(line number, cells) of each record; (line number, reason) of one that is broken, going on behind its first line.

    A quote that is never closed would else swallow the rest of the file.
    """
    while start < len(lines):
        reader = csv.reader((lines[at] for at in range(start, len(lines))), delimiter=delimiter, strict=True)
        begin = first = start
        try:
            for record in reader:
                yield first + 1, record
                first = begin + reader.line_num
            return
        except csv.Error as error:
            reasons = {"unexpected end of data": "a quotation mark in it is never closed"}
            yield first + 1, reasons.get(str(error), f"it is no proper CSV ({error})")
            start = first + 1


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for place, name in enumerate(names, 1):
        name = name.strip() or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
