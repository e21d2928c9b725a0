"""Text messages and webhooks over real HTTP, mails to the house: once, signed, held back where they must be."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import time as day_time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from journeys_house import House
from sqlalchemy import update

from memory.calls import Call, CallKind, lay_calls
from memory.deliveries import Delivery, lay_deliveries
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus, EventType
from memory.events import events_of_lead
from memory.lead_changes import put_consent
from memory.mailings import EmailCampaign
from tools.automating.graph import CallWebhook, EventHappened
from tools.delivering.claims import claim
from tools.delivering.quiet import QuietHours
from tools.delivering.setup import MailSetup
from tools.journeys.calling import Caller
from tools.journeys.house import JourneySetup


class Other:
    """The other side: remembers what it was told, and answers with `code` (0: hangs up without an answer)."""

    def __init__(self) -> None:
        self.code = 200
        self.told: list[tuple[dict[str, str], bytes]] = []
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                other.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if other.code:
                    self.send_response(other.code)
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def other() -> Iterator[Other]:
    other = Other()
    yield other
    other.server.shutdown()
    other.server.server_close()


def caller(house: House, other: Other, mail: MailSetup | None = None, worker: str = "w") -> Caller:
    setup = JourneySetup(sms_webhook=other.url, secret="a secret", timeout=2.0)
    return Caller(house.database, house.clock, setup, mail or MailSetup(), worker)


def text(house: House, lead: int, key: str = "one") -> None:
    with house.database.session(write=True) as session:
        payload = {"to": "+49 30 1", "text": "Hi"}
        row = {"key": key, "kind": CallKind.SMS, "target": "", "payload": payload, "lead_id": lead, "node": "s"}
        lay_calls(session, [row, row], house.now)


def test_a_webhook_step_tells_the_person_signed_and_once(house: House, other: Other) -> None:
    signed_up = EventHappened(event=EventType.SIGNED_UP)
    house.workflow("Tell", signed_up, CallWebhook(id="h", url=other.url))
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    one = caller(house, other)
    one.work()
    one.work()
    ((headers, body),) = other.told
    assert json.loads(body)["lead"]["email"] == "ann@x.example"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(b"a secret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert house.calls()[0].state == DeliveryState.SENT
    one.close()


def test_a_text_message_goes_to_who_consented_and_is_told_in_the_history(house: House, other: Other) -> None:
    ann, bob = house.lead("ann"), house.lead("bob")
    with house.database.session(write=True) as session:
        put_consent(session, bob, Channel.SMS, ConsentState.WITHDRAWN, house.now, "a test")
    text(house, ann, "ann")
    text(house, bob, "bob")
    one = caller(house, other)
    one.work()
    assert [json.loads(body) for _, body in other.told] == [{"to": "+49 30 1", "text": "Hi"}]
    assert [(call.state, call.reason) for call in house.calls()] == [
        (DeliveryState.SENT, None), (DeliveryState.SUPPRESSED, "unsubscribed")
    ]  # fmt: skip
    with house.database.session() as session:
        assert [(e.type, e.channel) for e in events_of_lead(session, ann, limit=1)] == [(EventType.SENT, Channel.SMS)]
    one.close()


def test_no_answer_is_unknown_and_never_repeated_and_a_clear_no_is_tried_again(house: House, other: Other) -> None:
    text(house, house.lead("ann"))
    one = caller(house, other)
    other.code = 503
    one.work()
    assert house.calls()[0].state == DeliveryState.PENDING
    house.clock.move(minutes=5)
    other.code = 0
    one.work()
    assert (len(other.told), house.calls()[0].state) == (2, DeliveryState.UNKNOWN)
    house.clock.move(days=2)
    one.work()
    assert len(other.told) == 2
    one.close()


def test_a_worker_that_died_while_handing_over_leaves_it_unknown(house: House, other: Other) -> None:
    text(house, house.lead("ann"), "sending")
    text(house, house.lead("bob"), "claimed")
    with house.database.session(write=True) as session:
        for key, state in (("sending", DeliveryState.SENDING), ("claimed", DeliveryState.CLAIMED)):
            gone = update(Call).where(Call.key == key)
            session.execute(gone.values(state=state, leased_by="dead", lease_until=house.now))
    house.clock.move(minutes=1)
    one = caller(house, other)
    one.work()
    assert {call.key: call.state for call in house.calls()} == {
        "sending": DeliveryState.UNKNOWN, "claimed": DeliveryState.SENT
    }  # fmt: skip
    assert len(other.told) == 1
    one.close()


def test_nobody_is_texted_in_quiet_hours(house: House, other: Other) -> None:
    text(house, house.lead("ann", time_zone="Asia/Tokyo"))  # ten in Berlin is six in the evening there
    quiet = MailSetup(quiet=QuietHours(day_time(17), day_time(8)))
    one = caller(house, other, quiet)
    one.work()
    assert other.told == []
    house.clock.move(hours=13, minutes=59)  # one minute to eight in Tokyo
    one.work()
    assert other.told == []
    house.clock.move(minutes=1)
    one.work()
    assert len(other.told) == 1
    one.close()


def test_texts_and_mails_count_together_for_the_frequency_cap(house: House, other: Other) -> None:
    """Two messages in three days: one mail and one text; what is more is left out, with the reason."""
    ann, bob = house.lead("ann"), house.lead("bob")
    with house.database.session(write=True) as session:
        mailing = EmailCampaign(name="News", subject_line="News", status=EmailStatus.SENT, recipients=[])
        session.add(mailing)
        session.flush()
        session.add(
            Delivery(
                email_campaign_id=mailing.id, recipient="ann@x.example", lead_id=ann, state=DeliveryState.SENT,
                due_at=house.now, sent_at=house.now, changed_at=house.now,
            )
        )  # fmt: skip
    for key, lead in (("a1", ann), ("a2", ann), ("b1", bob)):
        text(house, lead, key)
    setup = MailSetup(cap=2, cap_days=3)
    one = caller(house, other, setup)
    one.work()
    assert {call.key: (call.state, call.reason) for call in house.calls()} == {
        "a1": (DeliveryState.SENT, None), "a2": (DeliveryState.SUPPRESSED, "frequency_cap"), "b1": (DeliveryState.SENT, None)
    }  # fmt: skip
    with house.database.session(write=True) as session:
        again = EmailCampaign(
            name="Again", subject_line="S", content="Hi", status=EmailStatus.SENDING, laid_at=house.now
        )
        again.recipients = ["ann@x.example", "bob@x.example"]
        session.add(again)
        session.flush()
        lay_deliveries(session, again.id, None, again.recipients, house.now)
        claimed = claim(session, again, setup, "w", house.now, house.clock.zone)
        assert [due.recipient for due in claimed.due] == ["bob@x.example"], "the text that Ann got counts for mail, too"
    house.clock.move(days=3, minutes=1)
    text(house, ann, "a3")
    one.work()
    assert house.calls()[-1].state == DeliveryState.SENT
    one.close()
