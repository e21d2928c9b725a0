"""The workflows that people may enter now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from memory.workflows import Workflow, WorkflowVersion
from tools.automating.graph import Graph
from tools.journeys.running import Versions


@dataclass(frozen=True)
class Entry:
    """A workflow that people may enter, with the graph of the version that they enter."""

    workflow: Workflow
    version_id: int
    graph: Graph


def entries(session: Session, workflows: Sequence[Workflow], versions: Versions) -> list[Entry]:
    """The active workflows as people enter them."""
    made = []
    for workflow in workflows:
        if workflow.version_id is not None:
            version = session.get_one(WorkflowVersion, workflow.version_id)
            made.append(Entry(workflow, version.id, versions.graph(version)))
    return made


def begun(some: Sequence[Entry], now: datetime) -> datetime | None:
    """Since when the first of them runs; None where there is none."""
    return min((one.workflow.activated_at or now for one in some), default=None)
