"""What the campaign tools return: a campaign as it is, a list of them, what was changed, what would be deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.enums import CampaignStatus, CampaignType, Goal
from tools.campaigning.deleting import staying
from tools.campaigning.figures import KeyFigures, key_figures
from tools.core.result import RecordLink, Result
from tools.show import bullets, change, count, day, days, listing, money, table, words

#: A list in a chat shows this many; the data holds all.
MOST_LISTED = 50


class CampaignCard(Result):
    """One campaign. Money in `currency`, dates inclusive in the hub's time zone; `metrics` is computed from results.

    `version` counts the changes: a form gives back the one that it was filled from.
    """

    id: int
    name: str
    description: str | None
    type: CampaignType
    status: CampaignStatus
    channels: tuple[str, ...]
    goal: Goal | None
    target_audience: str | None
    budget: float | None
    currency: str
    start_date: date | None
    end_date: date | None
    metrics: KeyFigures
    ai_generated: bool
    created_at: datetime
    updated_at: datetime
    version: int

    @property
    def text(self) -> str:
        lines = [f"**{self.name}** (campaign #{self.id})", "", bullets(self._details())]
        figures = _main(self.metrics.shown(self.currency))
        if figures:
            lines += ["", f"Results so far: {', '.join(f'{label} {value}' for label, value in figures)}."]
        return "\n".join(lines)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun="campaign", id=self.id, name=self.name),)

    def summary(self) -> str:
        """Budget, dates and the rest in one line, leaving out what is not known."""
        parts = [
            f"budget {money(self.budget, self.currency)}" if self.budget is not None else None,
            days(self.start_date, self.end_date) if self.start_date or self.end_date else None,
            f"via {listing(self.channels)}" if list(self.channels) != [self.type.value] else None,
            f"goal {words(self.goal)}" if self.goal else None,
            f"for {self.target_audience}" if self.target_audience else None,
        ]
        return ", ".join(part for part in parts if part)

    def _details(self) -> list[str]:
        via = "" if list(self.channels) == [self.type.value] else f", via {listing(self.channels)}"
        lines = [f"Type: {words(self.type)}{via}", f"Status: {words(self.status)}"]
        if self.goal:
            lines.append(f"Goal: {words(self.goal)}")
        if self.target_audience:
            lines.append(f"Audience: {self.target_audience}")
        lines.append(f"Budget: {money(self.budget, self.currency) if self.budget is not None else 'none set'}")
        dated = self.start_date or self.end_date
        lines.append(f"Dates: {days(self.start_date, self.end_date) if dated else 'none set'}")
        if self.description:
            lines.append(f"Description: {self.description}")
        return lines


class CampaignCreated(CampaignCard):
    """The campaign that was just created."""

    @property
    def text(self) -> str:
        summary = self.summary()
        return f"Created the {words(self.type)} campaign **{self.name}** as a draft{f': {summary}' if summary else ''}."


class CampaignDetails(CampaignCard):
    """A campaign with what belongs to it."""

    drafts: int
    imported_results: bool

    @property
    def text(self) -> str:
        notes = []
        if self.imported_results:
            notes.append("Some of these results are imported history.")
        if self.drafts:
            notes.append(f"{count(self.drafts, 'draft').capitalize()} written for it.")
        return super().text + ("\n\n" + " ".join(notes) if notes else "")


class FieldChange(BaseModel):
    """One field before and after, as a person reads it."""

    model_config = ConfigDict(frozen=True)

    field: str
    before: str
    after: str


class CampaignUpdated(CampaignCard):
    """The campaign after a change; `changes` is empty where everything was so already. `over` warns that it is active
    although its last day has passed."""

    changes: tuple[FieldChange, ...]
    over: bool = False

    @property
    def text(self) -> str:
        if not self.changes:
            return f"Nothing to change: **{self.name}** is like that already."
        shown = [change(words(item.field), item.before, item.after) for item in self.changes]
        told = f" {shown[0]}." if len(shown) == 1 else f"\n\n{bullets(shown)}"
        return f"Updated **{self.name}**:{told}{self._warning()}"

    def _warning(self) -> str:
        if not self.over or self.end_date is None:
            return ""
        return f"\n\nNote that it ended on {day(self.end_date)}: give it a new end date if it is to run on."


class CampaignList(Result):
    """Campaigns, newest first, or a page of them. `filters` says in words what they were chosen by; `total` how many fit,
    `in_all` how many exist without it."""

    campaigns: tuple[CampaignCard, ...]
    filters: str
    total: int
    in_all: int
    currency: str

    @property
    def text(self) -> str:
        if not self.in_all:
            return "There are no campaigns yet. Create one with, for example: “create an email campaign called Bloom”."
        if not self.total:
            return f"There are no campaigns {self.filters}; {count(self.in_all, 'campaign')} in all."
        head = f"{count(self.total, 'campaign')}{f' {self.filters}' if self.filters else ''}:"
        rows = [
            (card.name, words(card.type), words(card.status), money(card.budget, self.currency), _dates(card))
            for card in self.campaigns[:MOST_LISTED]
        ]
        left = self.total - len(rows)
        shown = table(("Campaign", "Type", "Status", "Budget", "Dates"), rows)
        return f"{head}\n\n{shown}" + (f"\n\n... and {left:,} more." if left else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(link for card in self.campaigns[:MOST_LISTED] for link in card.links)


class CampaignDeletion(Result):
    """What deleting a campaign would remove: the record, its drafts, its recorded results. `linked` are its mailings and
    posts, which stay."""

    campaign: CampaignCard
    drafts: int
    results: int
    linked: tuple[RecordLink, ...]

    @property
    def text(self) -> str:
        card, summary = self.campaign, self.campaign.summary()
        described = f"{words(card.status)}{f', {summary}' if summary else ''}"
        return (
            f"Delete the {words(card.type)} campaign **{card.name}** ({described}) for good"
            f"{_belongings(self.drafts, self.results)}. This cannot be undone.{staying(self.linked)}"
        )

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (*self.campaign.links, *self.linked)


class CampaignDeleted(Result):
    """What was deleted. `linked` are the mailings and posts that stayed."""

    id: int
    name: str
    drafts: int
    results: int
    linked: tuple[RecordLink, ...] = ()

    @property
    def text(self) -> str:
        return f"Deleted the campaign **{self.name}**{_belongings(self.drafts, self.results)}.{staying(self.linked)}"


def card_fields(campaign: Campaign, totals: Mapping[str, float], currency: str) -> dict[str, Any]:
    """The fields of a CampaignCard, from the record and its recorded totals."""
    return {
        **{name: getattr(campaign, name) for name in _stored()},
        "channels": tuple(campaign.channels),
        "currency": currency,
        "metrics": key_figures(totals, campaign.budget),
    }


@cache
def _stored() -> tuple[str, ...]:
    """The fields of a card that the record holds as they are."""
    return tuple(name for name in CampaignCard.model_fields if name not in ("currency", "metrics"))


def _dates(card: CampaignCard) -> str:
    return days(card.start_date, card.end_date)


def _main(figures: list[tuple[str, str]]) -> list[tuple[str, str]]:
    wanted = ("Spend", "Leads", "Conversions", "Revenue", "ROI", "Budget used")
    return [pair for pair in figures if pair[0] in wanted] or figures


def _belongings(drafts: int, results: int) -> str:
    kept = [count(drafts, "draft")] if drafts else []
    kept += [count(results, "recorded result")] if results else []
    return f", with its {listing(kept)}" if kept else " (it has no drafts and no recorded results)"
