"""What must hold for any text: no crash, offsets that fit, no overlaps; and dates written in many ways read back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reading import Money, read
from tools.words import UnclearWords, resolve_date, resolve_moment, resolve_period

NOW = datetime(2026, 7, 8, 14, 30)
WORDS = (
    "the a in on at by to from until since for of and last next this every first second third end start mid early late half quarter "
    "past week weeks month months day days year years q3 h1 monday friday sat sun may march june 24 7 1 2026 2025 30 6 12 5000 "
    "7.5k $ € % , . - – / : ' \" ( ) # @ am pm noon tonight tomorrow morning evening hours minutes ago before after christmas eve "
    "easter black budget double more less raise cut twenty five thousand hundred million dozen one couple grand st th 24.4. 4/5 18:30 "
    "2026-04-24 t z utc called named tweet between weekend summer now eod cob eom rest whole all « » „ “ ” ‘ ’ ½ 2nd -5 +10"
).split()
texts = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(WORDS), max_size=24).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=24).map("".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.integers(0, 10**12).map(str)), max_size=14).map(" ".join),
)
clocks = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2150, 12, 31))
days = st.dates(min_value=date(1995, 1, 1), max_value=date(2099, 12, 31))


@settings(max_examples=400, deadline=None)
@given(text=texts, now=clocks, day_first=st.booleans())
def test_any_text_is_read_without_a_crash_and_mentions_fit(text: str, now: datetime, day_first: bool) -> None:
    mentions = read(text, now=now, time_zone="America/New_York", country="US", day_first=day_first)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip()
        if mention.ahead is not None:
            assert mention.ahead.start <= mention.ahead.end
        if mention.kind == "moment":
            assert mention.value.utcoffset() is not None
    for one, two in pairwise(mentions):
        assert one.end <= two.start


@pytest.mark.parametrize(
    "piece",
    ["'", '"', "“", "1 ", "1.1.", "a week ", "https://", "@", "a@", "12-", ": ", "+1 2", "/a", "a.b", "called ", "x"],
)
def test_a_message_made_to_be_slow_is_read_too(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    mentions = read(text, now=NOW, time_zone="UTC")
    assert all(text[m.start : m.end] == m.text for m in mentions)


@settings(max_examples=200, deadline=None)
@given(text=texts, now=clocks)
def test_words_resolve_or_are_refused_with_a_sentence(text: str, now: datetime) -> None:
    refusals = []
    for resolve in (resolve_period, resolve_date, lambda words, at: resolve_moment(words, at, "Europe/Berlin")):
        try:
            resolve(text, now)
        except UnclearWords as error:
            refusals.append(str(error))
    assert all(refusal.startswith("I cannot read") and refusal.endswith(".") for refusal in refusals)


@pytest.mark.parametrize(
    "form", ["{d:%Y-%m-%d}", "{d:%d.%m.%Y}", "{d.day}.{d.month}.{d.year}", "{d.day} {d:%B} {d.year}", "{d:%B} {d.day}, {d.year}",
             "{d:%d}/{d:%m}/{d.year}", "{d.day} {d:%b} {d.year}", "{d:%A}, {d.day} {d:%B} {d.year}", "{d:%Y/%m/%d}",
             "{d:%b} {d.day}, {d.year}", "the {d.day}. of {d:%B} {d.year}", "{d:%d-%b-%Y}"]
)  # fmt: skip
@settings(max_examples=40, deadline=None)
@given(day=days)
def test_a_date_with_its_year_reads_back(form: str, day: date) -> None:
    text = f"start it on {form.format(d=day)} please"
    found = [m for m in read(text, now=NOW, time_zone="Europe/Berlin") if m.kind != "quoted"]
    assert [(m.kind, m.value) for m in found] == [("date", day)]
    assert found[0].doubt is None


@settings(max_examples=60, deadline=None)
@given(day=days)
def test_month_first_dates_read_back_where_the_setting_says_so(day: date) -> None:
    text = f"start on {day.month}/{day.day}/{day.year}"
    found = read(text, now=NOW, time_zone="Europe/Berlin", day_first=False)
    assert [m.value for m in found] == [day]


@settings(max_examples=60, deadline=None)
@given(offset=st.integers(0, 364))
def test_a_date_without_a_year_is_the_next_one(offset: int) -> None:
    day = NOW.date() + timedelta(days=offset)
    for text in (
        f"on {day.day} {day:%B}",
        f"on {day:%B} {day.day}",
        f"on {day.day}.{day.month}.",
        f"on {day:%b} {day.day}",
    ):
        assert [m.value for m in read(text, now=NOW, time_zone="Europe/Berlin")] == [day]


@settings(max_examples=80, deadline=None)
@given(day=st.dates(date(2026, 7, 9), date(2030, 1, 1)), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_moment_reads_back(day: date, hour: int, minute: int) -> None:
    for text in (f"at {hour:02}:{minute:02} on {day:%d %B %Y}", f"{day.isoformat()}T{hour:02}:{minute:02}",
                 f"on {day:%d.%m.%Y} um {hour:02}:{minute:02} Uhr".replace("um ", "")):  # fmt: skip
        (found,) = read(text, now=NOW, time_zone="UTC")
        assert found.value.replace(tzinfo=None) == datetime(day.year, day.month, day.day, hour, minute)


@settings(max_examples=80, deadline=None)
@given(cents=st.integers(0, 10**9))
def test_an_amount_reads_back_in_both_ways_of_writing(cents: int) -> None:
    whole, part = divmod(cents, 100)
    english = f"{whole:,}.{part:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text in (f"€{english}", f"{german} €", f"EUR {english}", f"{whole}.{part:02} euros"):
        (found,) = read(text, now=NOW, time_zone="UTC")
        assert found.value == Money(cents / 100, "EUR")


_ONES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
         "nineteen").split()  # fmt: skip
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(n: int) -> str:
    """The British way: "two thousand three hundred and forty-five"."""
    if n < 20:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10 - 2] + ("-" + _ONES[n % 10] if n % 10 else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = n % size
            joint = " and " if 0 < rest < 100 else " " if rest else ""
            return f"{in_words(n // size)} {name}{joint}{in_words(rest) if rest else ''}"
    raise AssertionError


@settings(max_examples=150, deadline=None)
@given(n=st.integers(2, 9_999_999))
def test_a_number_in_words_reads_back(n: int) -> None:
    (found,) = read(f"a budget of {in_words(n)} euros", now=NOW, time_zone="UTC")
    assert found.value == Money(float(n), "EUR")
