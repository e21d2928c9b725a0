"""Which column of a table is the title, the text, the date and the number: guessed from their names, and told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from tools.core.errors import BadInput
from tools.knowing.entry import NewItem
from tools.knowing.rows import Row
from tools.show import listing, shorten

#: What columns are called, the most telling first; helpdesks, FAQ lists and German exports.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("title", "subject", "headline", "heading", "question", "name", "topic", "summary", "betreff", "titel"),
    "content": (
        "content", "body", "description", "text", "message", "answer", "article", "details", "comment", "comments",
        "complaint", "request", "issue", "problem", "inhalt", "beschreibung", "nachricht", "antwort",
    ),
    "date": (
        "date", "created at", "created", "created on", "opened at", "opened", "submitted at", "submitted",
        "received at", "received", "reported at", "timestamp", "time", "datum", "erstellt am", "erstellt", "updated at",
    ),
    "reference": (
        "id", "ticket id", "ticket number", "ticket no", "case number", "case id", "number", "reference", "key", "nr",
    ),
}  # fmt: skip
LONGEST_TEXT = 200_000
TITLE_LENGTH = 200
#: The oldest year that a ticket can be of; an earlier one is a misread number.
OLDEST_YEAR = 1990


@dataclass(frozen=True)
class Columns:
    """The column for each part; None where the table has none."""

    title: str | None
    content: str
    date: str | None
    reference: str | None

    def told(self) -> str:
        """How the table was read, in a sentence."""
        parts = [f"the title from “{self.title}”" if self.title else "the title from the beginning of the text"]
        parts.append(f"the text from “{self.content}”")
        if self.date:
            parts.append(f"the date from “{self.date}”")
        return f"I took {listing(parts)}."


def guess_columns(columns: Sequence[str], name: str) -> Columns:
    """The columns of a table by their names. Raises BadInput where none can be the text."""
    found: dict[str, str] = {}
    for part in ("content", "title", "date", "reference"):
        best = _best([column for column in columns if column not in found.values()], NAMES[part])
        if best is not None:
            found[part] = best
    content = found.get("content") or found.get("title")
    if content is None:
        raise BadInput(
            f"No column of {name} looks like the text: it has {listing([f'“{column}”' for column in columns[:12]])}. "
            "Name one of them “content” (and one “title”) and import it again.",
            "source",
        )
    title = found.get("title") if "content" in found else None
    return Columns(title=title, content=content, date=found.get("date"), reference=found.get("reference"))


def item_of(row: Row, columns: Columns, day_first: bool, zone: ZoneInfo) -> NewItem:
    """The item of a row. Raises ValueError with the reason where it cannot be one."""
    content = row.values.get(columns.content, "").strip()
    title = " ".join(row.values.get(columns.title, "").split()) if columns.title else ""
    if not content:
        # A ticket that is all in its subject line is a ticket.
        content = title
    if not content:
        raise ValueError("it has no text")
    if len(content) > LONGEST_TEXT:
        raise ValueError(f"its text is longer than {LONGEST_TEXT:,} characters")
    date = row.values.get(columns.date, "").strip() if columns.date else ""
    return NewItem(
        title=shorten(title or content, TITLE_LENGTH if title else 80),
        content=content,
        happened_at=parse_date(date, day_first, zone) if date else None,
        reference=row.values.get(columns.reference, "").strip() or None if columns.reference else None,
    )


def days_come_first(values: Sequence[str]) -> tuple[bool, bool]:
    """Whether dates such as 03/04/2026 have the day first, and whether that had to be guessed.

    One date of the column that can only be read one way (25/12/2026) decides for all.
    """
    pairs = [
        (int(match.group(1)), int(match.group(3)))
        for value in values
        if (match := re.match(r"\s*(\d{1,2})([/.-])(\d{1,2})\2\d{2,4}\b", value))
    ]
    if any(first > 12 for first, _ in pairs):
        return True, False
    if any(second > 12 for _, second in pairs):
        return False, False
    return True, any(first != second for first, second in pairs)


def parse_date(value: str, day_first: bool, zone: ZoneInfo) -> datetime:
    """The moment that a cell holds; without a zone of its own it is the hub's. Raises ValueError."""
    if len(value) > 60:
        raise ValueError(f"“{value[:40]}…” is no date")
    if re.fullmatch(r"\d{10}(\.\d+)?|\d{13}", value):  # seconds or milliseconds since 1970
        seconds = float(value) / (1000 if len(value) == 13 else 1)
        return datetime.fromtimestamp(seconds, zone)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            moment = dates.parse(value, dayfirst=day_first, default=datetime(1, 1, 1))
        except (ValueError, OverflowError, TypeError) as error:
            raise ValueError(f"“{value}” is no date") from error
    if moment.year < OLDEST_YEAR:
        raise ValueError(f"“{value}” is no date with a year")
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def _best(columns: list[str], names: tuple[str, ...]) -> str | None:
    folded = {column: " ".join(re.sub(r"[^\w]+|_", " ", _spaced(column)).casefold().split()) for column in columns}
    for name in names:
        for column, words in folded.items():
            if words == name:
                return column
    for name in names:
        for column, words in folded.items():
            if re.search(rf"\b{re.escape(name)}\b", words) and name not in ("id", "name", "time", "number"):
                return column
    return None


def _spaced(column: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
