"""Named days: "Christmas Eve", "Easter Monday", "Black Friday", "Mother's Day", and a country's public holidays.

The days that marketing plans by are reckoned here, since most of them are no public holiday anywhere; what a country calls
its own holidays, and the feasts of other calendars, come from the ``holidays`` library.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial

from dateutil.easter import easter

from tools.words.relatives import weekday_at
from tools.words.spans import DAY, Clock, Expr, Span, fixed, month_of, nth_weekday, one_day, yearly
from tools.words.tokens import Scan

Day = Callable[[int, str | None], date | None]


def _on(month: int, day: int) -> Day:
    return lambda year, _: date(year, month, day)


def _nth(month: int, weekday: int, n: int) -> Day:
    return lambda year, _: nth_weekday(month_of(date(year, month, 1)), weekday, n)


def _easter(days: int) -> Day:
    return lambda year, _: easter(year) + days * DAY


def _thanksgiving(year: int, country: str | None) -> date | None:
    if country == "CA":
        return nth_weekday(month_of(date(year, 10, 1)), 0, 2)
    return nth_weekday(month_of(date(year, 11, 1)), 3, 4)


def _after_us_thanksgiving(days: int) -> Day:
    def day(year: int, _: str | None) -> date | None:
        thursday = _thanksgiving(year, None)
        return None if thursday is None else thursday + days * DAY

    return day


def _mothers_day(year: int, country: str | None) -> date | None:
    """Second Sunday in May, in Britain and Ireland Mothering Sunday (three weeks before Easter), in France late May."""
    if country in ("GB", "IE"):
        return easter(year) - 21 * DAY
    if country == "FR":
        last = nth_weekday(month_of(date(year, 5, 1)), 6, -1)
        return nth_weekday(month_of(date(year, 6, 1)), 6, 1) if last == easter(year) + 49 * DAY else last
    return nth_weekday(month_of(date(year, 5, 1)), 6, 2)


def _fathers_day(year: int, country: str | None) -> date | None:
    """Third Sunday in June; Ascension Day in Germany; first Sunday of September in Australia and New Zealand."""
    if country == "DE":
        return easter(year) + 39 * DAY
    if country in ("AU", "NZ"):
        return nth_weekday(month_of(date(year, 9, 1)), 6, 1)
    if country in ("ES", "IT", "PT"):
        return date(year, 3, 19)
    return nth_weekday(month_of(date(year, 6, 1)), 6, 3)


def _labour_day(year: int, country: str | None) -> date | None:
    """The first Monday of September in the United States and Canada, 1 May elsewhere."""
    if country in ("US", "CA"):
        return nth_weekday(month_of(date(year, 9, 1)), 0, 1)
    return date(year, 5, 1)


def _us_labor_day(year: int, country: str | None) -> date | None:
    return _labour_day(year, country or "US")


def _advent(n: int) -> Day:
    """The n-th of the four Sundays before Christmas Day."""
    return lambda year, _: date(year, 12, 24) - ((date(year, 12, 24).weekday() + 1) % 7 + 7 * (4 - n)) * DAY


_DAYS: dict[str, Day] = {
    "new year's day": _on(1, 1), "new year's": _on(1, 1), "new year": _on(1, 1), "new year's eve": _on(12, 31),
    "new year eve": _on(12, 31), "new years": _on(1, 1), "nye": _on(12, 31), "silvester": _on(12, 31), "epiphany": _on(1, 6),
    "burns night": _on(1, 25), "australia day": _on(1, 26), "groundhog day": _on(2, 2), "valentine's day": _on(2, 14),
    "valentine day": _on(2, 14), "valentine's": _on(2, 14), "st valentine's day": _on(2, 14),
    "women's day": _on(3, 8), "international women's day": _on(3, 8), "pi day": _on(3, 14),
    "st patrick's day": _on(3, 17), "saint patrick's day": _on(3, 17), "st paddy's day": _on(3, 17),
    "april fools' day": _on(4, 1), "april fools": _on(4, 1), "april fool's day": _on(4, 1), "april fools day": _on(4, 1),
    "earth day": _on(4, 22), "st george's day": _on(4, 23), "anzac day": _on(4, 25), "may day": _on(5, 1),
    "star wars day": _on(5, 4), "cinco de mayo": _on(5, 5), "juneteenth": _on(6, 19), "canada day": _on(7, 1),
    "independence day": _on(7, 4), "fourth of july": _on(7, 4), "bastille day": _on(7, 14),
    "german unity day": _on(10, 3), "halloween": _on(10, 31), "reformation day": _on(10, 31), "all saints' day": _on(11, 1),
    "all saints day": _on(11, 1), "all souls' day": _on(11, 2), "guy fawkes night": _on(11, 5), "bonfire night": _on(11, 5),
    "remembrance day": _on(11, 11), "armistice day": _on(11, 11), "veterans day": _on(11, 11), "veterans' day": _on(11, 11),
    "singles' day": _on(11, 11), "singles day": _on(11, 11), "single's day": _on(11, 11), "st andrew's day": _on(11, 30),
    "world aids day": _on(12, 1), "st nicholas day": _on(12, 6), "st nicholas' day": _on(12, 6), "nikolaus": _on(12, 6),
    "christmas eve": _on(12, 24), "christmas day": _on(12, 25), "christmas": _on(12, 25), "boxing day": _on(12, 26),
    "st stephen's day": _on(12, 26), "second day of christmas": _on(12, 26),
    "easter": _easter(0), "easter sunday": _easter(0), "easter monday": _easter(1), "easter saturday": _easter(-1),
    "holy saturday": _easter(-1), "good friday": _easter(-2), "maundy thursday": _easter(-3), "palm sunday": _easter(-7),
    "ash wednesday": _easter(-46), "shrove tuesday": _easter(-47), "pancake day": _easter(-47), "mardi gras": _easter(-47),
    "fat tuesday": _easter(-47), "rose monday": _easter(-48), "rosenmontag": _easter(-48), "ascension day": _easter(39),
    "ascension": _easter(39), "whit sunday": _easter(49), "pentecost": _easter(49), "pentecost sunday": _easter(49),
    "whit monday": _easter(50), "pentecost monday": _easter(50), "corpus christi": _easter(60),
    "martin luther king day": _nth(1, 0, 3), "mlk day": _nth(1, 0, 3), "super bowl sunday": _nth(2, 6, 2),
    "presidents' day": _nth(2, 0, 3), "presidents day": _nth(2, 0, 3), "president's day": _nth(2, 0, 3),
    "memorial day": _nth(5, 0, -1), "early may bank holiday": _nth(5, 0, 1), "spring bank holiday": _nth(5, 0, -1),
    "late may bank holiday": _nth(5, 0, -1), "august bank holiday": _nth(8, 0, -1), "summer bank holiday": _nth(8, 0, -1),
    "labor day": _us_labor_day, "labour day": _labour_day, "columbus day": _nth(10, 0, 2),
    "indigenous peoples' day": _nth(10, 0, 2), "thanksgiving": _thanksgiving, "thanksgiving day": _thanksgiving,
    "black friday": _after_us_thanksgiving(1), "small business saturday": _after_us_thanksgiving(2),
    "cyber monday": _after_us_thanksgiving(4), "giving tuesday": _after_us_thanksgiving(5),
    "mother's day": _mothers_day, "mothers day": _mothers_day, "mothers' day": _mothers_day,
    "mothering sunday": lambda year, _: easter(year) - 21 * DAY, "father's day": _fathers_day,
    "fathers day": _fathers_day, "fathers' day": _fathers_day, "remembrance sunday": _nth(11, 6, 2),
    "first advent": _advent(1), "first advent sunday": _advent(1), "first sunday of advent": _advent(1),
    "second advent": _advent(2), "second sunday of advent": _advent(2), "third advent": _advent(3),
    "third sunday of advent": _advent(3), "fourth advent": _advent(4), "fourth sunday of advent": _advent(4),
}  # fmt: skip
# Feasts of moving calendars: the words, and where in the library they are found (country, language, its name there).
_FEASTS: dict[str, tuple[str, str]] = {
    "chinese new year": ("SG", "Chinese New Year"), "lunar new year": ("SG", "Chinese New Year"),
    "diwali": ("SG", "Diwali"), "deepavali": ("SG", "Diwali"), "eid al fitr": ("SG", "Eid al-Fitr"),
    "eid al adha": ("SG", "Eid al-Adha"), "eid": ("SG", "Eid al-Fitr"), "rosh hashanah": ("IL", "Rosh Hashanah"),
    "yom kippur": ("IL", "Yom Kippur"), "passover": ("IL", "Pesach"),
}  # fmt: skip
_WEEKENDS: dict[str, tuple[str, int, int]] = {
    "easter weekend": ("easter", -2, 1), "easter week": ("easter", -6, 0), "black friday weekend": ("black friday", 0, 3),
    "thanksgiving weekend": ("thanksgiving", 0, 3), "pentecost weekend": ("pentecost", -1, 1), "bfcm": ("black friday", 0, 3),
    "cyber week": ("cyber monday", 0, 6), "black week": ("black friday", -4, 0), "holy week": ("easter", -7, -1),
}  # fmt: skip


def plain(name: str) -> str:
    """A holiday's name as its tokens are compared: lower-case, no brackets, hyphens or full stops."""
    name = re.sub(r"\([^)]*\)", "", name.lower().replace("\u2019", "'"))
    return " ".join(re.sub(r"[-.]", " ", name).split())


_LONGEST = 5
_BY_NAME = {name.replace("'", ""): day for name, day in _DAYS.items()}
_FIRST = frozenset(words.split()[0].replace("'", "") for words in (*_DAYS, *_FEASTS, *_WEEKENDS))


@lru_cache(maxsize=512)
def _public(country: str, year: int) -> dict[str, date]:
    """A country's public holidays by plain English name; empty for a country that the library does not know."""
    import holidays  # a quarter of a second, so only when a message may name one

    try:
        days = holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError:
        return {}
    named: dict[str, date] = {}
    for day, names in sorted(days.items()):
        for name in names.split("; "):
            if "observed" not in name:
                named.setdefault(plain(name), day)
    return named


def is_public_holiday(day: date, country: str | None) -> bool:
    """Whether the day is a public holiday in the country (ISO 3166 code)."""
    return country is not None and day in _public(country, day.year).values()


def _words(scan: Scan, i: int, count: int) -> str | None:
    """The next ``count`` words as a name; a hyphen or full stop between them does not matter."""
    parts: list[str] = []
    while len(parts) < count and i < scan.size:
        token = scan.at(i)
        if token.text not in (".", "-", "'", "\u2019"):
            if not token.text[0].isalpha():
                return None
            parts.append(token.word)
        elif not parts:
            return None
        elif token.text in ("'", "\u2019"):
            parts[-1] += "'"
        i += 1
    return " ".join(parts) if len(parts) == count else None


def _end_of(scan: Scan, i: int, count: int) -> int:
    while count:
        count -= scan.at(i).text[:1].isalpha()
        i += 1
    return i + 1 if scan.is_(i, "'", "\u2019") and scan.glued(i) else i


def holiday(scan: Scan, i: int) -> tuple[Expr, int] | None:
    """A named day or long weekend that begins at token ``i``, with its year where one follows."""
    country = scan.country
    start = scan.skip(i, "the")
    lead = ""
    if scan.is_(start, "next", "last", "this"):
        lead, start = scan.word(start), start + 1
    if not scan.at(start).text[:1].isalpha():
        return None
    if scan.word(start).replace("'", "") not in _FIRST and not _may_be_public(scan, start, country):
        return None
    for count in range(_LONGEST, 0, -1):
        name = _words(scan, start, count)
        if name is None:
            continue
        grain, at = _lookup(
            name.removesuffix("'s") if name.endswith(("day's", "eve's", "christmas's")) else name, country
        )
        if at is not None:
            return _with_year(scan, _end_of(scan, start, count), grain, at, lead)
    return None


def _may_be_public(scan: Scan, i: int, country: str | None) -> bool:
    """Only a capitalised word with "Day" or its like behind it is worth asking the library for, which is slow to begin."""
    if country is None or not scan.at(i).text[0].isupper() or weekday_at(scan, i):
        return False
    telling = any(scan.word(k).removesuffix("'s") in _TELLING for k in range(i, i + _LONGEST))
    return telling and scan.word(i) in _first_words(country)


_TELLING = frozenset(
    {"day", "holiday", "eve", "night", "festival", "year", "sunday", "monday", "friday", "birthday", "feast"}
)


@lru_cache(maxsize=64)
def _names(country: str) -> frozenset[str]:
    return frozenset(name for year in (2024, 2025) for name in _public(country, year))


@lru_cache(maxsize=64)
def _first_words(country: str) -> frozenset[str]:
    return frozenset(name.split()[0] for name in _names(country) if name)


def _lookup(name: str, country: str | None) -> tuple[str, Callable[[Clock, int], Span | None] | None]:
    bare = name.replace("saint ", "st ").replace("'", "")
    if bare in _BY_NAME:
        day = _BY_NAME[bare]
        return "day", lambda clock, year: _span(day(year, clock.country))
    if name in _WEEKENDS:
        anchor, before, after = _WEEKENDS[name]
        return "weekend", lambda clock, year: _stretch(_DAYS[anchor](year, clock.country), before, after)
    if name in _FEASTS:
        where, called = _FEASTS[name]
        return "day", lambda _, year: _span(_public(where, year).get(plain(called)))
    if country and any(part in _TELLING for part in name.split()) and name in _names(country):
        return "day", lambda _, year: _span(_public(country, year).get(name))
    return "day", None


def _span(day: date | None) -> Span | None:
    return None if day is None else one_day(day)


def _stretch(day: date | None, before: int, after: int) -> Span | None:
    return None if day is None else Span(day + before * DAY, day + after * DAY)


def _in_year(at: Callable[[Clock, int], Span | None], offset: int, clock: Clock) -> Span | None:
    return at(clock, clock.today.year + offset)


def _with_year(
    scan: Scan, end: int, grain: str, at: Callable[[Clock, int], Span | None], lead: str
) -> tuple[Expr, int]:
    digits = scan.digits(end)
    if digits is not None and len(digits) == 4 and 1990 <= int(digits) <= 2099:
        year = int(digits)
        return fixed(grain, lambda clock: at(clock, year)), end + 1
    for words, offset in (("next year", 1), ("of next year", 1), ("last year", -1), ("this year", 0)):
        after = scan.phrase(end, words)
        if after is not None:
            return fixed(grain, partial(_in_year, at, offset)), after
    expr = yearly(grain, at, reach=2)
    if lead == "last":
        return fixed(grain, lambda c: max((s for s in expr.near(c, c.today) if s.end < c.today), default=None)), end
    return expr, end
