"""Ranking leads by their score, in the database: a million leads are not fetched to show fifty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from memory.leads import Lead
from tools.scoring.rules import points_sql, temperature


def best_leads(session: Session, conditions: Sequence[ColumnElement[bool]], now: datetime, limit: int) -> list[Lead]:
    """The leads with the most points; of equal ones the longest known first."""
    statement = select(Lead).where(*conditions).order_by(points_sql(now).desc(), Lead.id).limit(limit)
    return list(session.scalars(statement))


def temperatures(session: Session, conditions: Sequence[ColumnElement[bool]], now: datetime) -> dict[str, int]:
    """How many leads are hot, warm and cold."""
    points = points_sql(now).label("points")
    statement = select(points, func.count()).select_from(Lead).where(*conditions).group_by(points)
    found = {"hot": 0, "warm": 0, "cold": 0}
    for sum_of_points, amount in session.execute(statement):
        found[temperature(sum_of_points)] += amount
    return found
