"""Cleaning HTML that holds Liquid: scripts, event handlers and forms go, mail layout and merge fields stay.

nh3 (ammonia) would percent-encode a merge field in a link and move a loop out of a table, so every mark is replaced
before cleaning: by a word inside a tag, by a comment between tags (comments may stand anywhere), and put back after.
"""

import re
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from tools.core.errors import BadInput
from tools.merge.marks import Mark, find_marks, line_of
from tools.show import shorten

TAGS = set(nh3.ALLOWED_TAGS) | {"font", "main", "section"}
_LAYOUT = {
    "align", "bgcolor", "border", "cellpadding", "cellspacing", "class", "dir", "height", "id", "lang", "role", "style",
    "title", "valign", "width",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": _LAYOUT,
}
ATTRIBUTES["a"] = ATTRIBUTES["a"] | {"target"}
ATTRIBUTES["font"] = {"color", "face", "size"}
#: What stands around a page; a mail program makes its own.
FRAME = {"html", "head", "body", "meta"}
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
STYLES = {
    "background", "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
    "border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width", "color",
    "direction", "display", "font", "font-family", "font-size", "font-style", "font-weight", "height",
    "letter-spacing", "line-height", "list-style", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-height", "max-width", "min-height", "min-width", "padding", "padding-bottom", "padding-left",
    "padding-right", "padding-top", "table-layout", "text-align", "text-decoration", "text-transform",
    "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,5000}>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_MJML = re.compile(r"<mj(?:ml|-\w+)\b", re.IGNORECASE)
#: What stands for a mark while the markup around it is worked on: a comment between tags, a word inside of one.
PLACE = re.compile(r"<!--liquid(\d+)x-->|liquid(\d+)x")


@dataclass(frozen=True)
class Cleaned:
    """Clean HTML, and the names of what was taken out of it ("script", "onclick")."""

    content: str
    removed: tuple[str, ...]


def is_html(content: str) -> bool:
    """Whether a text holds HTML tags."""
    return _TAG.search(content) is not None


def clean(content: str) -> Cleaned:
    """The HTML with only what a mail may hold; Liquid marks stay as they are.

    Raises BadInput where a mark stands in a place that cannot be kept (in a tag's name, or bare among its attributes),
    and for MJML, which is not HTML.
    """
    if _MJML.search(content):
        raise BadInput(
            "The content is MJML, which cannot be kept as a template yet; save the HTML that it makes.", "content"
        )
    if word := PLACE.search(content):
        raise BadInput(f"The HTML holds “{word.group()}”, which the hub needs itself; change it.", "content")
    # Comments go first (conditional ones too): what is left between <!-- and --> are the placeholders.
    bare = _COMMENT.sub("", content)
    marks = find_marks(bare)
    hidden = hide(bare, marks)
    cleaned = nh3.clean(
        hidden,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "iframe", "object"},
        attributes=ATTRIBUTES,
        strip_comments=False,
        link_rel=None,
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
    )
    if "<tbody" not in hidden.lower():
        # The parser adds them, and would open one inside a loop over rows and close it outside.
        cleaned = cleaned.replace("<tbody>", "").replace("</tbody>", "")
    kept = [int(found.group(1) or found.group(2)) for found in PLACE.finditer(cleaned)]
    expected = [int(found.group(1) or found.group(2)) for found in PLACE.finditer(hidden)]
    if kept != expected:
        _refuse_lost(bare, marks, kept, expected)
    restored = PLACE.sub(lambda found: marks[int(found.group(1) or found.group(2))].text, cleaned)
    return Cleaned(restored, _removed(hidden, cleaned))


def hide(content: str, marks: list[Mark], first: int = 0) -> str:
    """`content` with its marks replaced by placeholders (see PLACE), which are numbered from `first`."""
    parts, position, inside = [], 0, False
    for number, mark in enumerate(marks, start=first):
        text = content[position : mark.start]
        inside = _ends_inside_tag(text, inside)
        parts += [text, f"liquid{number}x" if inside else f"<!--liquid{number}x-->"]
        position = mark.end
    return "".join([*parts, content[position:]])


def _ends_inside_tag(text: str, inside: bool) -> bool:
    opened, closed = max((m.start() for m in re.finditer(r"<[/a-zA-Z]", text)), default=-1), text.rfind(">")
    if opened < 0 and closed < 0:
        return inside
    return opened > closed


def _refuse_lost(content: str, marks: list[Mark], kept: list[int], expected: list[int]) -> None:
    lost = next((number for number in expected if number not in kept), None)
    if lost is None:
        lost = next(was for was, now in zip(expected, kept, strict=False) if was != now)
    mark = marks[lost]
    raise BadInput(
        f"{shorten(mark.text, 60)} in line {line_of(content, mark.start)} stands where HTML cannot keep it. Put merge "
        'fields between tags or inside a quoted attribute such as href="…", and not into script or style.',
        "content",
    )


class _Inventory(HTMLParser):
    """How often a text uses each tag, and each attribute of the tags that are allowed."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: Counter[str] = Counter()
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag in TAGS:
            self.attributes.update(name for name, _ in attrs)


def _removed(before: str, after: str) -> tuple[str, ...]:
    was, now = _Inventory(before), _Inventory(after)
    tags = [f"<{tag}>" for tag, uses in was.tags.items() if now.tags[tag] < uses and tag not in FRAME]
    return (*tags, *(name for name, uses in was.attributes.items() if now.attributes[name] < uses))
