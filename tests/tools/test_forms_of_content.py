"""The forms' tools for campaigns, templates, drafts and knowledge, and the reads beside them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest

from memory.enums import KnowledgeKind, TemplateKind
from tools.campaigning.related import related
from tools.catalogue import all_tools, form_tools
from tools.core.context import Asker, Context
from tools.core.door import Door, Origin
from tools.core.errors import BadInput, Conflict, NotFound
from tools.knowing.shelf import shelf, shown
from tools.mailing.template_preview import template_preview
from tools.writing.desk import drafts, plain_text

Reading = Callable[[], AbstractContextManager[Context]]


@pytest.fixture
def desk(door: Door) -> Door:
    """The door with the forms' tools."""
    door.form_tools = form_tools()
    return door


def campaign_form(card: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A campaign's whole form as it was seen, with changes."""
    fields = (
        "name",
        "type",
        "status",
        "channels",
        "goal",
        "budget",
        "start_date",
        "end_date",
        "target_audience",
        "description",
    )
    form = {name: card[name] for name in fields} | {"campaign": str(card["id"]), "version": card["version"]} | changes
    return {name: value for name, value in form.items() if value is not None}


def test_forms_tools_are_not_among_those_that_people_speak_to() -> None:
    assert {"edit_campaign", "edit_template", "delete_knowledge_item", "sort_draft"} <= set(form_tools())
    assert not set(form_tools()) & set(all_tools())


class TestCampaignForm:
    def test_what_is_left_empty_is_taken_away(self, desk: Door) -> None:
        made = desk.call("create_campaign", {"name": "Bloom", "type": "email", "budget": 500, "end_date": "2026-05-01"})
        card = made.result.data()
        changed = desk.call(
            "edit_campaign", campaign_form(card, budget=None, end_date=None, type="social")
        ).result.data()
        assert (changed["budget"], changed["end_date"], changed["type"]) == (None, None, "social")
        assert {one["field"] for one in changed["changes"]} == {"budget", "end_date", "type"}
        assert changed["version"] == card["version"] + 1

    def test_the_second_of_two_is_told_by_whom_and_nothing_is_stored(self, desk: Door) -> None:
        card = desk.call("create_campaign", {"name": "Bloom", "type": "email"}).result.data()
        ann = Origin(Asker("Ann", "web"))
        desk.call("edit_campaign", campaign_form(card, budget=100), ann)
        with pytest.raises(Conflict, match=r"changed meanwhile by Ann \(Mon 16 March 2026, 10:00\)"):
            desk.call("edit_campaign", campaign_form(card, description="mine"))
        now = desk.call("get_campaign", {"campaign": "Bloom"}).result.data()
        assert (now["budget"], now["description"]) == (100, None)

    def test_a_date_that_is_taken_away_is_none_to_compare_with(self, desk: Door) -> None:
        made = desk.call("create_campaign", {"name": "Bloom", "type": "email", "start_date": "2026-06-01"})
        card = made.result.data()
        form = campaign_form(card, start_date=None, end_date="2026-05-01")
        assert desk.call("edit_campaign", form).result.data()["end_date"] == "2026-05-01"
        with pytest.raises(BadInput, match="in the past"):
            desk.call("edit_campaign", {**form, "version": card["version"] + 1, "end_date": "2026-03-01"})

    def test_what_belongs_to_it_and_what_happened(self, desk: Door, reading: Reading) -> None:
        card = desk.call("create_campaign", {"name": "Bloom", "type": "email", "end_date": "2026-05-01"}).result.data()
        desk.call("create_campaign", {"name": "Other", "type": "email"})
        mail = {"subject": "Hello", "content": "Hi", "recipients": ["a@example.org"], "campaign": "Bloom"}
        mailing = desk.call("create_email_campaign", mail).result.data()
        desk.call("edit_campaign", campaign_form(card, budget=10))
        with reading() as ctx:
            found = related(ctx, card["id"])
            other = related(ctx, card["id"] + 1)
        assert [one.id for one in found.mailings] == [mailing["id"]]
        told = [(one.when, one.what) for one in found.timeline]
        assert told[0] == ("planned", "Last day")
        assert ("past", "changed it") in told
        assert ("past", "made a mailing for it") in told
        assert next(one.changes for one in found.timeline if one.what == "changed it") == (("budget", "none", "€10"),)
        assert [one.what for one in other.timeline] == ["created it"], "nothing of another campaign"
        with reading() as ctx, pytest.raises(NotFound):
            related(ctx, 999)


class TestTemplates:
    def test_a_form_is_stored_as_seen(self, desk: Door) -> None:
        card = desk.call("save_template", {"name": "Hello", "content": "Hi"}).result.data()
        form = {
            "template": str(card["id"]),
            "version": card["version"],
            "name": "Hello",
            "content": "Dear {{ lead.name }}",
        }
        assert desk.call("edit_template", form).result.data()["version"] == 2
        with pytest.raises(Conflict, match="changed meanwhile"):
            desk.call("edit_template", {**form, "content": "Mine"})
        with pytest.raises(BadInput, match="nonsense"):
            desk.call("edit_template", {**form, "version": 2, "content": "{{ lead.nonsense }}"})
        assert desk.call("get_template", {"template": "Hello"}).result.data()["content"] == "Dear {{ lead.name }}"

    def test_each_broken_field_is_named_with_its_line(self, desk: Door, reading: Reading) -> None:
        with reading() as ctx:
            found = template_preview(ctx, "Dear {{ lead.frist_name }},\n\n{{ lead.nothing }}", TemplateKind.SMS, None)
        first, second = found.problems
        assert "{{ lead.frist_name }} (line 1)" in first
        assert "{{ lead.nothing }} (line 3)" in second

    def test_it_is_filled_for_the_lead_that_is_named(self, desk: Door, reading: Reading) -> None:
        for name in ("Ann Smith", "Tom Baker"):
            desk.call("add_lead", {"email": f"{name.split()[0].lower()}@example.org", "name": name})
        with reading() as ctx:
            found = template_preview(
                ctx, "Dear {{ lead.first_name }} of {{ lead.city }}: {{ gift }}", TemplateKind.SMS, "tom"
            )
            assert (found.person, found.text) == ("Tom Baker", "Dear Tom of : [gift]")
            # 20 characters, of which the two brackets count double in an SMS (GSM 03.38, extension table).
            assert found.length == "22 characters for this reader: 1 SMS"
            assert [(one.path, one.value) for one in found.fields] == [
                ("lead.first_name", "Tom"), ("lead.city", None), ("gift", None),
            ]  # fmt: skip
            with pytest.raises(NotFound):
                template_preview(ctx, "Dear", TemplateKind.SMS, "nobody at all")


class TestDrafts:
    def test_kept_come_first_and_what_is_put_aside_can_be_taken_out(self, desk: Door, reading: Reading) -> None:
        one, two = (desk.call("generate_sms", {"topic": "tea"}).result.data()["draft_id"] for _ in range(2))
        desk.call("sort_draft", {"draft": one, "state": "kept"})
        with reading() as ctx:
            assert [draft.id for draft in drafts(ctx, "sms")] == [one, two]
        desk.call("sort_draft", {"draft": two, "state": "discarded"})
        with reading() as ctx:
            assert [draft.id for draft in drafts(ctx)] == [one]
            assert [draft.id for draft in drafts(ctx, discarded=True)] == [two]
        with pytest.raises(NotFound):
            desk.call("sort_draft", {"draft": 99, "state": "kept"})

    def test_a_script_and_ads_as_one_text(self, desk: Door, reading: Reading) -> None:
        desk.call("generate_call_script", {"product": "tea"})
        desk.call("generate_ad_copy", {"product": "tea", "count": 2})
        with reading() as ctx:
            bodies = {one.kind: one.body for one in drafts(ctx)}
        script = plain_text("call_script", bodies["call_script"])
        assert [line for line in script.splitlines() if line in ("Opening", "Ask", "Offer", "If they say", "Close")] == [
            "Opening", "Ask", "Offer", "If they say", "Close",
        ]  # fmt: skip
        ads = bodies["ad"]["ads"]
        assert plain_text("ad", bodies["ad"]) == (
            f"{ads[0]['headline']}\n{ads[0]['description']}\n\n{ads[1]['headline']}\n{ads[1]['description']}"
        )


class TestKnowledge:
    def test_a_ticket_is_written_changed_and_deleted_at_the_gate(self, desk: Door, reading: Reading) -> None:
        made = desk.call("add_ticket", {"title": "Late", "content": "My tea came late.", "happened_on": "2026-03-01"})
        number = made.result.data()["id"]
        form = {"item": number, "version": 1, "title": "Late", "content": "My coffee came late."}
        desk.call("edit_knowledge_item", form)
        with pytest.raises(Conflict, match="changed meanwhile"):
            desk.call("edit_knowledge_item", form)
        found = desk.call("search_knowledge", {"query": "coffee"}).result.data()["hits"]
        assert [hit["id"] for hit in found] == [number]
        assert "words" in found[0]["found_by"]
        desk.reads.flush()  # what was looked up is logged behind the answer
        with reading() as ctx:
            item = shown(ctx, number)
            assert (item.day, item.version) == (date(2026, 3, 1), 2)
            assert [(use.how, use.what) for use in item.uses] == [("found", "coffee")]
        waiting = desk.call("delete_knowledge_item", {"item": number})
        assert waiting.plan_id is not None
        desk.approve(waiting.plan_id)
        assert desk.call("search_knowledge", {"query": "coffee"}).result.data()["hits"] == []
        with reading() as ctx, pytest.raises(NotFound):
            shown(ctx, number)

    def test_what_cannot_be_is_refused(self, desk: Door) -> None:
        desk.call("add_knowledge_article", {"title": "Returns", "content": "Within 30 days."})
        other = desk.call("add_knowledge_article", {"title": "Opening", "content": "Nine."}).result.data()["id"]
        form = {"item": other, "version": 1, "title": "returns", "content": "Nine."}
        with pytest.raises(Conflict, match="already an article called “Returns”"):
            desk.call("edit_knowledge_item", form)
        with pytest.raises(BadInput, match="future"):
            desk.call("add_ticket", {"title": "A", "content": "B", "happened_on": "2026-03-17"})

    def test_the_shelf_is_filtered_ordered_and_cut_into_pages(self, desk: Door, reading: Reading) -> None:
        for title in ("Cups", "Apples", "Bread"):
            desk.call("add_knowledge_article", {"title": title, "content": f"All about {title.lower()} and tea."})
        desk.call("add_ticket", {"title": "Broken cup", "content": "It broke.", "happened_on": "2026-03-01"})
        with reading() as ctx:
            page = shelf(ctx, KnowledgeKind.ARTICLE, "tea", "title", 1, 1)
            assert ([one.title for one in page.items], page.total) == (["Bread"], 3)
            assert (page.articles, page.tickets) == (3, 1)
            assert [one.title for one in shelf(ctx, None, "cup", "oldest", 0, 9).items] == ["Broken cup", "Cups"]
