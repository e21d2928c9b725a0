"""What the Automation page shows, as HTML."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import number, title
from ui.web.parts.links import address, record_address
from ui.web.parts.table import Cell, Column, Row, records_table

STATUSES = ("draft", "active", "paused")
COLUMNS = (
    Column("Workflow"), Column("Status"), Column("Starts", wide=True), Column("Steps", right=True), Column("Entered", right=True),
    Column("Under way", right=True), Column("Completed", right=True), Column("Converted", right=True),
)  # fmt: skip


def filters(status: str | None) -> Markup:
    """The list by status."""
    ways = [("All", address("/automation"), status is None)]
    ways += [(title(one), address("/automation", status=one), one == status) for one in STATUSES]
    return cards.choices("Workflows by status", ways)


def listed(data: dict[str, Any]) -> Markup:
    """The table of `list_workflows`."""
    nothing = (
        states.empty("No workflow like this", "No workflow has this status.", ("Show all", "/automation"))
        if data["in_all"]
        else states.empty("No workflows yet", "Describe one below in your own words, and it is drawn for you.")
    )
    rows = [
        Row(
            [
                one["name"],
                cards.badge(one["status"]),
                one["trigger_words"] or "not said yet",
                Cell(number(one["steps"]), one["steps"]),
                *(Cell(number(one["metrics"][name]), one["metrics"][name]) for name in ("entered", "active", "completed", "converted")),
            ],
            href=record_address("workflow", one["id"]),
        )
        for one in data["workflows"]
    ]  # fmt: skip
    return records_table(COLUMNS, rows, caption="Workflows", filter_label="Filter workflows", empty=nothing)


def in_words(card: dict[str, Any]) -> Markup:
    """A workflow's steps and what is wrong with them, where it cannot be drawn."""
    said = Markup("<p><b>Starts:</b> {}</p>").format(card["trigger_words"] or "not said yet")
    steps = Markup('<ol class="wf-words">{}</ol>').format(
        Markup("").join(
            Markup("<li>{}{}</li>").format(
                one["words"],
                Markup("").join(_problem(problem) for problem in card["problems"] if problem["node"] == one["id"]),
            )
            for one in card["steps"]
        )
    )
    whole = Markup("").join(_problem(one) for one in card["problems"] if one["node"] is None)
    return cards.section("Steps", said + steps + whole)


def _problem(one: dict[str, Any]) -> Markup:
    return Markup('<span class="told {}">{}</span>').format(one["level"], one["sentence"])
