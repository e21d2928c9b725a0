"""The spam and link check: each rule finds what it is for, and holds its peace otherwise."""

import pytest

from tools.delivering.setup import MailSetup
from tools.mailing.lint import Finding, findings, leads_nowhere
from tools.rendering import render_letter

SETUP = MailSetup(public_url="https://hub.bloom-shop.com")
GOOD = (
    "<p>Come and see what is new in our shop this week, there is much to find for the garden and the balcony, and coffee "
    'too.</p><p><a href="https://bloom-shop.com">The shop</a> <img src="https://bloom-shop.com/a.png" alt="A rose"></p>'
    '<p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>'
)


def found(
    content: str = GOOD, subject: str = "New in our shop", preview: str = "Roses", setup: MailSetup = SETUP
) -> dict[str, Finding]:
    links = {"unsubscribe_url": "https://unsubscribe.invalid/u/1"}
    letter = render_letter(content, {}, subject=subject, preview_text=preview, links=links)
    return {one.rule: one for one in findings(subject, preview, content, letter, setup)}


def bad(**given: object) -> set[str]:
    return {rule for rule, one in found(**given).items() if one.severity != "fine"}  # type: ignore[arg-type]


def test_a_good_letter_has_nothing_against_it_and_every_rule_cites_why() -> None:
    shown = found()
    assert {rule for rule, one in shown.items() if one.severity != "fine"} == set()
    assert all(one.why for one in shown.values())
    assert len(shown) == 18


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({"subject": "BIG SUMMER SALE"}, {"Capitals"}),
        ({"subject": "SALE"}, set()),  # four letters are no shouting
        ({"subject": "Have you seen this?!"}, {"Shouting"}),
        ({"subject": "Re: our offer"}, {"False reply"}),
        ({"subject": "x" * 61}, {"Subject length"}),
        ({"preview": ""}, {"Preview text"}),
        ({"content": GOOD.replace("{{ unsubscribe_url }}", "https://bloom-shop.com/u")}, {"Unsubscribe link"}),
        ({"content": GOOD.replace('alt="A rose"', "")}, {"Images without a text"}),
        ({"content": GOOD.replace('alt="A rose"', 'alt=""')}, set()),
        ({"content": GOOD.replace("https://bloom-shop.com/a.png", "a.png")}, {"Images that will not load"}),
        ({"content": GOOD.replace('"https://bloom-shop.com"', '"http://bloom-shop.com"')}, {"Links without https"}),
        ({"content": GOOD.replace('"https://bloom-shop.com"', '"https://bit.ly/x"')}, {"Shortened links"}),
        ({"content": GOOD.replace("The shop", "www.other-shop.com")}, {"Links that show another address"}),
        ({"content": GOOD.replace("The shop", "www.bloom-shop.com/new")}, set()),
        ({"content": GOOD + f"<p>{'word ' * 22_000}</p>"}, {"Size"}),
        ({"setup": MailSetup()}, {"Unsubscribe link"}),
        ({"setup": MailSetup(unsubscribe_email="out@bloom-shop.com")}, {"One-click unsubscribe"}),
    ],
)  # fmt: skip
def test_a_rule_finds_what_it_is_for(given: dict[str, object], rules: set[str]) -> None:
    assert bad(**given) == rules


def test_images_alone_are_no_letter() -> None:
    shown = found(
        '<img src="https://bloom-shop.com/a.png" alt="All about our sale"><a href="{{ unsubscribe_url }}">Out</a>'
    )
    assert shown["Only images"].severity == "harms"


@pytest.mark.parametrize(
    ("href", "nowhere"),
    [
        ("https://bloom-shop.com/a", False), ("mailto:a@bloom-shop.com", False), ("tel:+491", False), ("", True), ("#top", True),
        ("/shop", True), ("mailto:", True), ("javascript:alert(1)", True), ("https://example.com/x", True),
        ("https://shop.test/x", True), ("http://localhost:80", True), ("http://192.168.1.4/x", True), ("https://intranet/x", True),
        ("https://93.184.216.34/x", False),
    ],
)  # fmt: skip
def test_a_link_leads_somewhere_or_nowhere(href: str, nowhere: bool) -> None:
    from urllib.parse import urlsplit

    scheme = href.partition(":")[0] if ":" in href else ""
    assert leads_nowhere(href, scheme, (urlsplit(href).hostname or "")) is nowhere


@pytest.mark.parametrize(
    ("sender", "href", "nowhere"),
    [
        ("hello@kestrel.example", "https://kestrel.example/news", False),
        ("hello@kestrel.example", "https://shop.kestrel.example/", False),
        ("hello@kestrel.example", "https://other.example/", True),
        ("hello@kestrel.example", "https://example.com/", True),
        ("hello@example.com", "https://example.com/", True),
        ("hello@kestrel.coffee", "https://kestrel.example/", True),
    ],
)
def test_the_pages_of_a_made_up_house_are_its_own(sender: str, href: str, nowhere: bool) -> None:
    setup = MailSetup(sender=f"Kestrel <{sender}>", unsubscribe_email="out@kestrel.example")
    content = f'<p>Hello.</p><p><a href="{href}">Read on</a></p>'
    letter = render_letter(content, {}, subject="News")
    found = findings("News", "", content, letter, setup)
    told = next(one for one in found if one.rule == "Links that lead nowhere")
    assert (told.severity == "stops") == nowhere
