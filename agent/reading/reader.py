"""The one way to read a message: all mentions that do not overlap, the longest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.reading.addresses import read_emails, read_files, read_hashtags, read_phones, read_urls
from agent.reading.changes import read_change
from agent.reading.counts import count, ordinal
from agent.reading.days import Setting, calendar_mention, moment_mention, time_mention
from agent.reading.lengths import duration, reckoned, recurrence
from agent.reading.mention import Kind, Mention, Money
from agent.reading.roles import amount_role, near_budget
from agent.reading.texts import is_content, read_after_colon, read_names, read_quoted
from tools.words.amounts import read_amount, read_percent, read_share
from tools.words.moments import moment
from tools.words.ranges import calendar
from tools.words.spans import Clock
from tools.words.times import clock_time
from tools.words.tokens import Scan

_HIDDEN = "\ue000"
MOST_TOKENS = 2_000
"""Words and signs of a message in which days and amounts are looked for; what is pasted behind them is text."""
_COUNTED = frozenset({
    "leads", "followers", "people", "contacts", "subscribers", "recipients", "impressions", "views", "words", "clicks", "customers",
    "users", "visitors", "emails", "mails", "posts", "opens", "characters", "likes", "visits", "signups", "downloads", "members",
    "fans", "rows", "sessions", "conversions", "messages", "orders", "units", "run", "race", "runners", "attendees", "shares",
    "records", "addresses", "sends", "readers", "strong", "new", "steps", "ads", "days", "sales", "texts", "sms", "calls",
})  # fmt: skip
#: "Cap at 20", "limited at 15": an amount, no time of the day.
_CAPS = ("cap", "capped", "limit", "limited", "stop", "max", "topped")
# Of two readings of the same words the earlier kind is meant.
_ORDER: tuple[Kind, ...] = ("recurrence", "moment", "date_range", "change", "date", "period", "time", "money", "percent",
                            "duration", "ordinal", "number")  # fmt: skip


def read(
    text: str,
    *,
    now: datetime,
    time_zone: str,
    country: str | None = None,
    day_first: bool = True,
    names: Iterable[str] = (),
) -> list[Mention]:
    """Everything that can be read out of a message, in its order, none overlapping another.

    ``now`` is aware, or naive local time in ``time_zone`` (IANA); ``country`` is an ISO 3166 code for holidays and seasons;
    ``day_first`` decides "4/5". ``names`` are names of records that stand in the message: nothing inside them is read.
    Quoted texts, addresses and names are found first; what stands inside them is never read as a date or an amount. Days
    and amounts are looked for in the first ``MOST_TOKENS`` words.
    """
    if now.tzinfo is not None:
        now = now.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    setting = Setting(Clock(now, country, day_first), time_zone)
    texts = _texts(text)
    hidden = [(m.start, m.end) for m in texts] + list(_places(text, names))
    scan = Scan(_hide(text, hidden), country=country)
    found = [replace(m, text=text[m.start : m.end]) for m in _candidates(scan, setting)]
    return sorted(_longest_first(found, texts, len(text)), key=lambda m: m.start)


def _texts(text: str) -> list[Mention]:
    """Texts and addresses; the outermost wins, a text to be taken word for word before all."""
    quoted = read_quoted(text)
    colon = [m for m in read_after_colon(text) if is_content(text, m) and not any(_inside(m.start, q) for q in quoted)]
    colon = [m for m in colon if not any(q.start == m.start for q in quoted)]
    groups = (colon, quoted, read_urls(text), read_emails(text), read_files(text), read_hashtags(text), read_phones(text),
              read_names(text))  # fmt: skip
    found: list[Mention] = []
    taken = bytearray(len(text))
    for mention in (mention for group in groups for mention in group):
        if not any(taken[mention.start : mention.end]):
            found.append(mention)
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    return found


def _inside(at: int, mention: Mention) -> bool:
    return mention.start < at < mention.end


def _places(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    for name in names:
        at = folded.find(name.lower()) if name.strip() else -1
        while at >= 0:
            end = at + len(name)
            if not (at and text[at - 1].isalnum()) and not text[end : end + 1].isalnum():
                yield at, end
            at = folded.find(name.lower(), end)


def _hide(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The message with one sign in place of each hidden text, offsets kept."""
    characters = list(text)
    for start, end in places:
        characters[start:end] = _HIDDEN + " " * (end - start - 1)
    return "".join(characters)


def _candidates(scan: Scan, setting: Setting) -> Iterator[Mention]:
    for i in range(min(scan.size, MOST_TOKENS)):
        if scan.at(i).text == _HIDDEN:
            continue
        yield from _calendar(scan, i, setting)
        yield from _amounts(scan, i)


def _calendar(scan: Scan, i: int, setting: Setting) -> Iterator[Mention]:
    again = recurrence(scan, i)
    if again is not None:
        said = scan.text[scan.at(i).start : scan.at(again - 1).end]
        yield _mention(scan, i, again, "recurrence", " ".join(said.split()))
    at = moment(scan, i)
    if at is not None:
        made = moment_mention(scan, i, at[1], at[0], setting)
        if made is not None:
            yield made
    days = calendar(scan, i)
    money = days is not None and days[1] == i + 1 and scan.digits(i) is not None and near_budget(scan, i, i + 1)
    if days is not None and not money:  # "a budget of 2000" is no year
        made = calendar_mention(scan, i, days[1], days[0], setting)
        if made is not None:
            yield made
    timed = clock_time(scan, i)
    if timed is not None and not (scan.is_(i, "at") and scan.is_(i - 1, *_CAPS)):
        yield time_mention(scan, i, timed[1], timed[0], setting)


def _mention(
    scan: Scan, i: int, end: int, kind: Kind, value: object, role: str | None = None, unit: str | None = None
) -> Mention:
    start, stop = scan.at(i).start, scan.at(end - 1).end
    return Mention(start, stop, scan.text[start:stop], kind, value, role, unit=unit)


def _amounts(scan: Scan, i: int) -> Iterator[Mention]:
    changed = read_change(scan, i)
    if changed is not None:
        yield _mention(scan, i, changed[1], "change", changed[0])
    percent = read_percent(scan, i) or read_share(scan, i)
    if percent is not None:
        yield _mention(scan, i, percent[1], "percent", float(percent[0]), amount_role(scan, i, percent[1]))
    length = duration(scan, i)
    if length is not None:
        amount, unit, end, role = length
        yield _mention(scan, i, end, "duration", reckoned(amount, unit), role)
    nth = ordinal(scan, i)
    if nth is not None:
        yield _mention(scan, i, nth[1], "ordinal", nth[0])
    counted = count(scan, i)
    if counted is not None:
        yield _mention(scan, i, counted[1], "number", counted[0], counted[2], counted[3])
    yield from _money(scan, i)


def _money(scan: Scan, i: int) -> Iterator[Mention]:
    """An amount with a currency; without one, "7.5k" unless things are counted, and any number beside a budget."""
    amount = read_amount(scan, i)
    if amount is None:
        return
    if amount.currency is None:
        counted = scan.word(scan.skip(amount.end, "-", "new", "more", "of", "the")) in _COUNTED
        said = count(scan, i + (scan.is_(i, "-", "\u2212", "minus", "negative")))
        if counted or (said is None and not amount.scaled) or (said is not None and said[2] == "id"):
            return
        budget = near_budget(scan, i, amount.end) and amount.value != 1
        if not (budget and not _other_unit(scan, amount.end)) and not (
            amount.scaled and _money_like(scan, i, amount.end)
        ):
            return
    if scan.glued(i) and scan.at(i - 1).text.isalnum():
        return
    yield _mention(
        scan, i, amount.end, "money", Money(float(amount.value), amount.currency), amount_role(scan, i, amount.end)
    )


def _other_unit(scan: Scan, end: int) -> bool:
    """Whether the number counts something else: "budget for 3 campaigns"."""
    word = scan.word(end)
    return word.isalpha() and word.endswith("s") and word not in ("is", "this", "as", "us", "starts", "ends", "runs", "plus", "was",
                                                                  "has", "bucks", "across", "instagram", "ads")  # fmt: skip


def _money_like(scan: Scan, i: int, end: int) -> bool:
    """ "20k" or "ten grand" with no noun of its own behind it; "three thousand" alone stays a number."""
    if scan.digits(end - 1) is not None:
        return True  # the first of "5-7k"
    short = scan.word(end - 1) in ("k", "m", "grand", "mil", "mio", "mn", "bn", "million")
    return short and not (scan.word(end).endswith("s") and _other_unit(scan, end))


def _longest_first(found: Iterable[Mention], texts: list[Mention], length: int) -> list[Mention]:
    rank = {kind: n for n, kind in enumerate(_ORDER)}
    kept = list(texts)
    taken = bytearray(length)
    for mention in texts:
        taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    for mention in sorted(found, key=lambda m: (m.start - m.end, m.start, rank[m.kind])):
        if not any(taken[mention.start : mention.end]):
            kept.append(mention)
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
    return kept


def mentions_of(
    text: str,
    kind: Kind,
    *,
    now: datetime,
    time_zone: str,
    country: str | None = None,
    day_first: bool = True,
    names: Iterable[str] = (),
) -> list[Mention]:
    """The mentions of one kind that :func:`read` finds."""
    found = read(text, now=now, time_zone=time_zone, country=country, day_first=day_first, names=names)
    return [m for m in found if m.kind == kind]
