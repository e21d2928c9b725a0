"""The calendar of scheduled posts, as a calendar program reads it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from icalendar import Calendar
from publishing_fixtures import CLOCK, House
from starlette.testclient import TestClient

from memory.enums import Platform, PostStatus
from tools.delivering.setup import MailSetup
from tools.publishing.feed import CalendarFeed
from tools.publishing.ical import PlannedPost, calendar_of
from ui.public.app import PREFIXES, make_public_app

AT = datetime(2026, 3, 20, 17, 0, tzinfo=UTC)


def test_an_event_a_post_with_the_text_to_paste() -> None:
    text = "Line one; with, signs\nLine two ☕ " + "x" * 100
    post = PlannedPost(7, Platform.INSTAGRAM, text, ("https://tea.example/a.jpg",), AT, AT - timedelta(days=1), 3)
    made = calendar_of([post], "Posts of Bloom")
    assert all(len(line) <= 75 for line in made.split(b"\r\n")), "folded as RFC 5545, 3.1 wants it"
    read = Calendar.from_ical(made)
    assert str(read["X-WR-CALNAME"] if "X-WR-CALNAME" in read else read["NAME"]) == "Posts of Bloom"
    (event,) = read.events
    assert event["UID"] == "social-post-7@marketing-hub"
    assert (event.start, event.end) == (AT, AT + timedelta(minutes=15))
    assert event["SEQUENCE"] == 3
    assert str(event["SUMMARY"]) == "Instagram: Line one; with, signs Line two ☕…"
    assert str(event["DESCRIPTION"]) == f"{text}\n\nInstagram, with:\nhttps://tea.example/a.jpg"


def test_the_feed_holds_what_is_scheduled_and_only_under_its_signature(house: House) -> None:
    feed = CalendarFeed(house.database, CLOCK, "https://hub.example")
    house.post(Platform.MASTODON, "To come", scheduled_time=datetime.now(UTC) + timedelta(days=400))
    house.post(Platform.TIKTOK, "Waits to be copied out")
    house.post(Platform.MASTODON, "A draft", status=PostStatus.DRAFT)
    house.post(Platform.MASTODON, "Cancelled", status=PostStatus.CANCELLED)
    address = feed.address()
    assert address == feed.address(), "it stays the same, or calendars would lose it"
    assert address.startswith("https://hub.example/calendar/")
    token = address.rpartition("/")[2]
    read = feed.read(token)
    assert read is not None
    descriptions = [str(event["DESCRIPTION"]) for event in Calendar.from_ical(read).events]
    assert descriptions == ["Waits to be copied out", "To come"]
    assert feed.read("posts.ics") is None
    assert feed.read(token.replace("posts.", "other.")) is None


def test_a_calendar_program_fetches_it_by_http(house: House) -> None:
    hub = SimpleNamespace(
        database=house.database, door=SimpleNamespace(clock=CLOCK), mail=MailSetup(public_url="https://hub.example"),
        settings=SimpleNamespace(hook_secret=None, currency="EUR"),
    )  # fmt: skip
    house.post(Platform.MASTODON, "To come")
    client = TestClient(make_public_app(hub))  # type: ignore[arg-type]
    address = CalendarFeed(house.database, CLOCK, "").address()
    assert "/calendar/".startswith(PREFIXES)
    given = client.get(address)
    assert given.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(given.content).events
    assert str(event["DESCRIPTION"]) == "To come"
    assert client.get("/calendar/posts.bent.ics").status_code == 404
