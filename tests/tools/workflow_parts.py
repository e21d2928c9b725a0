"""What the tests of the automation tools share: a workflow made from a sentence, and leads of some age."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from memory.lead_changes import new_lead
from memory.workflows import (
    Workflow,
    workflow_named,
)
from tests.tools.conftest import NOW
from tools.core.context import Context
from tools.core.door import Door

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

SENTENCE = "when someone signs up, wait a day, then email them; if they don't open it send an SMS"
CART = (
    "on event cart_abandoned, wait 1 hour, send email 'You left this', wait 1 day, if not opened send sms 'Still yours'"
)


def create(door: Door, description: str, **more: Any) -> dict[str, Any]:
    return door.call("create_workflow", {"description": description, **more}).result.data()


def stored(reading: Reading, name: str) -> Workflow:
    with reading() as ctx:
        found = workflow_named(ctx.session, name)
        assert found is not None
        return found


def days_ago(days: float) -> datetime:
    return (NOW - timedelta(days=days)).astimezone(UTC)


def lead(session: Session, name: str, created: float = 100) -> int:
    return new_lead(session, f"{name.lower()}@example.org", days_ago(created), name=name).id
