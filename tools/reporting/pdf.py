"""A report as PDF, typeset by Typst from a fixed page; what was stored goes in as data."""

import json
import tempfile
from pathlib import Path
from typing import Any

from tools.reporting.charts import svg
from tools.reporting.document import Block, Bullets, Chart, Document, Paragraph, one_line

PAGE = Path(__file__).with_name("report.typ")


def as_pdf(document: Document) -> bytes:
    """The PDF, tagged for screen readers. It is set in a folder of its own, outside of which nothing can be read."""
    import typst

    with tempfile.TemporaryDirectory(prefix="hub-report-") as name:
        folder = Path(name)
        charts: list[str] = []
        sections = [
            {"title": one_line(section.title), "blocks": [_block(one, charts) for one in section.blocks]}
            for section in document.sections
        ]
        for number, drawn in enumerate(charts):
            (folder / f"chart{number}.svg").write_text(drawn, encoding="utf-8")
        data = {
            "title": one_line(document.title),
            "subtitle": one_line(document.subtitle),
            "made": one_line(document.made),
            "sections": sections,
        }
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        (folder / "report.typ").write_bytes(PAGE.read_bytes())
        return bytes(typst.compile(folder / "report.typ", root=folder, ignore_system_fonts=True, format="pdf"))


def _block(block: Block, charts: list[str]) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": one_line(block.text), "quiet": block.quiet}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [one_line(item) for item in block.items]}
    if isinstance(block, Chart):
        charts.append(svg(block))
        return {"kind": "chart", "file": f"chart{len(charts) - 1}.svg", "title": one_line(block.title)}
    return {
        "kind": "table",
        "head": [one_line(cell) for cell in block.head],
        "rows": [[one_line(cell) for cell in row] for row in block.rows],
        "names": block.names,
    }
