"""What the night lays is carried out and what it forgets is gone: over a real mail server and a store that is broken."""

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from types import SimpleNamespace

from night_house import NOW, YESTERDAY, House

from agent.night import check_index, digest, forget_conversations, silent_conversations
from agent.worker import jobs_of
from memory.conversations import Conversation
from memory.enums import EventType, Platform
from memory.index import FoundBy, SearchIndex, WordLlamaEmbedder, put_entry
from memory.social_accounts import await_connection, take_connection
from tests.delivery.delivery_fixtures import MailServer, mail, setup_for
from tools.journeys.calling import Caller
from tools.journeys.house import JourneySetup

__all__ = ["mail"]


def test_the_digest_reaches_the_house_by_mail_once(house: House, mail: MailServer) -> None:
    house.event(house.lead("ann"), EventType.ORDERED, value=40.0)
    digest(house.hub)
    setup = replace(setup_for(mail.port), sender="Bloom <n@bloom.example>")
    caller = Caller(house.hub.database, house.hub.door.clock, JourneySetup(), setup, "w")
    caller.work()
    digest(house.hub)
    caller.work()
    caller.close()
    assert mail.recipients == ["team@bloom.example"]
    message = mail.parsed("team@bloom.example")
    assert message["Subject"] == "What happened on 16 March 2026"
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_body(("plain",))
    assert body is not None
    assert "- 1 order" in body.get_content().splitlines()


def test_an_index_that_is_broken_is_built_anew(house: House, tmp_path: Path) -> None:
    database, folder = house.hub.database, tmp_path / "other-index"
    with database.session(write=True) as session:
        put_entry(session, "campaign", 1, "Spring", "Tulips and daffodils")
    whole = SearchIndex(database, folder, WordLlamaEmbedder())
    whole.refresh()
    whole.close()
    (folder / "chroma.sqlite3").write_bytes(b"garbage " * 10_000)
    broken = SearchIndex(database, folder, WordLlamaEmbedder())
    assert broken.check().problem is not None
    check_index(SimpleNamespace(index=broken))  # type: ignore[arg-type]
    assert (broken.check().problem, broken.check().pending) == (None, 0)
    with database.session() as session:
        (hit,) = broken.search(session, "tulips and daffodils", kinds=["campaign"])
    assert (hit.title, hit.found_by) == ("Spring", FoundBy.BOTH), "by its meaning, too"
    broken.close()


def test_silent_conversations_are_forgotten_and_others_stay(house: House) -> None:
    with house.hub.database.session(write=True) as session:
        for id, days in (("old", 41), ("fresh", 39)):
            at = NOW.astimezone(UTC) - timedelta(days=days)
            session.add(Conversation(id=id, person="owner", created_at=at, updated_at=at))
    assert forget_conversations(house.hub, 40) == 1
    assert silent_conversations(house.hub.database, house.hub.door.clock, 1) == ["fresh"]


def test_a_connection_that_waited_in_vain_is_forgotten(house: House) -> None:
    with house.hub.database.session(write=True) as session:
        for state, until in (("old", NOW - timedelta(minutes=1)), ("new", NOW + timedelta(minutes=1))):
            await_connection(session, state, Platform.MASTODON, b"sealed", until, YESTERDAY)
    jobs_of(house.hub)["tidy"]()
    with house.hub.database.session(write=True) as session:
        assert take_connection(session, "old", YESTERDAY) is None
        assert take_connection(session, "new", NOW.astimezone(UTC)) == (Platform.MASTODON, b"sealed")
