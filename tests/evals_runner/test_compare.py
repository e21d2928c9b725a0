"""Values are compared as the evals' page says: by what they mean, and no more generously."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ui.evals.compare import Comparer, Kind, fold, match

RECORDS = {("campaign", "bloom"): 1, ("campaign", "1"): 1, ("campaign", "the spring one"): 2, ("campaign", "spring"): 2}
BERLIN = Comparer(ZoneInfo("Europe/Berlin"), lambda noun, text: RECORDS.get((noun, text.casefold())))
TEXT, NUMBER, DAY, MOMENT = Kind("str"), Kind("float"), Kind("date"), Kind("datetime")
REF, ENUM, PERIOD = Kind("ref", noun="campaign"), Kind("channel", closed=True), Kind("period")
ENUMS, TEXTS = Kind("channel", is_list=True, closed=True), Kind("str", is_list=True)


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        ("Café “Zoë”", "cafe 'zoe'", TEXT),
        ("We're open", "Were open!", TEXT),
        ("New blend   Friday!", "new blend friday", TEXT),
        (5000, 5000.0, NUMBER),
        (0.3, 0.30000000000000004, NUMBER),
        (7500, "7500", NUMBER),
        ("2026-04-30", "2026-04-30", DAY),
        ("2026-04-30", "2026-04-30T00:00:00+02:00", DAY),
        ("2026-03-06T18:00:00", "2026-03-06T18:00:00+01:00", MOMENT),
        ("2026-03-06T18:00:00", "2026-03-06T17:00:00+00:00", MOMENT),
        ("2026-07-06T18:00:00", "2026-07-06T16:00:00Z", MOMENT),  # summer time
        ("Bloom", "1", REF),
        ("Spring", "the Spring one", REF),
        ("Unheard of", "unheard of.", REF),
        ("email", "Email", ENUM),
        (["email", "social"], ["social", "email"], ENUMS),
        ("linkedin", ["linkedin"], ENUMS),
        (["March, in a cup", "Leaves are out"], ["March, in a cup", "Leaves are out."], TEXTS),
        ({"has": "rooibos"}, "our new ROOIBOS blend", TEXT),
        ({"has": "15"}, 15, TEXT),
        ({"has": "acme"}, ["x", "jane@acme.com"], TEXTS),
        ({"any": ["last 2 weeks", "last 14 days"]}, "Last 14 days", PERIOD),
        ({"any": [{"has": "tea"}, "coffee"]}, "green tea", TEXT),
        ({"any": [10, 20]}, 20, NUMBER),
        (None, None, DAY),
        (None, "", TEXT),
        (True, True, Kind("bool")),
        (8000, 8000, Kind()),
        ("2026-04-30T09:00", "2026-04-30T07:00:00Z", Kind()),
    ],
)
def test_the_same(expected: Any, actual: Any, kind: Kind) -> None:
    assert BERLIN.same(expected, actual, kind)


@pytest.mark.parametrize(
    ("expected", "actual", "kind"),
    [
        ("Bloom", "Blooms", TEXT),
        ("rooibos", "our rooibos", TEXT),
        ("C", "C++", TEXT),
        (5000, 5001, NUMBER),
        (5000, None, NUMBER),
        (5000, "five thousand", NUMBER),
        (1, True, Kind("bool")),
        ("2026-04-30", "2026-05-30", DAY),
        ("2026-04-30", None, DAY),
        ("2026-03-06T18:00:00", "2026-03-06T18:00:00+00:00", MOMENT),
        ("2026-03-06T18:00:00", "2026-03-06", Kind("str")),
        ("2026-03-06T18:00:00", "friday 6pm", MOMENT),
        ("Bloom", "Spring", REF),
        ("Bloom", "nobody knows", REF),
        (["email", "social"], ["email"], ENUMS),
        (["email", "social"], ["email", "email"], ENUMS),
        (["A", "B"], ["B", "A"], TEXTS),
        (["A"], None, TEXTS),
        ({"has": "rooibos"}, "roibos", TEXT),
        ({"has": "rooibos"}, None, TEXT),
        ({"any": ["last 2 weeks"]}, "last 3 weeks", PERIOD),
        (None, "2026-04-30", DAY),
    ],
)
def test_not_the_same(expected: Any, actual: Any, kind: Kind) -> None:
    assert not BERLIN.same(expected, actual, kind)


def test_an_expectation_that_nobody_understands_is_refused() -> None:
    with pytest.raises(ValueError, match="neither"):
        BERLIN.same({"hass": "x"}, "x", TEXT)


def test_folding_keeps_what_tells_texts_apart() -> None:
    assert fold("  “Über-Tee”: 10% off!! ") == "uber-tee: 10% off"


def test_matching_finds_the_pairs_that_a_greedy_choice_would_miss() -> None:
    # 0 fits both, 1 fits only the first: 0 must make room.
    fits = {(0, 0), (0, 1), (1, 0)}
    assert match(2, 2, lambda left, right: (left, right) in fits) == {0: 1, 1: 0}
    assert match(2, 1, lambda left, right: True) in ({0: 0}, {1: 0})
