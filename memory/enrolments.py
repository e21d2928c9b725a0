"""What running workflows needs beside the people in them: counts of steps, where triggers have looked, who is where.

All of it is written in the transactions that move people, so that it agrees with them after any crash.
"""

from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Integer, String, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.deliveries import Delivery
from memory.enums import DeliveryState, EventType
from memory.events import LeadEvent
from memory.mailings import EmailCampaign
from memory.workflows import UNDER_WAY, Enrolment

#: The port under which the end of a way is counted.
ENDED = ""
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class StepCount(Base):
    """How often people left one step of one version by a port (ENDED: their way ended there)."""

    __tablename__ = "step_counts"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("workflow_versions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    node: Mapped[str] = mapped_column(String(32), primary_key=True)
    port: Mapped[str] = mapped_column(String(16), primary_key=True)
    amount: Mapped[int]


def count_steps(session: Session, counted: Mapping[tuple[int, str, str], int]) -> None:
    """Add to the counts of steps: {(version, node, port): people}."""
    if not counted:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(StepCount)
    statement = statement.on_conflict_do_update(
        index_elements=["version_id", "node", "port"],
        set_={"amount": StepCount.amount + statement.excluded.amount},
    )
    # In one order everywhere, so that two workers cannot wait for each other.
    rows = [
        {"version_id": version, "node": node, "port": port, "amount": amount}
        for (version, node, port), amount in sorted(counted.items())
    ]
    session.execute(statement, rows)


def steps_counted(session: Session, version_id: int) -> dict[str, dict[str, int]]:
    """How often each step of a version was taken: {node: {port: people}}."""
    found: dict[str, dict[str, int]] = {}
    for one in session.scalars(select(StepCount).where(StepCount.version_id == version_id)):
        found.setdefault(one.node, {})[one.port] = one.amount
    return found


def waiting_before(session: Session, workflow_id: int, version_id: int | None = None) -> dict[str, dict[str, int]]:
    """How many people stand before each step now: {node: {state: people}}; of one version, or all."""
    statement = select(Enrolment.node, Enrolment.state, func.count()).where(
        Enrolment.workflow_id == workflow_id, Enrolment.state.in_(UNDER_WAY)
    )
    if version_id is not None:
        statement = statement.where(Enrolment.version_id == version_id)
    found: dict[str, dict[str, int]] = {}
    for node, state, amount in session.execute(statement.group_by(Enrolment.node, Enrolment.state)):
        if node:
            found.setdefault(node, {})[state.value] = amount
    return found


def mail_states(session: Session, version_id: int) -> dict[str, dict[DeliveryState, int]]:
    """What became of the mails of each step of a version: {node: {state: messages}}."""
    statement = (
        select(EmailCampaign.workflow_node, Delivery.state, func.count())
        .join(Delivery, Delivery.email_campaign_id == EmailCampaign.id)
        .where(EmailCampaign.workflow_version_id == version_id)
        .group_by(EmailCampaign.workflow_node, Delivery.state)
    )
    found: dict[str, dict[DeliveryState, int]] = {}
    for node, state, amount in session.execute(statement):
        if node:
            found.setdefault(node, {})[state] = amount
    return found


def mail_answers(session: Session, version_id: int) -> dict[str, dict[EventType, int]]:
    """How many people had each kind of human event for the mail of each step of a version: {node: {type: people}}."""
    statement = (
        select(EmailCampaign.workflow_node, LeadEvent.type, func.count(LeadEvent.lead_id.distinct()))
        .join(LeadEvent, LeadEvent.email_campaign_id == EmailCampaign.id)
        .where(EmailCampaign.workflow_version_id == version_id, LeadEvent.machine.is_(False))
        .group_by(EmailCampaign.workflow_node, LeadEvent.type)
    )
    found: dict[str, dict[EventType, int]] = {}
    for node, type, amount in session.execute(statement):
        if node:
            found.setdefault(node, {})[type] = amount
    return found
