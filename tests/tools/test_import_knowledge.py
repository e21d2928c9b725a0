"""Importing articles and tickets from real files: every format, what is refused, what is left out and said."""

import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from memory.enums import KnowledgeKind
from memory.knowledge import KnowledgeItem, all_knowledge
from tools import knowledge  # noqa: F401  (declares the tools)
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput, NotFound, Unavailable
from tools.knowing.cards import ImportResult
from tools.knowing.rows import MOST_BROKEN

Reading = Callable[[], AbstractContextManager[Context]]


@pytest.fixture
def folder(door: Door, tmp_path: Path) -> Path:
    folder = tmp_path / "imports"
    folder.mkdir()
    door.import_folders = (folder,)
    return folder


def take(door: Door, source: str, kind: str = "article") -> ImportResult:
    result = door.call("import_knowledge", {"source": source, "kind": kind}).result
    assert isinstance(result, ImportResult)
    return result


def stored(reading: Reading) -> list[KnowledgeItem]:
    with reading() as ctx:
        return list(all_knowledge(ctx.session))


def test_a_semicolon_csv_in_utf16_becomes_tickets_with_dates(door: Door, folder: Path, reading: Reading) -> None:
    text = (
        "Ticket ID;Subject;Description;Created at\r\n"
        '7;Sattel quietscht;"Er quietscht; seit ""gestern"".\nSehr laut.";2026-03-01 09:30\r\n'
        "8;Bremse;Die Bremse schleift.;2026-03-02T10:00:00Z\r\n"
    )
    (folder / "Tickets.csv").write_bytes(text.encode("utf-16"))
    result = take(door, "tickets.csv", "ticket")
    assert (result.imported, result.duplicates, result.skipped) == (2, 0, ())
    first, second = stored(reading)
    assert (first.kind, first.title, first.source) == (KnowledgeKind.TICKET, "Sattel quietscht", "Tickets.csv")
    assert first.content == 'Er quietscht; seit "gestern".\nSehr laut.'
    # 09:30 in Berlin is 08:30 UTC in winter
    assert first.happened_at == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert second.happened_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert result.text == (
        "Imported 2 tickets from Tickets.csv: Sattel quietscht and Bremse. I took the title from “Subject”, the text "
        "from “Description” and the date from “Created at”."
    )
    assert "schleift" in door.call("search_knowledge", {"query": "Bremse", "kind": "ticket"}).text


def test_bad_rows_are_listed_and_the_others_imported(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "faq.csv").write_text(
        "question,answer,created\n"
        "One,First answer,2026-01-01\n"
        "Two,too,many,columns\n"
        'Three,"never closed,2026-01-01\n'
        "Four,,\n"
        ",,\n"
        "Five,Fifth answer,soon\n"
        "Six,Sixth answer,\n"
        ",Seventh answer without a title,\n",
        encoding="utf-8",
    )
    result = take(door, "faq.csv")
    assert [row.model_dump() for row in result.skipped] == [
        {"where": "line 3", "reason": "it has 4 columns instead of 3"},
        {"where": "line 4", "reason": "a quotation mark in it is never closed"},
        {"where": "line 7", "reason": "“soon” is no date"},
    ]
    assert [(item.title, item.content) for item in stored(reading)] == [
        ("One", "First answer"),
        ("Four", "Four"),
        ("Six", "Sixth answer"),
        ("Seventh answer without a title", "Seventh answer without a title"),
    ]
    assert "3 parts could not be imported:\n\n- line 3: it has 4 columns instead of 3\n" in result.text


def test_what_is_stored_already_is_counted_and_left_out(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "a.csv").write_text("title,content\nA,Text of A\nB,Text of B\nA,Text of A\n", encoding="utf-8")
    first = take(door, "a.csv")
    assert (first.imported, first.duplicates) == (2, 1)
    again = take(door, "a.csv")
    assert (again.imported, again.duplicates) == (0, 3)
    assert again.text.startswith("Imported no articles from a.csv. 3 items were stored already and left out.")
    (folder / "b.csv").write_text("title,content\na,Another text\nC,Text of C\n", encoding="utf-8")
    other = take(door, "b.csv")
    assert other.imported == 1
    assert other.skipped[0].where == "line 2"
    assert "already an article called “a” with another text" in other.skipped[0].reason
    assert len(stored(reading)) == 3


def test_two_customers_may_write_the_same_words(door: Door, folder: Path) -> None:
    (folder / "t.csv").write_text("id,text\n1,Cold showers\n2,Cold showers\n2,Cold showers\n", encoding="utf-8")
    result = take(door, "t.csv", "ticket")
    assert (result.imported, result.duplicates) == (2, 1)


@pytest.mark.parametrize(
    ("dates", "days", "told"),
    [
        (["03/04/2026", "25/12/2025"], [(3, 4), (25, 12)], False),
        (["03/04/2026", "12/25/2025"], [(4, 3), (25, 12)], False),
        (["03/04/2026", "05/06/2025"], [(3, 4), (5, 6)], True),
    ],
)
def test_the_order_of_day_and_month_is_decided_by_the_whole_column(
    door: Door, folder: Path, reading: Reading, dates: list[str], days: list[tuple[int, int]], told: bool
) -> None:
    lines = [f"{number}\tText {number}\t{date}" for number, date in enumerate(dates)]
    (folder / "t.tsv").write_text("\n".join(["nr\ttext\tdatum", *lines]), encoding="utf-8")
    result = take(door, "t.tsv", "ticket")
    moments = [item.happened_at for item in stored(reading)]
    assert [(m.astimezone(door.clock.zone).day, m.astimezone(door.clock.zone).month) for m in moments if m] == days
    assert any("either way" in note for note in result.notes) is told


def test_json_lists_json_lines_and_exports_are_read(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "list.json").write_text(
        json.dumps([{"title": "One", "body": "1"}, "loose", {"title": "Empty", "x": None}])
    )
    result = take(door, "list.json")
    assert (result.imported, result.skipped[0].where) == (2, "entry 2")
    export = {
        "count": 1,
        "tickets": [{"id": 5, "subject": "Hot", "description": "Too hot", "created_at": "2026-02-01"}],
    }
    (folder / "export.json").write_text(json.dumps(export))
    assert take(door, "export.json", "ticket").titles == ("Hot",)
    (folder / "lines.jsonl").write_text(
        '{"title": "L1", "content": "c1"}\n{broken\n\n{"title": "L2", "content": "c2"}\n'
    )
    lines = take(door, "lines.jsonl")
    assert lines.titles == ("L1", "L2")
    assert lines.skipped[0].where == "line 2"
    assert lines.skipped[0].reason.startswith("it is no proper JSON")
    assert [item.title for item in stored(reading)] == ["One", "Empty", "Hot", "L1", "L2"]


def test_markdown_text_and_html_are_one_article_each(door: Door, folder: Path, reading: Reading) -> None:
    (folder / "returns.md").write_text("# Return policy\n\nWithin 14 days.\n", encoding="utf-8")
    (folder / "opening_hours.txt").write_bytes("Täglich 9 bis 18 Uhr".encode("cp1252"))
    (folder / "page.html").write_text(
        "<html><head><title>Shipping &amp; costs</title><style>p{}</style></head><body><nav>Home</nav>"
        "<script>alert(1)</script><h1>Shipping</h1><p>5 euro.</p><ul><li>Free over 50</li></ul></body></html>",
        encoding="utf-8",
    )
    result = take(door, str(folder))
    assert [(item.title, item.content) for item in stored(reading)] == [
        ("Opening hours", "Täglich 9 bis 18 Uhr"),
        ("Shipping & costs", "Shipping\n\n5 euro.\n\n- Free over 50"),
        ("Return policy", "Within 14 days."),
    ]
    assert result.notes == (
        "opening_hours.txt: It is not UTF-8; I read it as Windows-1252, so check its umlauts and accents.",
    )


def pdf_of(text: str, path: Path) -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(width=300, height=300)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    if text:
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = stream
    writer.write(path)


def test_a_pdf_is_read_and_one_without_text_or_damaged_is_refused(door: Door, folder: Path, reading: Reading) -> None:
    pdf_of("The alarm is armed at ten.", folder / "alarm-system.pdf")
    assert take(door, "alarm-system.pdf").titles == ("Alarm system",)
    assert stored(reading)[0].content == "The alarm is armed at ten."
    pdf_of("", folder / "scan.pdf")
    with pytest.raises(BadInput, match="perhaps it is a scan"):
        take(door, "scan.pdf")
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    with pytest.raises(BadInput, match="no PDF that can be read"):
        take(door, "damaged.pdf")


def test_a_word_file_is_read(door: Door, folder: Path, reading: Reading) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = (
        f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>First </w:t></w:r><w:r><w:t>line</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>Second</w:t><w:tab/><w:t>line</w:t></w:r></w:p></w:body></w:document>"
    )
    with zipfile.ZipFile(folder / "hand book.docx", "w") as archive:
        archive.writestr("word/document.xml", document)
    assert take(door, "“hand book.docx”").titles == ("Hand book",)
    assert stored(reading)[0].content == "First line\nSecond\tline"
    (folder / "false.docx").write_bytes(b"PK not a zip")
    with pytest.raises(BadInput, match="no Word document"):
        take(door, "false.docx")


def test_an_address_is_refused_with_what_to_do(door: Door, folder: Path) -> None:
    for address in ("https://help.example/faq", "http://10.0.0.1/", "file:///etc/passwd", "www.example.com"):
        with pytest.raises(BadInput, match="is a web address, and the hub reads no pages from the web") as caught:
            take(door, address)
        assert f"into {folder} and import it by its name" in caught.value.sentence


def test_nothing_outside_the_folder_is_read(door: Door, folder: Path, tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    for source in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt", "linked/secret.txt", "/etc/passwd",
                   "/no/such/file.txt", "x" * 5_000 + ".txt"):  # fmt: skip
        with pytest.raises(BadInput, match="lies outside of the import folder"):
            take(door, source)
    with pytest.raises(BadInput, match="lies outside"):
        take(door, "linked")
    assert stored(reading) == []


def test_a_folder_does_not_follow_links_out_of_it(door: Door, folder: Path, tmp_path: Path, reading: Reading) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "own.txt").write_text("own text")
    assert take(door, ".").imported == 1
    assert [item.content for item in stored(reading)] == ["own text"]


def test_a_missing_file_says_where_to_put_it_and_what_is_there(door: Door, folder: Path) -> None:
    with pytest.raises(NotFound) as caught:
        take(door, "faq.csv")
    assert caught.value.sentence == (
        f"There is no file “faq.csv” in the import folder. Put it into {folder} and ask again. It is empty now."
    )
    (folder / "faq-2026.csv").write_text("x")
    with pytest.raises(NotFound, match=r"Did you mean faq-2026.csv\?"):
        take(door, "faq.csv")
    door.import_folders = ()
    with pytest.raises(Unavailable, match="No import folder is set"):
        take(door, "faq.csv")


def test_a_second_import_folder_counts_too(door: Door, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text("text")
    door.import_folders = (folder, other)
    assert take(door, "x.txt").imported == 1
    assert take(door, str(other / "x.txt")).duplicates == 1


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.xlsx", b"PK", "of a kind that cannot be read. Save it as md, markdown, txt"),
        ("a.txt", b" \n", "is empty"),
        ("a.txt", b"\x00\x01\x02\x03" * 50, "holds no text"),
        ("a.csv", b"colour,size\nred,9\n", "No column of a.csv looks like the text: it has “colour” and “size”"),
        ("a.csv", b"title,content\n", "holds no rows"),
        ("a.json", b"{oops", "is no proper JSON"),
        ("a.json", b"[" * 5_000, "is no proper JSON"),
        ("a.json", b"3", "must hold a list of objects"),
        ("a.csv", b"title,content\n" + b"one\n" * (MOST_BROKEN + 1), "More than 200 rows of a.csv cannot be read"),
        ("a.txt", b"x" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence_and_nothing_is_stored(
    door: Door, folder: Path, reading: Reading, name: str, data: bytes, sentence: str
) -> None:
    (folder / name).write_bytes(data)
    with pytest.raises(BadInput) as caught:
        take(door, name)
    assert sentence in caught.value.sentence
    assert stored(reading) == []
