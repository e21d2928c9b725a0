"""Ranking leads by their score, in the database: a million leads are not fetched to show fifty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from memory.leads import Lead
from tools.scoring.rules import HOT, WARM, points_sql


def best_leads(session: Session, conditions: Sequence[ColumnElement[bool]], now: datetime, limit: int) -> list[Lead]:
    """The leads with the most points; of equal ones the longest known first."""
    statement = select(Lead).where(*conditions).order_by(points_sql(now).desc(), Lead.id).limit(limit)
    return list(session.scalars(statement))


def temperatures(session: Session, conditions: Sequence[ColumnElement[bool]], now: datetime) -> dict[str, int]:
    """How many leads are hot, warm and cold."""
    scored = select(points_sql(now).label("points")).select_from(Lead).where(*conditions).subquery()
    warmth = case((scored.c.points >= HOT, "hot"), (scored.c.points >= WARM, "warm"), else_="cold").label("warmth")
    found = {"hot": 0, "warm": 0, "cold": 0}
    for name, amount in session.execute(select(warmth, func.count()).group_by(warmth)):
        found[name] = amount
    return found
