"""Double opt-in from the form to the first newsletter, over real HTTP and with letters that a real server took."""

import re
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import func, select, update

from memory.database import Database
from memory.deliveries import audience
from memory.enums import Channel, ConsentState, EventType, LeadStatus, SuppressionReason
from memory.events import LeadEvent
from memory.lead_lookup import consents_of, lead_with_email, tags_of
from memory.leads import Lead
from memory.signups import Signup, SignupState, signups_of
from memory.suppression import suppress, suppression_of
from tests.delivery.delivery_fixtures import people
from tests.public.public_fixtures import House, html_of, paths_of
from tools.subscribing.forms import MOST_PER_ADDRESS, put_form

ANN = "ann@x.example"
CONFIRM = {"do": "confirm"}


def consent(database: Database, email: str) -> ConsentState | None:
    with database.session() as session:
        lead = lead_with_email(session, email)
        return next((one.state for one in consents_of(session, lead.id)), None) if lead else None


def test_from_the_form_to_consent_with_its_proof(house: House, site: str) -> None:
    with httpx.Client(base_url=site) as visitor:
        form = visitor.get("/f/newsletter")
        assert "I want to get emails with news and offers" in form.text
        sent = visitor.post("/f/newsletter", data={"email": " Ann@X.example ", "name": "Ann Berg", "website": ""})
        assert "look into your mailbox" in sent.text
        assert consent(house.database, ANN) == ConsentState.PENDING
        with house.database.session() as session:
            assert audience(session, None, [ANN]).left_out == {"unconfirmed": 1}
        house.work()
        letter = house.server.parsed(ANN)
        assert letter["Subject"] == "Please confirm: Newsletter"
        assert "Hello Ann," in html_of(letter)
        (path,) = paths_of(letter)["s"]
        for _ in range(2):  # scanners look at every link
            assert "Yes, write to me" in visitor.get(path).text
        house.send([ANN], name="Too early")
        assert consent(house.database, ANN) == ConsentState.PENDING
        assert house.server.counts[ANN] == 1, "nothing but the confirmation goes to who has not confirmed"
        before = datetime.now(UTC)
        assert "You are signed up" in visitor.post(path, data=CONFIRM).text
        assert "You are signed up" in visitor.post(path, data=CONFIRM).text, "a second time does no harm"
    assert consent(house.database, ANN) == ConsentState.GRANTED
    with house.database.session() as session:
        (signup,) = signups_of(session, ANN)
        assert (signup.state, signup.asked_from, signup.confirmed_from) == (
            SignupState.CONFIRMED, "127.0.0.1", "127.0.0.1",
        )  # fmt: skip
        assert signup.confirmed_at is not None
        assert before <= signup.confirmed_at <= datetime.now(UTC)
        lead = lead_with_email(session, ANN)
        assert lead is not None
        (one,) = consents_of(session, lead.id)
        assert (one.channel, one.source) == (Channel.EMAIL, f"form newsletter, confirmed (sign-up {signup.id})")
        (event,) = session.scalars(select(LeadEvent).where(LeadEvent.type == EventType.SIGNED_UP))
        assert event.data is not None
        assert event.data["wording"] == signup.wording
        assert (lead.name, lead.source, tags_of(session, [lead.id])) == (
            "Ann Berg",
            "form newsletter",
            {lead.id: ["newsletter"]},
        )
        assert lead.status == LeadStatus.QUALIFIED
    house.send([ANN], name="October newsletter")
    assert house.server.counts[ANN] == 2


def test_the_same_form_takes_json(house: House, site: str) -> None:
    with house.database.session(write=True) as session:
        put_form(
            session, "summer", "Summer {{ lead.email }} <b>menu</b>", "Write to me.", datetime.now(UTC), tag="summer"
        )
    with httpx.Client(base_url=site) as program:
        assert program.post("/f/summer", json={"email": ANN}).json()["ok"]
        wrong = program.post("/f/summer", json={"email": "no address"})
        assert (wrong.status_code, wrong.json()["message"][:7]) == (422, "This is")
        assert program.post("/f/summer", content="[1", headers={"Content-Type": "application/json"}).status_code == 400
        assert program.post("/f/nothing", json={"email": ANN}).status_code == 404
        page = program.post("/f/summer", data={"email": "ann@", "name": '"><script>'})
        assert page.status_code == 422
        assert "<script" not in page.text
    house.work()
    assert house.server.parsed(ANN)["Subject"] == "Please confirm: Summer lead.email b menu /b", (
        "a title is no template"
    )


def test_whoever_is_on_the_list_or_blocked_gets_no_letter_and_nobody_learns_it(house: House, site: str) -> None:
    (known,) = people(house.database, 1)
    with house.database.session(write=True) as session:
        suppress(session, "bad@x.example", SuppressionReason.BOUNCED, datetime.now(UTC), "a test")
    with httpx.Client(base_url=site) as visitor:
        answers = {visitor.post("/f/newsletter", data={"email": one}).text for one in (known, "bad@x.example", ANN)}
    assert len(answers) == 1
    house.work()
    assert set(house.server.recipients) == {ANN}


def test_a_no_of_the_past_is_taken_back_only_by_confirming(house: House, site: str) -> None:
    (known,) = people(house.database, 1)
    house.send([known])
    with httpx.Client(base_url=site) as visitor:
        visitor.post(paths_of(house.server.parsed(known))["u"][0])
        visitor.post("/f/newsletter", data={"email": known})
        house.server.messages.clear()
        house.server.recipients.clear()
        house.work()
        with house.database.session() as session:
            assert suppression_of(session, known) is not None
        visitor.post(paths_of(house.server.parsed(known))["s"][0], data=CONFIRM)
    with house.database.session() as session:
        assert suppression_of(session, known) is None
    assert consent(house.database, known) == ConsentState.GRANTED


def test_limits_traps_and_links_that_are_too_old(house: House, site: str) -> None:
    with httpx.Client(base_url=site) as visitor:
        trapped = visitor.post("/f/newsletter", data={"email": "bot@x.example", "website": "https://spam.example"})
        assert "look into your mailbox" in trapped.text
        with house.database.session() as session:
            assert session.scalar(select(func.count()).select_from(Lead)) == 0
        for _ in range(MOST_PER_ADDRESS + 2):
            visitor.post("/f/newsletter", data={"email": ANN, "name": "Buy at www.spam.example"})
            house.work()
        assert house.server.counts[ANN] == MOST_PER_ADDRESS
        with house.database.session() as session:
            lead = lead_with_email(session, ANN)
            assert lead is not None
            assert lead.name is None, "a name that is an advertisement is not mailed to a stranger"
        codes = [visitor.post("/f/newsletter", data={"email": f"p{n}@x.example"}).status_code for n in range(20)]
        assert codes[-1] == 429
        assert codes.index(429) == 20 - (MOST_PER_ADDRESS + 2), "twenty an hour from one caller"
        letters = [m for m, to in zip(house.server.messages, house.server.recipients, strict=True) if to == ANN]
        path = re.findall(rb"https://hub\.bloom\.example(/s/[^\"\s]+)", letters[0].replace(b"=\r\n", b""))[0].decode()
        with house.database.session(write=True) as session:
            session.execute(update(Signup).values(asked_at=datetime.now(UTC) - timedelta(days=8)))
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, data=CONFIRM).status_code == 404
    assert consent(house.database, ANN) == ConsentState.PENDING
