"""Who is left out or written to later, looked at in the transaction that claims; cancelling, pausing, scheduling."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from delivery_fixtures import ZONE, MailServer, approved, mailing_of, people, rows_of, sender_for, setup_for, states
from hypothesis import given
from hypothesis import strategies as st

from memory.database import Database
from memory.deliveries import cancel_waiting
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus, SuppressionReason
from memory.lead_changes import put_consent
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.outbox import mark_sending
from memory.send_rates import claimed_on, take_tokens
from memory.suppression import suppress
from tools.core.context import FixedClock
from tools.core.errors import Conflict
from tools.delivering import steering
from tools.delivering.claims import claim
from tools.delivering.pace import allowance, next_try
from tools.delivering.quiet import QuietHours, quiet_hours, zone_named
from tools.delivering.setup import NO_SENDER, NO_SERVER, NO_WAY_OUT, MailSetup, server_of

NOON = datetime(2026, 3, 16, 11, 0, tzinfo=UTC)
SETUP = setup_for(1)


def claimed(
    database: Database, setup: MailSetup, now: datetime = NOON, mailing_id: int = 1, worker: str = "w"
) -> list[str]:
    """The addresses that one look claims."""
    with database.session(write=True) as session:
        mailing = session.get_one(EmailCampaign, mailing_id)
        return [one.recipient for one in claim(session, mailing, setup, worker, now, ZONE).due]


@pytest.fixture
def laid(database: Database) -> list[str]:
    """A mailing to five people, laid out an hour before noon of a Monday."""
    addresses = people(database, 5)
    approved(database, addresses)
    due_at(database, NOON - timedelta(hours=1))
    return addresses


def due_at(database: Database, moment: datetime) -> None:
    from sqlalchemy import update

    from memory.deliveries import Delivery

    with database.session(write=True) as session:
        session.execute(update(Delivery).values(due_at=moment))


def test_who_left_since_is_left_out_with_the_reason(database: Database, laid: list[str]) -> None:
    with database.session(write=True) as session:
        suppress(session, laid[0], SuppressionReason.COMPLAINED, NOON, "a test")
        put_consent(session, 2, Channel.EMAIL, ConsentState.WITHDRAWN, NOON, "a test")
        put_consent(session, 3, Channel.EMAIL, ConsentState.PENDING, NOON, "a test")
    assert claimed(database, SETUP) == laid[3:]
    reasons = {a: (r.state, r.reason) for a, r in rows_of(database).items() if r.state == DeliveryState.SUPPRESSED}
    assert reasons == {
        laid[0]: (DeliveryState.SUPPRESSED, "complained"),
        laid[1]: (DeliveryState.SUPPRESSED, "unsubscribed"),
        laid[2]: (DeliveryState.SUPPRESSED, "unconfirmed"),
    }
    assert claimed(database, SETUP) == []


def test_somebody_who_had_enough_is_left_out(database: Database, laid: list[str]) -> None:
    setup = setup_for(1, cap=1, cap_days=7)
    approved(database, laid, name="Second")
    due_at(database, NOON - timedelta(hours=1))
    assert claimed(database, setup) == laid
    with database.session(write=True) as session:
        assert mark_sending(session, [1, 2], "w", NOON, NOON) == {1, 2}
    assert claimed(database, setup, NOON + timedelta(days=6), mailing_id=2) == laid[2:]
    held = [a for a, r in rows_of(database, 2).items() if r.reason == "frequency_cap"]
    assert held == laid[:2]
    third = approved(database, laid, name="Third")
    due_at(database, NOON - timedelta(hours=1))
    assert claimed(database, setup, NOON + timedelta(days=8), mailing_id=third) == laid


def test_nobody_is_written_to_in_the_quiet_hours_of_their_own_zone(database: Database, laid: list[str]) -> None:
    zones = [None, "America/New_York", "Asia/Tokyo", "not a zone", "Pacific/Auckland"]
    with database.session(write=True) as session:
        for number, name in enumerate(zones, 1):
            session.get_one(Lead, number).time_zone = name
    # 11:00 UTC is 12:00 in Berlin, 07:00 in New York, 20:00 in Tokyo and 00:00 (the 17th) in Auckland.
    setup = setup_for(1, quiet=quiet_hours("21:00-08:00"))
    assert claimed(database, setup) == [laid[0], laid[2], laid[3]]
    rows = rows_of(database)
    assert rows[laid[1]].due_at == NOON + timedelta(hours=1), "08:00 in New York"
    assert rows[laid[4]].due_at == NOON + timedelta(hours=8), "08:00 in Auckland"
    assert claimed(database, setup, NOON + timedelta(minutes=59)) == []
    assert claimed(database, setup, NOON + timedelta(minutes=60)) == [laid[1]]


def test_quiet_hours_over_midnight_and_within_a_day() -> None:
    night, lunch = quiet_hours("21:00-08:00"), quiet_hours("12:00-13:30")
    assert night is not None
    assert lunch is not None
    utc = ZoneInfo("UTC")
    assert night.end_of(datetime(2026, 3, 16, 23, tzinfo=UTC), utc) == datetime(2026, 3, 17, 8, tzinfo=UTC)
    assert night.end_of(datetime(2026, 3, 16, 7, 59, tzinfo=UTC), utc) == datetime(2026, 3, 16, 8, tzinfo=UTC)
    assert night.end_of(datetime(2026, 3, 16, 8, tzinfo=UTC), utc) is None
    assert lunch.end_of(datetime(2026, 3, 16, 12, tzinfo=UTC), utc) == datetime(2026, 3, 16, 13, 30, tzinfo=UTC)
    assert lunch.end_of(datetime(2026, 3, 16, 13, 30, tzinfo=UTC), utc) is None
    # Over the change to summer time (29 March 2026, 02:00 becomes 03:00 in Berlin) the clock on the wall counts.
    assert night.end_of(datetime(2026, 3, 28, 22, tzinfo=UTC), ZONE) == datetime(2026, 3, 29, 6, tzinfo=UTC)
    for wrong in ("21-8", "25:00-08:00", "21:00-21:00", "evening"):
        with pytest.raises(ValueError, match=r"quiet hours"):
            quiet_hours(wrong)
    assert quiet_hours("") is None


@given(
    st.datetimes(timezones=st.just(UTC)), st.times(), st.times(), st.sampled_from(["Europe/Berlin", "Asia/Kathmandu"])
)
def test_after_the_quiet_hours_it_is_not_quiet(moment: datetime, begin: object, end: object, zone: str) -> None:
    from datetime import time

    assert isinstance(begin, time)
    assert isinstance(end, time)
    if begin == end or not 1900 < moment.year < 2100:
        return
    quiet = QuietHours(begin, end)
    over = quiet.end_of(moment, ZoneInfo(zone))
    if over is not None:
        assert moment - timedelta(hours=1, minutes=1) < over < moment + timedelta(hours=25, minutes=1)


def test_a_zone_that_does_not_exist_is_the_houses_own() -> None:
    for name in (None, "", "nowhere", "../etc/passwd", "Europe"):
        assert zone_named(name, ZONE) == ZONE
    assert zone_named("Asia/Tokyo", ZONE).key == "Asia/Tokyo"


def test_a_domain_gets_only_so_many_a_second(database: Database) -> None:
    addresses = people(database, 10) + people(database, 2, domain="y.example", first=11)
    approved(database, addresses)
    due_at(database, NOON)
    setup = setup_for(1, rate=4.0)
    assert claimed(database, setup) == [*addresses[:4], *addresses[10:]]
    waits = [(rows_of(database)[a].due_at - NOON).total_seconds() for a in addresses[4:10]]
    assert waits == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])
    assert claimed(database, setup, NOON + timedelta(seconds=0.2)) == []
    assert claimed(database, setup, NOON + timedelta(seconds=0.5)) == addresses[4:6]
    assert claimed(database, setup, NOON + timedelta(seconds=60)) == addresses[6:10]


def test_what_found_the_bucket_empty_is_put_off_about_once(database: Database) -> None:
    with database.session(write=True) as session:
        now, sent, tries = NOON, 0, 0
        waiting = [NOON] * 200
        while waiting:
            now = max(now, min(waiting))
            due = sorted(at for at in waiting if at <= now)[:64]
            granted, slots = take_tokens(session, "x.example", len(due), rate=10, burst=10, now=now)
            waiting = [at for at in waiting if at > now] + sorted(at for at in waiting if at <= now)[64:] + slots
            sent, tries = sent + granted, tries + len(due)
        assert sent == 200
        # Ten at once, then ten a second: the last of 200 goes 19 seconds later.
        assert timedelta(seconds=18.9) < now - NOON < timedelta(seconds=20)
        assert tries < 2.2 * 200


def test_a_new_sender_begins_with_few_and_doubles(database: Database) -> None:
    addresses = people(database, 60)
    approved(database, addresses)
    due_at(database, NOON)
    setup = setup_for(1, warmup_start=date(2026, 3, 16))
    assert claimed(database, setup) == addresses[:50]
    with database.session() as session:
        assert claimed_on(session, date(2026, 3, 16)) == 50
    midnight = datetime(2026, 3, 17, tzinfo=ZONE).astimezone(UTC)
    assert {rows_of(database)[a].due_at for a in addresses[50:]} == {midnight}
    assert claimed(database, setup, midnight - timedelta(seconds=1)) == []
    assert claimed(database, setup, midnight) == addresses[50:]
    day = [allowance(date(2026, 3, 16), date(2026, 3, 16) + timedelta(days=n)) for n in (-1, 0, 1, 2, 19, 20)]
    assert day == [0, 50, 100, 200, 26_214_400, None]
    assert allowance(None, date(2026, 3, 16)) is None
    assert [next_try(n) for n in (1, 8, 9)] == [timedelta(minutes=5), timedelta(minutes=960), None]


def test_cancelled_in_flight_is_not_handed_over(database: Database, laid: list[str]) -> None:
    assert claimed(database, SETUP) == laid
    with database.session(write=True) as session:
        assert mark_sending(session, [1, 2], "w", NOON, NOON) == {1, 2}
        assert mark_sending(session, [1, 3], "other", NOON, NOON) == set(), "neither marked twice nor by another worker"
        assert cancel_waiting(session, 1, NOON) == 3
        assert mark_sending(session, [3, 4, 5], "w", NOON, NOON) == set()
    assert states(database) == {DeliveryState.SENDING: 2, DeliveryState.CANCELLED: 3}


def test_paused_and_resumed(database: Database, laid: list[str], mail: MailServer) -> None:
    assert claimed(database, SETUP) == laid
    with database.session(write=True) as session:
        mailing = session.get_one(EmailCampaign, 1)
        assert steering.pause(session, mailing, "somebody said so", NOON)
        assert not steering.pause(session, mailing, "again", NOON)
        assert mark_sending(session, [1], "w", NOON, NOON) == set()
    assert states(database) == {DeliveryState.PENDING: 5}
    assert mailing_of(database).status_reason == "somebody said so"
    sender = sender_for(database, setup_for(mail.port))
    sender.work()
    assert mail.recipients == []
    with database.session(write=True) as session:
        steering.resume(session, session.get_one(EmailCampaign, 1), NOON)
    with database.session(write=True) as session, pytest.raises(Conflict, match="is not paused"):
        steering.resume(session, session.get_one(EmailCampaign, 1), NOON)
    while sender.work():
        pass
    sender.close()
    assert sorted(mail.recipients) == laid
    assert mailing_of(database).status == EmailStatus.SENT


def test_a_scheduled_mailing_begins_at_its_time(database: Database, mail: MailServer) -> None:
    addresses = people(database, 3)
    with database.session(write=True) as session:
        session.add(
            EmailCampaign(
                name="Spring",
                subject_line="Spring",
                content="Hi.",
                recipients=addresses,
                status=EmailStatus.SCHEDULED,
                send_time=NOON,
            )
        )
    setup = setup_for(mail.port)
    early, late = FixedClock(ZONE, NOON - timedelta(seconds=1)), FixedClock(ZONE, NOON)
    assert steering.begin_due(database, setup, early) == 0
    assert states(database) == {}
    assert steering.begin_due(database, MailSetup(), late) == 0
    waiting = mailing_of(database)
    assert (waiting.status, waiting.status_reason) == (EmailStatus.SCHEDULED, NO_SERVER)
    assert steering.begin_due(database, setup, late) == 1
    assert steering.begin_due(database, setup, late) == 0
    begun = mailing_of(database)
    assert (begun.status, begun.status_reason, begun.laid_at) == (EmailStatus.SENDING, None, NOON)
    assert states(database) == {DeliveryState.PENDING: 3}


def test_a_mailing_that_nobody_may_receive_ends(database: Database, mail: MailServer) -> None:
    with database.session(write=True) as session:
        suppress(session, "a@x.example", SuppressionReason.BLOCKED, NOON, "a person")
        session.add(
            EmailCampaign(name="One", subject_line="One", recipients=["a@x.example"], status=EmailStatus.SENDING)
        )
    sender = sender_for(database, setup_for(mail.port))
    sender.work()
    sender.close()
    assert (mailing_of(database).status, states(database), mail.recipients) == (EmailStatus.SENT, {}, [])


def test_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    server = server_of("smtp://127.0.0.1:2525")
    assert MailSetup().obstacle() == NO_SERVER
    assert MailSetup(server=server).obstacle() == NO_SENDER
    assert MailSetup(server=server, sender="Bloom").obstacle() == NO_SENDER
    assert MailSetup(server=server, sender="a@b.example").obstacle() == NO_WAY_OUT
    assert MailSetup(server=server, sender="a@b.example", unsubscribe_email="x@b.example").obstacle() is None
    assert MailSetup(server=server, sender="a@b.example", public_url="https://h.example").obstacle() is None


@pytest.mark.parametrize(
    ("url", "security", "found"),
    [
        ("smtp://mail.example.com", "auto", ("mail.example.com", 587, "starttls", None)),
        ("smtps://u%40x:p%3Aw@mail.example.com", "auto", ("mail.example.com", 465, "tls", "u@x")),
        ("smtp://localhost:2525", "auto", ("localhost", 2525, "none", None)),
        ("smtp://[::1]:2525", "auto", ("::1", 2525, "none", None)),
        ("smtp://127.0.0.1:2525", "starttls", ("127.0.0.1", 2525, "starttls", None)),
        ("smtp://10.0.0.1:25", "auto", ("10.0.0.1", 25, "starttls", None)),
    ],
)
def test_servers_by_their_url(url: str, security: str, found: tuple[str, int, str, str | None]) -> None:
    server = server_of(url, security)
    assert (server.host, server.port, server.security, server.user) == found
    assert "p:w" not in repr(server)
