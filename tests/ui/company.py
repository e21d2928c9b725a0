"""A real hub of a small company for the pages' tests: the small world of tests/house, and what people did in 70 days.

@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with open_company(tmp_path_factory.mktemp("hub")) as (hub, address):
        yield hub, address
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from agent import FixedClock, Hub, Settings
from agent.world import lay_world, read_world
from memory.campaigns import Campaign
from memory.enums import Channel, EventType
from memory.events import record_event
from memory.lead_changes import new_lead
from memory.metrics import record_metric
from tests.house.samples import WORLD
from tests.support.browser import served
from tests.support.houses import open_house
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

#: What was ordered on a weekday, Monday first: orders a day.
ORDERS = (3, 2, 2, 2, 3, 1, 0)
#: The day on which far more was ordered than on others, as days before the world's now.
BUSY_DAY, BUSY_ORDERS = 9, 21
DAYS = 70
WORTH = 20.0


@contextmanager
def open_company(home: Path, **settings: Any) -> Iterator[tuple[Hub, str]]:
    """The hub, without a model, its clock standing still at the world's now, and the address of its pages."""
    file = home / "world.json"
    file.write_text(json.dumps(WORLD))
    world = read_world(file)
    given = {"model_use": "none", "time_zone": world.zone.key, **settings}
    with open_house(Settings(home=home, **given), clock=FixedClock(world.zone, world.now)) as hub:
        with hub.database.session(write=True) as session:
            lay_world(session, world)
            _plant(session, world.now)
        hub.wait_for_model()
        model = ModelWatch()
        model.look(hub)
        with served(make_app(hub, model)) as address:
            yield hub, address


def _plant(session: Any, now: datetime) -> None:
    """Leads that came, opened, clicked and ordered: each order one new lead, on a path of contacts before it."""
    campaign = session.scalars(select(Campaign).where(Campaign.name == "Autumn Reads")).one()
    number = 0
    for back in range(DAYS, 0, -1):
        day = (now - timedelta(days=back)).replace(hour=11, minute=0)
        for _ in range(BUSY_ORDERS if back == BUSY_DAY else ORDERS[day.weekday()]):
            number += 1
            lead = new_lead(session, f"reader{number}@example.org", day - timedelta(hours=3))
            own = Channel.EMAIL if number % 3 else Channel.SOCIAL
            record_event(session, lead.id, EventType.VISITED, day - timedelta(hours=2), channel=Channel.ADS)
            record_event(
                session, lead.id, EventType.CLICKED, day - timedelta(hours=1), channel=own, campaign_id=campaign.id
            )
            record_event(session, lead.id, EventType.ORDERED, day, channel=own, campaign_id=campaign.id, value=WORTH)
        record_metric(session, "campaign", campaign.id, "spend", 6.0, day=day.date(), channel=Channel.EMAIL)
