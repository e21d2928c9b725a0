"""Mailings through the door: created, listed, planned at the gate, sent, cancelled; on a real database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus, SuppressionReason
from memory.lead_changes import new_lead, put_consent, put_tag
from memory.mailings import EmailCampaign, email_campaign_named
from memory.suppression import suppress
from tests.tools.conftest import NOW, ZONE
from tests.tools.scripted import ScriptedWriter
from tools import catalogue, merge
from tools.core.context import Context, FixedClock
from tools.core.door import Door
from tools.core.errors import Ambiguous, BadInput, Conflict, HubError, Missing, NotFound, PlanChanged
from tools.mailing.letters import mended

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

assert catalogue  # declares the tools
LETTER = {
    "subject": "New bikes are here",
    "preview": "Come and try one.",
    "news": "The new cargo bikes have arrived, and they carry more.",
    "benefit": "You get a test ride around the block whenever you like.",
    "next_step": "Reply to this mail to book your ride.",
}


def plant(
    session: Session, email: str, *, consent: ConsentState | None = None, tag: str | None = "vip", **fields: Any
) -> int:
    lead = new_lead(session, email, NOW.astimezone(UTC), **fields)
    if tag:
        put_tag(session, lead.id, tag, NOW.astimezone(UTC))
    if consent:
        put_consent(session, lead.id, Channel.EMAIL, consent, NOW.astimezone(UTC), "a test")
    return lead.id


@pytest.fixture
def people(writing: Writing, door: Door) -> None:
    """Six people tagged vip: two may be written to; one each without consent, unconfirmed, withdrawn, suppressed."""
    with writing() as session:
        plant(session, "ana@initech.com", name="Ana Silva", company="Initech", consent=ConsentState.GRANTED)
        plant(session, "bob@foo.com", name="Bob Foster", consent=ConsentState.GRANTED)
        plant(session, "cem@bar.com", name="Cem Kaya")
        plant(session, "dia@bar.com", name="Dia Roy", consent=ConsentState.PENDING)
        plant(session, "eva@bar.com", name="Eva Lind", consent=ConsentState.WITHDRAWN)
        plant(session, "fay@bar.com", name="Fay Wu", consent=ConsentState.GRANTED)
        plant(session, "gus@bar.com", name="Gus Orr", consent=ConsentState.GRANTED, tag=None)
        suppress(session, "fay@bar.com", SuppressionReason.BOUNCED, NOW.astimezone(UTC), "the mail server")
    door.call("create_segment", {"name": "VIPs", "conditions": "tag is vip"})


def create(door: Door, writer: ScriptedWriter | None = None, **arguments: Any) -> dict[str, Any]:
    return door.call("create_email_campaign", arguments, writer=writer).result.data()


def stored(reading: Reading, name: str) -> EmailCampaign:
    with reading() as ctx:
        found = email_campaign_named(ctx.session, name)
        assert found is not None
        return found


def ledger(reading: Reading) -> dict[str, DeliveryState]:
    with reading() as ctx:
        return {row.recipient: row.state for row in ctx.session.scalars(select(Delivery))}


def test_a_topic_becomes_a_mail_that_the_model_writes(door: Door, people: None, reading: Reading) -> None:
    writer = ScriptedWriter(LETTER)
    made = create(door, writer, topic="the new cargo bikes", segment="VIPs", send_time="2026-03-20T09:00")
    mailing = stored(reading, "The new cargo bikes")
    assert mailing.status == EmailStatus.DRAFT
    assert (mailing.subject_line, mailing.preview_text) == ("New bikes are here", "Come and try one.")
    assert mailing.content is not None
    assert mailing.content.startswith(
        'Hi {{ lead.first_name | default: "there" }},\n\nThe new cargo bikes have arrived'
    )
    assert mailing.send_time == datetime(2026, 3, 20, 8, 0, tzinfo=UTC)  # nine o'clock in Berlin's winter time
    assert mailing.ai_generated
    assert "nothing is scheduled until you send it" in made["text"]
    assert "Audience: VIPs" in writer.asked
    assert [link["noun"] for link in made["links"]] == ["email_campaign", "segment"]


def test_a_persons_own_words_stay_word_for_word(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="March, in a cup", content="Dear {{ lead.first_name }}, tea is here.", segment="VIPs")
    mailing = stored(reading, "March, in a cup")
    assert mailing.subject_line == "March, in a cup"
    assert mailing.content == "Dear {{ lead.first_name }}, tea is here."
    assert not mailing.ai_generated


def test_without_a_model_the_subject_is_the_first_sentence(door: Door, reading: Reading) -> None:
    made = create(door, content="Hi {{ lead.first_name }}, the shop moves on Monday. Come and see.")
    assert made["subject_line"] == "The shop moves on Monday"
    assert made["preview_text"] is None
    assert made["note"] == "Filled from a template: no model is running."
    assert made["notes"] == ["It has no recipients yet: name a segment or addresses, else it cannot be sent."]


def test_a_templates_only_slot_gets_the_topic(door: Door, reading: Reading) -> None:
    door.call("save_template", {"name": "Shelf", "content": "Hi {{ lead.first_name }}, new on the shelf: {{product}}."})
    made = create(door, template="Shelf", topic="the smoky {{ tea }}", subject="New")
    assert made["content"] == "Hi {{ lead.first_name }}, new on the shelf: the smoky  tea ."
    open_slot = create(door, template="Shelf", subject="Newer")
    assert open_slot["content"].endswith("{{product}}.")
    assert "Before it can be sent, {{ product }} must be filled" in open_slot["text"]
    deletion = door.call("delete_template", {"template": "Shelf"})
    assert "It is used by Newer (email campaign) and The smoky {{ tea }} (email campaign)." in deletion.text


def test_recipients_are_addresses_or_leads_each_once(door: Door, people: None) -> None:
    made = create(door, subject="Hello", content="Hello.", recipients=["BOB@foo.com", "Bob Foster", "new@else.org"])
    assert made["recipients"] == ["bob@foo.com", "new@else.org"]
    assert "1 address was given more than once." in made["text"]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            {},
            Missing,
            "What is the mailing about? Tell me a topic, a subject line, the text, or which template to use.",
        ),
        ({"segment": "VIPs"}, Missing, "What is the mailing about?"),
        ({"topic": "tea", "segment": "VIP customers"}, NotFound, "There is no segment “VIP customers”"),
        (
            {"topic": "tea", "recipients": ["nobody at all"]},
            BadInput,
            "“nobody at all” is no email address and no known lead",
        ),
        ({"topic": "tea", "recipients": ["a@", "b@c"]}, BadInput, "“a@” and “b@c” are no email addresses"),
        ({"topic": "tea", "send_time": "2026-03-15T09:00"}, BadInput, "Sun 15 March 2026, 09:00 is in the past"),
        ({"content": "Hi {{ lead.frist_name }}"}, BadInput, "Did you mean {{ lead.first_name }}?"),
        ({"subject": "Hi {{ lead.frist_name }}"}, BadInput, "In the subject line: There is no merge field"),
        ({"subject": "x" * 251}, BadInput, "The subject line has 251 characters; please use at most 250."),
        ({"content": "a", "template": "b"}, BadInput, "either from the content or from a template"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_stored(
    door: Door, people: None, reading: Reading, arguments: dict[str, Any], error: type[HubError], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        create(door, **arguments)
    assert sentence in caught.value.sentence
    with reading() as ctx:
        assert ctx.session.scalars(select(EmailCampaign)).all() == []


def test_a_template_of_another_kind_is_refused(door: Door) -> None:
    door.call("save_template", {"name": "Text", "content": "Hi", "kind": "sms"})
    with pytest.raises(BadInput, match="“Text” is a template of kind sms; a mailing needs one for email"):
        create(door, template="Text")


def test_two_mailings_never_share_a_name(door: Door) -> None:
    names = [create(door, subject="Hello", content="Hello.")["name"] for _ in range(3)]
    assert names == ["Hello", "Hello (2)", "Hello (3)"]


def test_the_list_says_status_subject_and_receivers(door: Door, people: None) -> None:
    create(door, subject="Spring", content="Tea.", segment="VIPs")
    create(door, subject="Autumn", content="Leaves.", recipients=["a@b.org"])
    both = door.call("list_email_campaigns", {})
    assert both.text == (
        "2 mailings:\n\n- **Autumn** (draft): “Autumn”, to a@b.org\n- **Spring** (draft): “Spring”, to the segment VIPs"
    )
    assert door.call("list_email_campaigns", {"query": "leaves"}).result.data()["mailings"][0]["name"] == "Autumn"
    none = door.call("list_email_campaigns", {"status": "sent"})
    assert none.text == "There are no mailings with status sent; 2 mailings in all."


def test_a_mailing_is_named_by_its_subject_too(door: Door, people: None) -> None:
    create(door, topic="the spring sale", subject="Green and gold", content="Tea.", segment="VIPs")
    create(door, topic="the autumn sale", subject="Brown", content="Tea.", segment="VIPs")
    plan = door.call("send_email_campaign", {"email_campaign": "green and gold"})
    assert plan.result.data()["name"] == "The spring sale"
    with pytest.raises(Ambiguous):
        door.call("send_email_campaign", {"email_campaign": "the sale"})


def test_the_plan_counts_who_gets_it_and_who_does_not(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="Hello {{ lead.first_name }}", content="Dear {{ lead.name }} of {{ lead.company }}.", segment="VIPs",
           recipients=["cem@bar.com", "ana@initech.com", "x@else.org", "fay@bar.com"])  # fmt: skip
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert plan.waiting
    data = plan.result.data()
    # Of the segment: Ana and Bob. Named: Cem (no consent on record, but a person named him) and a stranger; Ana counts
    # once, and Fay stays suppressed.
    assert data["receiving"] == 4
    assert data["without_consent"] == 2
    assert data["left_out"] == {"unconfirmed": 1, "unsubscribed": 1, "bounced": 1, "duplicate": 1}
    assert data["sample"]["subject_line"] == "Hello Ana"
    assert data["sample"]["content"] == "Dear Ana Silva of Initech."
    assert data["when"] is None
    assert "**Recipients:** 4 people (2 of the single addresses have no consent on record)" in plan.text
    assert "- 1 cannot be reached (their address bounced)" in plan.text
    assert "No mail server is configured" in plan.text
    assert ledger(reading) == {}
    assert stored(reading, "Hello {{ lead.first_name }}").status == EmailStatus.DRAFT


def test_an_approved_mailing_lies_in_the_ledger_once(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs", recipients=["x@else.org", "bob@foo.com"])
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert plan.plan_id is not None
    done = door.approve(plan.plan_id)
    assert "3 messages wait in the outbox. No mail server is configured" in done.text
    assert ledger(reading) == dict.fromkeys(("ana@initech.com", "bob@foo.com", "x@else.org"), DeliveryState.PENDING)
    mailing = stored(reading, "Hello")
    assert (mailing.status, mailing.laid_at) == (EmailStatus.SENDING, NOW.astimezone(UTC))
    door.approve(plan.plan_id)
    assert len(ledger(reading)) == 3
    with pytest.raises(Conflict, match="“Hello” is being sent already"):
        door.call("send_email_campaign", {"email_campaign": "Hello"})


def test_with_a_mail_server_nothing_is_said_of_a_missing_one(door: Door, people: None) -> None:
    door.mail_server = "smtp://user:secret@mail.example.com"
    create(door, subject="Hello", content="Hi.", segment="VIPs")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert "mail server" not in plan.text
    assert "secret" not in str(plan.result.data())
    assert plan.plan_id is not None
    assert door.approve(plan.plan_id).text == "The mailing **Hello** is being sent: 2 messages wait in the outbox."


def test_a_future_send_is_scheduled_and_can_be_moved(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs")
    for when, hour in (("2026-03-20T09:00", 8), ("2026-03-21T10:30", 9)):
        plan = door.call("send_email_campaign", {"email_campaign": "Hello", "send_time": when})
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        mailing = stored(reading, "Hello")
        assert mailing.status == EmailStatus.SCHEDULED
        assert mailing.send_time is not None
        assert mailing.send_time.hour == hour
    assert "It was scheduled for Fri 20 March 2026, 09:00." in plan.text
    assert mailing.laid_at is None
    assert ledger(reading) == {}  # who is in the segment then, is looked up then


def test_a_draft_made_for_a_time_is_sent_at_that_time(door: Door, people: None) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs", send_time="2026-03-20T09:00")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert plan.text.startswith("Send the mailing **Hello** on Fri 20 March 2026, 09:00 to the segment VIPs.")


def test_now_still_means_at_once_when_it_is_approved_later(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello", "send_time": NOW.isoformat()})
    assert plan.result.data()["when"] is None
    door.clock = FixedClock(ZONE, NOW + timedelta(hours=3))
    assert plan.plan_id is not None
    door.approve(plan.plan_id)
    assert stored(reading, "Hello").status == EmailStatus.SENDING


def test_a_planned_time_that_has_passed_sends_nothing(door: Door, people: None, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello", "send_time": "2026-03-16T11:00"})
    door.clock = FixedClock(ZONE, NOW + timedelta(hours=3))
    assert plan.plan_id is not None
    with pytest.raises(Conflict, match=r"can no longer be carried out: The send time .* is in the past"):
        door.approve(plan.plan_id)
    assert stored(reading, "Hello").status == EmailStatus.DRAFT


def test_one_other_recipient_is_another_plan(door: Door, people: None, writing: Writing, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    with writing() as session:  # as many people, but one of them another
        suppress(session, "bob@foo.com", SuppressionReason.COMPLAINED, NOW.astimezone(UTC), "a complaint")
        plant(session, "hal@bar.com", consent=ConsentState.GRANTED)
    assert plan.plan_id is not None
    with pytest.raises(PlanChanged):
        door.approve(plan.plan_id)
    assert ledger(reading) == {}


def test_a_segment_in_which_nobody_may_be_written_to_can_be_planned(door: Door, reading: Reading) -> None:
    door.call("create_segment", {"name": "Readers", "conditions": "consent is newsletter"})
    create(door, subject="Hello", content="Hi.", segment="Readers")
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert (
        "**Recipients:** nobody would receive it now (the segment is looked up again when sending begins)" in plan.text
    )
    assert plan.plan_id is not None
    assert "that is looked up again when sending begins" in door.approve(plan.plan_id).text
    assert stored(reading, "Hello").laid_at is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"subject": "Hello", "content": "Hi."}, "“Hello” has no recipients. Create it anew with a segment"),
        (
            {"subject": "Hello", "content": "Look at {{ product }}", "recipients": ["a@b.org"]},
            "“Hello” cannot be sent: {{ product }} in line 1 has no value yet",
        ),
    ],
)
def test_a_mailing_that_lacks_something_is_not_planned(door: Door, arguments: dict[str, Any], sentence: str) -> None:
    create(door, **arguments)
    with pytest.raises(BadInput) as caught:
        door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert sentence in caught.value.sentence


def test_cancelling_stops_what_has_not_gone_out(door: Door, people: None, writing: Writing, reading: Reading) -> None:
    create(door, subject="Hello", content="Hi.", segment="VIPs", recipients=["x@else.org"])
    plan = door.call("send_email_campaign", {"email_campaign": "Hello"})
    assert plan.plan_id is not None
    door.approve(plan.plan_id)
    with writing() as session:
        row = session.scalars(select(Delivery).where(Delivery.recipient == "bob@foo.com")).one()
        row.state = DeliveryState.SENT
    done = door.call("cancel_email_campaign", {"email_campaign": "Hello"})
    assert done.text == (
        "Cancelled the mailing **Hello** (it was sending). 2 messages waiting to go out will not be sent. "
        "1 message was sent before that and cannot be called back."
    )
    assert ledger(reading) == {
        "ana@initech.com": DeliveryState.CANCELLED,
        "bob@foo.com": DeliveryState.SENT,
        "x@else.org": DeliveryState.CANCELLED,
    }
    for tool in ("cancel_email_campaign", "send_email_campaign"):
        with pytest.raises(Conflict, match="cancelled"):
            door.call(tool, {"email_campaign": "Hello"})


@given(st.text(alphabet="ab {}%|._", max_size=60))
def test_a_models_text_never_breaks_a_mail(text: str) -> None:
    mended_text = mended(text)
    assert all(field.kind != "slot" for field in merge.fields(mended_text))


def test_made_up_merge_fields_become_blanks() -> None:
    assert mended("Hi {{ lead.first_name }}, {{ shop_name }} has {{ lead.nonsense }}.") == (
        "Hi {{ lead.first_name }}, [shop name] has [lead.nonsense]."
    )
