"""Figures in a text about results: in digits and in words, each must have been looked up."""

import pytest

from tools.writing.claims import Known, supported, unsupported_claims

FACTS = [
    "Conversions of it fell by 33.3% to 80 in 1 to 28 February 2026, from 120 in as many days before.",
    "Revenue: €1,250.50, from €625.25 (+100%).",
    "Most of it came from the channel ads: 12 instead of 45.",
]
KNOWN = Known.of(FACTS)


@pytest.mark.parametrize(
    "text",
    [
        "Conversions fell by a third, to 80.",
        "They fell about 33% from 120 in February 2026.",
        "Revenue doubled to €1,250.50.",
        "It brought twice the revenue, 1,250.50 euros.",
        "Ads brought twelve instead of 45.",
        "It is one of the channels, and the first half of the month was quiet.",
        "A quarter ago nobody knew.",
    ],
)
def test_what_was_looked_up_may_be_said(text: str) -> None:
    assert unsupported_claims(text, KNOWN) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("They fell by 40%.", "40%"),
        ("They fell by 80%.", "80%"),  # 80 is a count that was looked up, not a percentage
        ("It cost €80.", "€80"),
        ("It cost 80 euros.", "80 euros"),
        ("They fell by a quarter.", "a quarter"),
        ("They fell by half.", "half"),
        ("They halved.", "halved"),
        ("Opens tripled.", "tripled"),
        ("They are three times as many.", "three times"),
        ("It is 4x more.", "4x"),
        ("Seventeen people left.", "Seventeen"),
        ("Forty percent left.", "Forty percent"),
        ("A thousand people left.", "A thousand"),
        ("Dozens of people left.", "Dozens of"),
        ("Two thirds left.", "Two thirds"),
        ("1.5 million people saw it.", "1.5 million"),
    ],
)
def test_what_was_not_looked_up_is_found(text: str, wrong: str) -> None:
    assert unsupported_claims(text, KNOWN) == [wrong]


def test_nothing_rises_that_fell() -> None:
    fell = Known.of(["Opens fell by 20% to 80."])
    assert unsupported_claims("Opens grew by 20% to 80.", fell) == ["grew"]
    assert unsupported_claims("Opens dropped by 20% to 80.", fell) == []


def test_a_figure_in_a_name_is_no_figure() -> None:
    names = ["Up 900% (now)"]
    known = Known.of(["Conversions of Up 900% (now) fell to 80."], names)
    assert 900.0 not in known.percent
    assert unsupported_claims("“Up 900% (now)” fell to 80.", known, names) == []
    assert unsupported_claims("It was up 900%.", known, names) == ["900%"]


def test_only_the_sentence_with_the_made_up_figure_goes() -> None:
    text = "Conversions fell by 33.3% to 80. That cost you €9,000. Most came from ads."
    assert supported(text, KNOWN) == ("Conversions fell by 33.3% to 80. Most came from ads.", 1)
