"""What a reader gives back: a place in the message, its kind, its value, and what the words around it say of its role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "date", "moment", "time", "date_range", "period", "duration", "recurrence", "number", "ordinal", "money", "percent",
    "change", "quoted", "after_colon", "name", "email", "url", "file", "hashtag", "phone",
]  # fmt: skip


class DateRange(NamedTuple):
    """First and last day, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Period:
    """A period in the person's words (normalised), and what it means looking back, both days included."""

    words: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as said, and reckoned (a month as 30 days, a year as 365, a working day as a day).

    ``float(duration)`` is its days.
    """

    amount: float
    unit: str
    days: float
    hours: float

    def __float__(self) -> float:
        return self.days


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; ``currency`` is an ISO 4217 code, or None where none was named."""

    amount: float
    currency: str | None = None

    def __float__(self) -> float:
        return self.amount


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an amount that exists: ``multiply`` by or ``add`` the operand ("by 10 %" down is multiply 0.9)."""

    operator: Literal["multiply", "add"]
    operand: float
    currency: str | None = None

    def apply(self, current: float) -> float:
        """The new amount, rounded to cents."""
        return round(current * self.operand if self.operator == "multiply" else current + self.operand, 2)


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said in a message.

    ``start``/``end`` are character offsets: ``message[start:end] == text``. ``value`` by kind:

    ========== =======================  =============  ============================
    date       ``date``                 money          :class:`Money`
    moment     aware ``datetime``       change         :class:`Change`
    time       ``time``                 percent        ``float`` (15.0 is 15 %)
    date_range :class:`DateRange`       number         ``int`` or ``float``
    period     :class:`Period`          ordinal        ``int`` (-1 last, -2 last but one)
    duration   :class:`Duration`        recurrence     ``str``, the words
    quoted, after_colon, name, email, url, file, hashtag, phone: ``str``
    ========== =======================  =============  ============================

    ``role``: what the words beside it make of it: for days ``start``, ``end``, ``by``, ``since``, ``before``, ``after`` or the
    bare preposition (``on``, ``at``, ``in``, ``for``, ``over`` ...); for money ``budget``, ``to``, ``from``, ``by``, ``off``,
    ``at_most``, ``at_least``; for money, numbers and percentages also ``per day`` ...; for numbers ``id`` and ``more``; for
    durations ``for``, ``in``, ``every``, ``later``, ``earlier`` ....
    ``grain``: day, week, weekend, month, quarter, half, season, year, part, range, whole, rolling; for times ``minute`` or
    ``daypart`` (only a part of the day was named, the hour is the hub's).
    ``ahead``/``back``: the days that a calendar mention means for a plan and for a report.
    ``other``: readings that the words allow as well ("4/5" the other way round, "at 6" in the morning).
    ``attributive``: it describes the noun after it ("the Friday newsletter"), so it may be part of a name.
    ``doubt``: a sentence on what does not fit ("24 April 2026 is a Friday, not a Monday.").
    ``unit``: the word that a number counts ("5 subject lines": subject).
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: Any
    role: str | None = None
    grain: str | None = None
    ahead: DateRange | None = None
    back: DateRange | None = None
    other: tuple[Any, ...] = ()
    attributive: bool = False
    doubt: str | None = None
    unit: str | None = None
