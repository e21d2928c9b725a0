"""Parts of a day: "in the morning", "first thing", "tonight", "close of business", "EOD"."""

from __future__ import annotations

from tools.words.times import CLOSE, PARTS, Clocktime
from tools.words.tokens import Scan
from tools.words.vocabulary import WEEKDAYS


def part_of_day(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "morning", "in the evening", "at night", "at lunchtime", "first thing", "EOD": the part and the next token."""
    for words in ("first thing in the morning", "first thing"):
        end = scan.phrase(i, words)
        if end is not None:
            return "morning", end
    j = (
        scan.phrase(i, "in the early")
        or scan.phrase(i, "in the late")
        or scan.phrase(i, "in the")
        or scan.skip(i, "early", "at", "late")
    )
    if scan.is_(j, "morning", "afternoon", "evening", "night", "lunchtime", "mornings"):
        return scan.word(j), j + 1
    close = close_of_business(scan, i)
    return None if close is None else ("close", close)


def close_of_business(scan: Scan, i: int) -> int | None:
    """The token after "EOD", "COB", "close of business", "end of the day"."""
    j = scan.skip(i, "by", "at")
    if scan.is_(j, "eod", "cob", "eob"):
        return j + 1
    j = scan.skip(j, "the")
    if scan.phrase(j, "end of") and (scan.is_(j + 2, "today", "tomorrow") or scan.word(j + 2) in WEEKDAYS):
        return j + 2
    for words in ("close of business", "close of play", "end of business", "end of the business day", "end of business day",
                  "end of the working day", "end of the day", "end of day"):  # fmt: skip
        end = scan.phrase(j, words)
        if end is not None:
            return end
    return None


def of_part(part: str) -> Clocktime:
    """The hour that a part of the day stands for."""
    if part == "close":
        return Clocktime(CLOSE.hour, CLOSE.minute, vague=True)
    hour, minute = PARTS[part]
    return Clocktime(hour, minute, vague=True)
