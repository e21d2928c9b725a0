"""Advice for a campaign: the findings come from its records, the model only words what to do about them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.drafts import count_drafts
from tools.analysing.campaigns import whole_sums
from tools.campaigning.entry import KIND
from tools.campaigning.figures import key_figures
from tools.campaigning.findings import Compared, Finding, findings
from tools.core.context import Context
from tools.core.result import Drafted, RecordLink
from tools.show import shorten, words
from tools.writing.background import Background, past_campaigns, similar_campaigns
from tools.writing.compose import Part, Piece, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered

#: More than these nobody acts on, and the model would write too long.
MOST_FINDINGS = 4


class Suggestion(BaseModel):
    """A finding from the records, and what to do about it in words."""

    model_config = ConfigDict(frozen=True)

    finding: Finding
    suggestion: str


class CampaignAdvice(Drafted):
    """Where a campaign can do better; empty where nothing stands out. `learned_from` is the best similar campaign."""

    id: int
    name: str
    suggestions: tuple[Suggestion, ...]
    learned_from: str | None

    @property
    def text(self) -> str:
        if not self.suggestions:
            return (
                f"Nothing about **{self.name}** stands out: its figures are in line with its plan and with the others."
            )
        shown = [
            f"{place}. **{one.finding.subject.capitalize()}**: {one.finding.evidence}\n   {one.suggestion}"
            for place, one in enumerate(self.suggestions, start=1)
        ]
        learned = f"\n\nFor comparison: {self.learned_from}." if self.learned_from else ""
        return f"What could make **{self.name}** better:\n\n" + "\n".join(shown) + learned + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=self.name),)


def campaign_advice(ctx: Context, campaign: Campaign) -> CampaignAdvice:
    """Compute the findings, have a suggestion worded for each, and store the draft."""
    others = past_campaigns(ctx, besides=campaign.id)
    peers = [one for one in others if one.campaign.type == campaign.type]
    sums = whole_sums(ctx.session, [campaign])[campaign.id]
    compared = Compared(
        campaign=campaign,
        figures=key_figures(sums.totals, campaign.budget),
        peers=[one.figures for one in peers],
        channels={channel: key_figures(own) for channel, own in sums.channels.items()},
        drafts=count_drafts(ctx.session, campaign.id),
        today=ctx.today,
        currency=ctx.currency,
    )
    found = findings(compared)[:MOST_FINDINGS]
    if not found:
        return CampaignAdvice(id=campaign.id, name=campaign.name, suggestions=(), learned_from=None)
    looked_for = " ".join(part for part in (campaign.name, campaign.description) if part)
    similar = similar_campaigns(ctx, looked_for, besides=campaign.id, type=campaign.type, goal=campaign.goal, limit=1)
    best = similar[0] if similar else None
    known = gathered(
        ctx, looked_for, "email", public=False, besides=campaign.id, type=campaign.type, goal=campaign.goal, quotes=1
    )
    piece = _worded(ctx, campaign, found, known)
    suggestions = tuple(
        Suggestion(finding=finding, suggestion=worded)
        for finding, (worded,) in zip(found, rows(piece.texts, len(found), "suggestion"), strict=True)
    )
    learned_from = best.line(ctx.currency) if best else None
    body: dict[str, Any] = {
        "id": campaign.id,
        "name": campaign.name,
        "suggestions": [one.model_dump() for one in suggestions],
        "learned_from": learned_from,
    }
    kept = keep(ctx, piece, "optimization", f"Advice for {shorten(campaign.name, 80)}", body, campaign.id)
    return CampaignAdvice(**body, **kept)


def _worded(ctx: Context, campaign: Campaign, found: list[Finding], known: Background) -> Piece:
    request = {
        "Campaign": f"{campaign.name}, {words(campaign.type)}, {words(campaign.status)}",
        "It is about": campaign.description,
        "Its audience": campaign.target_audience,
    }
    for place, finding in enumerate(found, start=1):
        request[f"Finding {place}"] = finding.evidence
        request[f"Usual advice {place}"] = finding.advice
    usual = as_numbered(["suggestion"], [(finding.advice,) for finding in found])
    return write(
        ctx,
        _task(len(found)),
        request,
        known,
        numbered(len(found), Part("suggestion", 260)),
        lambda: usual,
        signer="Your team",
        public=False,
    )


def _task(amount: int) -> str:
    named = "suggestion_1" if amount == 1 else f"suggestion_1 to suggestion_{amount}"
    return (
        "A campaign was checked, and the findings are facts. Tell its owner what to do.\n"
        f"- {named}: what to do about the finding of that number, in one sentence of at most 25 words, along the usual "
        "advice but fitted to this campaign\n"
        "Use no figures that are not in the facts."
    )
