"""What a worker does for the house each night: rows that nobody needs any more are removed."""

from datetime import UTC, timedelta

from memory.database import Database
from memory.send_rates import forget_pace
from memory.social_accounts import forget_connections
from memory.workers import forget_silent_workers
from tools.core.context import Clock

#: For how long the counts of a day are kept, and workers that were never heard of again.
KEPT = timedelta(days=60)


def tidy(database: Database, clock: Clock) -> None:
    """Remove old counts of the sending pace, workers long dead, and connections of accounts that waited in vain."""
    now = clock.now().astimezone(UTC)
    before = now - KEPT
    with database.session(write=True) as session:
        forget_pace(session, before)
        forget_silent_workers(session, before)
        forget_connections(session, now)
