"""Advice for a campaign: the records find it, the model words it."""

from datetime import date

from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.drafts import Draft
from memory.enums import CampaignStatus
from tests.tools.drafting import Reading, Writing, call, drafts, past
from tools.core.door import Door


def worded(*suggestions: str) -> ScriptedWriter:
    return ScriptedWriter({f"suggestion_{n}": text for n, text in enumerate(suggestions, start=1)})


class TestOptimize:
    def plant(self, writing: Writing) -> int:
        past(writing, "Poor", {"spend": 10, "leads": 10})
        past(writing, "Grand", {"spend": 10, "leads": 5, "revenue": 50}, description="tulips")
        return past(
            writing,
            "Bloom",
            {"spend": 100, "leads": 10},
            description="tulips",
            status=CampaignStatus.ACTIVE,
            budget=300,
            start_date=date(2026, 3, 7),
            end_date=date(2026, 4, 5),
        )

    def test_the_records_find_the_model_words(self, door: Door, reading: Reading, writing: Writing) -> None:
        self.plant(writing)
        writer = worded("Try florists first.", "Ask Kim. It will bring 70% more.", "Write.")
        made = call(door, "optimize_campaign", writer, campaign="Bloom")
        assert [(one.finding.evidence, one.suggestion) for one in made.suggestions] == [
            ("A lead costs €10; the median of 2 other email campaigns is €1.50.", "Try florists first."),
            ("It names no target audience.", "Ask Kim."),
            ("No texts have been written for it here.", "Write."),
        ]
        assert "Finding 1: A lead costs €10; the median" in writer.asked
        assert (
            made.learned_from == "“Grand” (tulips), email: Spend €10, Leads 5, Revenue €50, ROI 400%, Cost per lead €2"
        )
        assert [source.name for source in made.sources] == ["Grand"]
        assert drafts(reading)[0].kind == "optimization"

    def test_made_up_or_repeated_suggestions_give_way_to_the_usual_advice(self, door: Door, writing: Writing) -> None:
        self.plant(writing)
        made = call(door, "optimize_campaign", worded("Try 12 things.", "Ask.", "Ask."), campaign="Bloom")
        first, second, third = made.suggestions
        assert first.suggestion == first.finding.advice
        assert second.suggestion == "Ask."
        assert third.suggestion == third.finding.advice

    def test_without_a_model_the_findings_are_the_same(self, door: Door, writing: Writing) -> None:
        self.plant(writing)
        made = call(door, "optimize_campaign", campaign="Bloom")
        assert [one.finding.subject for one in made.suggestions] == ["cost per lead", "audience", "content"]
        assert made.ai_generated is False

    def test_nothing_stands_out(self, door: Door, reading: Reading, writing: Writing) -> None:
        own = past(
            writing,
            "Bloom",
            {"spend": 100, "leads": 10},
            target_audience="florists",
            budget=300,
            start_date=date(2026, 1, 1),
            end_date=date(2026, 1, 31),
        )
        with writing() as session:
            session.add(Draft(kind="email", title="x", body={}, campaign_id=own))
        made = call(door, "optimize_campaign", ScriptedWriter(), campaign="Bloom")
        assert made.text.startswith("Nothing about **Bloom** stands out")
        assert (made.draft_id, len(drafts(reading))) == (None, 1)
