"""The checks on written texts: figures nobody gave, the length of text messages, cutting between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.writing.figures import unsupported_figures, unsupported_promises, without_unsupported
from tools.writing.limits import fit
from tools.writing.messages import one_segment
from tools.writing.orders import without_strange_addresses
from tools.writing.sms import plain, sms_length
from tools.writing.tidying import finished, letter_body, tidy

GIVEN = ["a budget of €5,000 and a ROI of 353.33%", "on 24 April, twenty percent for 1.500 members, 2k clicks"]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Spend 5000 now", []),
        ("Spend 5k now", []),
        ("Spend €5,000.00 now", []),
        ("An ROI of 353%", []),
        ("Save 20%", []),
        ("1,500 members", []),
        ("2000 clicks", []),
        ("on the 24th of April", []),
        ("B2B help, 24/7, for your Web3 shop", []),
        ("no figures at all", []),
        ("Save 30% and pay 99 euros", ["30", "99"]),
        ("fifty percent off, at half price", ["fifty percent", "half price"]),
        ("50k people", ["50k"]),
        ("since 1987", ["1987"]),
        ("$12.50 each", ["$12.50"]),
    ],
)
def test_figures_that_nobody_gave(text: str, figures: list[str]) -> None:
    assert unsupported_figures(text, GIVEN) == figures


def test_a_sentence_with_such_a_figure_goes_the_rest_stays() -> None:
    text = "Our spring is here. Save 30% today! Come by on 24 April.\n\nIt was voted no. 1 twice."
    kept, left_out = without_unsupported(text, GIVEN)
    assert (kept, left_out) == ("Our spring is here. Come by on 24 April.", 2)


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        ("Get a free bunch.", ["free"]),
        ("It is free!", ["free"]),
        ("Feel free to call in your free time, hassle-free.", []),
        ("No hidden fees, guaranteed.", ["No hidden fees", "guarante"]),
        ("A special offer from our award-winning shop.", ["special offer", "award-winning"]),
        ("Fresh tulips for you.", []),
    ],
)
def test_promises_that_nobody_gave(text: str, promises: list[str]) -> None:
    assert unsupported_promises(text, GIVEN) == promises
    assert unsupported_promises(text, [text]) == []


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    assert unsupported_figures(text, [text]) == []
    kept, _ = without_unsupported(text, [])
    assert unsupported_figures(kept, []) == []


@pytest.mark.parametrize(
    ("text", "encoding", "characters", "segments"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),  # 2 x 153
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),  # the extension table counts two
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the escape pair may not be cut: 152 + 153 + 1
        ("äöüñ¿Δ\n@£", "GSM-7", 9, 1),
        ("ą" * 70, "UCS-2", 70, 1),
        ("ą" * 71, "UCS-2", 71, 2),
        ("ą" + "a" * 134, "UCS-2", 135, 3),  # 2 x 67 is 134
        ("🌷" * 35, "UCS-2", 70, 1),  # two code units each
        ("🌷" * 36, "UCS-2", 72, 2),
        ("🌷" * 67, "UCS-2", 134, 3),  # a pair may not be cut: 33 to a segment
    ],
)
def test_length_of_a_message(text: str, encoding: str, characters: int, segments: int) -> None:
    length = sms_length(text)
    assert (length.encoding, length.characters, length.segments) == (encoding, characters, segments)


def test_typographic_characters_are_made_plain() -> None:
    assert plain("It\u2019s \u201cnow\u201d \u2013 come\u2026") == 'It\'s "now" - come...'
    assert sms_length(plain("\u201cnow\u201d")).encoding == "GSM-7"


def test_a_message_loses_its_last_sentences_before_it_costs_two() -> None:
    first, second = "Our spring sale starts on Friday, come by." + " Really" * 15 + ".", "And bring your friends along."
    assert sms_length(first).segments == 1
    assert one_segment(f"{first} {second}") == first
    endless = "word " * 50
    assert one_segment(endless) == endless.strip()


@pytest.mark.parametrize(
    ("text", "limit", "fitted"),
    [
        ("Fits as it is", 30, ("Fits as it is", False)),
        ("First sentence. Second sentence that is long.", 30, ("First sentence.", False)),
        ("Running shoes made for the rain", 27, ("Running shoes made", True)),
        ("Spring Service: Easy As It Can Be", 22, ("Spring Service", True)),
        ("Spring Service - Get Your Bike Ready", 30, ("Spring Service", True)),
        ("It takes 45 minutes and includes everything you need", 45, ("It takes 45 minutes", True)),
        ("Donaudampfschifffahrtsgesellschaft", 10, ("Donaudampfschifffahrtsgesellschaft", True)),
        ("  spaces   between ", 30, ("spaces between", False)),
    ],
)
def test_cut_between_words(text: str, limit: int, fitted: tuple[str, bool]) -> None:
    assert fit(text, limit) == fitted


@given(st.text(), st.integers(min_value=1, max_value=100))
def test_a_cut_never_breaks_a_word(text: str, limit: int) -> None:
    fitted, _ = fit(text, limit)
    words = text.split()
    assert len(fitted) <= limit or " " not in fitted
    trimmed = " ".join(words[: len(fitted.split())])
    assert trimmed.startswith(fitted)
    assert trimmed[len(fitted) :].strip(" ,;:-\u2013") == ""


def test_tidying_what_models_add() -> None:
    assert tidy("**Big** news from [Your Company]!", "Bakers & Co") == "Big news from Bakers & Co!"
    assert tidy("1. First\n2) Second\n- Third", "x") == "First\nSecond\nThird"
    assert tidy("Hi {{first_name}}, [link]", "x") == "Hi {{ lead.first_name }}, [link]"
    assert tidy("<p>One &amp; two</p><p>three<br>four</p> <#spring#>", "x") == "One & two\n\nthree\n\nfour\n\n#spring"


@pytest.mark.parametrize(
    ("text", "longest", "ended"),
    [
        ("Short and open", 120, "Short and open"),
        ("One is done. The other is cut of", 32, "One is done."),
        ("It has no end and it is cut of", 30, "It has no end."),
        ("It ends where it must end now.", 30, "It ends where it must end now."),
    ],
)
def test_a_sentence_that_the_grammar_cut_off(text: str, longest: int, ended: str) -> None:
    assert finished(text, longest) == ended


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Dear customers, we moved.", "We moved."),
        ("Hi {{ lead.first_name }},\n\nNews.", "News."),
        ("Hi, we have news for you, friends.", "We have news for you, friends."),
        ("The tulips say hello, all of them.", "The tulips say hello, all of them."),
        ("Come by.\n\nKind regards,\nKim", "Come by."),
    ],
)
def test_the_house_greets_and_signs(text: str, body: str) -> None:
    assert letter_body(text) == body


@pytest.mark.parametrize(
    ("text", "given", "kept"),
    [
        ("Come by. That is a good 折扣!", "a discount", "Come by."),
        ("Come by. That is a good 折扣!", "what 折扣 is in English", "Come by. That is a good 折扣!"),
        ("Ça va? Grüße aus Łódź, привет.", "", "Ça va? Grüße aus Łódź, привет."),
    ],
)
def test_a_small_model_does_not_slip_into_another_script(text: str, given: str, kept: str) -> None:
    assert without_strange_addresses(text, [given])[0] == kept
