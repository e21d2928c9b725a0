"""Workflows of a world file, laid into an empty house: their counts are imported history."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.enums import WorkflowStatus
from memory.mailings import email_campaign_named
from memory.metrics import record_metric
from memory.segments import segment_named
from memory.workflows import KIND, Workflow, WorkflowVersion
from tools.automating.entry import mirror, resolved
from tools.automating.graph import store_graph
from tools.automating.reading import read_steps, read_trigger_text
from tools.segmenting.lookup import StoredLookup

COUNTS = ("entered", "completed", "converted")


class StoredNames:
    """Segments and mailings by their exact names."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def segment(self, name: str) -> tuple[int, str] | None:
        found = segment_named(self.session, name)
        return (found.id, found.name) if found else None

    def mailing(self, name: str) -> tuple[int, str] | None:
        found = email_campaign_named(self.session, name)
        return (found.id, found.name) if found else None


def load_workflow(session: Session, entry: dict[str, Any], now: datetime, zone: ZoneInfo) -> Workflow:
    """Store one workflow of a world file; what is taken is taken out of `entry`.

    Raises ValueError for a trigger that cannot be read.
    """
    local, names, lookup = now.astimezone(zone), StoredNames(session), StoredLookup(session)
    told = entry.pop("trigger")
    trigger = read_trigger_text(told, local, names, lookup)
    if trigger is None:
        raise ValueError(f"“{told}” is no trigger")
    graph = read_steps(list(entry.pop("steps", ())), local, names, lookup).graph.model_copy(update={"trigger": trigger})
    graph = resolved(session, graph)
    status = WorkflowStatus(entry.pop("status", "draft"))
    at = now.astimezone(UTC)
    workflow = Workflow(
        name=entry.pop("name"),
        description=entry.pop("description", None),
        status=status,
        trigger={},
        steps=[],
        created_at=at,
        updated_at=at,
    )
    mirror(workflow, graph)
    session.add(workflow)
    session.flush()
    begun = status != WorkflowStatus.DRAFT
    version = WorkflowVersion(
        workflow_id=workflow.id,
        number=1,
        graph=store_graph(graph),
        pinned_at=at if begun else None,
        created_at=at,
        updated_at=at,
    )
    session.add(version)
    session.flush()
    if begun:
        workflow.version_id, workflow.activated_at = version.id, at
    for name in COUNTS:
        if name in entry:
            record_metric(session, KIND, workflow.id, name, entry.pop(name), imported=True)
    session.flush()
    return workflow
