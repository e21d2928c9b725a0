"""The versions under way, and what keeps their steps from being done. Looked up once in a while, by the hub's clock."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.enums import WorkflowStatus
from memory.mailings import EmailCampaign
from memory.workflows import Workflow, WorkflowVersion
from tools.automating.entry import content_of, problems_of, resolved
from tools.automating.graph import Graph, SendEmail, SendSms, load_graph
from tools.journeys.batches import Running
from tools.journeys.mails import keep_mail

#: How long what was looked up counts.
FRESH = timedelta(seconds=5)


class Versions:
    """What one worker knows of the versions under way."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[datetime, datetime, Running, dict[str, int], dict[str, str]]] = {}
        self._graphs: dict[int, Graph] = {}

    def graph(self, version: WorkflowVersion) -> Graph:
        """A pinned version's graph: it never changes."""
        found = self._graphs.get(version.id)
        if found is None:
            found = load_graph(version.graph)
            if version.pinned_at is not None:
                self._graphs[version.id] = found
        return found

    def running(
        self, session: Session, workflow: Workflow, version_id: int, now: datetime
    ) -> tuple[Running, dict[str, int], dict[str, str]]:
        """A version with its obstacles, the records of its mails and its text messages, by step.

        The session must be a writing one: texts that were given since are taken over.
        """
        version = session.get_one(WorkflowVersion, version_id)
        known = self._known.get(version_id)
        if known and known[1] == version.updated_at and known[0] <= now < known[0] + FRESH:
            return known[2], known[3], known[4]
        found = (now, *look_up(session, workflow, version, now))
        self._known[version_id] = (found[0], version.updated_at, *found[1:])
        return self._known[version_id][2:]


def look_up(
    session: Session, workflow: Workflow, version: WorkflowVersion, now: datetime
) -> tuple[Running, dict[str, int], dict[str, str]]:
    """What a version needs, as it is now."""
    graph = resolved(session, load_graph(version.graph))
    missing = {one.node: one for one in problems_of(session, graph) if one.level == "missing" and one.node}
    mails = {
        node: id
        for node, id in session.execute(
            select(EmailCampaign.workflow_node, EmailCampaign.id).where(EmailCampaign.workflow_version_id == version.id)
        )
        if node
    }
    texts: dict[str, str] = dict(version.texts or {})
    obstacles = {}
    for number, node in enumerate(graph.nodes, start=1):
        problem = missing.get(node.id)
        unwritten = problem is not None and problem.code in ("content", "blank")
        if isinstance(node, SendEmail) and node.id not in mails and not unwritten:
            mail = keep_mail(session, workflow, version, node, number, now)
            if mail is not None:
                mails[node.id] = mail.id
        if isinstance(node, SendSms) and node.id not in texts and not unwritten:
            content = content_of(session, node)
            if content is not None:
                texts[node.id] = content.body
        if problem is not None and not (unwritten and (node.id in mails or node.id in texts)):
            obstacles[node.id] = problem.sentence
        elif node.type == "unclear":
            obstacles[node.id] = f"“{node.words}” cannot be read as a step; say it otherwise."
    if texts != (version.texts or {}):
        version.texts = texts
        version.updated_at = now
        session.flush()
    return Running(workflow.id, workflow.name, version.id, graph, obstacles), mails, texts


def active_workflows(session: Session) -> list[Workflow]:
    """The workflows that run, oldest first."""
    statement = select(Workflow).where(Workflow.status == WorkflowStatus.ACTIVE).order_by(Workflow.id)
    return list(session.scalars(statement))
