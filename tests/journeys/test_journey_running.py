"""Workflows that run: who enters, what each step does, what happens while time passes. On SQLite and PostgreSQL."""

from datetime import UTC, date, datetime, timedelta

from journeys_house import START, House, graph_of

from memory.enums import DeliveryState, EmailStatus, EventType, LeadStatus, TemplateKind
from memory.lead_changes import put_field, put_status, put_tag, remove_tag
from memory.leads import LeadTag
from memory.mailings import EmailCampaign, list_email_campaigns
from memory.workflows import EnrolmentState, Workflow
from tools.automating.graph import (
    ChangeLead,
    DateCame,
    Decide,
    End,
    EventHappened,
    EventSince,
    LeadCreated,
    LeadIs,
    MailAnswered,
    MessageAnswered,
    Notify,
    Reentry,
    SegmentMoved,
    SendEmail,
    SendSms,
    Span,
    Split,
    Tag,
    Wait,
    WaitUntil,
    WebhookCalled,
    Where,
)
from tools.segmenting import store_tree
from tools.segmenting.tree import StatusIs, TagIs

DAY = Span(amount=1, unit="day")
SIGNED_UP = EventHappened(event=EventType.SIGNED_UP)


def vip() -> Where:
    return Where(words="tagged vip", tree=store_tree(TagIs(values=("vip",))))


def test_a_new_lead_is_welcomed_waits_and_is_tagged(house: House) -> None:
    welcome = house.text("Welcome", "Hi {{ lead.first_name }}")
    workflow = house.workflow(
        "Welcome", LeadCreated(), SendEmail(id="mail", template_id=welcome, content="Welcome"),
        Wait(id="wait", span=DAY), Tag(id="tag", tag="welcomed"), End(id="end"),
    )  # fmt: skip
    ann = house.lead("ann")
    house.run(seconds=1)
    (mail,) = house.mails()
    assert (mail.recipient, mail.lead_id, mail.state) == ("ann@x.example", ann, DeliveryState.PENDING)
    (way,) = house.ways(workflow)
    assert (way.state, way.node, way.due_at) == (
        EnrolmentState.ACTIVE,
        "wait",
        START.astimezone(UTC) + timedelta(days=1),
    )
    house.run(hours=23)
    assert house.path(ann) == [("mail", "next")]
    house.run(hours=1)
    (way,) = house.ways(workflow)
    assert way.state == EnrolmentState.COMPLETED
    assert house.path(ann) == [("mail", "next"), ("wait", "next"), ("tag", "next"), ("end", None)]
    with house.database.session() as session:
        assert session.get(LeadTag, (ann, "welcomed")) is not None
    house.run(days=3)
    assert len(house.mails()) == 1
    assert len(house.ways(workflow)) == 1


def test_who_was_there_before_is_not_a_new_lead(house: House) -> None:
    house.lead("before")
    house.clock.move(seconds=5)
    workflow = house.workflow("Welcome", LeadCreated(), Tag(id="tag", tag="new"))
    after = house.lead("after")
    house.run(seconds=1)
    assert [way.lead_id for way in house.ways(workflow)] == [after]


def test_a_condition_sends_people_two_ways_by_what_they_did_with_the_mail(house: House) -> None:
    text = house.text("Offer", "An offer")
    house.workflow(
        "Offer", SIGNED_UP, SendEmail(id="mail", template_id=text), Wait(id="wait", span=DAY),
        Decide(id="opened", question=MessageAnswered(deed="opened")), Tag(id="yes", tag="reader"),
        Tag(id="no", tag="sleeper"),
        edges=[("start", "next", "mail"), ("mail", "next", "wait"), ("wait", "next", "opened"),
               ("opened", "yes", "yes"), ("opened", "no", "no")],
    )  # fmt: skip
    ann, bob, machine = (house.lead(name) for name in ("ann", "bob", "machine"))
    for lead in (ann, bob, machine):
        house.event(lead, EventType.SIGNED_UP)
    house.run(seconds=1)
    mailing = house.mails()[0].email_campaign_id
    house.clock.move(hours=2)
    house.event(ann, EventType.OPENED, email_campaign_id=mailing)
    house.event(machine, EventType.OPENED, email_campaign_id=mailing, machine=True)
    house.event(bob, EventType.OPENED, email_campaign_id=mailing + 1_000)  # another mail
    house.run(days=1)
    assert house.path(ann)[-1] == ("yes", "next")
    assert house.path(bob)[-1] == ("no", "next")
    assert house.path(machine)[-1] == ("no", "next")


def test_the_mails_of_steps_are_no_mailings_that_people_list(house: House) -> None:
    text = house.text("Offer", "An offer")
    house.workflow("Offer", SIGNED_UP, SendEmail(id="mail", template_id=text))
    with house.database.session() as session:
        assert list(list_email_campaigns(session)) == []
        assert session.get_one(EmailCampaign, 1).status == EmailStatus.SENDING


def test_the_text_that_was_approved_is_sent_also_when_the_template_changes(house: House) -> None:
    from memory.templates import Template

    text = house.text("Offer", "Approved")
    house.workflow("Offer", SIGNED_UP, SendEmail(id="mail", template_id=text))
    with house.database.session(write=True) as session:
        session.get_one(Template, text).content = "Changed"
    house.event(house.lead("ann"), EventType.SIGNED_UP)
    house.run(seconds=1)
    with house.database.session() as session:
        assert session.get_one(EmailCampaign, house.mails()[0].email_campaign_id).content == "Approved"


def test_one_event_enrols_nobody_twice_and_reentry_has_rules(house: House) -> None:
    once = house.workflow("Once", SIGNED_UP, Tag(id="tag", tag="a"))
    again = house.workflow("Again", SIGNED_UP, Wait(id="w", span=DAY), reentry=Reentry(again=True))
    rarely = house.workflow(
        "Rarely", SIGNED_UP, Tag(id="tag", tag="b"), reentry=Reentry(again=True, after_days=7)
    )  # fmt: skip
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.run(seconds=1)
    assert [len(house.ways(one)) for one in (once, again, rarely)] == [1, 1, 1]
    house.clock.move(hours=1)
    house.event(ann, EventType.SIGNED_UP)  # still under way in “Again”, too soon for “Rarely”
    house.run(seconds=1)
    assert [len(house.ways(one)) for one in (once, again, rarely)] == [1, 1, 1]
    house.run(days=2)  # the way through “Again” is over; what happened before is looked at again, and stays rejected
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    assert [len(house.ways(one)) for one in (once, again, rarely)] == [1, 2, 1]
    house.run(days=6)
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    assert [len(house.ways(one)) for one in (once, again, rarely)] == [1, 3, 2]


def test_segments_are_entered_and_left_from_the_activation_on(house: House) -> None:
    inside, later = house.lead("inside"), house.lead("later")
    with house.database.session(write=True) as session:
        put_tag(session, inside, "vip", house.now)
    entered = house.workflow("In", SegmentMoved(target=vip()), Tag(id="t", tag="greeted"))
    left = house.workflow("Out", SegmentMoved(move="left", target=vip()), Tag(id="t", tag="missed"))
    house.run(minutes=2)
    assert house.ways() == []
    with house.database.session(write=True) as session:
        put_tag(session, later, "vip", house.now)
        remove_tag(session, inside, "vip")
    house.run(minutes=2)
    assert [way.lead_id for way in house.ways(entered)] == [later]
    assert [way.lead_id for way in house.ways(left)] == [inside]
    house.run(minutes=2)
    assert len(house.ways()) == 2


def test_statuses_webhooks_and_clicks_start_workflows(house: House) -> None:
    status = house.workflow("Won", EventHappened(event=EventType.STATUS_CHANGED, name="customer"), Tag(id="t", tag="a"))
    hook = house.workflow("Hook", WebhookCalled(name="Shop"), Tag(id="t", tag="b"))
    click = house.workflow("Click", MailAnswered(deed="clicked", mailing="News", mailing_id=7), Tag(id="t", tag="c"))
    ann, bob = house.lead("ann"), house.lead("bob")
    with house.database.session(write=True) as session:
        put_status(session, session.get_one(type(house.get(ann)), ann), LeadStatus.CUSTOMER, house.now, by="a test")
        put_status(session, session.get_one(type(house.get(bob)), bob), LeadStatus.QUALIFIED, house.now, by="a test")
    house.event(bob, EventType.OTHER, name="webhook:shop")
    house.event(ann, EventType.OTHER, name="shop")
    house.event(ann, EventType.CLICKED, email_campaign_id=7)
    house.event(bob, EventType.CLICKED, email_campaign_id=8)
    house.run(seconds=1)
    assert [[way.lead_id for way in house.ways(one)] for one in (status, hook, click)] == [[ann], [bob], [ann]]


def test_dates_come_on_their_day_each_year_and_not_twice(house: House) -> None:
    ann, bob = house.lead("ann"), house.lead("bob")
    with house.database.session(write=True) as session:
        put_field(session, ann, "birthday", "1990-03-18")
        put_field(session, bob, "birthday", "1990-03-19")
    yearly = house.workflow(
        "Birthday", DateCame(field="birthday", yearly=True, days=-1, time="08:00"), Tag(id="t", tag="a"),
        reentry=Reentry(again=True),
    )  # fmt: skip
    fixed = house.workflow("Spring", DateCame(day=date(2026, 3, 20), time="12:00"), Tag(id="t", tag="b"))
    house.run(minutes=5)
    assert house.ways() == []
    house.run(days=1)  # Tuesday the 17th, after eight: a day before Ann's birthday
    assert [way.lead_id for way in house.ways(yearly)] == [ann]
    assert house.ways(yearly)[0].entered_at == datetime(2026, 3, 17, 7, 0, tzinfo=UTC)
    house.run(minutes=5)
    house.run(days=1)
    assert [way.lead_id for way in house.ways(yearly)] == [ann, bob]
    house.run(days=2, hours=3)
    assert sorted(way.lead_id for way in house.ways(fixed)) == [ann, bob]
    house.run(minutes=5)
    assert len(house.ways(fixed)) == 2


def test_a_goal_ends_the_way_at_once_and_counts_later_too(house: House) -> None:
    workflow = house.workflow(
        "Sell", SIGNED_UP, Wait(id="w", span=Span(amount=10, unit="day")), Tag(id="t", tag="late"),
        goal=EventSince(event=EventType.ORDERED),
    )  # fmt: skip
    ann, bob = house.lead("ann"), house.lead("bob")
    for lead in (ann, bob):
        house.event(lead, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.clock.move(days=2)
    house.event(ann, EventType.ORDERED)
    house.run(seconds=1)
    states = {way.lead_id: way for way in house.ways(workflow)}
    assert (states[ann].state, states[ann].node) == (EnrolmentState.CONVERTED, None)
    assert states[ann].converted_at == house.now - timedelta(seconds=1)
    house.run(days=9)
    house.event(bob, EventType.ORDERED)
    house.run(seconds=1)
    bobs = house.ways(workflow)[1]
    assert (bobs.state, bobs.converted_at) == (EnrolmentState.COMPLETED, house.now - timedelta(seconds=1))
    assert house.path(ann) == []


def test_who_waits_for_something_goes_on_when_it_happens(house: House) -> None:
    house.workflow(
        "Wait", SIGNED_UP,
        WaitUntil(id="w", question=EventSince(event=EventType.ORDERED), at_most=Span(amount=3, unit="day")),
        Tag(id="t", tag="done"),
    )  # fmt: skip
    ann, bob = house.lead("ann"), house.lead("bob")
    for lead in (ann, bob):
        house.event(lead, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.clock.move(minutes=5)
    house.event(ann, EventType.ORDERED)
    house.run(seconds=1)
    assert (house.path(ann), house.path(bob)) == ([("w", "next"), ("t", "next")], [])
    house.run(days=3)
    assert house.path(bob) == [("w", "next"), ("t", "next")]


def test_people_in_flight_finish_on_their_version(house: House) -> None:
    workflow = house.workflow("Change", SIGNED_UP, Wait(id="w", span=DAY), Tag(id="t", tag="old"))
    ann, bob = house.lead("ann"), house.lead("bob")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.new_version(workflow, graph_of(SIGNED_UP, Wait(id="w", span=DAY), Tag(id="t2", tag="new")))
    house.activate(workflow)
    house.clock.move(seconds=1)
    house.event(bob, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.run(days=2)
    assert house.path(ann)[-1] == ("t", "next")
    assert house.path(bob)[-1] == ("t2", "next")


def test_a_paused_workflow_stands_still_and_goes_on(house: House) -> None:
    text = house.text("Offer", "An offer")
    workflow = house.workflow("Pause", SIGNED_UP, SendEmail(id="m", template_id=text), Wait(id="w", span=DAY),
                              Tag(id="t", tag="x"))  # fmt: skip
    ann, bob = house.lead("ann"), house.lead("bob")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.pause(workflow)
    house.event(bob, EventType.SIGNED_UP)
    house.run(days=2)
    assert [way.lead_id for way in house.ways(workflow)] == [ann]
    assert house.path(ann) == [("m", "next")]
    with house.database.session() as session:
        assert session.get_one(EmailCampaign, house.mails()[0].email_campaign_id).status == EmailStatus.PAUSED
    house.activate(workflow)
    house.run(seconds=1)
    assert house.path(ann)[-1] == ("t", "next")
    assert [way.lead_id for way in house.ways(workflow)] == [ann], "what happened while it was paused starts nothing"
    with house.database.session() as session:
        assert session.get_one(EmailCampaign, house.mails()[0].email_campaign_id).status == EmailStatus.SENDING


def test_who_comes_to_a_step_without_a_text_waits_until_it_is_written(house: House) -> None:
    workflow = house.workflow("Unwritten", SIGNED_UP, SendEmail(id="m", content="Later"), Tag(id="t", tag="x"))
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    (way,) = house.ways(workflow)
    assert (way.state, way.node, way.note) == (EnrolmentState.HELD, "m", "The email “Later” of step 1 has no text yet.")
    house.text("Later", "Here it is")
    house.run(minutes=1)
    assert house.path(ann) == [("m", "next"), ("t", "next")]
    assert len(house.mails()) == 1


def test_changes_of_leads_and_questions_about_them(house: House) -> None:
    house.workflow(
        "Change", SIGNED_UP, ChangeLead(id="s", status=LeadStatus.QUALIFIED),
        Decide(id="d", question=LeadIs(where=Where(words="qualified", tree=store_tree(StatusIs(values=(LeadStatus.QUALIFIED,)))))),
        ChangeLead(id="f", field="stage", value="7"), Tag(id="no", tag="never"),
        edges=[("start", "next", "s"), ("s", "next", "d"), ("d", "yes", "f"), ("d", "no", "no")],
    )  # fmt: skip
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    assert house.path(ann) == [("s", "next"), ("d", "yes"), ("f", "next")]
    assert house.get(ann).status == LeadStatus.QUALIFIED


def test_splits_deal_people_out_as_simulations_do(house: House) -> None:
    from tools.automating.advance import dealt

    house.workflow(
        "Split", SIGNED_UP, Split(id="s", shares=(50, 50)), Tag(id="a", tag="a"), Tag(id="b", tag="b"),
        edges=[("start", "next", "s"), ("s", "a", "a"), ("s", "b", "b")],
    )  # fmt: skip
    leads = [house.lead(f"p{number}") for number in range(20)]
    for lead in leads:
        house.event(lead, EventType.SIGNED_UP)
    house.run(seconds=1)
    assert [house.path(lead)[0][1] for lead in leads] == [dealt(str(lead), "s", (50, 50)) for lead in leads]


def test_text_messages_and_notices_are_laid_once(house: House) -> None:
    from memory.notices import notices
    from tools.journeys.house import tell_house

    setup = type(house.setup)(sms_webhook="http://127.0.0.1:1/sms", people=("team@bloom.example",))
    with house.database.session(write=True) as session:
        tell_house(session, setup)
    sms = house.text("Hi", "Hi {{ lead.first_name }}", TemplateKind.SMS)
    house.engine = type(house.engine)(house.database, house.clock, setup)
    house.workflow("Tell", SIGNED_UP, SendSms(id="s", template_id=sms), Notify(id="n", who="me", about="Call her"))
    ann = house.lead("ann", phone="+49 30 1")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    text, mail = house.calls()
    assert text.payload == {"to": "+49 30 1", "text": "Hi ann"}
    assert (mail.target, mail.payload["subject"]) == ("team@bloom.example", "Tell: ann")
    with house.database.session() as session:
        (notice,) = notices(session)
        assert notice.text.startswith("Call her")


def test_a_loop_may_send_the_same_mail_again(house: House) -> None:
    text = house.text("Nudge", "Well?")
    workflow = house.workflow(
        "Nudge", SIGNED_UP, SendEmail(id="m", template_id=text), Wait(id="w", span=DAY),
        Decide(id="d", question=EventSince(event=EventType.ORDERED)), End(id="e"),
        edges=[("start", "next", "m"), ("m", "next", "w"), ("w", "next", "d"), ("d", "yes", "e"), ("d", "no", "m")],
    )  # fmt: skip
    ann = house.lead("ann")
    house.event(ann, EventType.SIGNED_UP)
    house.run(seconds=1)
    house.run(days=1)
    assert [mail.visit for mail in house.mails()] == [1, 2]
    house.event(ann, EventType.ORDERED)
    house.run(days=1)
    assert house.ways(workflow)[0].state == EnrolmentState.COMPLETED
    assert len(house.mails()) == 2


def test_a_mail_that_the_sender_stopped_pauses_the_workflow_and_says_why(house: House) -> None:
    text = house.text("Offer", "An offer")
    workflow = house.workflow("Trouble", SIGNED_UP, SendEmail(id="m", template_id=text))
    with house.database.session(write=True) as session:
        mail = session.get_one(EmailCampaign, 1)
        mail.status, mail.status_reason = EmailStatus.PAUSED, "20 messages in a row were refused"
    house.run(minutes=1)
    with house.database.session() as session:
        found = session.get_one(Workflow, workflow)
        assert found.status == "paused"
        assert found.status_reason is not None
        assert "20 messages in a row were refused" in found.status_reason
