"""A made-up company to try the hub with: in a folder of its own, and with a mail server that delivers to nobody.

settings = demo_settings(Settings())
with open_hub(settings) as hub:
    lay_demo(hub)           # only into an empty house; does nothing where it was laid before
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from agent.demo.journeys import lay_ways
from agent.demo.mail import lay_sent
from agent.demo.people import Person, lay_people
from agent.demo.trade import lay_trade
from agent.settings import Settings
from agent.world import World, lay_world
from memory.campaigns import campaign_named, list_campaigns
from memory.house import house_fact, set_house_fact
from memory.lead_lookup import count_leads
from memory.posts import posts_with_words
from tools.core.errors import Conflict

if TYPE_CHECKING:
    from agent.hub import Hub

FILE = Path(__file__).with_name("company.json")
#: The fact that says when the demo was laid into this house.
LAID = "demo_laid_at"
SEED = 7
_RELATIVE = re.compile(r"([+-]\d+)d(?: (\d\d):(\d\d))?")
#: Days for which people have been entering the welcome workflow.
WELCOMED = 28


def demo_settings(settings: Settings, **given: Any) -> Settings:
    """The settings of the demo: all data in the folder `demo` of the hub's, and nothing of what leads out of the house
    (mail server, mailboxes, public address, databases of other programs). `given` are laid on top."""
    apart = settings.model_copy(
        update={
            "home": settings.home / "demo", "demo": True, "database_url": None, "chroma_url": None, "smtp_url": None,
            "bounce_mailbox_url": None, "public_url": "", "house_mail": (), "import_folders": (),
            "mail_from": "Kestrel Coffee <hello@kestrel.example>", "unsubscribe_email": "leave@kestrel.example",
            "mail_topics": ("Letters from the roastery", "Offers", "Courses"),
            **given,
        }
    )  # fmt: skip
    apart.__dict__.pop("zone", None)  # computed once from the former time zone, and copied along
    return apart


def lay_demo(hub: "Hub") -> bool:
    """Lay the demo company into the hub's empty house; False where that was done before.

    Raises Conflict for a house that holds other records.
    """
    now = hub.door.clock.now()
    with hub.database.session(write=True) as session:
        if house_fact(session, LAID):
            return False
        if list_campaigns(session) or count_leads(session):
            raise Conflict(
                f"The folder {hub.settings.home} holds other records. Move it away, and start the demo again."
            )
        people = _lay_records(session, hub, now)
        set_house_fact(session, LAID, now.isoformat())
    for workflow in ("Welcome", "Win back"):
        plan = hub.call("activate_workflow", workflow=workflow).plan_id
        if workflow == "Welcome" and plan is not None:
            hub.delete_conversation(hub.approve(plan).conversation)
    with hub.database.session(write=True) as session:
        begun = now - timedelta(days=WELCOMED)
        lay_ways(
            session, "Welcome", [(one, one.since) for one in people if one.since >= begun], now.astimezone(UTC),
            hub.settings.zone, Random(SEED),
        )  # fmt: skip
    hub.call("send_email_campaign", email_campaign="Second Advent letter", send_time=_morning(now))
    hub.index.refresh()
    return True


def _lay_records(session: Session, hub: "Hub", now: datetime) -> list[Person]:
    zone, chance = hub.settings.zone, Random(SEED)
    content = dated(json.loads(FILE.read_text(encoding="utf-8")), now)
    sent, mailings = content.pop("sent"), content.pop("email_campaigns")
    company = content.pop("company")
    sections = {name: value for name, value in content.items() if isinstance(value, list)}
    people = lay_people(session, now.astimezone(UTC), chance)
    workflows = sections.pop("workflows")
    lay_world(session, World(now, zone, company, sections, hub.settings.currency))
    lay_trade(session, people, now.astimezone(UTC), zone, chance)
    for entry in sent:
        lay_sent(session, {**entry, "sent_at": datetime.fromisoformat(entry["sent_at"])}, people, now, chance)
    # After those that went out, so that what is to come stands first in lists of the newest.
    lay_world(
        session, World(now, zone, {}, {"email_campaigns": mailings, "workflows": workflows}, hub.settings.currency)
    )
    advent = campaign_named(session, "Advent Calendar")
    for post in posts_with_words(session, ["#advent", "Advent calendar"]):
        post.campaign_id = advent.id if advent else None
    return people


def dated(value: Any, now: datetime) -> Any:
    """A world with its relative times ("-12d 10:00", "+3d") as ISO dates and moments, in the zone of `now`."""
    if isinstance(value, dict):
        return {name: dated(one, now) for name, one in value.items()}
    if isinstance(value, list):
        return [dated(one, now) for one in value]
    found = _RELATIVE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    day = now + timedelta(days=int(found[1]))
    if found[2] is None:
        return day.date().isoformat()
    return day.replace(hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0).isoformat()


def _morning(now: datetime) -> datetime:
    """Tomorrow at half past seven."""
    return (now + timedelta(days=1)).replace(hour=7, minute=30, second=0, microsecond=0)
