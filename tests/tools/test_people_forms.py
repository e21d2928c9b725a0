"""What the forms of mailings, leads and segments refuse, and what deleting takes with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent import Hub, HubError, Settings
from memory.deliveries import states_of
from memory.enums import DeliveryState
from tests.support.houses import open_house


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    hub = open_house(Settings(home=tmp_path / "hub", model_use="none", time_zone="Europe/Berlin"))
    hub.call("add_lead", email="ana@x.example", name="Ana Berg")
    hub.call("record_consent", lead="ana@x.example", channel="email", state="granted", source="a form")
    hub.call("create_segment", name="All", conditions="email contains x.example")
    return hub


def mailing(hub: Hub) -> str:
    return str(
        hub.call("create_email_campaign", subject="Hi", content="Hello {{ lead.name }}", segment="All").result.id
    )  # type: ignore[attr-defined]


def test_only_a_draft_is_saved_and_nobody_overwrites_another(hub: Hub) -> None:
    with hub:
        number = mailing(hub)
        first = hub.views.mail.editor(int(number))
        hub.call("save_email_campaign", email_campaign=number, name="News", version=first.version, subject="One")
        with pytest.raises(HubError, match="changed by somebody else"):
            hub.call("save_email_campaign", email_campaign=number, name="News", version=first.version, subject="Two")
        now = hub.views.mail.editor(int(number))
        assert (now.subject_line, now.content, now.segment) == ("One", None, None)
        hub.call("cancel_email_campaign", email_campaign=number)
        with pytest.raises(HubError, match="can no longer be changed"):
            hub.call("save_email_campaign", email_campaign=number, name="News", subject="Three")
        with pytest.raises(HubError, match="nothing to pause"):
            hub.call("pause_email_campaign", email_campaign=number)


def test_a_deleted_lead_gets_nothing_that_still_waits(hub: Hub) -> None:
    with hub:
        number = mailing(hub)
        hub.approve(hub.call("send_email_campaign", email_campaign=number).plan_id or 0)
        plan = hub.call("delete_lead", lead="ana@x.example")
        assert "1 message waiting to go out to this address is cancelled" in plan.text
        assert "Deleted the lead" in hub.approve(plan.plan_id or 0).reply
        with hub.database.session() as session:
            assert states_of(session, int(number)) == {DeliveryState.CANCELLED: 1}


def test_a_segment_that_an_approved_mailing_waits_for_stays_as_it_is(hub: Hub) -> None:
    with hub:
        number = mailing(hub)
        later = datetime(2199, 1, 1, 9, tzinfo=UTC).isoformat()
        hub.approve(hub.call("send_email_campaign", email_campaign=number, send_time=later).plan_id or 0)
        with pytest.raises(HubError, match="cannot be deleted now"):
            hub.call("delete_segment", segment="All")
        with pytest.raises(HubError, match="cannot be changed now"):
            hub.call("save_segment", segment="All", name="All", conditions="status is lost")
        hub.call("save_segment", segment="All", name="Everybody", conditions="email contains x.example")
        hub.call("cancel_email_campaign", email_campaign=number)
        hub.approve(hub.call("delete_segment", segment="Everybody").plan_id or 0)
        assert hub.records("segment") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": "nobody"}, "no email address"),
        ({"email": "ana@x.example", "custom": "no colon here"}, "name: value"),
        ({"email": "ana@x.example", "version": 77}, "changed by somebody else"),
    ],
)
def test_a_lead_is_not_saved_with_what_cannot_be(hub: Hub, given: dict[str, object], said: str) -> None:
    with hub:
        with pytest.raises(HubError, match=said):
            hub.call("save_lead", lead="ana@x.example", **given)
        assert hub.call("get_lead", lead="ana@x.example").result.data()["name"] == "Ana Berg"


def test_columns_that_fill_one_field_are_refused_before_anything_is_stored(hub: Hub) -> None:
    with hub:
        name = hub.views.leads.keep_file("../../people.csv", b"a,b\nx@x.example,y@x.example\n")
        assert name == "people.csv"
        assert hub.views.leads.import_files() == ("people.csv",)
        with pytest.raises(HubError, match="would both fill email"):
            hub.call("import_leads_as", source=name, mapping='{"a": "email", "b": "email"}')
        with pytest.raises(HubError, match="is no field of a lead"):
            hub.call("import_leads_as", source=name, mapping='{"a": "password"}')
        with pytest.raises(HubError, match="no CSV file"):
            hub.views.leads.keep_file("run.exe", b"x")
        assert hub.call("list_leads").result.data()["total"] == 1
