"""Campaign ideas: from the industry, the goal and what worked before."""

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from memory.enums import CampaignType, Goal
from tools.campaigning.checks import check_budget
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted
from tools.show import money, shorten, words
from tools.writing.background import TICKET, PastCampaign, as_background, house, knowledge, similar_campaigns
from tools.writing.compose import keep, list_field, room, write
from tools.writing.idea_patterns import patterns_for
from tools.writing.voice import about

MOST_IDEAS = 10
NAME_LENGTH = 60


class IdeasText(BaseModel):
    """Ideas in three lists that belong together by place."""

    names: list[str] = list_field(3, 50, "a short name for each campaign")
    types: list[str] = list_field(3, 15, "email, social, ads or multi-channel, for each campaign")
    descriptions: list[str] = list_field(3, 260, "what happens in each campaign and why it fits")


class CampaignIdea(BaseModel):
    """One idea: enough to create the campaign from it."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: CampaignType
    description: str


class CampaignIdeas(Drafted):
    """Ideas for campaigns; `currency` is that of the budget."""

    industry: str
    goal: Goal | None
    budget: float | None
    currency: str
    audience: str | None
    ideas: tuple[CampaignIdea, ...]

    @property
    def text(self) -> str:
        shown = [
            f"{place}. **{idea.name}** ({words(idea.type)})\n   {idea.description}"
            for place, idea in enumerate(self.ideas, start=1)
        ]
        asked = [
            f"goal {words(self.goal)}" if self.goal else None,
            f"for {self.audience}" if self.audience else None,
            f"budget {money(self.budget, self.currency)}" if self.budget is not None else None,
        ]
        told = ", ".join(part for part in asked if part)
        return f"Campaign ideas, {self.industry}{f' ({told})' if told else ''}:\n\n" + "\n".join(shown) + self.closing()


def campaign_ideas(
    ctx: Context, industry: str, goal: Goal | None, budget: float | None, audience: str | None, amount: int
) -> CampaignIdeas:
    """Think of `amount` campaigns and store them as one draft."""
    if not 1 <= amount <= MOST_IDEAS:
        raise BadInput(f"The count must be 1 to {MOST_IDEAS}; {amount} is not.", "count")
    if budget is not None:
        check_budget(budget, ctx.currency)
    request = {
        "Industry": industry,
        "Goal": words(goal) if goal else None,
        "Budget": money(budget, ctx.currency) if budget is not None else None,
        "Audience": audience,
    }
    looked_for = " ".join(part for part in (industry, words(goal) if goal else "", audience) if part)
    past = similar_campaigns(ctx, looked_for, goal=goal)
    background = house(ctx) + as_background(past, ctx.currency) + knowledge(ctx, looked_for, (TICKET,))
    piece = write(
        ctx,
        _task(amount),
        request,
        background,
        _shape(amount),
        lambda: _template(goal, audience, amount, past, ctx.currency),
        max_tokens=room(amount * 330),
        signer="Your team",
    )
    if not piece.ai_generated:  # the template repeats what worked before, so it rests on it too
        piece = replace(piece, sources=tuple(one.link for one in past[:1]))
    ideas = _ideas(piece.body, amount)
    body: dict[str, Any] = {
        "industry": industry,
        "goal": goal.value if goal else None,
        "budget": budget,
        "currency": ctx.currency,
        "audience": audience,
        "ideas": [idea.model_dump(mode="json") for idea in ideas],
    }
    return CampaignIdeas(**body, **keep(ctx, piece, "ideas", f"Campaign ideas: {shorten(industry, 60)}", body))


def _task(amount: int) -> str:
    return (
        f"Think of {amount} different marketing campaigns for the request below. names: a catchy name of 2 to 4 words "
        "for each. types: email, social, ads or multi-channel, for each. descriptions: for each, at most 30 words: "
        "what exactly happens, for whom, and why it fits; learn from the past campaigns and from what customers "
        "wrote. Use no numbers, prices or dates that are not given."
    )


@cache
def _shape(amount: int) -> type[IdeasText]:
    return create_model(
        "IdeasText",
        __base__=IdeasText,
        names=(list[str], list_field(amount, 50, "a short name for each campaign")),
        types=(
            list[str],
            list_field(amount, 15, "the type of each campaign", [member.value for member in CampaignType]),
        ),
        descriptions=(list[str], list_field(amount, 260, "what happens in each campaign and why it fits")),
    )


def _ideas(body: IdeasText, amount: int) -> list[CampaignIdea]:
    ideas: dict[str, CampaignIdea] = {}
    for name, kind, description in zip(body.names, body.types, body.descriptions, strict=False):
        known = kind.strip().lower() in {member.value for member in CampaignType}
        type = CampaignType(kind.strip().lower()) if known else CampaignType.MULTI_CHANNEL
        short = shorten(name.strip(" .:“”\"'"), NAME_LENGTH)
        if short and description:
            ideas.setdefault(short.casefold(), CampaignIdea(name=short, type=type, description=description))
    return list(ideas.values())[:amount]


def _template(
    goal: Goal | None, audience: str | None, amount: int, past: list[PastCampaign], currency: str
) -> IdeasText:
    people, patterns = about(audience) if audience else "your customers", patterns_for(goal)
    ideas = [(pattern.name, pattern.type, pattern.text.format(people=people)) for pattern in patterns]
    if past:
        best = past[0]
        again = f"Repeat what worked, for {people}: {best.line(currency)}."
        ideas.insert(0, (shorten(f"{best.campaign.name}, once more", NAME_LENGTH), best.campaign.type, again))
    chosen = ideas[:amount]
    return IdeasText(
        names=[name for name, _, _ in chosen],
        types=[type.value for _, type, _ in chosen],
        descriptions=[text for _, _, text in chosen],
    )
