"""Counting as the platforms count: worked out by hand from their documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.enums import Platform
from tools.core.errors import BadInput
from tools.posting.checks import check_content
from tools.posting.limits import LIMITS, graphemes, hashtags_of, links_of, mastodon_length, utf16, weighted

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Tea", 3),
        ("Ünser Café", 10),
        ("Cafe\u0301", 4),  # composed first
        ("日本茶", 6),
        ("“quoted” – dash", 15),
        ("…", 2),  # U+2026 is in none of the four ranges
        ("🍵", 2),
        (FAMILY, 2),
        ("🧕🏾", 2),
        ("🇩🇪🇫🇷", 4),
        ("1️⃣", 2),
        ("© 2026", 6),
        ("https://tea.example/a/very/long/address?with=everything#in-it", 23),
        ("http://t.co", 23),
        ("See https://tea.example.", 28),
        ("(https://tea.example)", 25),
        ("two https://a.example https://b.example", 51),
        ("teahouse.com", 23),
        ("www.teahouse.de", 23),
        ("teahouse.de/spring", 23),
        ("teahouse.de", 11),
        ("me@teahouse.com", 15),
        ("e.g. this", 9),
    ],
)
def test_x_counts_weighted(text: str, length: int) -> None:
    assert weighted(text) == length


@pytest.mark.parametrize(
    ("text", "seen", "units"),
    [("Tea", 3, 3), ("e\u0301", 1, 2), ("🍵", 1, 2), (FAMILY, 1, 11), ("🇩🇪", 1, 4), ("日本", 2, 2), ("\r\n", 1, 2)],
)
def test_graphemes_and_code_units(text: str, seen: int, units: int) -> None:
    assert (graphemes(text), utf16(text)) == (seen, units)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Tea https://tea.example/a/very/long/address/indeed", 27),
        ("Hello @anna@mastodon.example!", 12),
        ("Hello @anna", 11),
        ("mail anna@tea.example", 21),
    ],
)
def test_mastodon_counts_links_as_23_and_the_local_part_of_a_mention(text: str, length: int) -> None:
    assert mastodon_length(text) == length


@pytest.mark.parametrize(
    ("platform", "longest"),
    [
        (Platform.TWITTER, 280),
        (Platform.BLUESKY, 300),
        (Platform.MASTODON, 500),
        (Platform.LINKEDIN, 3_000),
        (Platform.INSTAGRAM, 2_200),
        (Platform.FACEBOOK, 63_206),
        (Platform.TIKTOK, 2_200),
    ],
)
def test_the_longest_text_fits_and_one_more_does_not(platform: Platform, longest: int) -> None:
    assert check_content(platform, "x" * longest) == "x" * longest
    with pytest.raises(BadInput, match=r"Please shorten it by 1\."):
        check_content(platform, "x" * (longest + 1))


def test_every_platform_has_its_limit_and_its_page() -> None:
    assert set(LIMITS) == set(Platform)
    assert all(limit.page and limit.handy < limit.longest for limit in LIMITS.values())


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Hello #Tea, #tea and #GreenTea!", ["Tea", "GreenTea"]),
        ("#1 is no tag, #1st is", ["1st"]),
        ("C# and a#b and page.html#part", []),
        ("#Grüntee #日本茶", ["Grüntee", "日本茶"]),
        ("##double", []),
        ("https://tea.example/#top", []),
        ("(#tea)", ["tea"]),
    ],
)
def test_hashtags_of_a_text(text: str, tags: list[str]) -> None:
    assert hashtags_of(text) == tags


def test_links_of_a_text() -> None:
    assert links_of("See https://a.example/x?y=1, or (http://b.example).") == [
        "https://a.example/x?y=1",
        "http://b.example",
    ]


@given(st.text(max_size=300))
def test_any_text_can_be_counted(text: str) -> None:
    for limit in LIMITS.values():
        assert 0 <= limit.length(text.encode("utf-8", "ignore").decode()) <= 23 * max(len(text), 1)


@given(st.text(alphabet=st.characters(min_codepoint=97, max_codepoint=122), max_size=80), st.integers(0, 5))
def test_x_counts_plain_words_as_they_are_and_each_link_as_23(word: str, links: int) -> None:
    text = word + " https://tea.example/path" * links
    assert weighted(text) == len(word) + links * 24


@given(st.text(max_size=120))
def test_a_hashtag_is_one_word_with_a_letter(text: str) -> None:
    for tag in hashtags_of(text):
        assert any(character.isalpha() for character in tag)
        assert not any(character.isspace() for character in tag)
