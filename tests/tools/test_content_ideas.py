"""Campaign ideas: from what worked before, and from templates."""

from typing import Any

import pytest
from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.enums import Goal
from tests.tools.drafting import IDEAS, Writing, call, past
from tools.core.door import Door
from tools.core.errors import BadInput


class TestIdeas:
    def test_ideas_can_be_made_campaigns(self, door: Door) -> None:
        made = call(door, "generate_campaign_ideas", ScriptedWriter(IDEAS), industry="bakery", goal="sales", budget=500)
        assert [(idea.name, idea.type) for idea in made.ideas] == [
            ("Rye Week", "email"), ("Sourdough School", "social"), ("Early Birds", "multi-channel"),
        ]  # fmt: skip
        assert made.text.startswith("Campaign ideas, bakery (goal sales, budget €500):\n\n1. **Rye Week** (email)")
        assert made.ideas[2].description == "Coffee first."
        assert made.note == "1 sentence was left out, with figures, promises or addresses that nobody gave."

    def test_the_best_past_campaign_of_the_goal_is_shown(self, door: Door, writing: Writing) -> None:
        past(writing, "Poor", {"spend": 10, "revenue": 5}, goal=Goal.SALES)
        best = past(writing, "Grand", {"spend": 10, "revenue": 50}, goal=Goal.SALES)
        past(writing, "Elsewhere", {"spend": 10, "revenue": 500}, goal=Goal.RETENTION)
        writer = ScriptedWriter(IDEAS)
        made = call(door, "generate_campaign_ideas", writer, industry="bakery", goal="sales")
        assert "“Grand”, email: Spend €10, Revenue €50, ROI 400%" in writer.asked
        assert "Elsewhere" not in writer.asked
        assert best in [source.id for source in made.sources]

    def test_template_begins_with_what_worked(self, door: Door, writing: Writing) -> None:
        past(writing, "Grand", {"spend": 10, "revenue": 50}, goal=Goal.EVENT)
        made = call(door, "generate_campaign_ideas", industry="bakery", goal="event", audience="families")
        assert made.ideas[0].description == (
            "Repeat what worked, for families: “Grand”, email: Spend €10, Revenue €50, ROI 400%."
        )
        assert [source.name for source in made.sources] == ["Grand"]
        assert [idea.name for idea in made.ideas[1:]] == ["Counting Down", "Come and See"]

    @pytest.mark.parametrize("goal", [*Goal, None])
    def test_templates_give_as_many_as_asked(self, door: Door, goal: Goal | None) -> None:
        arguments: dict[str, Any] = {"goal": goal.value} if goal else {}
        made = call(door, "generate_campaign_ideas", industry="bakery", count=20, **arguments)
        assert len({idea.name for idea in made.ideas}) == 20
        assert all("{" not in idea.description for idea in made.ideas)

    def test_bad_values(self, door: Door) -> None:
        with pytest.raises(BadInput, match="1 to 20"):
            call(door, "generate_campaign_ideas", industry="bakery", count=99)
        with pytest.raises(BadInput, match="cannot be negative"):
            call(door, "generate_campaign_ideas", industry="bakery", budget=-1)
