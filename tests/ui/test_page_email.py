"""The Email page over a real hub and a real mail server in a real browser: written, checked, approved, sent, explained."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

from memory.metrics import record_metric
from tests.delivery.delivery_fixtures import MailServer, Running
from tests.support.browser import PATIENCE, OpenPage, picture, served, settle
from tests.ui.axe import assert_accessible
from tests.ui.offline import assert_quiet
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

PEOPLE = (("Ana Berg", "ana@x.example"), ("Bob Stein", "bob@x.example"), ("Cleo Wolf", "cleo@x.example"))
TEXT = "Hi {{ lead.first_name }},\n\ncome and see https://bloom-shop.com/summer.\n\nBloom"


@dataclass
class House:
    """A hub with three people who consented, one who did not, and a mail server that takes what it is sent."""

    hub: Hub
    address: str
    mail: MailServer

    def work(self) -> None:
        """What a worker does in a few rounds; in a thread of its own, since this one belongs to the browser."""
        from tools.delivering.sender import Sender

        def rounds() -> None:
            sender = Sender(self.hub.database, self.hub.mail, self.hub.door.clock, "worker-1")
            for _ in range(10):
                sender.work()
            sender.close()

        thread = threading.Thread(target=rounds)
        thread.start()
        thread.join()

    def draft(self, name: str, text: str = TEXT) -> int:
        made = self.hub.call("create_email_campaign", subject=name, content=text, segment="Everybody").result.data()
        return int(made["id"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    from agent import Settings
    from tests.support.houses import open_house

    mail = MailServer()
    server = Running(mail)
    settings = Settings(
        home=tmp_path_factory.mktemp("hub"), model_use="none", time_zone="Europe/Berlin", mail_rate=0,
        smtp_url=f"smtp://127.0.0.1:{mail.port}", mail_from="Bloom <news@bloom-shop.com>", public_url="https://hub.bloom-shop.com",
    )  # fmt: skip
    with open_house(settings) as hub:
        hub.wait_for_model()
        for name, email in PEOPLE:
            hub.call("add_lead", email=email, name=name)
            hub.call("record_consent", lead=email, channel="email", state="granted", source="a test")
        hub.call("add_lead", email="dan@x.example", name="Dan Kurz")
        hub.call("create_segment", name="Everybody", conditions="email contains x.example")
        model = ModelWatch()
        model.look(hub)
        with served(make_app(hub, model)) as address:
            yield House(hub, address, mail)
    server.stop()


def settled(page: Page) -> None:
    settle(page)


def subject(page: Page) -> Locator:
    return page.locator("#mail-subject input")


def text(page: Page) -> Locator:
    return page.locator("#mail-content textarea")


def letter(page: Page) -> str:
    """What the preview shows: a frame without scripts, whose text is read from its source."""
    frame = page.locator("#mail-preview iframe")
    assert frame.get_attribute("sandbox") == ""
    return frame.get_attribute("srcdoc") or ""


def test_a_draft_is_written_previewed_and_checked(house: House, open_page: OpenPage) -> None:
    watched = open_page(f"{house.address}email?new=1")
    page = watched.page
    page.get_by_role("textbox", name="Subject (optional)").fill("GREAT SUMMER SALE!!")
    page.get_by_role("textbox", name="Content (optional)").fill(
        '<p>Hi {{ lead.first_name }}</p><a href="http://bloom-shop.com">shop</a><img src="x.png">'
    )
    page.get_by_role("button", name="Make a draft").click()
    page.wait_for_url("**/email?id=*")
    number = int(page.url.rpartition("=")[2])
    expect(page.locator("#mail-preview")).to_contain_text("As Ana Berg would read it")
    assert "<p>Hi Ana</p>" in letter(page)
    checked = page.locator("#mail-checked")
    for found in ("Capitals", "Shouting", "Links without https", "Images without a text", "Images that will not load"):
        expect(checked.locator(".findings").first.get_by_text(found, exact=True)).to_be_visible()
    expect(checked).to_contain_text("SpamAssassin, rule SUBJ_ALL_CAPS")

    subject(page).fill("Summer, {{ lead.first_name }}")
    text(page).fill(TEXT)
    expect(page.locator("#mail-preview .inbox-line strong")).to_have_text("Summer, Ana")
    page.get_by_label("For which lead").fill("Bob")
    page.get_by_label("For which lead").press("Enter")
    expect(page.locator("#mail-preview .inbox-line strong")).to_have_text("Summer, Bob")
    page.get_by_role("button", name="Phone").click()
    expect(page.get_by_role("button", name="Phone")).to_have_attribute("aria-pressed", "true")
    box = page.locator("#mail-preview .preview-frame").bounding_box()
    assert box is not None
    assert box["width"] == 375
    page.get_by_role("button", name="Lay it out with MJML").click()
    page.wait_for_function("document.querySelector('#mail-content textarea').value.startsWith('<mjml>')")
    page.wait_for_function("document.querySelector('#mail-preview iframe')?.srcdoc.includes('Hi Bob,')")
    assert "bloom-shop.com/summer" in letter(page)
    text(page).fill("Hi {{ lead.frist_name }}")
    expect(page.locator("#mail-preview .problem")).to_contain_text("Did you mean {{ lead.first_name }}?")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#mail-problem")).to_contain_text("Did you mean {{ lead.first_name }}?")
    text(page).fill(TEXT)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#mail-saved")).to_contain_text("Saved.")
    expect(checked).to_contain_text("Preview text")
    stored = house.hub.views.mail.editor(number)
    assert (stored.subject_line, stored.content) == ("Summer, {{ lead.first_name }}", TEXT)
    settled(page)
    assert_accessible(page, "iframe")
    assert_quiet(watched)


def test_subject_lines_stand_beside_what_past_ones_brought(house: House, open_page: OpenPage) -> None:
    """Opened by 120 of 200 and 40 of 200; the 95 % intervals by Wilson's formula (1927) for z = 1.96, from tables."""
    numbers = [house.draft(name) for name in ("Roses are back", "Newsletter 7")]
    with house.hub.database.session(write=True) as session:
        for number, opens in zip(numbers, (120, 40), strict=True):
            for metric, value in (("delivered", 200), ("opens", opens)):
                record_metric(session, "email_campaign", number, metric, value, imported=True)
    watched = open_page(f"{house.address}email?id={house.draft('Tulips')}")
    page = watched.page
    past = page.locator("#mail-evidence tbody tr")
    expect(past.filter(has_text="Roses are back").locator("td")).to_have_text(["60%", "53.1% to 66.5%", "200"])
    expect(past.filter(has_text="Newsletter 7").locator("td")).to_have_text(["20%", "15% to 26.1%", "200"])
    expect(past.first).to_contain_text("Roses are back")
    expect(page.locator("#mail-evidence")).to_contain_text("So few do not prove what makes a subject line work")
    page.get_by_role("button", name="Write subject lines").click()
    first = page.locator("#mail-ideas li").first
    line = first.locator("span").first.inner_text()
    expect(first).to_contain_text(f"{len(line)} characters")
    first.get_by_role("button", name="Use").click()
    expect(subject(page)).to_have_value(line)
    assert_quiet(watched)


def test_a_mailing_is_approved_sent_and_explained(house: House, open_page: OpenPage) -> None:
    number = house.draft("Summer news")
    house.mail.rcpt = lambda address: "550 5.1.1 nobody here" if address.startswith("bob") else None
    watched = open_page(f"{house.address}email?id={number}")
    page = watched.page
    subject(page).fill("Summer news for {{ lead.first_name }}")
    page.get_by_role("button", name="Send at once").click()
    panel = page.locator(".approval")
    expect(panel).to_contain_text("3 people")
    expect(panel).to_contain_text("1 gave no consent to email")
    expect(panel).to_contain_text("Summer news for Ana")
    assert house.mail.messages == []
    panel.get_by_role("button", name="Approve").click()
    progress = page.locator("#mail-progress")
    expect(progress).to_contain_text("0 of 3 messages dealt with")
    page.get_by_role("button", name="Pause").click()
    expect(progress).to_contain_text("Paused by owner")
    house.work()
    assert house.mail.messages == [], "nothing goes out while it is paused"
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    house.work()
    expect(progress).to_contain_text("3 of 3 messages dealt with")
    expect(page.locator("#page-heading .badge")).to_have_text("sent")
    assert sorted(house.mail.recipients) == ["ana@x.example", "cleo@x.example"]
    assert house.mail.parsed("ana@x.example")["Subject"] == "Summer news for Ana"
    expect(page.locator("#mail-results .figure", has_text="Delivered").locator(".value")).to_have_text("2")
    expect(page.locator("#mail-returned")).to_contain_text("550 5.1.1 nobody here")

    page.get_by_label("Name or address of a lead").fill("Dan")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("#mail-explained")).to_contain_text("consent")
    page.get_by_label("Name or address of a lead").fill("Nobody Atall")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("#mail-explained .problem")).to_be_visible()
    settled(page)
    assert_accessible(page, "iframe")
    assert_quiet(watched)


def test_a_mailing_is_scheduled_cancelled_and_copied(house: House, open_page: OpenPage) -> None:
    number = house.draft("Autumn news")
    watched = open_page(f"{house.address}email?id={number}")
    page = watched.page
    page.on("dialog", lambda dialog: dialog.accept())
    expect(subject(page)).to_have_value("Autumn news")
    page.get_by_role("button", name="Schedule …").click()
    expect(page.locator("#mail-problem")).to_contain_text("Choose the day and time first")
    page.locator("#mail-at input").first.fill("2199-03-01 09:00:00")
    page.locator("#mail-at input").first.press("Enter")
    page.get_by_role("button", name="Schedule …").click()
    expect(page.locator(".approval")).to_contain_text("1 March 2199, 09:00")
    page.locator(".approval").get_by_role("button", name="Approve").click()
    expect(page.locator("#page-heading .badge")).to_have_text("scheduled")
    expect(subject(page)).to_be_hidden()
    page.get_by_role("button", name="Cancel …").click()
    expect(page.locator("#page-heading .badge")).to_have_text("cancelled")
    page.get_by_role("button", name="Copy as a new draft").click()
    expect(page.get_by_role("heading", name="Copy of Autumn news")).to_be_visible()
    expect(subject(page)).to_have_value("Autumn news")
    assert house.hub.views.mail.editor(number).status.value == "cancelled"
    assert_quiet(watched)


def test_two_people_edit_one_draft(house: House, open_page: OpenPage) -> None:
    number = house.draft("Shared")
    page = open_page(f"{house.address}email?id={number}").page
    expect(subject(page)).to_have_value("Shared")
    house.hub.call("save_email_campaign", email_campaign=str(number), name="Shared", subject="Theirs", content="Theirs")
    subject(page).fill("Mine")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#mail-problem")).to_contain_text("changed")
    expect(subject(page)).to_have_value("Mine")
    assert house.hub.views.mail.editor(number).subject_line == "Theirs"


def test_a_series_is_written_and_its_first_email_becomes_a_mailing(house: House, open_page: OpenPage) -> None:
    before = [one.id for one in house.hub.records("email_campaign")]
    watched = open_page(f"{house.address}email")
    page = watched.page
    page.get_by_role("link", name="Write a series").click()
    page.wait_for_url("**/email?sequence=1")
    page.get_by_role("textbox", name="Topic").fill("the <b>autumn</b> sale")
    page.get_by_label("Emails (optional)").fill("3")
    page.get_by_label("Days between (optional)").fill("4")
    page.get_by_role("button", name="Write the series").click()
    letters = page.locator("#mail-sequence .ideas > li")
    expect(letters).to_have_count(3)
    expect(letters.locator(".note")).to_contain_text(["Day 0", "Day 4", "Day 8"])
    expect(page.locator("#mail-sequence")).to_contain_text("<b>autumn</b>")
    assert_accessible(page)
    assert [one.id for one in house.hub.records("email_campaign")] == before, "a series is a draft: nothing is stored"
    title = letters.first.locator("h3").inner_text().removeprefix("1. ")
    letters.first.get_by_role("button", name="Make a mailing of it").click()
    page.wait_for_url("**/email?id=*")
    expect(subject(page)).to_have_value(title)
    assert house.hub.views.mail.editor(int(page.url.rpartition("=")[2])).status.value == "draft"
    assert_quiet(watched)


def test_the_list_the_series_and_the_editor_fit_a_phone(house: House, open_page: OpenPage) -> None:
    number = house.draft("Read on the way")
    for address, seen in (
        ("email", "#mail-list table"),
        ("email?sequence=1", "button:has-text('Write the series')"),
        (f"email?id={number}", "#mail-preview iframe"),
    ):
        watched = open_page(f"{house.address}{address}", width=390, height=844)
        page = watched.page
        expect(page.locator(seen).first).to_be_visible()
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), address
        assert_accessible(page, "iframe")
        assert_quiet(watched)
    # The letter itself is read as on the phone that it is written on, and can be sent from there.
    frame = page.locator("#mail-preview .preview-frame").bounding_box()
    assert frame is not None
    assert frame["x"] >= 0
    assert frame["x"] + frame["width"] <= 390
    page.get_by_role("button", name="Send at once").click()
    expect(page.locator(".approval")).to_contain_text("people")
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    picture(page, "email-phone")
