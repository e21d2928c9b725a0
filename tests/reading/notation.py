"""Mentions written short, as the table of phrases writes them."""

from __future__ import annotations

from datetime import datetime

from agent.reading import Mention

_SHORT = {"after_colon": "colon", "hashtag": "tag"}


def plain(number: float) -> str:
    """Without the ".0" of a whole number."""
    return f"{number:g}" if number != int(number) else str(int(number))


def shown(mention: Mention) -> str:
    """One mention in the table's notation."""
    kind, value = mention.kind, mention.value
    if kind == "date":
        return f"date {value}"
    if kind == "moment":
        assert isinstance(value, datetime)
        assert value.tzinfo is not None
        return f"moment {value:%Y-%m-%d %H:%M}"
    if kind == "time":
        return f"time {value:%H:%M:%S}" if value.second else f"time {value:%H:%M}"
    if kind == "date_range":
        return f"range {value.start}..{value.end}"
    if kind == "period":
        return f"period {value.words}: {value.start}..{value.end}"
    if kind == "duration":
        return f"days {plain(value.days)}" if value.days >= 1 else f"hours {plain(value.hours)}"
    if kind == "money":
        return f"money {plain(value.amount)}" + (f" {value.currency}" if value.currency else "")
    if kind == "change":
        return f"{value.operator} {plain(round(value.operand, 4))}" + (f" {value.currency}" if value.currency else "")
    if kind in ("number", "ordinal", "percent"):
        return f"{kind} {plain(value)}"
    return f"{'every' if kind == 'recurrence' else _SHORT.get(kind, kind)} {value}"
