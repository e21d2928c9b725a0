"""How values look in an answer: money, days, shares, counts, tables. Shared by the results of all groups."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
NOTHING = "-"


def money(amount: float | None, currency: str = "EUR") -> str:
    """An amount in `currency` (ISO 4217): "€5,000", "€12.50", "5,000 CHF"; a dash for None."""
    if amount is None:
        return NOTHING
    size = f"{abs(amount):,.2f}".removesuffix(".00")
    sign = "-" if amount < 0 and size != "0" else ""
    symbol = SYMBOLS.get(currency.upper())
    return f"{sign}{symbol}{size}" if symbol else f"{sign}{size} {currency.upper()}"


def number(value: float | None) -> str:
    """A plain figure with at most two decimals: "1,234", "3.4"; a dash for None."""
    if value is None:
        return NOTHING
    shown = f"{value:,.2f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def percent(share: float | None) -> str:
    """A share (0.125) as "12.5%"; a dash for None."""
    return NOTHING if share is None else f"{share * 100:,.1f}".removesuffix(".0") + "%"


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """ "1 campaign", "3 campaigns", "no campaigns"; give `plural` where adding an s is wrong."""
    if amount == 1:
        return f"1 {singular}"
    return f"{f'{amount:,}' if amount else 'no'} {plural or singular + 's'}"


def day(value: date | None) -> str:
    """A day: "24 April 2026"; a dash for None."""
    return NOTHING if value is None else f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """A moment in its own zone: "Fri 24 April 2026, 09:00"; a dash for None."""
    return NOTHING if value is None else f"{value:%a} {day(value)}, {value:%H:%M}"


def days(start: date | None, end: date | None) -> str:
    """A span of days, both inclusive: "1 to 30 April 2026", "from 1 April 2026", "until 30 April 2026"."""
    if start is None or end is None:
        return f"from {day(start)}" if start else f"until {day(end)}" if end else NOTHING
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {day(end)}"
    return f"{start.day} {start:%B} to {day(end)}" if start.year == end.year else f"{day(start)} to {day(end)}"


def words(value: Enum | str | None) -> str:
    """An identifier or enum as words: "lead generation"; a dash for None."""
    return NOTHING if value is None else str(value.value if isinstance(value, Enum) else value).replace("_", " ")


def listing(items: Iterable[str], last: str = "and") -> str:
    """A list in a sentence: "a, b and c"."""
    listed = list(items)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {last} {listed[-1]}" if listed else ""


def bullets(lines: Iterable[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; cells are kept on one line."""
    lines = [_row(headers), _row(["---"] * len(headers)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """A longer text set off as a Markdown block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def change(label: str, before: str, after: str) -> str:
    """One change: "budget: €5,000 → €7,500"."""
    return f"{label}: {before} → {after}"


def shorten(text: str, longest: int) -> str:
    """`text` on one line in at most `longest` characters, cut between words with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    if not line[longest - 1].isspace():
        cut = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return cut.rstrip(" ,;:.-\u2013") + "…"


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(" ".join(str(cell).replace("|", "\\|").split()) for cell in cells) + " |"
