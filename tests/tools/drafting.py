"""What the tests of drafts share: a campaign that ended, an article, a call, and the drafts that are kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from scripted import ScriptedWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.drafts import Draft
from memory.enums import CampaignStatus, CampaignType
from memory.index import put_entry
from memory.metrics import record_metric
from tools.campaigning.entry import index_campaign
from tools.core.context import Context
from tools.core.door import Door

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]


EMAIL = {
    "subject": "Tulips are back",
    "preview": "Fresh from the field.",
    "news": "The tulips are back, and you are the first to know.",
    "benefit": "Each bunch is cut at dawn.",
    "next_step": "Order yours.",
}
ADS = {
    "headline_1": "Fresh tulips",
    "text_1": "Cut at dawn. Order now.",
    "headline_2": "Tulips at your door",
    "text_2": "We bring them. Order now.",
    "headline_3": "Spring in a vase",
    "text_3": "Made to be given. Order now.",
}

CALL = {
    "reason": "I am calling because your desk could bloom.",
    "question_1": "What do you use today?",
    "question_2": "What bothers you?",
    "question_3": "Who decides?",
    "offer": "We bring fresh flowers to your desk.",
    "objection_1": "Too dear.",
    "answer_1": "Less than you think.",
    "objection_2": "No time.",
    "answer_2": "It takes a minute.",
    "close": "Shall we book a demo?",
}
IDEAS = {
    "name_1": "Rye Week",
    "type_1": "email",
    "description_1": "A week of rye.",
    "name_2": "Sourdough School",
    "type_2": "social",
    "description_2": "Teach them.",
    "name_3": "Early Birds",
    "type_3": "something else",
    "description_3": "Coffee first. Grow by 40%.",
}


def past(writing: Writing, name: str, results: dict[str, float], **fields: Any) -> int:
    """A campaign that ended, with its outcome in the index."""
    with writing() as session:
        defaults = {"type": CampaignType.EMAIL, "channels": ["email"], "status": CampaignStatus.COMPLETED}
        campaign = Campaign(name=name, **(defaults | fields))
        session.add(campaign)
        session.flush()
        for metric, value in results.items():
            record_metric(session, "campaign", campaign.id, metric, value, imported=True)
        session.flush()
        index_campaign(session, campaign, "EUR")
        return campaign.id


def article(writing: Writing, title: str, body: str, kind: str = "article", record_id: int = 7) -> None:
    with writing() as session:
        put_entry(session, kind, record_id, title, body)


def call(door: Door, tool: str, writer: ScriptedWriter | None = None, **arguments: Any) -> Any:
    return door.call(tool, arguments, writer=writer).result


def drafts(reading: Reading) -> list[Draft]:
    with reading() as ctx:
        return list(ctx.session.scalars(select(Draft)))
