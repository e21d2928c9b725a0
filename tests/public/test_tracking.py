"""Clicks and opens over real HTTP: where they lead, what is stored, and whom the rates count."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, update

from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import EventType
from memory.lead_lookup import lead_with_email
from memory.mail_hits import MailHit, forget_addresses
from memory.mailings import EmailCampaign
from tests.delivery.delivery_fixtures import MailServer, people
from tests.public.public_fixtures import FIREFOX, House, paths_of
from tests.support.databases import new_sqlite
from tools.mailing.figures import all_figures
from tools.receiving.recording import judge_again

PERSON = {"User-Agent": FIREFOX}
OPENED, CLICKED = EventType.OPENED, EventType.CLICKED


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Both databases: how hits are stored, locked and counted differs."""
    sqlite = request.param == "sqlite"
    database = Database.open(
        new_sqlite(tmp_path / "hub.sqlite3") if sqlite else request.getfixturevalue("postgres_url")
    )
    yield database
    database.close()


def test_a_click_leads_on_and_an_open_shows_a_picture_and_both_are_stored_first(house: House, site: str) -> None:
    addresses = people(house.database, 2)
    house.send(addresses)
    paths = paths_of(house.server.parsed(addresses[0]))
    with httpx.Client(base_url=site, headers=PERSON) as person:
        picture = person.get(paths["o"][0])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/gif")
        assert picture.content.startswith(b"GIF89a")
        assert picture.headers["cache-control"] == "no-store"
        click = person.get(paths["c"][0])
        assert (click.status_code, click.headers["location"]) == (302, "https://shop.example/menu?a=1&b=%C3%BC")
    with house.database.session() as session:
        hits = session.scalars(select(MailHit).order_by(MailHit.id)).all()
        assert [(hit.type, hit.machine, hit.user_agent) for hit in hits] == [
            (OPENED, None, FIREFOX),
            (CLICKED, None, FIREFOX),
        ]
    house.record()
    assert house.events(OPENED, CLICKED) == [(OPENED, False), (CLICKED, False)]
    with house.database.session() as session:
        lead = lead_with_email(session, addresses[0])
        assert lead is not None
        assert (lead.opens, lead.clicks) == (1, 1)
        figures = all_figures(session)[1]
    assert (figures.delivered, figures.opens, figures.clicks, figures.open_rate) == (2, 1, 1, 0.5)
    house.record()
    assert len(house.events(OPENED, CLICKED)) == 2, "nothing is counted twice"


def test_nothing_that_the_house_did_not_sign_leads_anywhere(house: House, site: str) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    paths = paths_of(house.server.parsed(address))
    click = paths["c"][0]
    told, _, signature = click.rpartition(".")
    bent = [
        # Not its last sign, which holds two bits that nobody reads: one in sixteen would stay the same signature.
        f"{told}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "/c/1-1.wrong",
        "/c/https://evil.example/",
        "/c/%0d%0aLocation:https://evil.example",
        f"/c/{paths['o'][0][3:].removesuffix('.gif')}",
    ]
    with httpx.Client(base_url=site, headers=PERSON) as person:
        for path in bent:
            answer = person.get(path)
            assert (answer.status_code, "location" in answer.headers) == (404, False), path
            assert "does not lead anywhere" in answer.text
        assert person.get("/o/1.wrong.gif").content.startswith(b"GIF89a"), "no letter shows a broken picture"
        assert person.post(click).status_code == 404
        with house.database.session(write=True) as session:
            session.delete(session.get_one(EmailCampaign, 1))
        assert person.get(click).status_code in (302, 404), "the target is known until the hub starts anew"
    with house.database.session() as session:
        assert (session.scalar(select(func.count()).select_from(MailHit)) or 0) <= 1


def test_machines_are_told_from_people(house: House, site: str) -> None:
    addresses = people(house.database, 6)
    content = "".join(f'<a href="https://shop.example/{n}">{n}</a> ' for n in range(4))
    house.send(addresses, content=content)
    paths = [paths_of(house.server.parsed(one)) for one in addresses]
    apple = {"User-Agent": "Mozilla/5.0"}
    gmail = {"User-Agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"}
    with httpx.Client(base_url=site, headers=PERSON) as client:
        client.get(paths[0]["o"][0], headers=apple)
        client.get(paths[0]["c"][1])
        client.get(paths[1]["o"][0], headers=gmail)
        client.head(paths[1]["c"][0])
        client.get(paths[2]["c"][0], headers={"Sec-Purpose": "prefetch;prerender"})
        client.get(paths[2]["c"][0], headers={"User-Agent": "BarracudaCentral/1.0"})
        client.get(
            paths[2]["c"][0], headers={"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}
        )
        for path in paths[3]["c"][:3]:
            client.get(path)
        client.get(paths[4]["c"][0])
        hidden = client.get(paths[4]["c"][-1])
        assert hidden.status_code == 404
        client.get(paths[5]["c"][2])
    with house.database.session(write=True) as session:
        row = session.scalars(select(Delivery).where(Delivery.recipient == addresses[5])).one()
        row.sent_at = datetime.now(UTC) - timedelta(seconds=1)
    house.record()
    with house.database.session() as session:
        found: dict[str, list[str | None]] = {}
        for why, to in session.execute(
            select(MailHit.why, Delivery.recipient)
            .join(Delivery, Delivery.id == MailHit.delivery_id)
            .order_by(MailHit.id)
        ):
            found.setdefault(to, []).append(why)
    assert [found[one] for one in addresses] == [
        ["mail_privacy", None],
        [None, "head"],
        ["prefetch", "robot", "robot"],
        ["every_link", "every_link", "every_link"],
        ["hidden", "hidden"],
        ["at_once"],
    ]
    with house.database.session() as session:
        figures = all_figures(session)[1]
    assert (figures.opens, figures.clicks, figures.machine_opens, figures.machine_clicks) == (1, 1, 1, 5)


def test_what_shows_later_is_judged_again(house: House, site: str) -> None:
    (address,) = people(house.database, 1)
    content = "".join(f'<a href="https://shop.example/{n}">{n}</a> ' for n in range(3))
    house.send([address], content=content)
    paths = paths_of(house.server.parsed(address))
    with httpx.Client(base_url=site, headers=PERSON) as client:
        client.get(paths["c"][0])
        house.record()
        assert house.events(CLICKED) == [(CLICKED, False)]
        assert judge_again(house.database, house.door.clock) == 0
        client.get(paths["c"][-1])
        house.record()
    assert judge_again(house.database, house.door.clock) == 1
    assert house.events(CLICKED) == [(CLICKED, True)]
    with house.database.session() as session:
        lead = lead_with_email(session, address)
        assert lead is not None
        assert (lead.clicks, lead.last_click_at) == (0, None), "the counters follow"
    with house.database.session(write=True) as session:
        forget_addresses(session, datetime.now(UTC))
        assert session.scalars(select(MailHit.address)).all() == [None, None]


def test_one_caller_who_clicks_for_a_whole_company_is_a_machine(house: House, site: str) -> None:
    addresses = people(house.database, 6)
    house.send(addresses)
    with httpx.Client(base_url=site, headers=PERSON) as client:
        for address in addresses:
            client.get(paths_of(house.server.parsed(address))["c"][0])
    with house.database.session(write=True) as session:
        session.execute(update(MailHit).values(address="127.0.0.1"))
    house.record()
    assert house.events(CLICKED) == [(CLICKED, False)] * 6, "a proxy of the house's own network tells nobody apart"
    with house.database.session(write=True) as session:
        session.execute(update(MailHit).values(address="8.8.8.8"))
    assert judge_again(house.database, house.door.clock) == 6
    assert house.events(CLICKED) == [(CLICKED, True)] * 6


def test_many_hits_at_once_are_all_stored(house: House, site: str, mail: MailServer) -> None:
    (address,) = people(house.database, 1)
    house.send([address])
    path = paths_of(mail.parsed(address))["o"][0]
    with httpx.Client(base_url=site, headers=PERSON) as client, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.get(path).status_code, range(120)))
    assert answers == [200] * 120
    with house.database.session() as session:
        assert session.scalar(select(func.count()).select_from(MailHit)) == 120
