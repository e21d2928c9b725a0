"""The rules of the lead score, once as data: read in Python for one lead's reasons, as SQL to rank a million.

The approach is the usual one of explicit (fit) and implicit (behaviour) scoring with decay by recency: Marketo, "The
Definitive Guide to Lead Scoring" (2014); recency and frequency after Hughes, "Strategic Database Marketing" (1994). The
weights are this hub's own choice and are shown with every score; no publication gives universal ones (Wu, Andreev and
Benyoucef, "The state of lead scoring models and their impact on sales performance", Inf. Technol. Manag., 2024).

The score is the sum of all points, cut to 0..100. The best of each rule adds up to 100: behaviour 55, recency 20, fit 25.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, String, and_, case, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from memory.enums import Channel, ConsentState, LeadStatus
from memory.leads import Lead, LeadConsent
from tools.leading.checks import FREE_DOMAINS, is_business_address
from tools.show import count

Group = Literal["behaviour", "recency", "fit"]

#: From these scores on a lead is called hot, warm.
HOT, WARM = 60, 30


@dataclass(frozen=True)
class Points:
    """The points that one rule gave, with what they were given for."""

    group: Group
    reason: str
    points: int


@dataclass(frozen=True)
class Bands:
    """Points by how often something happened: those of the first band (from, points) that is reached."""

    column: InstrumentedAttribute[int]
    bands: tuple[tuple[int, int], ...]
    singular: str

    def sql(self) -> ColumnElement[int]:
        return case(*((self.column >= least, points) for least, points in self.bands), else_=0)

    def read(self, lead: Lead) -> Points | None:
        amount = getattr(lead, self.column.key)
        points = next((points for least, points in self.bands if amount >= least), 0)
        imported = (lead.imported_counts or {}).get(self.column.key, 0)
        told = f" ({imported:,} of them imported)" if 0 < imported < amount else " (imported)" if imported else ""
        return Points("behaviour", count(amount, self.singular) + told, points) if points else None


@dataclass(frozen=True)
class Flag:
    """Points for something that is so or not."""

    reason: str
    points: int
    holds: Callable[[Lead, frozenset[Channel]], bool]
    condition: Callable[[], ColumnElement[bool]]

    def sql(self) -> ColumnElement[int]:
        return case((self.condition(), self.points), else_=0)


BEHAVIOUR = (
    Bands(Lead.visits, ((20, 15), (10, 12), (5, 9), (2, 5), (1, 2)), "visit"),
    Bands(Lead.opens, ((10, 5), (5, 4), (2, 2), (1, 1)), "open"),
    Bands(Lead.clicks, ((8, 15), (4, 12), (2, 8), (1, 4)), "click"),
    Bands(Lead.orders, ((5, 20), (2, 14), (1, 8)), "order"),
)
#: Days since the lead last did something, at most, and the points for it.
RECENCY = ((7, 20), (30, 14), (90, 7), (180, 3))


def _status_flag(status: LeadStatus, points: int) -> Flag:
    return Flag(f"status {status.value}", points, lambda lead, _: lead.status == status, lambda: Lead.status == status)


def _given(column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    return and_(column.is_not(None), column != "")


class _Domain(FunctionElement[str]):
    """What stands behind the @ of an address: a million addresses are compared once each, and not with every domain."""

    name = "email_domain"
    type = String()
    inherit_cache = True


@compiles(_Domain)
def _domain_on_postgresql(element: _Domain, compiler: SQLCompiler, **options: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **options)}, '@', 2)"


@compiles(_Domain, "sqlite")
def _domain_on_sqlite(element: _Domain, compiler: SQLCompiler, **options: Any) -> str:
    address = compiler.process(element.clauses, **options)
    return f"substr({address}, instr({address}, '@') + 1)"


def _free_address() -> ColumnElement[bool]:
    return _Domain(Lead.email).in_(FREE_DOMAINS)


def _no_consent() -> ColumnElement[bool]:
    withdrawn = select(LeadConsent.lead_id).where(
        LeadConsent.channel == Channel.EMAIL, LeadConsent.state == ConsentState.WITHDRAWN
    )
    return Lead.id.in_(withdrawn)


FIT = (
    Flag("the company is known", 5, lambda lead, _: bool(lead.company), lambda: _given(Lead.company)),
    Flag("a business address", 5, lambda lead, _: is_business_address(lead.email), lambda: ~_free_address()),
    Flag("the job title is known", 3, lambda lead, _: bool(lead.job_title), lambda: _given(Lead.job_title)),
    Flag("a phone number is known", 2, lambda lead, _: bool(lead.phone), lambda: _given(Lead.phone)),
    _status_flag(LeadStatus.QUALIFIED, 10),
    _status_flag(LeadStatus.CUSTOMER, 7),
    _status_flag(LeadStatus.CONTACTED, 4),
    _status_flag(LeadStatus.LOST, -20),
    Flag("consent to email was withdrawn", -10, lambda _, withdrawn: Channel.EMAIL in withdrawn, _no_consent),
)


def points_sql(now: datetime) -> ColumnElement[int]:
    """The sum of all points as a SQL expression on `Lead`: what `score_of` cuts to 0..100."""
    total: ColumnElement[int] = case(
        *((Lead.last_activity_at >= _since(now, days), points) for days, points in RECENCY), else_=0
    )
    for rule in (*BEHAVIOUR, *FIT):
        total = total + rule.sql()
    return total


def points_of(lead: Lead, withdrawn: frozenset[Channel], now: datetime) -> list[Points]:
    """Every rule that gave or took points, in the order of the rules. `withdrawn`: channels with consent withdrawn."""
    found = [points for rule in BEHAVIOUR if (points := rule.read(lead))]
    last = lead.last_activity_at
    if last is not None:
        recent = next((worth for days, worth in RECENCY if last >= _since(now, days)), 0)
        if recent:
            found.append(Points("recency", f"last active {_ago(last, now)}", recent))
    found += [Points("fit", rule.reason, rule.points) for rule in FIT if rule.holds(lead, withdrawn)]
    return found


def score_of(points: Sequence[Points]) -> int:
    """The score from 0 to 100."""
    return max(0, min(100, sum(one.points for one in points)))


def temperature(score: int) -> str:
    """hot, warm or cold."""
    return "hot" if score >= HOT else "warm" if score >= WARM else "cold"


def _since(now: datetime, days: int) -> datetime:
    return (now - timedelta(days=days)).astimezone(UTC)


def _ago(moment: datetime, now: datetime) -> str:
    days = (now.date() - moment.astimezone(now.tzinfo).date()).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
