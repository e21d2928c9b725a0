"""The mails of a workflow's steps: each step of a version has one record in memory.mailings, with the text as approved."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.calls import cancel_calls
from memory.deliveries import cancel_waiting
from memory.enums import EmailStatus, WorkflowStatus
from memory.mailings import EmailCampaign
from memory.outbox import release_mailing
from memory.workflows import Workflow, WorkflowVersion
from tools.automating.entry import content_of
from tools.automating.graph import Graph, SendEmail, SendSms

WORKFLOW_PAUSED = "The workflow that it belongs to is paused"


def keep_texts(session: Session, workflow: Workflow, version: WorkflowVersion, graph: Graph, now: datetime) -> None:
    """Take over the texts of a version's messages as they are now; to be done when a person has approved them."""
    texts = {}
    for number, node in enumerate(graph.nodes, start=1):
        if isinstance(node, SendEmail):
            keep_mail(session, workflow, version, node, number, now)
        elif isinstance(node, SendSms) and (content := content_of(session, node)) is not None:
            texts[node.id] = content.body
    version.texts = texts
    version.updated_at = now
    session.flush()


def keep_mail(
    session: Session, workflow: Workflow, version: WorkflowVersion, node: SendEmail, number: int, now: datetime
) -> EmailCampaign | None:
    """The record of one step's mail, with its text as it is now; None where it is still to be written."""
    content = content_of(session, node)
    if content is None:
        return None
    mail = mail_of(session, version.id, node.id)
    if mail is None:
        mail = EmailCampaign(
            name=f"{workflow.name[:150]}: step {number} (workflow {workflow.id}, version {version.number})",
            workflow_version_id=version.id,
            workflow_node=node.id,
            recipients=[],
            laid_at=now,
            created_at=now,
        )
        session.add(mail)
    source = session.get(EmailCampaign, node.email_campaign_id) if node.email_campaign_id else None
    mail.subject_line = content.subject_line or node.content or content.name
    mail.preview_text = source.preview_text if source else None
    mail.campaign_id = source.campaign_id if source else None
    mail.template_id = content.id if content.noun == "template" else None
    mail.content = content.body
    mail.status, mail.status_reason, mail.updated_at = EmailStatus.SENDING, None, now
    session.flush()
    return mail


def mail_of(session: Session, version_id: int, node: str) -> EmailCampaign | None:
    """The record of one step's mail, if it has been approved with a text."""
    return session.scalars(
        select(EmailCampaign).where(
            EmailCampaign.workflow_version_id == version_id, EmailCampaign.workflow_node == node
        )
    ).first()


def mails_of(session: Session, workflow_id: int) -> list[EmailCampaign]:
    """The mails of all versions of a workflow."""
    versions = select(WorkflowVersion.id).where(WorkflowVersion.workflow_id == workflow_id)
    return list(
        session.scalars(
            select(EmailCampaign).where(EmailCampaign.workflow_version_id.in_(versions)).order_by(EmailCampaign.id)
        )
    )


def hold_mails(session: Session, workflow_id: int, now: datetime) -> None:
    """Stop what waits in the outbox of a workflow that is paused."""
    for mail in mails_of(session, workflow_id):
        if mail.status == EmailStatus.SENDING:
            mail.status, mail.status_reason, mail.updated_at = EmailStatus.PAUSED, WORKFLOW_PAUSED, now
            session.flush()
            release_mailing(session, mail.id, now)


def let_mails_go(session: Session, workflow_id: int, now: datetime) -> None:
    """Let them go on, once the workflow does."""
    for mail in mails_of(session, workflow_id):
        if mail.status == EmailStatus.PAUSED:
            mail.status, mail.status_reason, mail.updated_at = EmailStatus.SENDING, None, now
    session.flush()


def end_mails(session: Session, workflow_id: int, now: datetime) -> int:
    """Cancel what waits of a workflow that is deleted; what went out stays on record. Returns how many were cancelled."""
    stopped = 0
    for mail in mails_of(session, workflow_id):
        stopped += cancel_waiting(session, mail.id, now)
        mail.status, mail.updated_at = EmailStatus.CANCELLED, now
    cancel_calls(session, workflow_id, now)
    session.flush()
    return stopped


def pause_troubled(session: Session, now: datetime) -> list[Workflow]:
    """Pause the active workflows of which the sender stopped a mail (it cannot be filled in, or is refused again and
    again): whoever comes to that step would else wait there unseen. Returns them."""
    statement = (
        select(Workflow, EmailCampaign)
        .join(WorkflowVersion, WorkflowVersion.workflow_id == Workflow.id)
        .join(EmailCampaign, EmailCampaign.workflow_version_id == WorkflowVersion.id)
        .where(Workflow.status == WorkflowStatus.ACTIVE, EmailCampaign.status == EmailStatus.PAUSED)
    )
    paused = []
    for workflow, mail in session.execute(statement).tuples().all():
        if workflow.status != WorkflowStatus.ACTIVE:
            continue  # paused by another of its mails just now
        workflow.status, workflow.paused_at, workflow.updated_at = WorkflowStatus.PAUSED, now, now
        workflow.status_reason = f"{mail.name}: {mail.status_reason or 'paused'}"
        session.flush()
        paused.append(workflow)
    for workflow in paused:
        hold_mails(session, workflow.id, now)
    return paused
