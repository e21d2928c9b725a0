"""What is really known of the leads of a group: how many have each field, its most frequent values, and one to show."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session

from memory.leads import Lead, LeadField, LeadTag

#: Text fields that a mail may speak of.
SPOKEN_OF = ("first_name", "last_name", "company", "job_title", "city", "country", "language", "source")


def known_fields(session: Session, condition: ColumnElement[bool] | None) -> tuple[int, dict[str, int]]:
    """How many leads there are, and how many of them have each field of SPOKEN_OF, any order, any tag."""
    named = [(name, _filled(getattr(Lead, name))) for name in SPOKEN_OF]
    named += [
        ("orders", Lead.orders > 0),
        ("tag", Lead.id.in_(select(LeadTag.lead_id))),
    ]
    counted = [func.count(case((holds, 1))).label(name) for name, holds in named]
    row = session.execute(select(func.count(Lead.id), *counted).where(_where(condition))).one()
    return int(row[0]), {name: int(amount) for (name, _), amount in zip(named, row[1:], strict=True)}


def known_custom_fields(
    session: Session, condition: ColumnElement[bool] | None, *, limit: int = 10
) -> list[tuple[str, int]]:
    """The most common custom fields with how many of the leads have each."""
    amount = func.count()
    statement = (
        select(LeadField.name, amount)
        .join(Lead, Lead.id == LeadField.lead_id)
        .where(_where(condition))
        .group_by(LeadField.name)
        .order_by(amount.desc(), LeadField.name)
    )
    return [(name, number) for name, number in session.execute(statement.limit(limit))]


def frequent_values(
    session: Session, condition: ColumnElement[bool] | None, field: str, *, limit: int = 3
) -> list[tuple[str, int]]:
    """The most frequent values of a text field ("tag": the tags) among the leads, each with how many have it."""
    amount = func.count()
    column = LeadTag.tag if field == "tag" else getattr(Lead, field)
    statement = select(column, amount).select_from(Lead)
    if field == "tag":
        statement = statement.join(LeadTag, LeadTag.lead_id == Lead.id)
    statement = statement.where(_where(condition), _filled(column)).group_by(column).order_by(amount.desc(), column)
    return [(value, number) for value, number in session.execute(statement.limit(limit))]


def lead_to_show(session: Session, condition: ColumnElement[bool] | None = None) -> Lead | None:
    """A lead to fill a sample with: the first whose first name is known, else the first."""
    statement = select(Lead).where(_where(condition)).order_by(Lead.first_name.is_(None), Lead.id)
    return session.scalars(statement.limit(1)).first()


def fulfils(session: Session, lead_id: int, conditions: Sequence[ColumnElement[bool]]) -> list[bool]:
    """Which of the conditions hold for one lead."""
    if not conditions:
        return []
    told = [case((condition, 1), else_=0) for condition in conditions]
    row = session.execute(select(*told).select_from(Lead).where(Lead.id == lead_id)).one()
    return [bool(value) for value in row]


def _filled(column: Any) -> ColumnElement[bool]:
    filled: ColumnElement[bool] = column.is_not(None) & (column != "")
    return filled


def _where(condition: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return condition if condition is not None else true()
