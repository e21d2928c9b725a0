"""A report as a value: sections of paragraphs, lists, tables and charts. All texts are plain; each format escapes them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A text; `quiet` is for small print."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; every column but the first `names` holds figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1


@dataclass(frozen=True)
class Chart:
    """A picture of figures: `labels` with `values`; a line over days, or bars. `title` says it for those who cannot see."""

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    shown: Sequence[str]
    line: bool = False


Block = Paragraph | Bullets | Table | Chart


@dataclass(frozen=True)
class Section:
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A report: title, the days it is about, when and by whom it was made, its sections."""

    title: str
    subtitle: str
    made: str
    sections: Sequence[Section]


def one_line(text: str) -> str:
    """A text without line breaks or control characters: nothing in it can begin a new block of any format."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable())
