"""The text part of a letter from its HTML, and an HTML part from plain text; the Liquid in either stays as it is."""

import re
from html import escape
from html.parser import HTMLParser

from tools.merge.marks import find_marks

OPEN, CLOSE = "\ue000", "\ue001"
_HIDDEN = re.compile(f"{OPEN}(\\d+){CLOSE}")
_BLOCKS = {
    "address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
#: Blocks with an empty line around them.
_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "hr"}
_UNSEEN = {"head", "script", "style", "title", "template"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_URL = re.compile(rf"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]|{OPEN}\d+{CLOSE}")
_LINK_FIELD = re.compile(r"\{\{-?\s*(?:unsubscribe_url|preferences_url)\s*-?\}\}")


def text_of(html: str) -> str:
    """The words of an HTML text as plain text: blocks on lines of their own, links with their address behind them.

    What is not shown (head, hidden preview text) is left out. Liquid marks stay.
    """
    hidden, marks = _hide(html)
    reader = _Reader()
    reader.feed(hidden)
    reader.close()
    text = tidy("".join(reader.parts))
    # Braces that were written as entities were text, not Liquid.
    text = re.sub(r"\{[{%]", lambda found: f"{{% raw %}}{found.group()}{{% endraw %}}", text)
    return _HIDDEN.sub(lambda found: marks[int(found.group(1))], text)


def html_of(text: str) -> str:
    """Plain text as HTML: paragraphs, line breaks and links. Liquid marks stay."""
    hidden, marks = _hide(text.strip())
    paragraphs = [part for part in re.split(r"\n[ \t]*\n\s*", hidden) if part.strip()]
    html = "\n".join(f"<p>{_linked(escape(part, quote=False), marks)}</p>" for part in paragraphs)
    html = re.sub(r"[ \t]*\n(?!<p>)", "<br>\n", html)
    return _HIDDEN.sub(lambda found: marks[int(found.group(1))], html)


def tidy(text: str) -> str:
    """Plain text without trailing spaces and with at most one empty line in a row."""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _hide(content: str) -> tuple[str, list[str]]:
    marks = find_marks(content)
    parts, position = [], 0
    for number, mark in enumerate(marks):
        parts += [content[position : mark.start], f"{OPEN}{number}{CLOSE}"]
        position = mark.end
    return "".join([*parts, content[position:]]), [mark.text for mark in marks]


def _linked(text: str, marks: list[str]) -> str:
    def link(found: re.Match[str]) -> str:
        hidden = _HIDDEN.fullmatch(found.group())
        if hidden and not _LINK_FIELD.fullmatch(marks[int(hidden.group(1))]):
            return found.group()
        return f'<a href="{found.group()}">{found.group()}</a>'

    return _URL.sub(link, text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unseen: list[str] = []
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self.unseen or tag in _UNSEEN or _NOT_SHOWN.search(given.get("style", "")):
            if tag not in _VOID:
                self.unseen.append(tag)
            return
        self._break(tag)
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("- ")
        elif tag == "hr":
            self.parts.append("-----\n\n")
        elif tag == "img" and given.get("alt", "").strip():
            self.parts.append(given["alt"])
        elif tag == "a":
            self.links.append((given.get("href", ""), len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            if tag in self.unseen:
                del self.unseen[len(self.unseen) - 1 - self.unseen[::-1].index(tag) :]
            return
        if tag == "a" and self.links:
            address, start = self.links.pop()
            label = "".join(self.parts[start:]).strip()
            address = address.removeprefix("mailto:").removeprefix("tel:")
            if address and not address.startswith("#") and address != label:
                self.parts.append(f" ({address})" if label else address)
        elif tag in ("td", "th"):
            self.parts.append(" ")
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(re.sub(r"\s+", " ", data.replace("\xa0", " ")))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n" if tag in _APART else "\n")
