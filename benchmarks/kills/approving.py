"""Hubs that approve plans (mailings that go out, campaigns that are deleted), killed while they carry them out."""

from collections import Counter
from dataclasses import replace

from sqlalchemy import func, select, text

from agent.hub import Hub
from benchmarks.kills.hunting import LEASE, Place, Told, compared, hunt
from benchmarks.kills.sending import Taken, waiting
from memory.audit import AuditEntry
from memory.campaigns import Campaign
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import DeliveryState
from memory.outbox import unknown_messages
from memory.plans import EXECUTED, WAITING, Plan
from tests.house.approving_worker import approve, house_of
from tests.support.processes import Process

#: Plans of each kind in each round, and the recipients of each mailing.
EACH, RECIPIENTS = 3, 3


class Plans:
    """The plans that were made, and what each of them stands for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.mailings: dict[int, int] = {}
        #: By name: SQLite gives the number of a campaign that is gone to the next one.
        self.campaigns: dict[int, str] = {}
        self.addresses: list[str] = []
        #: Plans that were found half carried out: done without their effect, or the other way round.
        self.torn: set[int] = set()

    def plant(self, number: int) -> None:
        for one in range(EACH):
            self._mailing(f"{number}-{one}")
            self._deletion(f"Old {number}-{one}")

    def _mailing(self, name: str) -> None:
        """Asked for by a program: the plan belongs to no conversation."""
        addresses = [f"p{name}-{one}@x.example" for one in range(RECIPIENTS)]
        made = self._hub.call("create_email_campaign", subject=f"News {name}", content="Hi.", recipients=addresses)
        id = made.result.data()["id"]
        plan = self._hub.call("send_email_campaign", email_campaign=id).plan_id
        assert plan is not None
        self.mailings[plan] = id
        self.addresses.extend(addresses)

    def _deletion(self, name: str) -> None:
        """Asked for in a conversation: its turn waits for the decision."""
        self._hub.call("create_campaign", name=name, type="email")
        (plan,) = self._hub.ask(f'/campaign delete "{name}"').waiting
        self.campaigns[plan] = name

    def check(self, database: Database) -> None:
        """A plan and what it does are one: both, or neither. All is read as of one moment."""
        with database.session() as session:
            if not database.is_sqlite:
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            states = dict(session.execute(select(Plan.id, Plan.state)).tuples().all())
            laid = Counter(session.scalars(select(Delivery.email_campaign_id)))
            there = set(session.scalars(select(Campaign.name)))
            yeses = _yeses(session.scalars(select(AuditEntry.plan_id).where(AuditEntry.outcome == "approved")).all())
        for plan in (*self.mailings, *self.campaigns):
            done = states[plan] == EXECUTED
            if plan in self.mailings:
                happened = laid[self.mailings[plan]] == RECIPIENTS
                nothing = self.mailings[plan] not in laid
            else:
                nothing = self.campaigns[plan] in there
                happened = not nothing
            whole = happened and yeses[plan] == 1 if done else nothing and states[plan] == WAITING and not yeses[plan]
            if not whole:
                self.torn.add(plan)

    def open(self, database: Database) -> bool:
        with database.session() as session:
            left = session.scalar(select(Plan.id).where(Plan.state == WAITING).limit(1))
        return left is not None or waiting(database)


def run(place: Place, kills: int) -> Told:
    taken = Taken()
    with house_of(place.folder, place.url, taken.port) as hub:
        database, plans = hub.database, Plans(hub)

        def start(name: str) -> Process:
            return Process(approve, place.folder, place.url, taken.port, name, LEASE)

        def progress() -> int:
            with database.session() as session:
                return session.scalar(select(func.count()).where(Plan.state == EXECUTED)) or 0

        hunt(
            place, kills, start, plans.plant, progress, EACH * 2, lambda: not plans.open(database),
            lambda name: plans.check(database),
        )  # fmt: skip
        plans.check(database)
        with database.session() as session:
            executed = session.scalars(select(Plan.id).where(Plan.state == EXECUTED)).all()
            approved = session.scalars(select(AuditEntry.plan_id).where(AuditEntry.outcome == "approved")).all()
            sent = session.scalars(select(Delivery.recipient).where(Delivery.state == DeliveryState.SENT)).all()
            unknown = [row.recipient for row in unknown_messages(session, limit=len(plans.addresses))]
    taken.close()
    told = compared(
        "approving", kills, taken.counts + Counter(f"plan {id}" for id in approved),
        all=[*plans.addresses, *(f"plan {id}" for id in (*plans.mailings, *plans.campaigns))],
        done=[*sent, *(f"plan {id}" for id in executed)], unknown=unknown,
    )  # fmt: skip
    return replace(told, lost=told.lost + len(plans.torn))


def _yeses(plans: "list[int | None]") -> Counter[int]:
    return Counter(plan for plan in plans if plan is not None)
