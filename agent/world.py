"""A world: a small company in a JSON file, laid into an empty house. For evals, and to have something to try.

The house may not have a record yet for everything that a file holds; what could not be laid is counted, and told.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from memory.ab_tests import AbTest
from memory.base import Base
from memory.campaigns import Campaign
from memory.enums import CampaignStatus, CampaignType, Goal, KnowledgeKind, TemplateKind
from memory.events import LeadEvent
from memory.house import BRAND_VOICE, COMPANY_NAME, INDUSTRY, house_fact, set_house_fact
from memory.knowledge import KnowledgeItem
from memory.lead_lookup import tags_of
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from memory.posts import SocialPost
from memory.segments import Segment
from memory.templates import Template
from memory.workflows import Workflow
from tools.automating.world import load_workflow
from tools.campaigning.entry import index_campaign
from tools.core.errors import BadInput
from tools.experimenting.world import load_ab_test
from tools.knowing.entry import NewItem, store
from tools.leading.world import load_lead, load_segment
from tools.mailing.world import load_mailing
from tools.posting.world import load_post

Entry = Mapping[str, Any]
EnumType = TypeVar("EnumType", bound=StrEnum)

KNOWLEDGE = "knowledge"
#: The section of the file in which the records of a kind stand.
SECTIONS = {
    "campaign": "campaigns",
    "template": "templates",
    "article": KNOWLEDGE,
    "ticket": KNOWLEDGE,
    "lead": "leads",
    "segment": "segments",
    "email_campaign": "email_campaigns",
    "social_post": "social_posts",
    "workflow": "workflows",
    "ab_test": "ab_tests",
}
COMPANY_FACTS = {"name": COMPANY_NAME, "industry": INDUSTRY, "brand_voice": BRAND_VOICE}


@dataclass(frozen=True)
class World:
    """A world as its file tells it. `now` is aware, in `zone`; `sections` hold the records as plain JSON."""

    now: datetime
    zone: ZoneInfo
    company: Mapping[str, str]
    sections: Mapping[str, Sequence[Entry]]
    currency: str = "EUR"

    def of_kind(self, kind: str) -> list[Entry]:
        """The records of one kind ("article" and "ticket" share a section)."""
        section = SECTIONS.get(kind, "")
        entries = self.sections.get(section, ())
        return [entry for entry in entries if section != KNOWLEDGE or entry["kind"] == kind]


@dataclass
class Laid:
    """What became of a world: records laid by section, those that the house has no place for, fields left aside."""

    laid: Counter[str] = field(default_factory=Counter)
    not_laid: Counter[str] = field(default_factory=Counter)
    fields_left: Counter[str] = field(default_factory=Counter)


def read_world(path: Path) -> World:
    """The world of a JSON file. Raises BadInput where it cannot be read or is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        zone = ZoneInfo(content.pop("time_zone"))
        now = datetime.fromisoformat(content.pop("now"))
        company = content.pop("company", {})
        currency = content.pop("currency", "EUR")
        sections = {name: tuple(value) for name, value in content.items() if isinstance(value, list)}
    except OSError as error:
        raise BadInput(f"The world {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is no world (JSON with now, time_zone, company and records): {error}.") from error
    return World(now.replace(tzinfo=zone) if now.tzinfo is None else now, zone, company, sections, currency)


def lay_world(session: Session, world: World) -> Laid:
    """Write everything that the house has a record for; part of the session's transaction."""
    done = Laid()
    for name, value in world.company.items():
        if name in COMPANY_FACTS:
            set_house_fact(session, COMPANY_FACTS[name], value)
        else:
            done.fields_left[f"company.{name}"] += 1
    order = list(LAYERS)
    for section in sorted(world.sections, key=lambda name: order.index(name) if name in order else len(order)):
        for entry in world.sections[section]:
            _lay(session, world, section, entry, done)
    return done


def plant(session: Session, world: World, entries: Sequence[Entry]) -> Laid:
    """Lay single records, each named by its `kind`, into the world; part of the session's transaction."""
    done = Laid()
    for entry in entries:
        section = SECTIONS.get(entry.get("kind", ""))
        if section is None:
            raise BadInput(f"What is planted needs a kind ({', '.join(SECTIONS)}); {dict(entry)} has none of them.")
        if section != KNOWLEDGE:
            entry = {name: value for name, value in entry.items() if name != "kind"}
        _lay(session, world, section, entry, done)
    return done


def rows_of(session: Session, kind: str) -> list[dict[str, Any]] | None:
    """All records of a kind as they are stored, each as its fields; None where the house has no such record."""
    if kind == "company":
        return [{name: house_fact(session, key) for name, key in COMPANY_FACTS.items()}]
    model, only = RECORDS.get(kind, (None, None))
    if model is None:
        return None
    statement = select(model).order_by(inspect(model).primary_key[0])
    if only is not None:
        statement = statement.where(KnowledgeItem.kind == only)
    rows = [
        {column.key: getattr(record, column.key) for column in inspect(model).column_attrs}
        for record in session.scalars(statement)
    ]
    if model is Lead:
        tags = tags_of(session, [row["id"] for row in rows])
        for row in rows:
            row["tags"] = tags.get(row["id"], [])
    return rows


def _lay(session: Session, world: World, section: str, entry: Entry, done: Laid) -> None:
    if section not in LAYERS:
        done.not_laid[section] += 1
        return
    rest = dict(entry)
    try:
        LAYERS[section](session, world, rest)
    except (KeyError, ValueError) as error:
        raise BadInput(f"This entry of {section} in the world is not right ({error}): {dict(entry)}") from error
    done.laid[section] += 1
    done.fields_left.update(f"{section}.{name}" for name in rest)


# Each layer takes what it knows out of the entry; what is left in it has no place in the house.


def _lay_campaign(session: Session, world: World, entry: dict[str, Any]) -> None:
    results = entry.pop("results", {})
    campaign = Campaign(
        name=entry.pop("name"),
        type=CampaignType(entry.pop("type")),
        status=CampaignStatus(entry.pop("status", "draft")),
        channels=entry.pop("channels", []),
        goal=_enum(Goal, entry.pop("goal", None)),
        target_audience=entry.pop("target_audience", None),
        budget=entry.pop("budget", None),
        start_date=_day(entry.pop("start_date", None)),
        end_date=_day(entry.pop("end_date", None)),
        description=entry.pop("description", None),
        **_stamps(world),
    )
    session.add(campaign)
    session.flush()
    for metric, value in results.items():
        record_metric(session, "campaign", campaign.id, metric, value, imported=True)
    session.flush()
    index_campaign(session, campaign, world.currency)


def _lay_template(session: Session, world: World, entry: dict[str, Any]) -> None:
    session.add(
        Template(
            name=entry.pop("name"),
            kind=TemplateKind(entry.pop("kind", "email")),
            content=entry.pop("content"),
            **_stamps(world),
        )
    )
    session.flush()


def _lay_knowledge(session: Session, world: World, entry: dict[str, Any]) -> None:
    happened = entry.pop("happened_at", None)
    item = NewItem(
        title=entry["title"],
        content=entry["content"],
        happened_at=_moment(happened, world) if happened else None,
    )
    store(session, KnowledgeKind(entry["kind"]), [item], world.now.astimezone(UTC))
    for name in ("kind", "title", "content"):
        del entry[name]


def _lay_lead(session: Session, world: World, entry: dict[str, Any]) -> None:
    lead = load_lead(session, entry, world.now.astimezone(UTC), world.zone)
    # A world's people were known before it began: they are no new leads of its first day.
    session.execute(update(LeadEvent).where(LeadEvent.lead_id == lead.id).values(imported=True))


def _lay_segment(session: Session, world: World, entry: dict[str, Any]) -> None:
    load_segment(session, entry, world.now.astimezone(world.zone))


def _lay_post(session: Session, world: World, entry: dict[str, Any]) -> None:
    load_post(session, entry, world.now, world.zone)


def _lay_mailing(session: Session, world: World, entry: dict[str, Any]) -> None:
    load_mailing(session, entry, world.now.astimezone(UTC), world.zone)


def _lay_ab_test(session: Session, world: World, entry: dict[str, Any]) -> None:
    load_ab_test(session, entry, world.now.astimezone(UTC))


def _lay_workflow(session: Session, world: World, entry: dict[str, Any]) -> None:
    load_workflow(session, entry, world.now, world.zone)


def _stamps(world: World) -> dict[str, datetime]:
    now = world.now.astimezone(UTC)
    return {"created_at": now, "updated_at": now}


def _enum(kind: type[EnumType], value: str | None) -> EnumType | None:
    return kind(value) if value is not None else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _moment(value: str, world: World) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=world.zone) if moment.tzinfo is None else moment


#: How the records of a section are laid, in the order in which they rest on each other. A new noun of the house gets a
#: function here, and its model below.
LAYERS: dict[str, Callable[[Session, World, dict[str, Any]], None]] = {
    "campaigns": _lay_campaign,
    "templates": _lay_template,
    KNOWLEDGE: _lay_knowledge,
    "leads": _lay_lead,
    "segments": _lay_segment,
    "email_campaigns": _lay_mailing,
    "social_posts": _lay_post,
    "workflows": _lay_workflow,
    "ab_tests": _lay_ab_test,
}
RECORDS: dict[str, tuple[type[Base], KnowledgeKind | None]] = {
    "campaign": (Campaign, None),
    "template": (Template, None),
    "article": (KnowledgeItem, KnowledgeKind.ARTICLE),
    "ticket": (KnowledgeItem, KnowledgeKind.TICKET),
    "lead": (Lead, None),
    "segment": (Segment, None),
    "email_campaign": (EmailCampaign, None),
    "social_post": (SocialPost, None),
    "workflow": (Workflow, None),
    "ab_test": (AbTest, None),
}
