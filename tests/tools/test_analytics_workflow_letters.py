"""What came of the letters of workflows' steps is told of the workflow, and is no mailing's."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import AbMetric, AttributionModel, Channel, DeliveryState, EmailStatus, Metric
from memory.leads import Lead
from memory.mailings import EmailCampaign, people_by_event
from memory.workflows import Workflow, WorkflowVersion
from tests.tools.analytics_planted import campaign, happened, lead, mailing
from tests.tools.conftest import NOW
from tools.analysing.anomalies import _cause
from tools.analysing.attribution import attribution
from tools.analysing.figures import book
from tools.analysing.periods import Span
from tools.core.door import Door
from tools.core.errors import NotFound
from tools.experimenting.creating import usual_rate
from tools.mailing.figures import all_figures
from tools.nightly.outcomes import outcome_lines

AT = NOW - timedelta(days=1)
ON = AT.date()


def letter_of(session: Session, campaign_id: int) -> EmailCampaign:
    """The letter of the first step of a workflow Welcome, whose text is that of a campaign's mailing."""
    workflow = Workflow(name="Welcome", trigger={}, steps=[])
    session.add(workflow)
    session.flush()
    version = WorkflowVersion(workflow_id=workflow.id, number=1, graph={})
    session.add(version)
    session.flush()
    letter = EmailCampaign(
        name="Welcome: step 1 (workflow 1, version 1)", subject_line="Hi", status=EmailStatus.SENDING, recipients=[],
        workflow_version_id=version.id, workflow_node="m", campaign_id=campaign_id, laid_at=AT,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return letter


def got(session: Session, one: EmailCampaign, who: Lead, at: datetime = AT) -> None:
    session.add(
        Delivery(
            email_campaign_id=one.id, recipient=who.email, lead_id=who.id, state=DeliveryState.SENT,
            due_at=at, sent_at=at, changed_at=at,
        )
    )  # fmt: skip
    happened(session, who, "sent", at, "email", email_campaign_id=one.id)


@pytest.fixture
def planted(database: Database) -> None:
    """Two people get a mailing, of whom one clicks; four get the workflow's letter, of whom three click and one buys."""
    with database.session(write=True) as session:
        spring = campaign(session, "Spring")
        news, letter = mailing(session, "News", AT), letter_of(session, spring.id)
        people = [lead(session, number) for number in range(1, 5)]
        for who in people[:2]:
            got(session, news, who)
        for who in people:
            got(session, letter, who)
        happened(session, people[0], "clicked", AT + timedelta(hours=1), "email", email_campaign_id=news.id)
        for who in people[1:]:
            happened(session, who, "clicked", AT + timedelta(hours=2), "email", email_campaign_id=letter.id)
        happened(session, people[3], "ordered", AT + timedelta(hours=3), value=40.0)


def test_the_workflow_has_its_letters_figures_and_mailings_have_theirs(door: Door, planted: None) -> None:
    with door.reading() as ctx:
        found = book(ctx, Span(ON, ON))
        clicks = {
            (fact.kind, fact.record_id): fact.value for fact in found.facts if fact.metric == Metric.CLICKS
        }  # fmt: skip
        assert clicks == {("email_campaign", 1): 1.0, ("workflow", 1): 3.0}
        link = found.house.link("workflow", 1)
        assert link is not None
        assert (link.noun, link.name) == ("workflow", "Welcome")
        assert set(all_figures(ctx.session)) == {1}
        assert usual_rate(ctx, AbMetric.CLICKS, 0) == (0.5, 1)
        mover = _cause(found, Metric.CLICKS, ON, more=True)
        assert mover is not None
        assert (mover.name, mover.value) == ("Welcome", 3.0)


def test_conversions_are_owed_to_the_workflow_where_no_campaign_is_named(
    door: Door, database: Database, planted: None
) -> None:
    with database.session(write=True) as session:
        session.get_one(EmailCampaign, 2).campaign_id = None
    with door.reading() as ctx:
        shares = attribution(ctx, Span(ON, ON), AttributionModel.LAST_TOUCH)
        assert [(one.name, one.link.noun if one.link else None, one.revenue) for one in shares.campaigns] == [
            ("Welcome", "workflow", 40.0)
        ]
        assert [one.name for one in shares.channels] == [Channel.EMAIL.value]


def test_nobody_names_a_letter_as_a_mailing_and_its_campaign_tells_it_apart(door: Door, planted: None) -> None:
    with pytest.raises(NotFound):
        door.call("cancel_email_campaign", {"email_campaign": "Welcome: step 1 (workflow 1, version 1)"})
    with door.reading() as ctx:
        spring = ctx.session.get_one(Campaign, 1)
        lines = outcome_lines(ctx, spring, people_by_event(ctx.session))
    assert lines == [
        "Letter of a workflow “Welcome: step 1 (workflow 1, version 1)” (subject “Hi”): 4 sent, 0% opened, 75% clicked, "
        "0 unsubscribed."
    ]
