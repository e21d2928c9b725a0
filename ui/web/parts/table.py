"""A table of records: sorted by its heads, filtered as one types, each row a link to its record; usable by keyboard.

    table = table_view(elem_id="campaign-table")          # the component; loads empty
    records_table([Column("Name"), Column("Budget", right=True)], [Row(["Bloom", Cell("€5,000", 5000)], href="/campaigns?id=1")],
                  caption="Campaigns", filter_label="Filter campaigns", empty=states.empty(...))     # its value

Sorting and filtering happen in the browser, over the rows that are there. For lists of many thousands take the tool's
pages, and links (`choices`) for what is sorted or filtered by the tool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from markupsafe import Markup

from ui.web.parts.links import link
from ui.web.parts.shell import html


@dataclass(frozen=True)
class Column:
    """`right` for figures; `wide` keeps room for a text; `sorts` False where an order means nothing."""

    label: str
    right: bool = False
    wide: bool = False
    sorts: bool = True


@dataclass(frozen=True)
class Cell:
    """What is shown, and the value by which it sorts where that is not the text (a number, an ISO date)."""

    shown: str | Markup
    sort: float | int | str | None = None


@dataclass(frozen=True)
class Row:
    """One record. With `href` its first cell is a link, which the whole row opens."""

    cells: Sequence[Cell | str | Markup | None]
    href: str | None = None
    mark: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


#: A table of more columns becomes a list of cards on a phone, each value beside its column's label.
FEW = 3
#: In the browser, once a component: sorting by the heads, filtering, both kept when the rows are loaded anew.
TABLE_JS = """
const kept = { column: null, up: true, text: '' };
const order = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const arrange = () => {
  const table = element.querySelector('table.records');
  if (!table) return;
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    if (!head.querySelector('button')) return;
    head.setAttribute('aria-sort', place !== kept.column ? 'none' : kept.up ? 'ascending' : 'descending');
  });
  if (kept.column !== null) {
    const value = (row) => {
      const cell = row.cells[kept.column];
      return cell.dataset.sort ?? cell.textContent.trim();
    };
    const absent = (text) => text === '' || text === '-';
    [...body.rows].map((row) => [value(row), row]).sort(([a], [b]) => {
      if (absent(a) || absent(b)) return absent(a) - absent(b);
      return order.compare(a, b) * (kept.up ? 1 : -1) || 0;
    }).forEach(([, row]) => body.append(row));
  }
  const words = kept.text.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of body.rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += row.hidden ? 0 : 1;
  }
  const told = element.querySelector('.filter-told');
  if (told) told.textContent = words.length ? `${shown} of ${body.rows.length} shown` : '';
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('th button');
  if (!button) return;
  const column = button.closest('th').cellIndex;
  kept.up = kept.column === column ? !kept.up : true;
  kept.column = column;
  arrange();
});
element.addEventListener('input', (event) => {
  if (!event.target.matches('input[data-filter]')) return;
  kept.text = event.target.value;
  arrange();
});
watch('value', () => {
  const input = element.querySelector('input[data-filter]');
  if (input) input.value = kept.text;
  arrange();
});
"""


def table_view(value: str | Markup = "", **given: Any) -> gr.HTML:
    """The component that shows a `records_table` (also several, also with other HTML around)."""
    return html(value, js=TABLE_JS, **given)


def records_table(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    caption: str,
    filter_label: str = "",
    empty: str | Markup = "",
    total: int | None = None,
) -> Markup:
    """The table's HTML; `empty` in its place where there are no rows. `caption` is read out, and not seen. `total` says
    how many there are where the rows are only the first of them."""
    if not rows:
        return Markup("{}").format(empty)
    head = Markup("").join(_head(column) for column in columns)
    body = Markup("").join(_row(columns, row) for row in rows)
    more = (
        Markup('<p class="note">The first {} of {} are shown.</p>').format(len(rows), f"{total:,}")
        if total is not None and total > len(rows)
        else ""
    )
    return Markup(
        '<div class="records-box">{}<div class="records-scroll" tabindex="0" role="region" aria-label="{}"><table class="records{}">'
        '<caption class="unseen">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}</div>'
    ).format(_filter(filter_label), caption, " many" if len(columns) > FEW else "", caption, head, body, more)


def _filter(label: str) -> Markup:
    if not label:
        return Markup("")
    return Markup(
        '<div class="records-filter"><input type="search" data-filter aria-label="{}" placeholder="{} …" autocomplete="off">'
        '<span class="filter-told" role="status"></span></div>'
    ).format(label, label)


def _head(column: Column) -> Markup:
    name = (
        Markup('<button type="button">{}</button>').format(column.label)
        if column.sorts and column.label
        else column.label
    )
    sort = Markup(' aria-sort="none"') if column.sorts and column.label else ""
    return Markup('<th scope="col"{}{}>{}</th>').format(_classes(column), sort, name)


def _row(columns: Sequence[Column], row: Row) -> Markup:
    cells = []
    for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
        one = cell if isinstance(cell, Cell) else Cell("-" if cell is None else cell)
        shown = link(one.shown, row.href, css="row") if place == 0 and row.href else one.shown
        sort = Markup(' data-sort="{}"').format(one.sort) if one.sort is not None else ""
        start = Markup('<th scope="row"{}{}>{}</th>') if place == 0 else Markup("<td{}{}>{}</td>")
        label = Markup(' data-label="{}"').format(column.label) if place and column.label else ""
        cells.append(start.format(_classes(column), Markup("{}{}").format(sort, label), shown))
    given = Markup("").join(Markup(' data-{}="{}"').format(name, value) for name, value in row.attributes.items())
    mark = Markup(' class="{}"').format(row.mark) if row.mark else ""
    return Markup("<tr{}{}>{}</tr>").format(mark, given, Markup("").join(cells))


def _classes(column: Column) -> Markup:
    names = " ".join(name for name, given in (("right", column.right), ("wide", column.wide)) if given)
    return Markup(' class="{}"').format(names) if names else Markup("")
