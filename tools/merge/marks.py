"""Finding the Liquid marks in a text, in one pass: `{{ output }}`, `{% tag %}` and `{% raw %}` blocks.

This runs before the Liquid parser sees a text: the parser's own tokenizer takes quadratic time on unclosed braces and
on long runs of spaces (8 s for 4,000 opening braces), and its errors do not say which merge field is meant.
"""

import re
from dataclasses import dataclass

from tools.core.errors import BadInput
from tools.show import shorten

LONGEST_MARK = 500
MOST_MARKS = 1_000
_OPENING = re.compile(r"\{\{|\{%")
_RAW = re.compile(r"\{%-?\s{0,20}raw\s{0,20}-?%\}")
_END_RAW = re.compile(r"\{%-?\s{0,20}endraw\s{0,20}-?%\}")
_WIDE = re.compile(r"\s{40}")


class BrokenMerge(BadInput):
    """A merge field or Liquid tag that cannot work; `line` (from 1) is where it stands."""

    title = "A merge field is broken"

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence, "content")
        self.line = line


@dataclass(frozen=True)
class Mark:
    """One Liquid mark: content[start:end], with its braces (a raw block counts as one mark)."""

    start: int
    end: int
    text: str

    @property
    def is_output(self) -> bool:
        return self.text.startswith("{{")


def find_marks(content: str) -> list[Mark]:
    """All Liquid marks of `content` in order.

    Raises BrokenMerge for one that is never closed, is opened twice, or is too long, and for too many of them.
    """
    marks: list[Mark] = []
    position = 0
    while found := _OPENING.search(content, position):
        end = _end_of(content, found.start())
        marks.append(Mark(found.start(), end, content[found.start() : end]))
        position = end
        if len(marks) > MOST_MARKS:
            raise BrokenMerge(f"The text has more than {MOST_MARKS:,} merge fields and tags; split it up.")
    return marks


def line_of(content: str, position: int) -> int:
    """The line (from 1) of a position in `content`."""
    return content.count("\n", 0, max(position, 0)) + 1


def _end_of(content: str, start: int) -> int:
    raw = _RAW.match(content, start)
    if raw:
        closing = _END_RAW.search(content, raw.end())
        if closing is None:
            raise BrokenMerge(
                f"The {{% raw %}} in line {line_of(content, start)} is never closed; end it with {{% endraw %}}.",
                line_of(content, start),
            )
        return closing.end()
    opener = content[start : start + 2]
    closer = "}}" if opener == "{{" else "%}"
    end = content.find(closer, start + 2, start + LONGEST_MARK)
    again = _OPENING.search(content, start + 2, start + LONGEST_MARK)
    if end < 0 or (again and again.start() < end):
        _refuse_unclosed(content, start, closer)
    mark = content[start : end + 2]
    if _WIDE.search(mark):
        line = line_of(content, start)
        raise BrokenMerge(f"{shorten(mark, 40)} in line {line} holds too many spaces; remove them.", line)
    return end + 2


def _refuse_unclosed(content: str, start: int, closer: str) -> None:
    line = line_of(content, start)
    begun = shorten(content[start : start + 60].splitlines()[0], 40)
    what = "merge field" if closer == "}}" else "Liquid tag"
    raise BrokenMerge(f"The {what} “{begun}” in line {line} is never closed; end it with {closer}.", line)
