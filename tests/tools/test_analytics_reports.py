"""Reports in three formats, opened and read back; and what a hostile name can do in them: nothing."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pypdf import PdfReader
from sqlalchemy.orm import Session

from memory.house import COMPANY_NAME, set_house_fact
from memory.reports import list_reports, report_with_id
from tests.tools.analytics_planted import campaign, daily, happened, lead
from tests.tools.conftest import NOW
from tools import catalogue
from tools.core.door import Door

Writing = Callable[[], AbstractContextManager[Session]]

assert catalogue  # declares the tools
TODAY = NOW.date()
HOSTILE = '#read("/etc/passwd") <script>alert(1)</script> $x$ [a](http://evil.example) | *b* \\ @c'


@pytest.fixture
def told(door: Door, writing: Writing, tmp_path: Path) -> Door:
    """Some weeks of figures of a campaign with a hostile name; the house keeps files."""
    door.files = tmp_path
    with writing() as session:
        set_house_fact(session, COMPANY_NAME, "Larkspur <b>Tea</b>")
        one = campaign(session, HOSTILE, ("ads",))
        daily(session, one.id, "leads", TODAY, [3.0 + day % 5 for day in range(60)])
        daily(session, one.id, "spend", TODAY, [20.0] * 40)
        who = lead(session, 1)
        for back in range(8):
            at = NOW - timedelta(days=back, hours=1)
            happened(session, who, "ordered", at, "ads", campaign_id=one.id, value=100.0)
    return door


def made(door: Door, **arguments: str) -> tuple[dict[str, Any], bytes]:
    found = door.call("generate_reports", arguments).result.data()
    return found, Path(found["path"]).read_bytes()


class Page(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_needs_nothing_else_and_runs_nothing(told: Door) -> None:
    found, content = made(told)
    page = Page(content.decode())
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "link", "img", "b", "a", "object", "form"}
    attributes = {(tag, name) for tag, given in page.tags for name in given}
    assert not [one for one in attributes if one[1].startswith("on") or one[1] in ("src", "href")]
    inner = [given[name] for _, given in page.tags for name in given if name == "xlink:href"]
    assert all(value is not None and value.startswith("#") for value in inner)
    assert not re.findall(r"url\((?!#)", content.decode())
    text = " ".join(page.texts)
    assert HOSTILE in text
    assert "Marketing report of Larkspur <b>Tea</b>" in text
    assert "Leads a day, 15 February to 16 March 2026: 150 in all" in text
    pictures = [given for tag, given in page.tags if tag == "svg"]
    assert len(pictures) == 4  # conversions, revenue and leads by day; conversions by channel
    assert all(given["role"] == "img" and given["aria-label"] for given in pictures)
    assert found["sections"][:4] == ["Key figures", "Over time", "Channels", "Campaigns"]


def test_pdf_is_read_back(told: Door) -> None:
    found, content = made(told, format="pdf")
    reader = PdfReader(io.BytesIO(content))
    text = "".join(page.extract_text() for page in reader.pages)
    packed = "".join(text.split())
    assert "".join(HOSTILE.split()) in packed  # shown word for word: neither read, nor run, nor typeset
    assert "root:" not in text
    assert "MarketingreportofLarkspur<b>Tea</b>" in packed
    assert "ROI33.3%" in packed  # revenue 800, spend 30 days of 20: 200 of 600
    assert reader.metadata is not None
    assert reader.metadata.title == "Marketing report of Larkspur <b>Tea</b>"
    assert found["file_name"] == "report-1-2026-02-15-to-2026-03-16.pdf"
    assert "PDF" in found["text"]


def test_markdown_is_rendered_without_anything_that_acts(told: Door) -> None:
    _, content = made(told, format="markdown")
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(content.decode())
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "a", "img", "b", "em"}
    assert HOSTILE in " ".join("".join(page.texts).split())
    heads = [line.count(" | ") for line in content.decode().splitlines() if line.startswith("| Campaign |")]
    assert heads == [6]
    assert "█" in content.decode()


def test_the_same_report_twice_and_all_are_kept(told: Door, writing: Writing) -> None:
    first, one = made(told)
    second, other = made(told)
    assert (first["id"], second["id"]) == (1, 2)
    assert one == other  # nothing in it depends on chance or the machine's clock
    with writing() as session:
        assert [report.id for report in list_reports(session)] == [2, 1]
        stored = report_with_id(session, 1)
        assert stored is not None
        assert (stored.content, stored.size, stored.media_type) == (one, len(one), "text/html; charset=utf-8")
        assert (stored.start_date, stored.end_date) == (date(2026, 2, 15), TODAY)


def test_a_report_of_nothing_says_so(door: Door) -> None:
    found = door.call("generate_reports", {"format": "markdown", "period": "February"}).result.data()
    assert found["path"] is None
    assert found["empty"]
    assert "Nothing was measured in these days, and the report says so." in found["text"]
    assert "kept in the hub as report 1" in found["text"]


def test_no_file_is_left_half_written(told: Door, tmp_path: Path) -> None:
    made(told)
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["report-1-2026-02-15-to-2026-03-16.html"]
