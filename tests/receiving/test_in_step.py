"""What follows from what came in: the connected table, a mailing once more, what doctor says, the worker's jobs."""

from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import select

from agent.health import _mailbox, _public
from agent.incoming import INCOMING, incoming_jobs, sync_table
from agent.public_address import public_problem
from agent.worker import SCHEDULE
from memory.enums import EmailStatus, EventType, LeadStatus
from memory.events import record_event
from memory.lead_lookup import lead_with_email
from memory.mailings import EmailCampaign
from tests.delivery.delivery_fixtures import ZONE, mailing_of, people, rows_of
from tests.public.public_fixtures import House
from tests.receiving.test_hooks import ORDER, call
from tools.core.context import SystemClock
from tools.core.errors import Conflict
from tools.delivering.steering import begin_due
from tools.mailing.resending import resend_to_non_openers


def test_a_sale_goes_back_to_the_connected_table_and_its_changes_come_here(
    house: House, site: str, empty_postgres_url: str
) -> None:
    with psycopg.connect(empty_postgres_url, autocommit=True) as crm:
        crm.execute(
            "CREATE TABLE contacts (id int PRIMARY KEY, email text, status text, updated_at timestamptz DEFAULT now())"
        )
        crm.execute("INSERT INTO contacts VALUES (1, 'kim@x.example', 'Qualified'), (2, 'lee@x.example', 'New')")
        separator = "&" if "?" in empty_postgres_url else "?"
        address = f"{empty_postgres_url}{separator}table=contacts&status=both"
        hub = SimpleNamespace(
            database=house.database, door=SimpleNamespace(clock=SystemClock(ZONE)), index=None,
            settings=SimpleNamespace(crm_url=address, currency="EUR", country=None),
        )  # fmt: skip
        sync_table(hub)  # type: ignore[arg-type]
        assert call(house, site, ORDER).json()["stored"] == 1
        crm.execute("UPDATE contacts SET status = 'Lost', updated_at = now() WHERE id = 2")
        incoming_jobs(hub)["connected_table"]()  # type: ignore[arg-type]
        assert crm.execute("SELECT status FROM contacts ORDER BY id").fetchall() == [("Customer",), ("Lost",)]
    with house.database.session() as session:
        statuses = [getattr(lead_with_email(session, f"{one}@x.example"), "status", None) for one in ("kim", "lee")]
    assert statuses == [LeadStatus.CUSTOMER, LeadStatus.LOST]
    assert set(INCOMING) <= set(SCHEDULE)


def test_once_more_to_those_who_did_not_open(house: House) -> None:
    opened, clicked, scanned, silent = addresses = people(house.database, 4)
    mailing_id = house.send(addresses)
    now = datetime.now(UTC)
    with house.database.session(write=True) as session:
        mailing = session.get_one(EmailCampaign, mailing_id)
        for address, type, machine in (
            (opened, EventType.OPENED, False), (clicked, EventType.CLICKED, False), (scanned, EventType.OPENED, True),
        ):  # fmt: skip
            lead = lead_with_email(session, address)
            assert lead is not None
            record_event(session, lead.id, type, now, email_campaign_id=mailing_id, machine=machine)
        again = resend_to_non_openers(session, mailing, now, subject_line="Did you see this?")
        assert (again.name, again.status, again.content) == ("News (2)", EmailStatus.DRAFT, mailing.content)
        assert resend_to_non_openers(session, mailing, now).name == "News (3)"
        with pytest.raises(Conflict, match="not sent yet"):
            resend_to_non_openers(session, again, now)
        again.status, again.send_time, again_id = EmailStatus.SCHEDULED, now, again.id
    begin_due(house.database, house.mail, house.door.clock)
    house.work()
    assert set(rows_of(house.database, again_id)) == {scanned, silent}
    assert mailing_of(house.database, again_id).status == EmailStatus.SENT
    assert house.server.counts[silent] == 2


def test_doctor_tells_whether_the_public_address_leads_here(house: House, site: str) -> None:
    assert public_problem(site) is not None
    assert "not https" in str(public_problem(site)), "it leads here, but not safely"
    assert "does not answer from here" in str(public_problem("http://127.0.0.1:1"))
    hub = SimpleNamespace(mail=SimpleNamespace(public_url=""))
    assert (_public(hub).ok, _public(hub).fix is not None) == (True, True)  # type: ignore[arg-type]
    hub.mail.public_url = "http://127.0.0.1:1"
    assert "/hooks/" in str(_public(hub).fix)  # type: ignore[arg-type]
    ill = _mailbox("imap://a:secret@127.0.0.1:1/INBOX")
    assert (ill.ok, "secret" in f"{ill}") == (False, False)
    with house.database.session() as session:
        assert session.scalars(select(EmailCampaign)).all() == []
