"""An import looked at before it is made: columns, how they are matched, first rows, rows that would be refused; and
files put into the import folder."""

import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tools.core.context import Context
from tools.core.errors import BadInput, Unavailable
from tools.importing.cards import BadRow
from tools.importing.importing import Tally, checked, open_source, reading_of
from tools.importing.mapping import NAMES, check_mapping
from tools.importing.table_file import LARGEST

ENDINGS = (".csv", ".tsv", ".txt")
SHOWN_ROWS = 5
#: Rows that are tried before the import is made.
TRIED = 5_000
_UNFIT = re.compile(r"[^\w.,()+ -]+")


class ImportPreview(BaseModel):
    """A file before it is imported. `mapping` is {column: field}; `sample` the first rows; of the first `tried` rows `good`
    can be taken and `bad` cannot (`bad_rows`: the first of them)."""

    model_config = ConfigDict(frozen=True)

    name: str
    columns: tuple[str, ...]
    mapping: dict[str, str]
    sample: tuple[dict[str, str], ...]
    tried: int
    good: int
    bad: int
    bad_rows: tuple[BadRow, ...]
    notes: tuple[str, ...]
    problem: str | None


def fields() -> tuple[str, ...]:
    """The fields of a lead that a column can fill, beside custom ones ("custom.<name>")."""
    return tuple(NAMES)


def files(folders: Sequence[Path]) -> tuple[str, ...]:
    """The names of the files that can be imported, the newest first."""
    found = [
        file
        for folder in folders
        if folder.is_dir()
        for file in folder.iterdir()
        if file.is_file() and file.suffix.lower() in ENDINGS and not file.name.startswith(".")
    ]
    return tuple(file.name for file in sorted(found, key=lambda file: -file.stat().st_mtime))


def keep_file(folders: Sequence[Path], name: str, data: bytes) -> str:
    """Put a file into the import folder under a name that is free there; returns it. Raises BadInput or Unavailable."""
    if not folders:
        raise Unavailable("No import folder is set, so no file can be kept; name one in the settings.")
    plain = _UNFIT.sub("_", Path(name.replace("\\", "/")).name).strip(" .")[-100:]
    if Path(plain).suffix.lower() not in ENDINGS:
        raise BadInput(f"“{plain[:80]}” is no CSV file. Save the list as CSV and choose that.", "source")
    if len(data) > LARGEST:
        raise BadInput(f"{plain} is larger than {LARGEST // 1_000_000} MB; split it up.", "source")
    folder = folders[0]
    folder.mkdir(parents=True, exist_ok=True)
    place, number = folder / plain, 1
    while place.exists() and place.read_bytes() != data:
        number += 1
        place = folder / f"{Path(plain).stem} ({number}){Path(plain).suffix}"
    place.write_bytes(data)
    return place.name


def preview(ctx: Context, source: str, mapping: dict[str, str] | None = None) -> ImportPreview:
    """A file of the import folder as it would be imported; nothing is stored. `mapping` stands in for the guess."""
    opened = open_source(ctx, source)
    table, problem = opened.table, None
    chosen = opened.mapping
    if mapping is not None:
        try:
            chosen = check_mapping(mapping)
        except BadInput as error:
            chosen, problem = mapping, error.sentence
    tally, good = Tally(), 0
    if problem is None and "email" not in chosen.values():
        problem = "No column is matched to the email address. Choose which one it is."
    if problem is None:
        rows = islice(table.rows(), TRIED)
        good = sum(1 for _ in checked(rows, reading_of(ctx, opened.sample, chosen), tally))
    return ImportPreview(
        name=table.name,
        columns=tuple(table.columns),
        mapping=chosen,
        sample=tuple(opened.sample[:SHOWN_ROWS]),
        tried=good + tally.bad,
        good=good,
        bad=tally.bad,
        bad_rows=tuple(tally.bad_rows),
        notes=tuple(table.notes),
        problem=problem,
    )
