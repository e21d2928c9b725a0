"""The closed word lists of the calendar, the clock and of numbers, with the spellings people really type."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

MONTHS: dict[str, int] = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9,
    "october": 10, "november": 11, "december": 12,
    "jan": 1, "feb": 2, "febr": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
    "nov": 11, "dec": 12,
    # German names slip into the English of German-speaking teams.
    "januar": 1, "februar": 2, "märz": 3, "maerz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10, "dezember": 12,
}  # fmt: skip
MONTH_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
               "November", "December")  # fmt: skip
WEEKDAYS: dict[str, int] = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEASONS: dict[str, int] = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

# These are ordinary English words too: they are calendar words only where their neighbours say so.
SHY_MONTHS = frozenset({"may", "march", "mar", "jan", "dec", "sep", "mai", "jun", "nov", "apr", "jul", "aug", "oct",
                        "feb", "april", "june", "august"})  # fmt: skip
SHY_WEEKDAYS = frozenset({"sat", "sun", "wed", "mon"})

UNITS: dict[str, str] = {
    "minute": "minute", "minutes": "minute", "min": "minute", "mins": "minute",
    "hour": "hour", "hours": "hour", "hr": "hour", "hrs": "hour", "h": "hour",
    "day": "day", "days": "day", "d": "day",
    "week": "week", "weeks": "week", "wk": "week", "wks": "week", "w": "week",
    "fortnight": "fortnight", "fortnights": "fortnight",
    "weekend": "weekend", "weekends": "weekend",
    "month": "month", "months": "month", "mth": "month", "mths": "month", "mo": "month", "mos": "month",
    "quarter": "quarter", "quarters": "quarter", "qtr": "quarter", "qtrs": "quarter",
    "year": "year", "years": "year", "yr": "year", "yrs": "year",
    "weekday": "workday", "weekdays": "workday", "workday": "workday", "workdays": "workday",
}  # fmt: skip

ONES: dict[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS: dict[str, int] = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
                        "eighty": 80, "ninety": 90}  # fmt: skip
SCALES: dict[str, int] = {
    "hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "hundreds": 100, "thousands": 1_000, "millions": 1_000_000,
    "tsd": 1_000, "mrd": 1_000_000_000, "mil": 1_000_000, "mill": 1_000_000, "mio": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000,
}  # fmt: skip
SUFFIXES: dict[str, int] = {"k": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "mil": 1_000_000,
                            "bn": 1_000_000_000, "b": 1_000_000_000}  # fmt: skip
ORDINALS: dict[str, int] = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
FRACTIONS: dict[str, tuple[int, int]] = {
    "half": (1, 2), "halves": (1, 2), "third": (1, 3), "thirds": (1, 3), "quarter": (1, 4), "quarters": (1, 4),
    "fifth": (1, 5), "fifths": (1, 5), "tenth": (1, 10), "tenths": (1, 10),
}  # fmt: skip

# A short form or a misspelling, and the word that the grammar knows.
_SPELLINGS: dict[str, str] = {
    "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "tomo": "tomorrow", "2morrow": "tomorrow",
    "tomorow": "tomorrow", "tommorow": "tomorrow", "tommorrow": "tomorrow", "tomorro": "tomorrow",
    "todays": "today's", "tonite": "tonight", "2nite": "tonight", "2day": "today", "tody": "today", "todya": "today",
    "yday": "yesterday", "wendsday": "wednesday", "wensday": "wednesday", "wednessday": "wednesday",
    "wenesday": "wednesday", "tusday": "tuesday", "thurday": "thursday", "firday": "friday", "sonday": "sunday",
    "febuary": "february", "feburary": "february", "januray": "january", "agust": "august", "augst": "august",
    "ocktober": "october", "apirl": "april", "arpil": "april", "aprill": "april", "jully": "july", "jume": "june",
    "nxt": "next", "nex": "next", "nect": "next", "prev": "previous", "approx": "about", "untill": "until",
    "til": "until", "till": "until", "thru": "through", "bis": "until", "weeek": "week", "weks": "weeks",
    "moth": "moth", "mounth": "month", "montly": "monthly", "quater": "quarter", "quartal": "quarter",
    "beginning": "start", "begining": "start", "beggining": "start", "fourty": "forty", "ninty": "ninety",
    "fith": "fifth", "fiveteen": "fifteen", "twelth": "twelfth", "houndred": "hundred", "thousend": "thousand",
    "thousant": "thousand", "milion": "million", "xmas": "christmas", "halloween": "halloween",
    "hundert": "hundred", "tausend": "thousand", "millionen": "million", "centre": "centre", "easter": "easter", "autum": "autumn", "sommer": "summer",
    "fortnite": "fortnight", "daily": "daily", "lst": "last", "wknd": "weekend", "weekned": "weekend",
}  # fmt: skip
# Long enough that one or two slipped keys still leave no doubt.
_FUZZY = ("january", "february", "september", "october", "november", "december", "august", "monday", "tuesday",
          "wednesday", "thursday", "friday", "saturday", "sunday", "tomorrow", "yesterday", "fortnight",
          "christmas", "thanksgiving", "weekend")  # fmt: skip
# Real words that are one slip away from one of those.
_NOT_A_SLIP = frozenset({"sundry", "augusta", "augustus", "weekends", "mondays", "tuesdays", "wednesdays", "thursdays",
                         "fridays", "saturdays", "sundays", "monda", "honda", "weeknd", "sunda", "monoday",
                         "fortnights", "someday", "noonday", "weekday", "sundae", "tomorrows", "yesterdays",
                         "decembers", "octobers", "novembers"})  # fmt: skip
_CANON = frozenset(_FUZZY)


@lru_cache(maxsize=8192)
def normal(word: str) -> str:
    """The lower-case word with its calendar misspelling put right: ``Tommorow`` -> ``tomorrow``."""
    low = word.lower().replace("\u2019", "'")
    if low in _SPELLINGS:
        return _SPELLINGS[low]
    if len(low) < 6 or low in _CANON or low in _NOT_A_SLIP or "'" in low or not low.isalpha():
        return low
    for known in _FUZZY:
        if known[0] != low[0] or low == known + "s":
            continue
        allowed = 2 if len(low) >= 8 and len(known) >= 8 else 1
        if OSA.distance(low, known, score_cutoff=allowed) <= allowed:
            return known
    return low
