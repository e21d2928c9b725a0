"""What came of a campaign: every figure worked out by hand, periods, channels, pace, and where to do better."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

import tools.campaigns  # noqa: F401 - declares the tools
from memory.campaigns import Campaign
from memory.enums import CampaignStatus, CampaignType, Channel
from memory.metrics import record_metric
from tools.campaigning.figures import key_figures
from tools.campaigning.findings import Compared, findings
from tools.core.door import Door
from tools.core.errors import BadInput

Writing = Callable[[], AbstractContextManager[Session]]
TODAY = date(2026, 3, 16)


def plant(writing: Writing, name: str = "Bloom", *, results: dict[str, float] | None = None, **fields: Any) -> int:
    """A campaign with imported totals."""
    with writing() as session:
        campaign = Campaign(name=name, **{"type": CampaignType.EMAIL, "channels": ["email"], **fields})
        session.add(campaign)
        session.flush()
        for metric, value in (results or {}).items():
            record_metric(session, "campaign", campaign.id, metric, value, imported=True)
        return campaign.id


def analyze(door: Door, **arguments: str) -> Any:
    return door.call("analyze_campaign_performance", {"campaign": "Bloom", **arguments}).result


class TestFigures:
    def test_by_hand(self) -> None:
        figures = key_figures(
            {"spend": 800, "revenue": 3000, "leads": 160, "conversions": 40, "opens": 500, "clicks": 125}, budget=2000
        )
        assert figures.roi == 2.75  # (3000 - 800) / 800
        assert figures.roas == 3.75  # 3000 / 800
        assert figures.cost_per_lead == 5  # 800 / 160
        assert figures.cost_per_conversion == 20  # 800 / 40
        assert figures.conversion_rate == 0.32  # 40 / 125
        assert figures.lead_conversion_rate == 0.25  # 40 / 160
        assert figures.click_to_open_rate == 0.25  # 125 / 500
        assert figures.budget_used == 0.4  # 800 / 2000

    @pytest.mark.parametrize("totals", [{"revenue": 100}, {"revenue": 100, "spend": 0}, {"spend": 0, "leads": 5}])
    def test_without_spend_there_is_no_return(self, totals: dict[str, float]) -> None:
        figures = key_figures(totals, budget=0)
        assert (figures.roi, figures.roas, figures.budget_used) == (None, None, None)

    def test_what_was_not_recorded_is_not_zero(self) -> None:
        figures = key_figures({"spend": 10})
        assert (figures.leads, figures.cost_per_lead, figures.roi) == (None, None, None)
        assert figures.shown("EUR") == [("Spend", "€10")]

    @pytest.mark.parametrize(
        ("clicks", "leads", "rates"),
        [(40, 39, (1, None)), (39, 40, (None, 1)), (39, 39, (None, None)), (0, 0, (None, None))],
    )
    def test_no_rate_is_above_one(self, clicks: int, leads: int, rates: tuple[float | None, float | None]) -> None:
        figures = key_figures({"conversions": 40, "clicks": clicks, "leads": leads})
        assert (figures.conversion_rate, figures.lead_conversion_rate) == rates

    def test_a_lost_investment_is_negative(self) -> None:
        assert key_figures({"spend": 400, "revenue": 100}).roi == -0.75

    def test_other_metrics_are_shown_as_they_are(self) -> None:
        assert key_figures({"ad_impressions": 12000}).shown("EUR") == [("Ad impressions", "12,000")]


class TestPerformance:
    def test_nothing_recorded_is_said(self, door: Door, writing: Writing) -> None:
        plant(writing)
        assert analyze(door).text == (
            "**Bloom** (draft)\n\nNothing is recorded for it yet, so there is nothing to judge it by."
        )

    def test_figures_and_pace(self, door: Door, writing: Writing) -> None:
        plant(
            writing,
            results={"spend": 900, "revenue": 1800, "leads": 45},
            status=CampaignStatus.ACTIVE,
            budget=1500,
            start_date=date(2026, 3, 7),
            end_date=date(2026, 4, 5),
        )
        result = analyze(door)
        # 7 to 16 March are 10 of 30 days; 900 of 1500 is 60 %; 0.6 / (10 / 30) is 1.8
        assert (result.schedule.days, result.schedule.days_gone, result.schedule.days_left) == (30, 10, 20)
        assert result.schedule.pace == pytest.approx(1.8)
        assert "| ROI | 100% |" in result.text
        assert "| Cost per lead | €20 |" in result.text
        assert result.text.endswith(
            "10 of 30 days are gone, 20 left; 60% of the budget is spent: faster than its days go by "
            "(pace 1.8; 1 is on plan).\n\n*These figures hold imported history.*"
        )

    @pytest.mark.parametrize(
        ("start", "end", "gone", "left"),
        [
            (date(2026, 4, 1), date(2026, 4, 10), 0, 10),
            (date(2026, 3, 16), date(2026, 3, 16), 1, 0),
            (date(2026, 1, 1), date(2026, 1, 31), 31, 0),
        ],
    )
    def test_days_before_on_and_after(
        self, door: Door, writing: Writing, start: date, end: date, gone: int, left: int
    ) -> None:
        plant(writing, start_date=start, end_date=end)
        schedule = analyze(door).schedule
        assert (schedule.days_gone, schedule.days_left, schedule.pace) == (gone, left, None)

    def test_a_period_counts_only_its_days(self, door: Door, writing: Writing) -> None:
        campaign = plant(writing, results={"leads": 100})
        with writing() as session:
            for day, leads in [(date(2026, 2, 28), 1), (date(2026, 3, 1), 20), (date(2026, 3, 16), 300)]:
                record_metric(session, "campaign", campaign, "leads", leads, day=day)
        march = analyze(door, period="March")
        assert (march.start, march.end, march.figures.leads) == (date(2026, 3, 1), date(2026, 3, 31), 320)
        assert march.undated.leads == 100
        assert "Not counted here, because it carries no day (imported history): Leads 100." in march.text
        assert analyze(door, period="last month").figures.leads == 1
        assert analyze(door).figures.leads == 421
        assert analyze(door, period="all time").figures.leads == 421

    def test_a_period_without_results(self, door: Door, writing: Writing) -> None:
        plant(writing, results={"leads": 100})
        assert "Nothing was recorded for a day of this period (last week)." in analyze(door, period="last week").text

    def test_the_budget_is_not_for_a_period(self, door: Door, writing: Writing) -> None:
        campaign = plant(writing, budget=100)
        with writing() as session:
            record_metric(session, "campaign", campaign, "spend", 50, day=TODAY)
        assert analyze(door, period="today").figures.budget_used is None
        assert analyze(door).figures.budget_used == 0.5

    def test_words_that_are_no_period(self, door: Door, writing: Writing) -> None:
        plant(writing)
        with pytest.raises(BadInput, match="cannot read “blue cheese” as a period") as refused:
            analyze(door, period="blue cheese")
        assert refused.value.field == "period"

    def test_channels(self, door: Door, writing: Writing) -> None:
        campaign = plant(writing)
        with writing() as session:
            for channel, spend, leads in [(Channel.SOCIAL, 60, 3), (Channel.EMAIL, 20, 10)]:
                record_metric(session, "campaign", campaign, "spend", spend, channel=channel)
                record_metric(session, "campaign", campaign, "leads", leads, channel=channel)
        result = analyze(door)
        assert [(one.channel, one.figures.cost_per_lead) for one in result.channels] == [("email", 2), ("social", 20)]
        assert "| email | €20 | 10 | €2 |\n| social | €60 | 3 | €20 |" in result.text


class TestFindings:
    """Each rule, and that it is silent where there is nothing to say."""

    def compared(self, *, totals: dict[str, float] | None = None, peers: Any = (), **fields: Any) -> Compared:
        whole = {
            "name": "Bloom",
            "type": CampaignType.EMAIL,
            "status": CampaignStatus.ACTIVE,
            "channels": ["email"],
            "target_audience": "florists",
            "budget": 1000.0,
            "start_date": date(2026, 3, 7),
            "end_date": date(2026, 4, 5),
        }
        campaign = Campaign(**whole | {name: value for name, value in fields.items() if name in whole})
        results = {"spend": 330, "leads": 33, "conversions": 10, "revenue": 660} if totals is None else totals
        return Compared(
            campaign=campaign,
            figures=key_figures(results, campaign.budget),
            peers=[key_figures(one) for one in peers],
            channels={name: key_figures(sums) for name, sums in fields.get("by_channel", {}).items()},
            drafts=fields.get("drafts", 1),
            today=TODAY,
            currency="EUR",
        )

    def test_all_well_finds_nothing(self) -> None:
        assert findings(self.compared()) == []

    @pytest.mark.parametrize(
        ("fields", "evidence"),
        [
            ({"end_date": date(2026, 3, 10)}, "It is still active, though its last day was 10 March 2026."),
            (
                {"status": CampaignStatus.DRAFT},
                "It is still a draft, though it should have started on 7 March 2026.",
            ),
            ({"totals": {}}, "No results are recorded for it, so its return cannot be judged."),
            ({"target_audience": None}, "It names no target audience."),
            ({"start_date": None, "end_date": None}, "It has no start and no end date."),
            ({"budget": None}, "It has no budget."),
            ({"drafts": 0}, "No texts have been written for it here."),
            (
                {"totals": {"spend": 400, "revenue": 100}},
                "It has cost more than it brought so far: ROI -75%.",
            ),
            (  # 10 of 30 days gone: 600 of 1000 in a third of the time
                {"totals": {"spend": 600}},
                "It spends too fast: 60% of the budget is spent after 10 of 30 days (pace 1.8, 1 is on plan).",
            ),
            (
                {"totals": {"spend": 100}},
                "It spends slowly: 10% of the budget is spent after 10 of 30 days (pace 0.3, 1 is on plan).",
            ),
            (  # median of 4, 5 and 9 is 5; 330 / 33 is 10
                {"peers": [{"spend": 4, "leads": 1}, {"spend": 9, "leads": 1}, {"spend": 50, "leads": 10}]},
                "A lead costs €10; the median of 3 other email campaigns is €5.",
            ),
            (
                {"peers": [{"spend": 20, "leads": 1}]},
                "A lead costs only €10; the one other email campaign with results has €20.",
            ),
            (  # 10 / 33 against 60 %
                {"peers": [{"leads": 10, "conversions": 6}]},
                "30.3% of its leads convert; the one other email campaign with results has 60%.",
            ),
            (  # (660 - 330) / 330 is 100 %, against 300 %
                {"peers": [{"spend": 100, "revenue": 400}]},
                "Its ROI of 100% is low; the one other email campaign with results has 300%.",
            ),
            (
                {
                    "by_channel": {
                        Channel.ADS: {"spend": 30, "leads": 1},
                        Channel.EMAIL: {"spend": 10, "leads": 2},
                    }
                },
                "A lead costs €30 by ads and €5 by email.",
            ),
        ],
    )
    def test_each_rule(self, fields: dict[str, Any], evidence: str) -> None:
        assert evidence in [finding.evidence for finding in findings(self.compared(**fields))]

    def test_too_early_to_judge_the_pace(self) -> None:
        early = self.compared(totals={"spend": 900}, start_date=date(2026, 3, 15), end_date=date(2026, 4, 13))
        assert [finding.subject for finding in findings(early)] == []
