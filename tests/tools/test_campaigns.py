"""Campaigns: creating, listing, showing, changing and deleting, with every rule for their values."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import tools.campaigns  # noqa: F401 - declares the tools
from memory.campaigns import Campaign
from memory.drafts import Draft
from memory.enums import CampaignStatus, Channel
from memory.index import IndexEntry
from memory.metrics import count_metrics, record_metric
from tools.core.context import Context
from tools.core.door import Door, Outcome
from tools.core.errors import Ambiguous, BadInput, Conflict, HubError, Missing, NotFound, PlanChanged

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]


def create(door: Door, name: str = "Bloom", **arguments: Any) -> Any:
    return door.call("create_campaign", {"name": name, "type": "email", **arguments}).result


def entry(session: Session, campaign_id: int) -> IndexEntry:
    found = select(IndexEntry).where(IndexEntry.kind == "campaign", IndexEntry.record_id == campaign_id)
    return session.scalars(found).one()


def all_campaigns(reading: Reading) -> list[Campaign]:
    with reading() as ctx:
        return list(ctx.session.scalars(select(Campaign).order_by(Campaign.id)))


class TestCreate:
    def test_everything_given_is_stored_and_said(self, door: Door, reading: Reading) -> None:
        made = create(
            door,
            budget="5000",
            start_date="2026-04-01",
            end_date="2026-04-30",
            goal="sales",
            target_audience="florists",
            description="spring flowers",
        )
        assert made.text == (
            "Created the email campaign **Bloom** as a draft: "
            "budget €5,000, 1 to 30 April 2026, goal sales, for florists."
        )
        assert [(link.noun, link.id, link.name) for link in made.links] == [("campaign", made.id, "Bloom")]
        (stored,) = all_campaigns(reading)
        assert (stored.name, stored.status, stored.budget) == ("Bloom", CampaignStatus.DRAFT, 5000)
        assert (stored.start_date, stored.end_date) == (date(2026, 4, 1), date(2026, 4, 30))
        assert (stored.channels, stored.target_audience, stored.ai_generated) == (["email"], "florists", False)
        assert stored.created_at.isoformat() == "2026-03-16T09:00:00+00:00"

    @pytest.mark.parametrize(
        ("type", "channels"),
        [
            ("email", ("email",)),
            ("social", ("social",)),
            ("ads", ("ads",)),
            ("multi-channel", ("email", "social", "ads")),
        ],
    )
    def test_channels_follow_the_type(self, door: Door, type: str, channels: tuple[str, ...]) -> None:
        assert create(door, type=type).channels == channels

    def test_given_channels_are_kept_once_each(self, door: Door) -> None:
        assert create(door, type="multi-channel", channels="sms, email, sms").channels == ("sms", "email")

    def test_can_start_and_end_today(self, door: Door) -> None:
        assert create(door, start_date="2026-03-16", end_date="2026-03-16").end_date == date(2026, 3, 16)

    @pytest.mark.parametrize(
        ("arguments", "field", "sentence"),
        [
            (
                {"budget": -5},
                "budget",
                "The budget cannot be negative (-€5). Please give an amount of 0 or more.",
            ),
            ({"budget": "inf"}, "budget", "The budget must be an amount of money, such as 5000."),
            ({"budget": "nan"}, "budget", "The budget must be an amount of money, such as 5000."),
            (
                {"start_date": "2026-03-15"},
                "start_date",
                "The start date 15 March 2026 is in the past (today is 16 March 2026). "
                "Please give a day from today on.",
            ),
            (
                {"end_date": "2026-03-01"},
                "end_date",
                "The end date 1 March 2026 is in the past (today is 16 March 2026). Please give a day from today on.",
            ),
            (
                {"start_date": "2026-05-02", "end_date": "2026-05-01"},
                "end_date",
                "The campaign would end on 1 May 2026, before it starts on 2 May 2026. Please give a later end date.",
            ),
            ({"name": "x" * 201}, "name", "The name has 201 characters; please use at most 200."),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_stored(
        self, door: Door, reading: Reading, arguments: dict[str, Any], field: str, sentence: str
    ) -> None:
        with pytest.raises(BadInput) as refused:
            create(door, **arguments)
        assert (refused.value.field, refused.value.sentence) == (field, sentence)
        assert all_campaigns(reading) == []

    @pytest.mark.parametrize("name", ["Bloom", "BLOOM", "  bloom  ", "blooM"])
    def test_a_taken_name_is_refused(self, door: Door, reading: Reading, name: str) -> None:
        create(door, "Bloom")
        with pytest.raises(BadInput, match="There is a campaign called “Bloom” already"):
            create(door, name)
        assert len(all_campaigns(reading)) == 1

    def test_a_taken_name_is_found_beyond_ascii(self, door: Door) -> None:
        create(door, "Über Blüten")
        with pytest.raises(BadInput, match="already"):
            create(door, "ÜBER BLÜTEN")

    def test_name_and_type_are_asked_for(self, door: Door) -> None:
        with pytest.raises(Missing) as asked:
            door.call("create_campaign", {"name": "   "})
        assert asked.value.fields == ("name", "type")

    def test_it_can_be_found_at_once(self, door: Door, reading: Reading) -> None:
        made = create(door, description="tulips and daffodils", target_audience="florists", goal="sales")
        with reading() as ctx:
            assert entry(ctx.session, made.id).title == "Bloom"
            assert entry(ctx.session, made.id).body == (
                "tulips and daffodils\nEmail campaign.\nGoal: sales.\nAudience: florists."
            )
            hits = ctx.index.search(ctx.session, "daffodils", ["campaign"])
        assert [hit.record_id for hit in hits] == [made.id]


class TestList:
    def test_none_says_how_to_begin(self, door: Door) -> None:
        assert door.call("list_campaigns", {}).text.startswith("There are no campaigns yet. Create one")

    def test_all_newest_first(self, door: Door) -> None:
        create(door, "Bloom", budget=5000)
        create(door, "Tulips", type="social")
        outcome = door.call("list_campaigns", {})
        assert outcome.text == (
            "2 campaigns:\n\n"
            "| Campaign | Type | Status | Budget | Dates |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| Tulips | social | draft | - | - |\n"
            "| Bloom | email | draft | €5,000 | - |"
        )
        assert [link.name for link in outcome.result.links] == ["Tulips", "Bloom"]

    @pytest.mark.parametrize(
        ("filters", "names"),
        [
            ({"type": "social"}, ["Tulips"]),
            ({"status": "active"}, ["Bloom"]),
            ({"channel": "ads"}, ["Roses"]),
            ({"query": "DUTCH"}, ["Tulips"]),
            ({"query": "wedding"}, ["Roses"]),
            ({"type": "email", "status": "active"}, ["Bloom"]),
            ({"type": "email", "status": "paused"}, []),
        ],
    )
    def test_filters(self, door: Door, filters: dict[str, str], names: list[str]) -> None:
        create(door, "Bloom")
        create(door, "Tulips", type="social", description="Dutch fields")
        create(door, "Roses", type="multi-channel", target_audience="wedding planners")
        door.call("update_campaign", {"campaign": "Bloom", "status": "active"})
        assert [card.name for card in listed(door.call("list_campaigns", filters))] == names

    def test_no_match_says_what_was_looked_for(self, door: Door) -> None:
        create(door)
        outcome = door.call("list_campaigns", {"status": "paused", "query": "zebra"})
        assert outcome.text == "There are no campaigns with status paused matching “zebra”; 1 campaign in all."


def listed(outcome: Outcome) -> tuple[Any, ...]:
    cards: tuple[Any, ...] = outcome.result.campaigns  # type: ignore[attr-defined]
    return cards


class TestGet:
    def test_shows_all_that_is_known(self, door: Door, writing: Writing) -> None:
        made = create(door, budget=1000, target_audience="florists", description="spring")
        with writing() as session:
            for metric, value in {"spend": 100, "revenue": 250, "leads": 8}.items():
                record_metric(session, "campaign", made.id, metric, value, imported=True)
            session.add(Draft(kind="email", title="x", body={}, campaign_id=made.id))
        outcome = door.call("get_campaign", {"campaign": "bloom"})
        assert outcome.text == (
            "**Bloom** (campaign #1)\n\n"
            "- Type: email\n- Status: draft\n- Audience: florists\n- Budget: €1,000\n- Dates: none set\n"
            "- Description: spring\n\n"
            "Results so far: Spend €100, Leads 8, Revenue €250, ROI 150%, Budget used 10%.\n\n"
            "Some of these results are imported history. 1 draft written for it."
        )
        assert outcome.result.data()["metrics"]["roi"] == 1.5

    @pytest.mark.parametrize(
        "words",
        ["the webinar one", "Growth Talks", "the growth campaign", "2", "#2", "for accountants", "grwoth talks"],
    )
    def test_people_name_it_in_many_ways(self, door: Door, words: str) -> None:
        create(door, "Bloom", description="spring flowers", target_audience="florists")
        create(door, "Growth Talks", type="ads", description="webinar series", target_audience="accountants")
        assert door.call("get_campaign", {"campaign": words}).result.data()["name"] == "Growth Talks"

    def test_the_eu_launch_by_its_audience(self, door: Door) -> None:
        create(door, "Launch One", target_audience="EU customers")
        create(door, "Launch Two", target_audience="US customers")
        assert door.call("get_campaign", {"campaign": "the EU launch"}).result.data()["name"] == "Launch One"
        with pytest.raises(Ambiguous) as several:
            door.call("get_campaign", {"campaign": "launch"})
        assert {one.name for one in several.value.candidates} == {"Launch One", "Launch Two"}

    def test_an_unknown_name_suggests(self, door: Door) -> None:
        create(door, "Bloom")
        with pytest.raises(NotFound) as missing:
            door.call("get_campaign", {"campaign": "Blossoms"})
        assert missing.value.sentence == "There is no campaign “Blossoms”. Did you mean “Bloom”?"


class TestUpdate:
    def test_one_change_before_and_after(self, door: Door, reading: Reading) -> None:
        create(door, budget=5000)
        assert door.call("update_campaign", {"campaign": "Bloom", "budget": 7500}).text == (
            "Updated **Bloom**: budget: €5,000 → €7,500."
        )
        assert all_campaigns(reading)[0].budget == 7500

    def test_several_changes(self, door: Door) -> None:
        create(door)
        outcome = door.call(
            "update_campaign",
            {"campaign": "Bloom", "name": "Blossom", "status": "active", "end_date": "2026-05-01"},
        )
        assert outcome.text == (
            "Updated **Blossom**:\n\n- name: Bloom → Blossom\n- status: draft → active\n- end date: none → 1 May 2026"
        )

    def test_nothing_given_asks_what(self, door: Door) -> None:
        create(door)
        with pytest.raises(Missing) as asked:
            door.call("update_campaign", {"campaign": "bloom"})
        assert asked.value.sentence == (
            "What should change about Bloom: its name, status, budget, dates, audience or description?"
        )

    def test_the_same_again_changes_nothing(self, door: Door, reading: Reading) -> None:
        create(door, budget=5000)
        outcome = door.call("update_campaign", {"campaign": "Bloom", "budget": 5000, "name": "Bloom"})
        assert outcome.text == "Nothing to change: **Bloom** is like that already."
        assert all_campaigns(reading)[0].version == 1

    def test_its_own_name_in_other_letters_is_free(self, door: Door) -> None:
        create(door)
        assert door.call("update_campaign", {"campaign": "Bloom", "name": "BLOOM"}).text == (
            "Updated **BLOOM**: name: Bloom → BLOOM."
        )

    @pytest.mark.parametrize(
        ("change", "field", "sentence"),
        [
            ({"budget": -1}, "budget", "cannot be negative"),
            ({"name": "tulips"}, "name", "called “Tulips” already"),
            ({"end_date": "2026-03-31"}, "end_date", "would end on 31 March 2026, before it starts on 1 April 2026"),
            ({"start_date": "2026-05-01"}, "start_date", "an earlier start date, or a later end date too"),
            ({"start_date": "2026-03-01"}, "start_date", "is in the past"),
            ({"end_date": "2026-03-01"}, "end_date", "is in the past"),
        ],
    )
    def test_what_cannot_be_changes_nothing(
        self, door: Door, reading: Reading, change: dict[str, Any], field: str, sentence: str
    ) -> None:
        create(door, "Tulips")
        create(door, "Bloom", budget=10, start_date="2026-04-01", end_date="2026-04-30")
        with pytest.raises(BadInput, match=sentence) as refused:
            door.call("update_campaign", {"campaign": "Bloom", "target_audience": "all", **change})
        assert refused.value.field == field
        kept = all_campaigns(reading)[1]
        assert (kept.name, kept.budget, kept.start_date, kept.end_date) == (
            "Bloom", 10, date(2026, 4, 1), date(2026, 4, 30),
        )  # fmt: skip
        assert kept.target_audience is None

    def test_a_start_that_stands_already_may_lie_back(self, door: Door, writing: Writing) -> None:
        made = create(door)
        with writing() as session:
            session.get_one(Campaign, made.id).start_date = date(2026, 3, 1)
        change = {"campaign": "Bloom", "start_date": "2026-03-01", "end_date": "2026-04-30"}
        assert door.call("update_campaign", change).text == "Updated **Bloom**: end date: none → 30 April 2026."

    @pytest.mark.parametrize("status", ["draft", "paused"])
    def test_what_is_completed_stays_so(self, door: Door, status: str) -> None:
        create(door)
        door.call("update_campaign", {"campaign": "Bloom", "status": "completed"})
        with pytest.raises(Conflict, match=f"“Bloom” is completed, so it cannot become {status} again"):
            door.call("update_campaign", {"campaign": "Bloom", "status": status})
        door.call("update_campaign", {"campaign": "Bloom", "status": "active"})

    def test_what_has_ended_can_be_active_but_is_warned_of(self, door: Door, writing: Writing) -> None:
        made = create(door)
        with writing() as session:
            session.get_one(Campaign, made.id).end_date = date(2026, 3, 1)
        outcome = door.call("update_campaign", {"campaign": "Bloom", "status": "active"})
        assert "ended on 1 March 2026: give it a new end date" in outcome.result.text
        outcome = door.call("update_campaign", {"campaign": "Bloom", "end_date": "2026-04-01"})
        assert "ended" not in outcome.result.text

    def test_dates_of_a_completed_campaign_are_history(self, door: Door) -> None:
        create(door)
        change = {"campaign": "Bloom", "status": "completed", "start_date": "2026-02-01", "end_date": "2026-02-28"}
        assert door.call("update_campaign", change).result.data()["end_date"] == "2026-02-28"

    def test_the_index_follows_and_keeps_the_outcome(self, door: Door, reading: Reading, writing: Writing) -> None:
        made = create(door, description="tulips")
        with writing() as session:
            for metric, value in {"spend": 200, "revenue": 500, "leads": 40}.items():
                record_metric(session, "campaign", made.id, metric, value)
        door.call("update_campaign", {"campaign": "Bloom", "description": "dahlias"})
        with reading() as ctx:
            assert entry(ctx.session, made.id).body == "dahlias\nEmail campaign."
        door.call("update_campaign", {"campaign": "Bloom", "status": "completed"})
        with reading() as ctx:
            assert entry(ctx.session, made.id).body == (
                "dahlias\nEmail campaign.\n"
                "Outcome: Spend: €200; Leads: 40; Revenue: €500; ROI: 150%; ROAS: 2.50; Cost per lead: €5."
            )

    def test_two_who_edit_at_once(self, door: Door, writing: Writing) -> None:
        made = create(door)
        with writing() as session:
            mine = session.get_one(Campaign, made.id)
            session.commit()
            door.call("update_campaign", {"campaign": "Bloom", "budget": 1})
            mine.budget = 2
            with pytest.raises(Exception, match="expected to update 1 row"):
                session.flush()
            session.rollback()


class TestDelete:
    def test_the_plan_says_exactly_what_goes(self, door: Door, reading: Reading, writing: Writing) -> None:
        made = create(door, budget=5000, start_date="2026-04-01", end_date="2026-04-30")
        with writing() as session:
            record_metric(session, "campaign", made.id, "leads", 3, channel=Channel.EMAIL)
            record_metric(session, "campaign", made.id, "leads", 4)
            session.add(Draft(kind="email", title="x", body={}, campaign_id=made.id))
        outcome = door.call("delete_campaign", {"campaign": "bloom"})
        assert outcome.waiting
        assert outcome.result.text == (
            "Delete the email campaign **Bloom** (draft, budget €5,000, 1 to 30 April 2026) for good, "
            "with its 1 draft and 2 recorded results. This cannot be undone."
        )
        assert len(all_campaigns(reading)) == 1

    def test_approved_it_is_gone_with_all_that_belongs_to_it(
        self, door: Door, reading: Reading, writing: Writing
    ) -> None:
        made, other = create(door), create(door, "Tulips")
        with writing() as session:
            for one in (made, other):
                record_metric(session, "campaign", one.id, "leads", 3)
                session.add(Draft(kind="email", title=one.name, body={}, campaign_id=one.id))
        plan = door.call("delete_campaign", {"campaign": "bloom"}).plan_id
        assert plan is not None
        assert door.approve(plan).text == "Deleted the campaign **Bloom**, with its 1 draft and 1 recorded result."
        with reading() as ctx:
            assert [one.name for one in ctx.session.scalars(select(Campaign))] == ["Tulips"]
            assert [draft.title for draft in ctx.session.scalars(select(Draft))] == ["Tulips"]
            assert count_metrics(ctx.session, "campaign", made.id) == 0
            assert count_metrics(ctx.session, "campaign", other.id) == 1
            assert entry(ctx.session, made.id).removed
            assert not entry(ctx.session, other.id).removed
        assert door.approve(plan).text.startswith("Deleted")  # a second yes is no second deletion

    def test_what_changed_since_is_asked_again(self, door: Door, reading: Reading, writing: Writing) -> None:
        made = create(door)
        plan = door.call("delete_campaign", {"campaign": "bloom"}).plan_id
        assert plan is not None
        with writing() as session:
            record_metric(session, "campaign", made.id, "leads", 3)
        with pytest.raises(PlanChanged, match="with its 1 recorded result"):
            door.approve(plan)
        assert len(all_campaigns(reading)) == 1

    def test_rejected_it_stays(self, door: Door, reading: Reading) -> None:
        create(door)
        plan = door.call("delete_campaign", {"campaign": "bloom"}).plan_id
        assert plan is not None
        door.reject(plan)
        with pytest.raises(HubError):
            door.approve(plan)
        assert len(all_campaigns(reading)) == 1
