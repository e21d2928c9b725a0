"""A report as one HTML page that needs nothing else: no script, no font, no request."""

from collections.abc import Sequence
from html import escape

from tools.reporting.charts import svg
from tools.reporting.document import Block, Bullets, Chart, Document, Paragraph, Table, one_line

CSS = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2939; background: #fff; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #d0d5dd; }
.sub { color: #475467; margin: .2rem 0 0; } .quiet { color: #475467; font-size: .85rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #eaecf0; vertical-align: top; }
th { color: #475467; font-weight: 600; } .n { text-align: right; font-variant-numeric: tabular-nums; }
svg { max-width: 100%; height: auto; } li { margin: .25rem 0; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2, table, figure { break-inside: avoid; } }
figure { margin: .5rem 0; }
"""
#: Nothing may be loaded or run, whatever stood in a name.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def as_html(document: Document) -> bytes:
    """The page, UTF-8."""
    sections = "\n".join(
        f"<section><h2>{_text(section.title)}</h2>\n" + "\n".join(_block(one) for one in section.blocks) + "</section>"
        for section in document.sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(document.title)}</title><style>{CSS}</style></head><body>\n"
        f'<header><h1>{_text(document.title)}</h1><p class="sub">{_text(document.subtitle)}</p></header>\n<main>'
        f'{sections}</main>\n<footer><p class="quiet">{_text(document.made)}</p></footer></body></html>\n'
    ).encode()


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f'<p class="quiet">{_text(block.text)}</p>' if block.quiet else f"<p>{_text(block.text)}</p>"
    if isinstance(block, Bullets):
        return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in block.items) + "</ul>"
    if isinstance(block, Chart):
        return f"<figure>{svg(block)}</figure>"
    return _table(block)


def _table(table: Table) -> str:
    def cells(row: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{' class=n' if at >= table.names else ''}{' scope=col' if tag == 'th' else ''}>{_text(cell)}</{tag}>"
            for at, cell in enumerate(row)
        )

    rows = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in table.rows)
    return (
        f'<div class="wide"><table><thead><tr>{cells(table.head, "th")}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _text(text: str) -> str:
    return escape(one_line(text))
