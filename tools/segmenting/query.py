"""A condition tree as SQL: one condition on the leads table, the same on SQLite and PostgreSQL.

Every leaf is true or false, never NULL, so that "not" of it means what a person thinks it means.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from memory.enums import ConsentState
from memory.events import COUNTED, leads_with_event
from memory.leads import Lead, LeadConsent, LeadField, LeadTag
from tools.segmenting.places import same_place
from tools.segmenting.tree import (
    CUSTOM,
    AllOf,
    AnyOf,
    Condition,
    ConsentIs,
    Happened,
    Known,
    Not,
    NumberIs,
    Span,
    StatusIs,
    TagIs,
    TextIs,
    When,
    Window,
)
from tools.words import resolve_period

_MOMENTS: dict[str, InstrumentedAttribute[Any]] = {
    "created": Lead.created_at,
    "status_changed": Lead.status_changed_at,
    "last_visit": Lead.last_visit_at,
    "last_open": Lead.last_open_at,
    "last_click": Lead.last_click_at,
    "last_order": Lead.last_order_at,
    "last_activity": Lead.last_activity_at,
}


def segment_query(session: Session, tree: Condition, now: datetime) -> Select[int]:
    """The ids of the leads for which the tree holds at `now` (aware, in the hub's zone)."""
    return select(Lead.id).where(condition(tree, now))


def count_segment(session: Session, tree: Condition, now: datetime) -> int:
    """How many leads there are for which the tree holds."""
    return session.scalar(select(func.count()).select_from(Lead).where(condition(tree, now))) or 0


def condition(tree: Condition, now: datetime) -> ColumnElement[bool]:
    """The tree as a condition on `Lead`, to be combined with others."""
    match tree:
        case AllOf():
            return and_(*(condition(part, now) for part in tree.parts))
        case AnyOf():
            return or_(*(condition(part, now) for part in tree.parts))
        case Not():
            return not_(condition(tree.part, now))
        case StatusIs():
            return Lead.status.in_(tree.values)
        case TagIs():
            tags = [value.casefold() for value in tree.values]
            return Lead.id.in_(select(LeadTag.lead_id).where(LeadTag.tag.in_(tags)))
        case ConsentIs():
            return Lead.id.in_(
                select(LeadConsent.lead_id).where(
                    LeadConsent.channel.in_(tree.values), LeadConsent.state == ConsentState.GRANTED
                )
            )
        case TextIs():
            return _text(tree)
        case NumberIs():
            return _number(tree)
        case Known():
            return _known(tree)
        case When():
            return _when(tree, now)
        case Happened():
            return _happened(tree, now)


def window_bounds(window: Window, now: datetime) -> tuple[datetime | None, datetime | None]:
    """First moment (inclusive) and end (exclusive) of a window in UTC; None where it is open."""
    if window.last:
        return (now - _delta(window.last)).astimezone(UTC), None
    if window.older:
        return None, (now - _delta(window.older)).astimezone(UTC)
    first, last = resolve_period(window.period, now) if window.period else (window.start, window.end)
    return (
        _midnight(first, now) if first else None,
        _midnight(last + timedelta(days=1), now) if last else None,
    )


def _text(tree: TextIs) -> ColumnElement[bool]:
    if tree.field.startswith(CUSTOM):
        matched = or_(*(_matches(LeadField.value, tree.op, value) for value in tree.values))
        return Lead.id.in_(select(LeadField.lead_id).where(_custom_name(tree.field), matched))
    column = getattr(Lead, tree.field)
    values = tree.values
    if tree.op == "is" and tree.field == "country":
        values = tuple(name for value in values for name in same_place(value))
    return and_(column.is_not(None), or_(*(_matches(column, tree.op, value) for value in values)))


def _matches(column: Any, op: str, value: str) -> ColumnElement[bool]:
    if op == "is":
        # SQLite's lower() knows ASCII only: "ZÜRICH" becomes "zÜrich" there.
        found: ColumnElement[bool] = func.lower(column).in_(
            sorted({_ascii_lower(value), value.lower(), _ascii_lower(value.upper())})
        )
        return found
    lowered, part = func.lower(column), value.lower()
    if op == "contains":
        return lowered.contains(part, autoescape=True)
    return lowered.startswith(part, autoescape=True) if op == "starts with" else lowered.endswith(part, autoescape=True)


def _number(tree: NumberIs) -> ColumnElement[bool]:
    if tree.field.startswith(CUSTOM):
        return Lead.id.in_(
            select(LeadField.lead_id).where(
                _custom_name(tree.field), LeadField.number.is_not(None), _compared(LeadField.number, tree)
            )
        )
    return _compared(getattr(Lead, tree.field), tree)


def _compared(column: Any, tree: NumberIs) -> ColumnElement[bool]:
    ways = {"=": column.__eq__, ">=": column.__ge__, "<=": column.__le__, ">": column.__gt__, "<": column.__lt__}
    value = int(tree.value) if tree.value == int(tree.value) else tree.value
    result: ColumnElement[bool] = ways[tree.op](value)
    return result


def _known(tree: Known) -> ColumnElement[bool]:
    if tree.field == "tag":
        return Lead.id.in_(select(LeadTag.lead_id))
    if tree.field == "consent":
        return Lead.id.in_(select(LeadConsent.lead_id).where(LeadConsent.state == ConsentState.GRANTED))
    if tree.field.startswith(CUSTOM):
        return Lead.id.in_(select(LeadField.lead_id).where(_custom_name(tree.field)))
    column = _MOMENTS[tree.field] if tree.field in _MOMENTS else getattr(Lead, tree.field)
    return and_(column.is_not(None), column != "") if tree.field not in _MOMENTS else column.is_not(None)


def _when(tree: When, now: datetime) -> ColumnElement[bool]:
    if tree.field.startswith(CUSTOM):
        start, end = window_bounds(tree.window, now)
        ends: list[ColumnElement[bool]] = [LeadField.day.is_not(None)]
        if start is not None:
            ends.append(LeadField.day >= start.astimezone(now.tzinfo).date())
        if end is not None:
            ends.append(LeadField.day < end.astimezone(now.tzinfo).date())
        return Lead.id.in_(select(LeadField.lead_id).where(_custom_name(tree.field), *ends))
    return _within(_MOMENTS[tree.field], tree.window, now)


def _happened(tree: Happened, now: datetime) -> ColumnElement[bool]:
    counted = COUNTED.get(tree.event)
    if counted and tree.mailing is None:
        if tree.window is None:
            column: ColumnElement[bool] = getattr(Lead, counted[0]) >= tree.at_least
            return column
        if tree.at_least == 1 and window_bounds(tree.window, now)[1] is None:
            # The window reaches until now: the latest one lies in it where any does, and it is kept on the lead.
            return _within(getattr(Lead, counted[1]), tree.window, now)
    start, end = window_bounds(tree.window, now) if tree.window else (None, None)
    events = leads_with_event(
        tree.event, since=start, until=end, at_least=tree.at_least, email_campaign_id=tree.mailing_id
    )
    return Lead.id.in_(events)


def _within(column: Any, window: Window, now: datetime) -> ColumnElement[bool]:
    start, end = window_bounds(window, now)
    parts = [column.is_not(None)]
    if start is not None:
        parts.append(column >= start)
    if end is not None:
        parts.append(column < end)
    return and_(*parts)


def _custom_name(field: str) -> ColumnElement[bool]:
    return LeadField.name == field.removeprefix(CUSTOM).casefold()


def _delta(span: Span) -> relativedelta:
    return relativedelta(**{f"{span.unit}s": span.amount})  # type: ignore[arg-type]


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo).astimezone(UTC)


def _ascii_lower(text: str) -> str:
    return "".join(character.lower() if character.isascii() else character for character in text)
