"""A report as Markdown: tables, and charts as bars of text."""

import re

from tools.quoting import inert
from tools.reporting.document import Block, Bullets, Chart, Document, Paragraph, one_line
from tools.show import bullets, table

#: The longest bar, in blocks.
WIDTH = 24
#: Rows of a chart over days; more days than that are summed by week.
MOST_ROWS = 31
_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


def as_markdown(document: Document) -> bytes:
    """The text, UTF-8."""
    parts = [f"# {_text(document.title)}", _text(document.subtitle)]
    for section in document.sections:
        parts += [f"## {_text(section.title)}", *(_block(block) for block in section.blocks)]
    return ("\n\n".join([*parts, "---", _text(document.made)]) + "\n").encode()


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _text(block.text)
    if isinstance(block, Bullets):
        return bullets(_text(item) for item in block.items)
    if isinstance(block, Chart):
        return f"{_text(block.title)}\n\n" + _bars(block)
    return table([_cell(cell) for cell in block.head], ([_cell(cell) for cell in row] for row in block.rows))


def _bars(chart: Chart) -> str:
    labels, values, shown = list(chart.labels), list(chart.values), list(chart.shown)
    if len(values) > MOST_ROWS:
        starts = range(0, len(values), 7)
        values = [sum(values[at : at + 7]) for at in starts]
        shown = [f"{value:,.0f}" for value in values]
        labels = [f"week of {labels[at]}" for at in starts]
    most = max(values, default=0)
    bars = ["█" * round(value / most * WIDTH) if most else "" for value in values]
    return table(("", "", ""), ((_cell(a), b, c) for a, b, c in zip(labels, bars, shown, strict=True)))


def _text(text: str) -> str:
    """Plain text in Markdown: every sign that would begin something is escaped."""
    return inert(_MARKUP.sub(r"\\\1", one_line(text)))


def _cell(text: str) -> str:
    return _text(text).replace(r"\|", "|")  # the table escapes bars itself
