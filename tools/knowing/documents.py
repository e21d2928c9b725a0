"""Reading one document as one item: Markdown, plain text, HTML, PDF, Word."""

import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from tools.core.errors import BadInput
from tools.knowing.decoding import decode
from tools.show import shorten

MOST_PAGES = 500
LONGEST_DOCUMENT = 1_000_000
#: Bytes that a Word file may unpack to.
LARGEST_XML = 50_000_000
TITLE_LENGTH = 200

_HEADING = re.compile(r"(?m)\A\s*#{1,2}\s+(.+?)\s*#*\s*$")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_document(path: Path, data: bytes) -> tuple[str, str, list[str]]:
    """Title, text and notes of a document. Raises BadInput where there is no text in it."""
    reader = {".pdf": _pdf, ".docx": _docx, ".html": _html, ".htm": _html}.get(path.suffix.lower(), _text)
    title, text, notes = reader(path.name, data)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if not text:
        raise BadInput(f"{path.name} holds no text (perhaps it is a scan or only pictures).", "source")
    if len(text) > LONGEST_DOCUMENT:
        raise BadInput(f"{path.name} holds more than {LONGEST_DOCUMENT:,} characters; split it up.", "source")
    return shorten(title or "", TITLE_LENGTH) or title_from(path), text, notes


def title_from(path: Path) -> str:
    """A file's name as a title: "return_policy-2026.md" is "Return policy 2026"."""
    words = " ".join(re.split(r"[_\-\s]+", path.stem)).strip()
    return shorten(words[:1].upper() + words[1:], TITLE_LENGTH) or path.name


def _text(name: str, data: bytes) -> tuple[str | None, str, list[str]]:
    text, note = decode(data, name)
    heading = _HEADING.match(text)
    body = text[heading.end() :] if heading and text[heading.end() :].strip() else text
    return heading.group(1) if heading else None, body, [note] if note else []


def _html(name: str, data: bytes) -> tuple[str | None, str, list[str]]:
    text, note = decode(data, name)
    page = _Page()
    page.feed(text)
    page.close()
    body = "\n".join(" ".join(line.split()) for line in "".join(page.parts).split("\n"))
    return " ".join("".join(page.title).split()) or None, body, [note] if note else []


def _pdf(name: str, data: bytes) -> tuple[str | None, str, list[str]]:
    from pypdf import PdfReader  # 25 MB: loaded when the first PDF comes along
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput(f"{name} is locked with a password; save it without one.", "source")
        if len(reader.pages) > MOST_PAGES:
            raise BadInput(f"{name} has more than {MOST_PAGES} pages; split it up.", "source")
        pages = [page.extract_text() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except BadInput:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # A damaged PDF makes the library stumble in many ways.
        raise BadInput(f"{name} is no PDF that can be read; save it again, or as text.", "source") from error
    text = "".join(c for c in "\n\n".join(pages) if c in "\n\t" or c.isprintable())
    empty = sum(not page.strip() for page in pages)
    notes = [f"{empty} of its {len(pages)} pages hold no text (pictures or scans)."] if empty and text.strip() else []
    return title if isinstance(title, str) else None, text, notes


def _docx(name: str, data: bytes) -> tuple[str | None, str, list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo("word/document.xml")
            if info.file_size > LARGEST_XML:
                raise BadInput(f"{name} is too large; split it up.", "source")
            # expat itself bounds entities that multiply (since 2.4.1), and fetches nothing.
            root = ElementTree.fromstring(archive.read(info))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadInput(f"{name} is no Word document that can be read; save it again or as PDF.", "source") from error
    paragraphs = [
        "".join(
            part.text or "" if part.tag == f"{_WORD}t" else "\t" if part.tag == f"{_WORD}tab" else "\n"
            for part in paragraph.iter()
            if part.tag in (f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br")
        )
        for paragraph in root.iter(f"{_WORD}p")
    ]
    return None, "\n".join(paragraphs), []


class _Page(HTMLParser):
    """The text of a page: blocks on lines of their own; scripts, styles and navigation left out."""

    HIDDEN = frozenset({"script", "style", "noscript", "template", "nav", "svg", "iframe", "select", "title"})
    BLOCKS = frozenset({
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2",
        "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr",
        "ul",
    })  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.HIDDEN:
            self._hidden.append(tag)
        elif tag in self.BLOCKS:
            self.parts.append("- " if tag == "li" else " " if tag in ("td", "th") else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in self.BLOCKS and tag not in ("td", "th"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            if self._hidden == ["title"]:
                self.title.append(data)
        else:
            self.parts.append(data)
