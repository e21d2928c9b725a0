"""Campaign ideas: from the industry, the goal and what worked before."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import CampaignType, Goal
from tools.campaigning.checks import check_budget
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted
from tools.show import money, shorten, words
from tools.writing.background import PastCampaign, similar_campaigns
from tools.writing.compose import Part, Texts, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered
from tools.writing.idea_patterns import patterns_for
from tools.writing.voice import about

MOST_IDEAS = 20
NAME_LENGTH = 60


NAMES = ("name", "type", "description")
#: From this many ideas on, each is told in a sentence: a small model on a small machine writes a dozen words a second.
MANY = 6


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
    background = gathered(ctx, looked_for, "email", public=False, goal=goal, campaigns=2, articles=1, quotes=1)
    piece = write(
        ctx,
        _task(amount),
        request,
        background,
        numbered(amount, *_parts(amount)),
        lambda: _template(goal, audience, amount, past, ctx.currency),
        signer="Your team",
        public=False,
    )
    ideas = _ideas(rows(piece.texts, amount, *NAMES))
    body: dict[str, Any] = {
        "industry": industry,
        "goal": goal.value if goal else None,
        "budget": budget,
        "currency": ctx.currency,
        "audience": audience,
        "ideas": [idea.model_dump(mode="json") for idea in ideas],
    }
    return CampaignIdeas(**body, **keep(ctx, piece, "ideas", f"Campaign ideas: {shorten(industry, 60)}", body))


def _parts(amount: int) -> tuple[Part, ...]:
    types = tuple(member.value for member in CampaignType)
    return Part("name", 50), Part("type", 15, types), Part("description", 190 if amount < MANY else 130)


def _task(amount: int) -> str:
    return (
        f"Think of {amount} different marketing campaigns for a business of this industry and for the goal.\n"
        "For each of them:\n"
        "- name: a catchy campaign name of 2 to 4 words\n"
        "- type: email, social, ads or multi-channel\n"
        f"- description, at most {22 if amount < MANY else 15} words, for the marketing team: begin with a verb such as Send, Show or Invite; say "
        "what to do, for whom, and why that serves the goal\n"
        "Learn from the past campaigns and from what customers wrote. Use no numbers or prices that are not in the facts."
    )


def _ideas(written: list[tuple[str, ...]]) -> list[CampaignIdea]:
    ideas: dict[str, CampaignIdea] = {}
    for name, kind, description in written:
        known = kind.strip().lower() in {member.value for member in CampaignType}
        type = CampaignType(kind.strip().lower()) if known else CampaignType.MULTI_CHANNEL
        short = shorten(name.strip(" .:\u201c\u201d\"'"), NAME_LENGTH)
        ideas.setdefault(short.casefold(), CampaignIdea(name=short, type=type, description=description))
    return list(ideas.values())


def _template(goal: Goal | None, audience: str | None, amount: int, past: list[PastCampaign], currency: str) -> Texts:
    people, patterns = about(audience) if audience else "your customers", patterns_for(goal)
    ideas = [(pattern.name, pattern.type, pattern.text.format(people=people)) for pattern in patterns]
    if past:
        best = past[0]
        again = f"Repeat what worked, for {people}: {best.line(currency)}."
        ideas.insert(0, (shorten(f"{best.campaign.name}, once more", NAME_LENGTH), best.campaign.type, again))
    return as_numbered(NAMES, [(name, type.value, text) for name, type, text in ideas[:amount]])
