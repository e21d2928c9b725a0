"""A whole hub, without a model, on Tuesday, 17 March 2026, six in the morning."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent.hub import Hub
from agent.settings import Settings
from memory.enums import EventType
from memory.events import record_event
from memory.lead_changes import new_lead
from tests.support.houses import open_house
from tools.core.context import FixedClock

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 17, 6, 0, tzinfo=ZONE)
#: The day before, at ten.
YESTERDAY = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE).astimezone(UTC)


@dataclass
class House:
    hub: Hub

    def lead(self, name: str, at: datetime = YESTERDAY) -> int:
        with self.hub.database.session(write=True) as session:
            return new_lead(session, f"{name}@x.example", at, name=name).id

    def event(self, lead_id: int, type: EventType, at: datetime = YESTERDAY, **more: Any) -> None:
        with self.hub.database.session(write=True) as session:
            record_event(session, lead_id, type, at, **more)


def no_matcher() -> Any:
    raise AssertionError("no sentence is read here")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(
        home=tmp_path, model_use="none", time_zone=ZONE.key, smtp_url="smtp://127.0.0.1:1", mail_from="n@bloom.example",
        house_mail=("team@bloom.example",), keep_machine_events=30, keep_paths=30, keep_notices=30,
    )  # fmt: skip
    with open_house(settings, clock=FixedClock(ZONE, NOW), matcher=no_matcher) as hub:
        yield House(hub)
