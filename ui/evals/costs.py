"""What messages cost, by what they needed: no model, a choice of the model, or a text that it wrote."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from ui.evals.quantiles import percentile
from ui.evals.runner import Message

SLASH, SETTLED, CHOSEN, WROTE = "slash command", "settled without the model", "the model, no text", "the model writes"
KINDS = (SLASH, SETTLED, CHOSEN, WROTE)


def kind_of(message: Message) -> str:
    """Which of the four a message is."""
    if message.first_word is not None:
        return WROTE
    if message.read_anew:
        return CHOSEN
    return SLASH if message.decided_by == "slash" else SETTLED


def costs(conversations: Iterable[Sequence[Message]]) -> dict[str, Any]:
    """For each kind of message: seconds to the whole answer and to the model's first word, prompt tokens newly read in
    one call of the model, tokens written in one message; p50 and p95. "all calls": the new tokens of every call."""
    messages = [message for one in conversations for message in one if not message.approval]
    found: dict[str, Any] = {}
    for kind in KINDS:
        some = [message for message in messages if kind_of(message) == kind]
        if some:
            found[kind] = {
                "messages": len(some),
                "seconds": _spread([message.seconds for message in some]),
                "first_word": _spread([m.first_word for m in some if m.first_word is not None]),
                "new_tokens": _spread([tokens for message in some for tokens in message.read_anew]),
                "written": _spread([message.output_tokens for message in some if message.output_tokens]),
            }
    calls = [tokens for message in messages for tokens in message.read_anew]
    return found | {"all calls": {"messages": len(calls), "new_tokens": _spread(calls)}} if calls else found


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    """p50 and p95; None of nothing."""
    half, most = percentile(values, 0.5), percentile(values, 0.95)
    return None if half is None or most is None else {"p50": round(half, 3), "p95": round(most, 3)}


COLUMNS = (("seconds", "{:.2f}"), ("first_word", "{:.2f}"), ("new_tokens", "{:.0f}"), ("written", "{:.0f}"))


def cost_rows(found: dict[str, Any]) -> list[list[str]]:
    """The table's rows: kind, messages, then "p50 / p95" of each column, "-" where there is nothing."""
    rows = []
    for kind, row in found.items():
        cells = [
            f"{shape.format(row[name]['p50'])} / {shape.format(row[name]['p95'])}" if row.get(name) else "-"
            for name, shape in COLUMNS
        ]
        rows.append([kind, str(row["messages"]), *cells])
    return rows


#: The headings of `cost_rows`.
HEADINGS = ("What it took", "n", "seconds p50/p95", "first word p50/p95", "new tokens/call p50/p95", "written p50/p95")


def show_costs(found: dict[str, Any]) -> Table:
    """The costs as a table for the terminal."""
    table = Table(box=None, padding=(0, 1))
    for at, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if at == 0 else "right", no_wrap=True)
    for row in cost_rows(found):
        table.add_row(*row)
    return table
