"""Unsubscribing and preferences as readers meet them: links out of letters that a real server took, over real HTTP."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import httpx
from sqlalchemy import select

from memory.deliveries import audience
from memory.enums import Channel, ConsentState, DeliveryState, EventType, SuppressionReason
from memory.events import LeadEvent
from memory.lead_changes import put_consent
from memory.lead_lookup import consents_of, lead_with_email
from memory.preferences import preference_of, put_preference
from memory.suppression import suppress, suppression_of
from tests.delivery.delivery_fixtures import MailServer, people, rows_of, setup_for
from tests.public.public_fixtures import PUBLIC, House, html_of, paths_of
from tools.delivering.dkim_keys import dns_record, make_keys
from tools.subscribing.topics import topic_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def text(answer: httpx.Response) -> str:
    """What a page says, without its marks."""
    return re.sub(r"<[^>]+>", "", answer.text.partition("<body>")[2])


def test_one_click_unsubscribing_by_what_stands_in_the_message(house: House, site: str, tmp_path: Path) -> None:
    """As a mail program does it: parse the message, check that DKIM covers the header, post to its https link."""
    house.mail = setup_for(house.server.port, dkim_folder=tmp_path, topics=house.mail.topics)
    keys, _ = make_keys(tmp_path, house.mail.domain, house.mail.dkim_selector)
    addresses = people(house.database, 2)
    house.send(addresses)
    (raw,) = [m for m, to in zip(house.server.messages, house.server.recipients, strict=True) if to == addresses[0]]
    published = {f"{record.name}.".encode(): record.value.encode() for record in map(dns_record, keys)}
    for number in range(len(keys)):
        assert dkim.DKIM(raw).verify(idx=number, dnsfunc=lambda name, timeout=5: published[name])
    message = email.message_from_bytes(raw, policy=email.policy.default)
    signed = re.search(r"\bh=([^;]+);", re.sub(r"\s+", "", str(message["DKIM-Signature"])))
    assert signed is not None
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed[1].split(":")), "RFC 8058, 4"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (https,) = re.findall(r"<(https://[^>]+)>", message["List-Unsubscribe"])
    path = https.removeprefix(PUBLIC)

    with httpx.Client(base_url=site, follow_redirects=False) as program:
        for _ in range(3):  # scanners look at every link
            assert "Unsubscribe" in text(program.get(path))
            assert program.head(path).status_code == 200
        with house.database.session() as session:
            assert suppression_of(session, addresses[0]) is None
        answer = program.post(path, content="List-Unsubscribe=One-Click", headers=FORM)
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
        again = program.post(path, files={"List-Unsubscribe": (None, "One-Click")})
        assert again.status_code == 200, "multipart is allowed, and a second time does no harm"
    with house.database.session() as session:
        found = suppression_of(session, addresses[0])
        assert found is not None
        assert (found.reason, found.email_campaign_id) == (SuppressionReason.UNSUBSCRIBED, 1)
        assert "one click" in found.source
        lead = lead_with_email(session, addresses[0])
        assert lead is not None
        assert [one.state for one in consents_of(session, lead.id)] == [ConsentState.WITHDRAWN]
        events = session.scalars(select(LeadEvent).where(LeadEvent.type == EventType.UNSUBSCRIBED)).all()
        assert [(one.lead_id, one.email_campaign_id) for one in events] == [(lead.id, 1)]
        assert audience(session, None, addresses).left_out == {"unsubscribed": 1}
        assert suppression_of(session, addresses[1]) is None
    house.send(addresses, name="Next")
    assert house.server.recipients[2:] == [addresses[1]], "the next mailing passes them by"


def test_the_page_asks_first_and_offers_a_way_back(house: House, site: str) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    path = paths_of(house.server.parsed(address))["u"][0]
    with httpx.Client(base_url=site) as reader:
        asked = reader.get(path)
        assert "p•••@x.example" in text(asked)
        assert address not in asked.text, "letters are passed on: the page does not tell the address"
        assert '<form method="post"><button>Unsubscribe</button></form>' in asked.text
        assert "<script" not in asked.text
        assert asked.headers["content-security-policy"].startswith("default-src 'none'")
        gone = reader.post(path)
        assert "You are unsubscribed" in text(gone)
        back = re.search(r'href="(/p/[^"]+)"', gone.text)
        assert back is not None
        assert "is not on our list" in text(reader.get(path))
        page = reader.get(back[1])
        assert "no emails from us at present" in text(page)
        saved = reader.post(back[1], data={"do": "save", "pause": "", "topic": ["Newsletter", "Offers"]})
        assert "Your choice is saved" in text(saved)
    with house.database.session() as session:
        assert suppression_of(session, address) is None
        lead = lead_with_email(session, address)
        assert lead is not None
        (consent,) = consents_of(session, lead.id)
        assert (consent.state, consent.source) == (ConsentState.GRANTED, "the preferences page")


def test_topics_and_a_pause_hold_mail_back(house: House, site: str) -> None:
    addresses = people(house.database, 3)
    with house.database.session(write=True) as session:
        lead = lead_with_email(session, addresses[0])
        assert lead is not None
        put_consent(session, lead.id, Channel.SMS, ConsentState.GRANTED, datetime.now(UTC), "a test")
    house.send(addresses, content='<p>Hi <a href="{{ preferences_url }}">choose</a></p>')
    with httpx.Client(base_url=site) as reader:
        paths = [paths_of(house.server.parsed(one))["p"][0] for one in addresses]
        page = reader.get(paths[0])
        assert re.findall(r'name="topic" value="(\w+)" checked', page.text) == ["Newsletter", "Offers"]
        assert 'name="channel" value="sms" checked' in page.text
        kept = reader.post(paths[0], data={"do": "save", "pause": "", "topic": "Newsletter"})
        assert re.findall(r'name="topic" value="(\w+)" checked', kept.text) == ["Newsletter"]
        paused = reader.post(paths[1], data={"do": "save", "pause": "30", "topic": ["Newsletter", "Offers"]})
        assert "No emails until" in text(paused)
    house.send(addresses, name="Spring offers", content="Cheap")
    rows = rows_of(house.database, 2)
    assert [(rows[one].state, rows[one].reason) for one in addresses] == [
        (DeliveryState.SUPPRESSED, "refused_topic"),
        (DeliveryState.SUPPRESSED, "paused"),
        (DeliveryState.SENT, None),
    ]
    with house.database.session(write=True) as session:
        said = preference_of(session, addresses[1])
        assert said is not None
        past = datetime.now(UTC) - timedelta(minutes=1)
        put_preference(session, addresses[1], past, refused_topics=[], paused_until=past)
        lead = lead_with_email(session, addresses[0])
        assert lead is not None
        states = {one.channel: one.state for one in consents_of(session, lead.id)}
        assert states == {Channel.EMAIL: ConsentState.GRANTED, Channel.SMS: ConsentState.WITHDRAWN}
    house.send(addresses, name="October newsletter", content="News")
    assert {row.state for row in rows_of(house.database, 3).values()} == {DeliveryState.SENT}


def test_whoever_cannot_be_written_to_does_not_come_back_by_the_page(house: House, site: str) -> None:
    (address,) = people(house.database, 1)
    house.send([address], content='<p>Hi <a href="{{ preferences_url }}">choose</a></p>')
    path = paths_of(house.server.parsed(address))["p"][0]
    with house.database.session(write=True) as session:
        suppress(session, address, SuppressionReason.BOUNCED, datetime.now(UTC), "a test")
    with httpx.Client(base_url=site) as reader:
        assert "We cannot reach you" in text(reader.get(path))
        assert "We cannot reach you" in text(reader.post(path, data={"do": "save"}))
    with house.database.session() as session:
        assert suppression_of(session, address) is not None


def test_wrong_and_old_links_get_a_kind_sentence(house: House, site: str, mail: MailServer) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    message = mail.parsed(address)
    good = paths_of(message)["u"][0]
    assert f"{PUBLIC}{good}" in html_of(message)
    with httpx.Client(base_url=site) as reader:
        for path in (good[:-2], good.replace("/u/", "/p/"), "/u/x", "/p/1.2", "/u/", "/p/"):
            answer = reader.get(path)
            assert answer.status_code == 404, path
            assert "cut off on its way" in text(answer)
        assert reader.post(good[:-2], content="List-Unsubscribe=One-Click", headers=FORM).status_code == 404
        long = reader.post(good, content="a=" + "x" * 30_000, headers=FORM)
        assert long.status_code == 413
    with house.database.session() as session:
        assert suppression_of(session, address) is None


def test_a_mailing_belongs_to_the_topic_it_is_named_after() -> None:
    topics = ("Newsletter", "Offers", "Club evenings")
    assert topic_of(topics, "October newsletter") == "Newsletter"
    assert topic_of(topics, "Summer", "Offer of the week") == "Offers"
    assert topic_of(topics, "Our club evening in May") == "Club evenings"
    assert topic_of(topics, "Newsletters and offers") == "Newsletter"
    assert topic_of(topics, "Offering help", "Evening club", None) is None
    assert topic_of((), "October newsletter") is None
