"""Sums that are kept while nothing changed: never a stale one, whoever changed what, and also after a rollback."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, update

from memory.database import Database
from memory.enums import EventType
from memory.events import LeadEvent, record_event
from memory.lead_changes import new_lead
from memory.leads import Lead
from memory.unchanged import while_unchanged

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Asked:
    """How often the answer was worked out."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.times = 0

    def __call__(self) -> int:
        """The times, after the answer was asked for in a transaction of its own."""

        def find() -> int:
            self.times += 1
            return self.times

        with self.database.session() as session:
            return while_unchanged(session, "answer", find)


def test_every_change_of_a_watched_event_is_seen(database: Database) -> None:
    other = Database(database.engine.execution_options())  # another engine, as another process has
    with database.session(write=True) as session:
        lead = new_lead(session, "ana@x.example", AT).id
        event = record_event(session, lead, EventType.OPENED, AT)
        assert event is not None
        own = event.id
    asked = Asked(database)
    assert asked() == 1

    def changed(change: Callable[[Database], None], seen: bool) -> None:
        asked()
        before = asked.times
        change(other)
        assert asked() == before + seen, change.__doc__

    def written(statement: object) -> Callable[[Database], None]:
        def change(database: Database) -> None:
            with database.session(write=True) as session:
                session.execute(statement)  # type: ignore[call-overload]

        return change

    changed(written(update(LeadEvent).where(LeadEvent.id == own).values(machine=True)), True)
    changed(written(update(LeadEvent).where(LeadEvent.id == own).values(type=EventType.SENT)), True)
    changed(written(update(LeadEvent).where(LeadEvent.id == own).values(type=EventType.OPENED)), True)
    changed(written(delete(LeadEvent).where(LeadEvent.id == own)), True)
    if database.is_sqlite:  # on PostgreSQL the snapshot tells of every write
        changed(lambda d: stored(d, lead, EventType.SENT), False)
    changed(lambda d: stored(d, lead, EventType.CONVERTED), True)
    changed(written(delete(Lead).where(Lead.id == lead)), True)  # its events go with it


def stored(database: Database, lead: int, type: EventType) -> None:
    with database.session(write=True) as session:
        record_event(session, lead, type, AT)


def test_what_a_transaction_saw_that_was_rolled_back_is_not_told_to_others(database: Database) -> None:
    with database.session(write=True) as session:
        lead = new_lead(session, "ana@x.example", AT).id
    asked = Asked(database)
    asked()

    def amount() -> int:
        with database.session() as session:
            return while_unchanged(session, "amount", lambda: session.query(LeadEvent).count())

    assert amount() == 1
    with database.session(write=True) as session:
        record_event(session, lead, EventType.OPENED, AT)
        assert while_unchanged(session, "amount", lambda: session.query(LeadEvent).count()) == 2
        session.rollback()
    assert amount() == 1
    stored(database, lead, EventType.OPENED)
    assert amount() == 2
