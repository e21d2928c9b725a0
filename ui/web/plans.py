"""The plans that wait, beside the conversation: the whole text of each, and the two buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.words import spoken_tool

if TYPE_CHECKING:
    from agent import PlanView

#: Plans shown at once; more come up as these are decided.
SHOWN = 4


@dataclass(frozen=True)
class PlanCard:
    """One place for a plan. `plan` lies in the page, not on the server: what a button decides is what the page shows."""

    box: gr.Group
    plan: gr.Number
    title: gr.Markdown
    text: gr.Markdown
    approve: gr.Button
    reject: gr.Button

    def show(self, plan: PlanView | None, *, busy: bool = False) -> dict[Any, Any]:
        """The updates that make this place show a plan, or nothing."""
        if plan is None:
            return {self.box: gr.update(visible=False), self.plan: None}
        return {
            self.box: gr.update(visible=True),
            self.plan: plan.id,
            self.title: f"### Plan {plan.id}: {spoken_tool(plan.tool).lower()}",
            self.text: plan.text,
            self.approve: gr.update(value=f"Approve plan {plan.id}", interactive=not busy),
            self.reject: gr.update(value=f"Reject plan {plan.id}", interactive=not busy),
        }


@dataclass(frozen=True)
class PlanPanel:
    """All places, and the column that holds them."""

    column: gr.Column
    cards: tuple[PlanCard, ...]
    more: gr.Markdown

    @property
    def outputs(self) -> list[Any]:
        parts: list[Any] = [self.column, self.more]
        for card in self.cards:
            parts += [card.box, card.plan, card.title, card.text, card.approve, card.reject]
        return parts

    def show(self, waiting: Sequence[PlanView], *, busy: bool = False) -> dict[Any, Any]:
        """The updates that make the panel show these plans, the oldest first."""
        hidden = len(waiting) - len(self.cards)
        updates: dict[Any, Any] = {
            self.column: gr.update(visible=bool(waiting)),
            self.more: f"{hidden} more wait; they come up as you decide these." if hidden > 0 else "",
        }
        for place, card in enumerate(self.cards):
            updates |= card.show(waiting[place] if place < len(waiting) else None, busy=busy)
        return updates


def plan_panel() -> PlanPanel:
    """Lay the panel out (inside a Blocks context)."""
    with gr.Column(elem_id="plans", visible=False, min_width=300, scale=0) as column:
        gr.Markdown("## Waiting for your approval", elem_classes="plans-title")
        cards = tuple(_card() for _ in range(SHOWN))
        more = gr.Markdown("", elem_classes="plans-more")
    return PlanPanel(column, cards, more)


def _card() -> PlanCard:
    with gr.Group(visible=False, elem_classes="plan") as box:
        plan = gr.Number(visible="hidden", precision=0)
        title = gr.Markdown(elem_classes="plan-title")
        text = gr.Markdown(elem_classes="plan-text", latex_delimiters=[], sanitize_html=True)
        with gr.Row(elem_classes="plan-buttons"):
            approve = gr.Button("Approve", variant="primary", size="md", elem_classes="approve", min_width=80)
            reject = gr.Button("Reject", variant="secondary", size="md", elem_classes="reject", min_width=80)
    return PlanCard(box, plan, title, text, approve, reject)
