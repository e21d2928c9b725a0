"""Values that readers found: days, moments, periods, money, numbers, quoted texts, addresses."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from agent.arguments.sentence import Sentence, Value
from agent.reading import Duration, Mention, Period
from tools.core.declare import Argument, Tool
from tools.words.vocabulary import ONES, TENS

_START = re.compile(
    r"\b(?:start\w*|begin\w*|from|launch\w*|kick\w* off|kick-?off|opens?|go(?:es)? live|live (?:on|from)|as of|forward to|first day)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:end\w*|until|till|til|finish\w*|through|by|up to|extend\w*|stop\w*|clos\w+|deadline|last day|run(?:s|ning)? (?:on )?to|over by|wraps? up|expir\w+|prolong\w*|to)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+")
#: "In 48 hours".
_IN = re.compile(r"\bin(?: about| exactly)?\s+$")
#: How far apart things are where no number says so: "every other day", "weekly".
_SPACED = (
    (re.compile(r"\b(?:every|each) (?:other|second|2nd) day\b", re.IGNORECASE), 2),
    (re.compile(r"\b(?:every|each) third day\b", re.IGNORECASE), 3),
    (re.compile(r"\b(?:every|each) (?:other|second|2nd) week\b|\bfortnightly\b", re.IGNORECASE), 14),
    (re.compile(r"\b(?:daily|every day|a day apart|one a day)\b", re.IGNORECASE), 1),
    (re.compile(r"\b(?:weekly|every week|once a week|one a week|a week apart)\b", re.IGNORECASE), 7),
)


def fill_date(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """A day: the start or the end of a range, or the single day whose words before it speak of start or end."""
    side = "end" if "end" in argument.name else "start"
    two_sided = tool.argument("start_date") is not None and tool.argument("end_date") is not None
    for mention in sentence.of_kind("date_range"):
        day = mention.value[0] if side == "start" else mention.value[1]
        if side == "end" or not two_sided:
            sentence.claim(mention.start, mention.end)
        return Value(day, sentence.evidence(mention.start, mention.end))
    days = sentence.of_kind("date", "moment")
    for mention in days:
        if not two_sided or _side_of(sentence, mention, tool) == side:
            sentence.claim(mention.start, mention.end)
            value = mention.value.date() if isinstance(mention.value, datetime) else mention.value
            return Value(value, sentence.evidence(mention.start, mention.end))
    return None


def _side_of(sentence: Sentence, mention: Mention, tool: Tool) -> str:
    """Whether a day is a start or an end: by the nearest cue before it, then behind it, then anywhere."""
    if mention.role in ("start", "end"):
        return mention.role
    previous = max(
        (m.end for m in sentence.mentions if m.kind in ("date", "moment") and m.end <= mention.start), default=0
    )
    before = sentence.text[previous : mention.start]
    cues = [(m.end(), side) for side, cue in (("start", _START), ("end", _END)) for m in cue.finditer(before)]
    strong = [(end, side) for end, side in cues if before[:end].split()[-1:] not in (["to"], ["by"])]
    if strong or cues:
        return max(strong or cues)[1]
    behind = sentence.text[mention.end : mention.end + 25]
    for side, cue in (("end", re.compile(r"\W*(?:as (?:the|its) )?(?:end|deadline|finish)", re.I)), ("start", re.compile(r"\W*(?:as (?:the|its) )?(?:start|begin|kick)", re.I))):  # fmt: skip
        if cue.match(behind):
            return side
    whole = sentence.text.casefold()
    if re.search(r"\b(?:end|finish|extend|until|last|deadline|close)\w*", whole) and not _START.search(whole):
        return "end"
    if previous:
        return "end"
    return "start" if tool.name.startswith("create") or _START.search(whole) else "end"


def fill_moment(sentence: Sentence, argument: Argument, now: datetime) -> Value | None:
    """A day with a time. A time alone means the next time that the clock shows it; a day alone stays a day, and the tool
    asks for the time: nothing may go out at once because the hour was left open."""
    for mention in sentence.of_kind("moment"):
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    days, times = sentence.of_kind("date"), sentence.of_kind("time")
    if times:
        at: time = times[0].value
        if days:
            moment = datetime.combine(days[0].value, at)
            sentence.claim(days[0].start, days[0].end)
        else:
            moment = datetime.combine(now.date(), at)
            if moment <= now.replace(tzinfo=None):
                return None
        sentence.claim(times[0].start, times[0].end)
        spots = [times[0], *days[:1]]
        return Value(moment, sentence.evidence(min(m.start for m in spots), max(m.end for m in spots)))
    for mention in sentence.of_kind("duration"):
        if _IN.search(sentence.before(mention.start, 12)) and isinstance(mention.value, Duration):
            sentence.claim(mention.start, mention.end)
            later = now + timedelta(hours=mention.value.hours)
            return Value(later.replace(second=0, microsecond=0), sentence.evidence(mention.start, mention.end))
    for mention in days:
        if mention.grain in (None, "day"):
            sentence.claim(mention.start, mention.end)
            return Value(mention.value, sentence.evidence(mention.start, mention.end))
    return None


def fill_period(sentence: Sentence) -> Value | None:
    """A period in the person's own words."""
    found = sentence.of_kind("period") or sentence.of_kind("date_range") or sentence.of_kind("date")
    if not found:
        return None
    mention = found[0]
    sentence.claim(mention.start, mention.end)
    words = mention.value.words if isinstance(mention.value, Period) else mention.text
    return Value(words, sentence.evidence(mention.start, mention.end))


def fill_money(sentence: Sentence, argument: Argument) -> Value | None:
    """An amount of money, or a bare number that stands where an amount must stand."""
    for mention in sentence.of_kind("money"):
        sentence.claim(mention.start, mention.end)
        return Value(float(mention.value), sentence.evidence(mention.start, mention.end))
    for mention in sentence.of_kind("number"):
        if mention.role in ("more", "id"):
            continue  # "give it 1000 more": from what is stored
        before, behind = sentence.before(mention.start), sentence.after(mention.end, 20)
        spoken_of = re.search(
            r"\b(?:budgets?|budgt|spend\w*|cash|money|funds?|limit|price|cap)\b", before + " " + behind
        )
        given = re.search(
            r"\b(?:give|gets?|up|down|raise\w*|cut|drop|lower\w*|increase\w*|set|bump|to|with|of|on|at)\W*(?:it |him |them )?(?:a |an |the )?(?:total of )?$",
            before,
        )
        plain = argument.required is False and mention.value >= 100 and mention.unit is None
        if (
            spoken_of
            or plain
            or (
                given
                and argument.name == "budget"
                and not re.match(
                    r"\s*(?:%|percent|ideas?|campaigns?|emails?|posts?|days?|weeks?|people|variants?|ads?|texts?)",
                    behind,
                )
            )
        ):
            sentence.claim(mention.start, mention.end)
            return Value(float(mention.value), sentence.evidence(mention.start, mention.end))
    return None


_SPELLED = {**ONES, **TENS}
_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 90, "year": 365}
_SPAN = re.compile(
    r"\b(?:(?P<n>\d+)[\s-]*|(?P<w>\w+)[\s-]+)?(?P<unit>day|week|fortnight|month|quarter|year)s?\b", re.IGNORECASE
)


def fill_days(sentence: Sentence, argument: Argument) -> Value | None:
    """A number of days. "days_between" wants words such as "apart" or "every" around it."""
    between = "between" in argument.name
    for mention in sentence.of_kind("duration", "period"):
        around = sentence.before(mention.start, 12) + mention.text.casefold() + "|" + sentence.after(mention.end, 14)
        spaced = re.search(r"\bevery|\beach|apart|between|interval|in between|gap", around) is not None
        days = _days_of(mention)
        if days and spaced == between:
            sentence.claim(mention.start, mention.end)
            return Value(days, sentence.evidence(mention.start, mention.end))
    return _spacing(sentence) if between else _length_of_days(sentence)


#: "For three weeks, starting Monday" is one mention of days; "in 60 days" a day.
_LENGTH = re.compile(
    rf"\b(?:for|in|within|over|lasting)\s+(?:the\s+)?(?:next\s+)?(?=(?:\d+|{'|'.join(_SPELLED)})[\s-])", re.IGNORECASE
)


def _length_of_days(sentence: Sentence) -> Value | None:
    """How long something lasts, said together with the day on which it begins."""
    for mention in sentence.mentions:
        if mention.kind not in ("date_range", "date"):
            continue
        lead = _LENGTH.search(mention.text) or _LENGTH.search(sentence.before(mention.start, 6))
        length = _SPAN.search(mention.text, lead.end() if lead and lead.string == mention.text else 0)
        days = whole_days(length.group()) if lead and length else None
        if days and length:
            return Value(days, sentence.evidence(mention.start + length.start(), mention.start + length.end()))
    return None


def _spacing(sentence: Sentence) -> Value | None:
    for pattern, days in _SPACED:
        hit = pattern.search(sentence.open_text())
        if hit:
            sentence.claim(*hit.span())
            return Value(days, sentence.evidence(*hit.span()))
    return None


def _days_of(mention: Mention) -> int | None:
    if isinstance(mention.value, Duration):
        return round(mention.value.days) or None
    return whole_days(mention.text)


def whole_days(words: str) -> int | None:
    """The number of days that "next 60 days" or "two weeks" spans, None where the words give no number of units."""
    match = _SPAN.search(words)
    if not match:
        return None
    count: Any = match.group("n") or (_SPELLED.get(match.group("w").casefold()) if match.group("w") else None)
    if match.group("w") and count is None:
        count = 1 if match.group("w").casefold() in ("next", "coming", "this", "a", "the", "one", "following") else None
    return int(count) * _UNITS[match.group("unit").casefold()] if count else None


def fill_count(sentence: Sentence, tool: Tool, argument: Argument) -> Value | None:
    """A number of things: the number whose next words name what is counted ("4 emails", "three posts a week")."""
    counts = [a for a in tool.arguments if a.role is not None and a.role.name == "count"]
    numbers = sentence.of_kind("number")
    if not any(a.role is not None and a.role.name == "money" for a in tool.arguments):
        numbers += [m for m in sentence.of_kind("money") if m.value.currency is None]  # "cap it at 20"
    for mention in numbers:
        behind = " ".join(_WORD.findall(sentence.after(mention.end, 45))[:5])
        if _names(argument, behind):
            sentence.claim(mention.start, mention.end)
            return Value(int(float(mention.value)), sentence.evidence(mention.start, mention.end))
    if len(counts) == 1:
        plain = [m for m in numbers if float(m.value).is_integer() and 0 < float(m.value) <= 500]
        if plain:
            sentence.claim(plain[0].start, plain[0].end)
            return Value(int(float(plain[0].value)), sentence.evidence(plain[0].start, plain[0].end))
    return None


def _names(argument: Argument, behind: str) -> bool:
    """Whether the words behind a number speak of what the argument counts."""
    words = argument.name.split("_")  # posts_per_week: "posts a week", "times per week"
    if "per" in words:
        unit = words[-1]
        return re.match(rf"(?:\w+ )?(?:times |posts? )?(?:a|per|each|every) {unit}", behind) is not None
    stem = words[-1].rstrip("s")
    return stem != "count" and re.match(rf"(?:\w+ )?{re.escape(stem)}", behind) is not None


def fill_share(sentence: Sentence) -> Value | None:
    """A share between 0 and 1 from a percentage."""
    for mention in sentence.of_kind("percent"):
        sentence.claim(mention.start, mention.end)
        return Value(float(mention.value) / 100, sentence.evidence(mention.start, mention.end))
    return None


def fill_of_kind(sentence: Sentence, *kinds: str) -> Value | None:
    """The first mention of these kinds, as its own value (an address, a file, a quoted text)."""
    for mention in sentence.of_kind(*kinds):
        sentence.claim(mention.start, mention.end)
        return Value(mention.value, sentence.evidence(mention.start, mention.end))
    return None


def as_json(value: object) -> object:
    """A filled value as the JSON value of a call."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat() if value.tzinfo is None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
