"""Tests that decide by themselves: looked at again and again, a winner goes to the rest, or there is none after a while.

The decision rule allows looking as often as one likes (see tools.experimenting.deciding). What happens is within what a
person approved when the mailing was sent with its test: the same recipients, one of the texts or times of the test.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.ab_tests import AbTest, is_imported, mailing_of, variant_counts
from memory.database import Database
from memory.enums import AbElement, AbStatus, EmailStatus
from memory.notices import TOLD, lay_notices
from tools.core.context import Context
from tools.experimenting.choosing import settle
from tools.experimenting.entry import LETTERS
from tools.experimenting.results import AbTestResults, results, said
from tools.show import count, moment

log = logging.getLogger(__name__)

#: How often each test is looked at, by the hub's clock.
LOOK = timedelta(minutes=1)
#: How long after its last message a test waits for a winner before it ends without one.
PATIENCE = timedelta(days=3)
_SENT = (EmailStatus.SENDING, EmailStatus.SENT)


class Experiments:
    """One worker's look at the tests that run. `work` is called by a tick, always from the same thread."""

    def __init__(self, database: Database, reading: Callable[[], AbstractContextManager[Context]]) -> None:
        self._database = database
        self._reading = reading
        self._looked: datetime | None = None

    def work(self) -> bool:
        """Decide what can be decided; never has more to do at once."""
        with self._reading() as ctx:
            now = ctx.now
            if self._looked is not None and self._looked <= now < self._looked + LOOK:
                return False
            ripe = [test.id for test in divided_tests(ctx.session) if _ending(ctx, test) is not None]
        self._looked = now
        for test_id in ripe:
            with self._database.session(write=True) as session:
                test = session.get(AbTest, test_id, with_for_update=True, populate_existing=True)
                if test is not None and test.status == AbStatus.RUNNING:
                    decide_now(replace(ctx, session=session), test)
        return False


def divided_tests(session: Session) -> Iterator[AbTest]:
    """The running tests whose mailing goes out or went out, oldest first."""
    statement = select(AbTest).where(AbTest.status == AbStatus.RUNNING, AbTest.divided_at.is_not(None))
    for test in session.scalars(statement.order_by(AbTest.id)).all():
        if mailing_of(session, test).status in _SENT and not is_imported(test):
            yield test


def decide_now(ctx: Context, test: AbTest) -> AbTestResults | None:
    """Decide a test if the time has come; None where it has not. To be done in a writing transaction."""
    found = _ending(ctx, test)
    if found is None:
        return None
    named = found.evidence.named
    position = LETTERS.index(named) if named else None
    now = ctx.now.astimezone(UTC)
    due = now
    if position is not None and test.element == AbElement.SEND_TIME:
        due = next_time(test.variants[position].send_time or now, [v.send_time for v in test.variants], ctx.now)
    released = settle(ctx.session, test, position, now, due)
    told = _told(found, test, released, due.astimezone(ctx.clock.zone) if due > now else None)
    lay_notices(
        ctx.session,
        [
            {
                "key": f"ab_test:{test.id}",
                "kind": TOLD,
                "title": f"A/B test {test.name} is decided",
                "text": told,
                "at": now,
            }
        ],
    )
    log.info("the A/B test %d is decided: %s", test.id, named or "no winner")
    return found


def next_time(winner: datetime, times: list[datetime | None], now: datetime) -> datetime:
    """When the rest gets a mailing whose send time was tested: at the winner's time of day, as soon as it comes; on its
    weekday too where the variants lay on different weekdays. `now` is in the hub's zone; the answer is UTC."""
    zone = now.tzinfo or UTC
    local = winner.astimezone(zone)
    days = {one.astimezone(zone).weekday() for one in times if one is not None}
    at = datetime.combine(now.date(), local.time(), tzinfo=zone)
    while at <= now or (len(days) > 1 and at.weekday() != local.weekday()):
        at = datetime.combine(at.date() + timedelta(days=1), local.time(), tzinfo=zone)
    return at.astimezone(UTC)


def patience_ends(session: Session, test: AbTest) -> datetime | None:
    """When a divided test ends without a winner, if none is found before: UTC; None for a test that was never divided."""
    last = [one.last_sent_at for one in variant_counts(session, test) if one.last_sent_at]
    since = max(last, default=test.divided_at)
    return since + PATIENCE if since is not None else None


def _ending(ctx: Context, test: AbTest) -> AbTestResults | None:
    """What the test says, where it is to end now: with a winner, or without one since it had its time."""
    found = results(ctx, test)
    if found.evidence.named is not None:
        return found
    if found.evidence.verdict in ("still sending", "too early"):
        return None
    end = patience_ends(ctx.session, test)
    assert end is not None
    return found if ctx.now >= end else None


def _told(found: AbTestResults, test: AbTest, released: int, due: datetime | None) -> str:
    """What the house is told of the decision."""
    named = found.evidence.named
    head = f"The winner is {found.variant(named).called()}." if named else "There is no winner."
    parts = [head, said(found).removeprefix("**No winner yet.** ")]
    if released:
        when = f"on {moment(due)}" if due else "now"
        its = "with the winner" if named else f"as {found.email_campaign} was written"
        parts.append(f"{count(released, 'recipient').capitalize()} who waited get it {when}, {its}.")
    return "\n\n".join(parts)
