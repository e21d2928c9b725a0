"""The night's work: the digest, anomalies with a fix that waits, outcomes, what is forgotten, checkpoints, the index."""

from datetime import UTC, date, datetime, timedelta

from night_house import NOW, YESTERDAY, House
from sqlalchemy import func, select

from agent.night import NIGHT, check_index, digest, forget, night_jobs, outcomes, prune_checkpoints
from agent.worker import SCHEDULE, jobs_of
from memory.ab_tests import AbTest, AbVariant
from memory.calls import Call
from memory.campaigns import Campaign
from memory.conversations import DONE, Conversation, Turn
from memory.deliveries import Delivery
from memory.enums import (
    AbElement,
    AbMetric,
    AbStatus,
    CampaignStatus,
    CampaignType,
    DeliveryState,
    EmailStatus,
    EventType,
)
from memory.events import LeadEvent
from memory.mailings import EmailCampaign
from memory.notices import ANOMALY, DIGEST, Notice, notices
from memory.plans import Plan
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion
from tools.nightly.odd import tell_odd


def test_every_job_of_the_night_is_scheduled_and_exists(house: House) -> None:
    assert set(NIGHT) == set(night_jobs(house.hub))
    assert set(SCHEDULE) <= set(jobs_of(house.hub))


def test_the_digest_tells_yesterday_and_what_waits_once_a_day(house: House) -> None:
    ann, bob = house.lead("ann"), house.lead("bob", YESTERDAY - timedelta(days=3))
    house.event(ann, EventType.ORDERED, value=40.0)
    house.event(bob, EventType.ORDERED, value=25.5)
    house.event(bob, EventType.ORDERED, NOW.astimezone(UTC), value=999.0)  # today is told tomorrow
    house.event(ann, EventType.OPENED, machine=True)  # a machine's opens are told nowhere
    with house.hub.database.session(write=True) as session:
        session.add(EmailCampaign(name="Stuck", subject_line="S", status=EmailStatus.PAUSED, recipients=[]))
        workflow = Workflow(name="Welcome", trigger={}, steps=[])
        session.add(workflow)
        session.flush()
        version = WorkflowVersion(workflow_id=workflow.id, number=1, graph={})
        session.add(version)
        session.flush()
        session.add(
            Enrolment(
                workflow_id=workflow.id, version_id=version.id, lead_id=ann, state=EnrolmentState.HELD,
                note="The email of step 1 has no text yet.", entered_at=YESTERDAY,
            )
        )  # fmt: skip
    digest(house.hub)
    digest(house.hub)
    with house.hub.database.session() as session:
        (told,) = notices(session, kind=DIGEST)
        (mail,) = session.scalars(select(Call)).all()
    assert (told.key, told.title) == ("digest:2026-03-16", "What happened on 16 March 2026")
    assert told.text.splitlines()[2:6] == [
        "- 1 new lead", "- 2 orders", "- €65.50 of revenue by orders",
        "- Workflow Welcome: 1 entered, 0 completed, 0 reached the goal",
    ]  # fmt: skip
    assert "The mailing Stuck is paused in the middle of sending." in told.text
    assert "1 person waits in the workflow Welcome: The email of step 1 has no text yet." in told.text
    assert (mail.target, mail.payload["subject"]) == ("team@bloom.example", told.title)


def test_an_anomaly_is_told_once_with_its_cause_and_a_plan_that_waits(house: House) -> None:
    """Thirty orders a day but one yesterday; a workflow that stands still since then is the fix at hand."""
    lead = house.lead("ann", YESTERDAY - timedelta(days=100))
    with house.hub.database.session(write=True) as session:
        for back in range(60):
            for number in range(30 + back % 3 if back else 1):
                at = YESTERDAY - timedelta(days=back) + timedelta(minutes=number)
                session.add(LeadEvent(lead_id=lead, type=EventType.CONVERTED, at=at))
    made = house.hub.call("create_workflow", description="when someone signs up, add tag new", name="Welcome")
    workflow_id = made.result.data()["id"]  # type: ignore[union-attr]
    house.hub.approve(house.hub.call("activate_workflow", workflow=str(workflow_id)).plan_id or 0)
    house.hub.call("pause_workflow", workflow=str(workflow_id))
    with house.hub.database.session(write=True) as session:
        session.get_one(Workflow, workflow_id).paused_at = YESTERDAY
    assert tell_odd(house.hub.door) >= 1
    assert tell_odd(house.hub.door) == 0
    with house.hub.database.session() as session:
        odd = {one.key: one for one in notices(session, kind=ANOMALY)}
        told = odd["anomaly:conversions:2026-03-16"]
        assert told.text.startswith("Conversions was 1 on 16 March 2026 instead of about 31.")
        plan = session.get_one(Plan, told.plan_id)
        assert (plan.tool, plan.state, plan.asked_by) == ("activate_workflow", "waiting", "the hub")
        assert f"Plan {plan.id} waits for your word: /approve {plan.id}" in told.text
        assert session.scalar(select(func.count()).where(Plan.state == "waiting")) == len(odd)


def test_what_came_of_an_ended_campaign_can_be_found(house: House) -> None:
    ann, bob = house.lead("ann"), house.lead("bob")
    with house.hub.database.session(write=True) as session:
        ended = Campaign(
            name="Spring", type=CampaignType.EMAIL, channels=["email"], status=CampaignStatus.ACTIVE,
            end_date=date(2026, 3, 16),
        )  # fmt: skip
        running = Campaign(
            name="Summer", type=CampaignType.EMAIL, channels=["email"], status=CampaignStatus.ACTIVE,
            end_date=date(2026, 3, 17),
        )  # fmt: skip
        session.add_all([ended, running])
        session.flush()
        mailing = EmailCampaign(
            name="Tulips", subject_line="Tulips are here", status=EmailStatus.SENT, recipients=[], campaign_id=ended.id
        )
        session.add(mailing)
        session.flush()
        for lead in (ann, bob):
            session.add(
                Delivery(
                    email_campaign_id=mailing.id, recipient=f"{lead}@x.example", lead_id=lead, state=DeliveryState.SENT,
                    due_at=YESTERDAY, changed_at=YESTERDAY,
                )
            )  # fmt: skip
        session.add(
            AbTest(
                name="Which", email_campaign_id=mailing.id, element=AbElement.SUBJECT, metric=AbMetric.CLICKS,
                status=AbStatus.DECIDED, test_share=1.0, concentration=16.0, winner=1,
                variants=[AbVariant(position=0, text="Flowers"), AbVariant(position=1, text="Tulips are here")],
            )
        )  # fmt: skip
        mailing_id = mailing.id
    house.event(ann, EventType.OPENED, email_campaign_id=mailing_id)
    outcomes(house.hub)
    outcomes(house.hub)
    with house.hub.database.session() as session:
        hits = house.hub.index.search(session, "Tulips", kinds=["campaign"])
        assert [hit.title for hit in hits] == ["Spring"]
        from memory.index.entries import load_entries

        (entry,) = load_entries(session, [("campaign", hits[0].record_id)]).values()
    assert "Mailing “Tulips” (subject “Tulips are here”): 2 sent, 50% opened, 0% clicked, 0 unsubscribed." in entry.body
    assert "A/B test of its subject by clicks: the winner was “Tulips are here”, against “Flowers”." in entry.body


def test_what_is_old_is_forgotten_as_the_settings_say(house: House) -> None:
    lead = house.lead("ann")
    old, new = NOW.astimezone(UTC) - timedelta(days=31), NOW.astimezone(UTC) - timedelta(days=29)
    for at in (old, new):
        house.event(lead, EventType.OPENED, at, machine=True)
        house.event(lead, EventType.OPENED, at)
    with house.hub.database.session(write=True) as session:
        workflow = Workflow(name="W", trigger={}, steps=[])
        session.add(workflow)
        session.flush()
        version = WorkflowVersion(workflow_id=workflow.id, number=1, graph={})
        session.add(version)
        session.flush()
        for entry, (state, ended) in enumerate(
            [(EnrolmentState.COMPLETED, old), (EnrolmentState.COMPLETED, new), (EnrolmentState.ACTIVE, None)], start=1
        ):
            way = Enrolment(
                workflow_id=workflow.id, version_id=version.id, lead_id=lead, entry=entry, state=state, entered_at=old,
                ended_at=ended,
            )  # fmt: skip
            session.add(way)
            session.flush()
            step = EnrolmentStep(enrolment_id=way.id, workflow_id=workflow.id, lead_id=lead, node=f"s{entry}", at=old)
            session.add(step)
        for key, at in (("old", old), ("new", new)):
            session.add(Notice(key=key, kind=DIGEST, title="T", text="t", at=at))
    forget(house.hub)
    with house.hub.database.session() as session:
        opened = select(LeadEvent.machine, func.count()).where(LeadEvent.type == EventType.OPENED)
        assert dict(session.execute(opened.group_by(LeadEvent.machine)).tuples().all()) == {True: 1, False: 2}
        assert list(session.scalars(select(EnrolmentStep.node).order_by(EnrolmentStep.id))) == ["s2", "s3"]
        assert list(session.scalars(select(Notice.key))) == ["new"]


def test_checkpoints_of_answered_turns_go_and_those_under_way_stay(house: House) -> None:
    from langgraph.checkpoint.base import empty_checkpoint

    saver = house.hub._saver
    long_ago = NOW.astimezone(UTC) - timedelta(days=2)
    with house.hub.database.session(write=True) as session:
        session.add(Conversation(id="c", person="owner"))
        session.flush()
        for number, (id, state, at) in enumerate(
            [("old", DONE, long_ago), ("fresh", DONE, NOW.astimezone(UTC)), ("open", "started", long_ago)], start=1
        ):
            session.add(
                Turn(id=id, conversation_id="c", number=number, said="Hi", state=state, created_at=at, updated_at=at)
            )
    for id in ("old", "fresh", "open"):
        config = {"configurable": {"thread_id": id, "checkpoint_ns": ""}}
        saver.put(config, empty_checkpoint(), {}, {})  # type: ignore[arg-type]
    assert prune_checkpoints(house.hub) == 1
    left = {one.config["configurable"]["thread_id"] for one in saver.list(None)}
    assert left == {"fresh", "open"}


def test_the_index_is_brought_up_to_date(house: House) -> None:
    from memory.index import put_entry

    with house.hub.database.session(write=True) as session:
        put_entry(session, "campaign", 1, "Spring", "Tulips and daffodils")
    check_index(house.hub)
    assert house.hub.index.check().pending == 0


def test_the_day_of_a_digest_is_that_of_the_hub(house: House) -> None:
    midnight = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)  # half past midnight of the 16th in Berlin
    house.event(house.lead("ann", midnight), EventType.ORDERED, midnight)
    digest(house.hub)
    with house.hub.database.session() as session:
        (told,) = notices(session, kind=DIGEST)
    assert "- 1 order" in told.text.splitlines()
