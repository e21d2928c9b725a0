"""A click that turns out to be a person's only at night starts workflows and moves those on who wait for it, once."""

from datetime import timedelta
from typing import Any

from journeys_house import House
from sqlalchemy import select, update

from memory.deliveries import Delivery
from memory.enums import DeliveryState, EmailStatus, EventType, LeadStatus
from memory.mail_hits import MailHit, store_hits
from memory.mailings import EmailCampaign
from memory.second_looks import SecondLook
from memory.workflows import EnrolmentState
from tools.automating.graph import (
    EventHappened,
    MailAnswered,
    MessageAnswered,
    Reentry,
    SendEmail,
    Span,
    Tag,
    WaitUntil,
)
from tools.receiving.recording import judge_again, record_hits

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def click(house: House, delivery_id: int, **more: Any) -> None:
    """A click on the first link, judged at once: of a program that was taken for a machine then."""
    blank = {
        "delivery_id": delivery_id,
        "type": EventType.CLICKED,
        "link_id": 1,
        "method": "GET",
        "address": None,
        "told": None,
    }
    with house.database.session(write=True) as session:
        store_hits(session, [{**blank, "at": house.now, "user_agent": "BarracudaCentral/1.0", **more}])
        record_hits(session, house.now)


def known_better(house: House, user_agent: str = FIREFOX) -> int:
    """What judging knows changes (here: who called), and the night looks again; how many events were judged otherwise."""
    with house.database.session(write=True) as session:
        session.execute(update(MailHit).values(user_agent=user_agent))
    return judge_again(house.database, house.clock)


def mailing_to(house: House, lead_id: int) -> int:
    """A mailing that one lead got an hour ago; the id of the message."""
    with house.database.session(write=True) as session:
        mailing = EmailCampaign(name="News", subject_line="News", status=EmailStatus.SENT, recipients=[])
        session.add(mailing)
        session.flush()
        earlier = house.now - timedelta(hours=1)
        message = Delivery(
            email_campaign_id=mailing.id, recipient="ann@x.example", lead_id=lead_id, state=DeliveryState.SENT,
            due_at=earlier, sent_at=earlier, changed_at=earlier,
        )  # fmt: skip
        session.add(message)
        session.flush()
        return message.id


def test_a_click_judged_a_persons_at_night_starts_the_workflow_once(house: House) -> None:
    workflow = house.workflow(
        "After", MailAnswered(deed="clicked"), Tag(id="t", tag="keen"), reentry=Reentry(again=True)
    )
    ann = house.lead("ann")
    click(house, mailing_to(house, ann))
    house.run(minutes=5)
    assert house.ways(workflow) == []
    assert house.get(ann).status == LeadStatus.NEW
    house.clock.move(hours=10)
    assert known_better(house) == 1
    house.run(minutes=1)
    (way,) = house.ways(workflow)
    assert (way.lead_id, way.state) == (ann, EnrolmentState.COMPLETED)
    assert house.get(ann).status == LeadStatus.CONTACTED
    house.run(minutes=1)
    assert known_better(house) == 0
    assert (known_better(house, "BarracudaCentral/1.0"), known_better(house)) == (1, 1), "judged to and fro"
    house.run(minutes=1)
    assert len(house.ways(workflow)) == 1


def test_who_waits_for_a_click_goes_on_when_it_is_judged_a_persons(house: House) -> None:
    template = house.text("Welcome", "Hi")
    workflow = house.workflow(
        "Welcome", EventHappened(event=EventType.SIGNED_UP),
        SendEmail(id="m", content="Welcome", template_id=template),
        WaitUntil(id="w", question=MessageAnswered(deed="clicked"), at_most=Span(amount=5, unit="day")),
        Tag(id="t", tag="keen"),
    )  # fmt: skip
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    (message,) = house.mails()
    with house.database.session(write=True) as session:
        sent = update(Delivery).values(state=DeliveryState.SENT, sent_at=house.now, changed_at=house.now)
        session.execute(sent)
    house.clock.move(hours=1)
    click(house, message.id)
    house.run(minutes=5)
    assert [way.node for way in house.ways(workflow)] == ["w"]
    house.clock.move(hours=12)
    assert known_better(house) == 1
    house.run(seconds=1)  # not only when the wait would be looked at anyway
    assert house.path(ann)[-1][0] == "t"
    with house.database.session() as session:
        assert session.scalars(select(SecondLook)).all() == []
