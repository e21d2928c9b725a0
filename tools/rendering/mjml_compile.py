"""MJML to HTML through `mjml-python` (the Rust implementation mrml), with the Liquid kept in its place."""

import re
from functools import lru_cache

from tools.core.errors import BadInput
from tools.merge.marks import Mark, find_marks
from tools.merge.markup import PLACE, hide
from tools.rendering.mjml_source import Piece, pieces_of
from tools.show import shorten


@lru_cache(maxsize=32)
def compiled(content: str) -> str:
    """The HTML page of a MJML text, merge fields and all; the last ones are kept, since a mailing needs it many times.

    Raises BadInput, with the tag and line where they can be told, for what is no MJML.
    """
    from mjml import mjml2html  # loaded when the first MJML comes along: the hub starts without it

    marks: list[Mark] = []
    hidden = "".join(_hidden(piece, marks) for piece in pieces_of(content)[0])
    try:
        # No web fonts: each reader's mail program would fetch them from a company's servers.
        page: str = mjml2html(hidden, fonts={})
    except ValueError as error:
        raise BadInput(f"The MJML cannot be made into HTML ({_reason(hidden, error)}).", "content") from error
    there = {_number(found) for found in PLACE.finditer(page)}
    for number, mark in enumerate(marks):
        if number not in there:
            raise BadInput(
                f"{shorten(mark.text, 60)} stands in an attribute or at a place that MJML leaves out; move it.",
                "content",
            )
    return PLACE.sub(lambda found: marks[_number(found)].text, page)


def _hidden(piece: Piece, marks: list[Mark]) -> str:
    """A piece with placeholders for its Liquid, whose marks are added to `marks`."""
    own, first = find_marks(piece.text), len(marks)
    marks += own
    if piece.kind == "html":
        return hide(piece.text, own, first)
    parts, position = [], 0
    for number, mark in enumerate(own, start=first):
        place = f"<mj-raw><!--liquid{number}x--></mj-raw>" if piece.kind == "gap" else f"liquid{number}x"
        parts += [piece.text[position : mark.start], place]
        position = mark.end
    return "".join([*parts, piece.text[position:]])


def _number(found: re.Match[str]) -> int:
    return int(found.group(1) or found.group(2))


def _reason(content: str, error: ValueError) -> str:
    """What the compiler says, with the text at the position that it tells."""
    said = str(error).replace(" in root template", "")
    if place := re.search(r" at position (\d+):(\d+)", said):
        start = content[int(place.group(1)) :]
        return f"{said.replace(place.group(), '')} at “{shorten(start, 40)}”"
    return said
