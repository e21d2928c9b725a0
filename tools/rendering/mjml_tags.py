"""The tags of MJML 4, and the rules for their attributes (see https://documentation.mjml.io)."""

import re
from difflib import get_close_matches
from html import unescape

from tools.core.errors import BadInput
from tools.merge.markup import SCHEMES
from tools.show import shorten

#: Tags that hold HTML; the first two and the style sheet hold plain text.
PLAIN_TEXT = frozenset({"mj-title", "mj-preview", "mj-style"})
ENDING = PLAIN_TEXT | {
    "mj-text", "mj-button", "mj-table", "mj-raw", "mj-navbar-link", "mj-social-element", "mj-accordion-title",
    "mj-accordion-text",
}  # fmt: skip
#: Tags between whose children a Liquid tag may stand: a loop over sections, columns or rows.
REPEATABLE = frozenset({"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"})
TAGS = ENDING | REPEATABLE | {
    "mjml", "mj-head", "mj-attributes", "mj-all", "mj-class", "mj-font", "mj-breakpoint", "mj-navbar", "mj-social",
    "mj-carousel", "mj-carousel-image", "mj-accordion", "mj-accordion-element", "mj-image", "mj-divider", "mj-spacer",
}  # fmt: skip
#: Tags in which MJML reads another file: never, since it would be one of the hub's machine.
INCLUDE = "mj-include"

_ATTRIBUTE = re.compile(r"""\s*([A-Za-z][\w:-]*)\s*=\s*("[^"]*"|'[^']*')""")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):")
_INVISIBLE = re.compile(r"[\x00-\x20\x7f]")
_ADDRESSES = ("href", "src", "srcset", "action", "poster", "background-url")
_STYLE_EXECUTES = re.compile(r"<|@import|javascript:|expression\s*\(", re.IGNORECASE)


def check_tag(name: str, line: int) -> None:
    """Raises BadInput for a tag that MJML does not have, or that would read a file."""
    if name == INCLUDE:
        raise BadInput(
            f"<mj-include> in line {line} would read another file, which a mail may not; put its text here instead.",
            "content",
        )
    if name not in TAGS:
        near = get_close_matches(name, TAGS, n=1)
        hint = f"Did you mean <{near[0]}>?" if near else "HTML belongs inside <mj-text>, <mj-table> or <mj-raw>."
        raise BadInput(f"<{shorten(name, 40)}> in line {line} is no tag of MJML at this place. {hint}", "content")


def check_attributes(name: str, written: str, line: int) -> None:
    """Raises BadInput for attributes that cannot be read, that would break out of their quotes, or that run something."""
    position = 0
    while found := _ATTRIBUTE.match(written, position):
        attribute, value = found.group(1).lower(), found.group(2)[1:-1]
        position = found.end()
        if '"' in value or "<" in value or attribute.startswith("on"):
            raise BadInput(
                f"The attribute {attribute} of <{name}> in line {line} cannot be kept; take it out, or write its value "
                "without quotes and angle brackets.",
                "content",
            )
        if attribute in _ADDRESSES:
            scheme = _SCHEME.match(_INVISIBLE.sub("", unescape(value)))
            if scheme and scheme.group(1).lower() not in SCHEMES:
                raise BadInput(
                    f"The {attribute} of <{name}> in line {line} is no address for a mail; use https:// or mailto:.",
                    "content",
                )
    if rest := written[position:].strip().strip("/"):
        raise BadInput(
            f"<{name}> in line {line} has an attribute that cannot be read (“{shorten(rest, 40)}”); write "
            'attributes as name="value".',
            "content",
        )


def check_style(style: str, line: int) -> None:
    """Raises BadInput for a style sheet that would load or run something."""
    if found := _STYLE_EXECUTES.search(style):
        raise BadInput(
            f"The style sheet in line {line} holds “{found.group()}”, which no mail may; take it out.", "content"
        )
