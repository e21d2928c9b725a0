"""Reading MJML that holds Liquid: its structure is checked, with the tag and line of what is wrong, and the HTML in it
is cleaned. What MJML itself makes of it can then be trusted and is not touched, so that the layout survives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tools.core.errors import BadInput
from tools.merge.marks import Mark, find_marks
from tools.merge.markup import clean
from tools.rendering.mjml_tags import ENDING, PLAIN_TEXT, REPEATABLE, check_attributes, check_style, check_tag
from tools.show import shorten

_MJML = re.compile(r"\s*(?:<!--.*?-->\s*)*<mjml\b", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"""<(/?)([A-Za-z][\w-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*)>""")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
#: Private-use characters around a mark's number: they mean nothing to MJML or HTML, wherever they stand.
OPEN, CLOSE = "\ue000", "\ue001"
_HIDDEN = re.compile(f"{OPEN}(\\d+){CLOSE}")

PieceKind = Literal["tag", "html", "words", "gap"]


@dataclass(frozen=True)
class Piece:
    """A part of MJML with its Liquid in place: a tag, the HTML or plain words of one, or what is between two tags."""

    kind: PieceKind
    text: str


@dataclass
class _Scan:
    hidden: str
    marks: list[Mark]
    stack: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def restore(self, text: str) -> str:
        return _HIDDEN.sub(lambda found: self.marks[int(found.group(1))].text, text)

    def line(self, position: int) -> int:
        return self.restore(self.hidden[:position]).count("\n") + 1


def is_mjml(content: str) -> bool:
    """Whether a text is MJML: it begins with <mjml>."""
    return _MJML.match(content) is not None


def without_comments(content: str) -> str:
    """The text without comments, line for line."""
    return _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), content)


def pieces_of(content: str) -> tuple[list[Piece], tuple[str, ...]]:
    """MJML in pieces, its HTML cleaned, and the names of what was taken out ("<script>", "onclick").

    Raises BadInput, naming the tag and its line, for what MJML would not read or a mail must not hold.
    """
    bare = without_comments(content)
    if OPEN in bare or CLOSE in bare:
        raise BadInput("The MJML holds characters from the private-use area, which the hub needs itself.", "content")
    marks = find_marks(bare)
    parts, position = [], 0
    for number, mark in enumerate(marks):
        parts += [bare[position : mark.start], f"{OPEN}{number}{CLOSE}"]
        position = mark.end
    scan = _Scan("".join([*parts, bare[position:]]).strip(), marks)
    return list(_scanned(scan)), tuple(dict.fromkeys(scan.removed))


def _scanned(scan: _Scan) -> Iterator[Piece]:
    position = 0
    while found := _TAG.search(scan.hidden, position):
        yield from _gap(scan, position, found.start())
        closing, name, attributes = found.group(1) == "/", found.group(2).lower(), found.group(3)
        line = scan.line(found.start())
        position = found.end()
        check_tag(name, line)
        if closing:
            _close(scan, name, line)
        else:
            _open(scan, name, line)
            check_attributes(name, attributes, line)
        yield Piece("tag", scan.restore(found.group()))
        if closing or attributes.rstrip().endswith("/"):
            if not closing:
                scan.stack.pop()
        elif name in ENDING:
            end = _end_of(scan, name, position, line)
            yield _content(scan, name, position, end)
            position = end
    yield from _gap(scan, position, len(scan.hidden))
    if scan.stack:
        raise BadInput(f"<{scan.stack[-1]}> is never closed; end it with </{scan.stack[-1]}>.", "content")


def _open(scan: _Scan, name: str, line: int) -> None:
    if (name == "mjml") != (not scan.stack):
        raise BadInput(f"<{name}> in line {line} stands at the wrong place: all MJML is inside one <mjml>.", "content")
    scan.stack.append(name)


def _close(scan: _Scan, name: str, line: int) -> None:
    if not scan.stack or scan.stack[-1] != name:
        wanted = f"; <{scan.stack[-1]}> must be closed first" if scan.stack else ""
        raise BadInput(f"</{name}> in line {line} closes nothing{wanted}.", "content")
    scan.stack.pop()


def _end_of(scan: _Scan, name: str, start: int, line: int) -> int:
    closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(scan.hidden, start)
    if closing is None:
        raise BadInput(f"<{name}> in line {line} is never closed; end it with </{name}>.", "content")
    return closing.start()


def _gap(scan: _Scan, start: int, end: int) -> Iterator[Piece]:
    """What stands between two tags: white space, and Liquid where what is around it may be repeated or left out."""
    text = scan.hidden[start:end]
    said = _HIDDEN.sub("", text).strip()
    if said:
        line = scan.line(start + text.index(said[0]))
        raise BadInput(
            f"“{shorten(said, 40)}” in line {line} stands between the tags of MJML; put it inside <mj-text>.", "content"
        )
    hidden = _HIDDEN.search(text)
    if hidden and not (scan.stack and scan.stack[-1] in REPEATABLE):
        mark = scan.marks[int(hidden.group(1))]
        raise BadInput(
            f"{shorten(mark.text, 60)} in line {scan.line(start + hidden.start())} stands where MJML cannot keep it; put "
            "it inside <mj-text>, or between sections, columns or the parts of a column.",
            "content",
        )
    if text:
        yield Piece("gap", scan.restore(text))


def _content(scan: _Scan, name: str, start: int, end: int) -> Piece:
    text, line = scan.hidden[start:end], scan.line(start)
    if name == "mj-raw" and "mj-head" in scan.stack and text.strip():
        raise BadInput(f"<mj-raw> in line {line} may not stand in <mj-head> of a mail; take it out.", "content")
    if name in PLAIN_TEXT:
        if name == "mj-style":
            check_style(text, line)
            if _HIDDEN.search(text):
                raise BadInput(f"The style sheet in line {line} may not hold merge fields.", "content")
            return Piece("words", text)
        scan.removed += [found.lower() for found in _ANY_TAG.findall(text)]
        return Piece("words", scan.restore(_ANY_TAG.sub("", text)).replace("<", "&lt;"))
    if nested := re.search(r"</?(mj-?[\w-]*)", text, re.IGNORECASE):
        raise BadInput(
            f"<{shorten(nested.group(1), 40)}> in line {scan.line(start + nested.start())} stands inside <{name}>, which "
            "holds HTML and no tags of MJML.",
            "content",
        )
    return Piece("html", _cleaned(scan, name, text, line))


def _cleaned(scan: _Scan, name: str, text: str, line: int) -> str:
    before, after = ("<table>", "</table>") if name == "mj-table" else ("", "")
    # The blank lines in front make the lines in an error those of the whole text.
    padding = "\n" * (line - 1)
    done = clean(f"{padding}{before}{scan.restore(text)}{after}")
    scan.removed += done.removed
    kept = done.content.lstrip("\n") if padding else done.content
    return kept.removeprefix(before).removesuffix(after)


def source_of(pieces: list[Piece]) -> str:
    """The pieces put together again."""
    return "".join(piece.text for piece in pieces).strip()
