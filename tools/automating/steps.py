"""Reading steps: the rules for single steps, each a pattern that matches at a place of the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tools.automating.graph import (
    CallWebhook,
    ChangeLead,
    End,
    Node,
    Notify,
    SendEmail,
    SendSms,
    Split,
    Tag,
    Unclear,
    Wait,
)
from tools.automating.phrases import Q, length_at
from tools.automating.triggers import Reading
from tools.segmenting.fields import status_named

_TO_WHOM = r"(?:them|him|her|they|people|everyone|everybody|the (?:lead|person|customer|recipient|contact)s?|each (?:lead|person|of them))"
_AN = r"(?:an?|the|another|one|our|a (?:second|third|first|last|short|nice)|(?:second|third|last|first))"
_TOPIC = r"[\w'/-]+(?:\s+(?!e-?mails?\b|mails?\b|sms\b|text\b|and\b|then\b|after\b|with\b|to\b|if\b|when\b|that\b)[\w'/-]+){0,4}?"
_MAILWORD = r"(?:e-?mails?|mails?|mailing|newsletter|letter)"
_SMSWORD = r"(?:sms|text messages?|texts?|short messages?)"
_LATER = r"(?:\s+(?:right away|immediately|at once|straight away|instantly|again|automatically|out))*"
_ABOUT = (
    rf"(?:\s+(?:called|titled|named|with|saying|about|asking|that says|with the (?:subject|text)))?\s*(?P<q>{Q})"
    rf"|\s+(?:about|asking(?: for)?|asks(?: for)?|that asks(?: for)?"
    rf"|with(?! the webhook))\s+(?P<about>[^,;:.\n()]+?)(?=\s*(?:[,;:.\n()]|$|\b(?:and (?:then|wait|tell|notify|add|set|if)|then|after|wait)\b))"
)


def _message(word: str) -> str:
    """The ways to say that a mail (or text message) is sent."""
    return (
        rf"(?:(?:(?:send|mail|deliver|shoot|drop|give|write|fire off)(?:s|ing)?|get(?:s)?|receive(?:s)?"
        rf"|should get|should receive)\s+)(?:out\s+)?(?:(?:to\s+)?{_TO_WHOM}\s+)?(?:(?:{_AN})\s+)?(?:(?P<topic>{_TOPIC})\s+)?{word}\b"
        rf"|(?:(?:{_AN})\s+)?(?:(?P<topic2>(?!and\b|then\b|wait\b|if\b)[\w'/-]+)\s+)?{word}\b(?:\s+should go out(?: by itself)?|\s+goes out)?"
    )


_EMAIL = re.compile(
    rf"(?:{_message(_MAILWORD)}){_LATER}(?:\s+(?:to\s+)?(?:{_TO_WHOM})\b)?{_LATER}(?:{_ABOUT})?{_LATER}", re.I
)
_SMS = re.compile(
    rf"(?:{_message(_SMSWORD)}){_LATER}(?:\s+(?:to\s+)?(?:{_TO_WHOM})\b)?{_LATER}(?:{_ABOUT})?{_LATER}", re.I
)
_EMAIL_VERB = re.compile(
    rf"(?:e-?mail|mail|write(?: to)?)(?:s|ing)?\s+(?:to\s+)?(?:{_TO_WHOM}\b)?{_LATER}\s*(?P<q>{Q})?", re.I
)
_SMS_VERB = re.compile(rf"text(?:s|ing)?\s+(?:{_TO_WHOM}\b)\s*(?P<q>{Q})?", re.I)
_QUOTED_MAIL = re.compile(
    rf"(?:(?:(?:send|give)(?:s|ing)?|(?:(?:they|one half|one part|half|the others?|others|the rest"
    rf"|\d+ ?%)\s+)?(?:should\s+)?(?:get|receive)s?)\s+(?:to\s+)?(?:{_TO_WHOM}\s+)?)?(?P<q>{Q})",
    re.I,
)
_ASK = re.compile(
    rf"(?:an?\s+{_MAILWORD}\s+)?ask(?:s|ing)?(?:\s+{_TO_WHOM})?(?:\s+for)?\s+(?P<about>(?:an?|how|what|whether|if"
    rf"|their|the)\b[^,;:.\n()]*?)(?=\s*(?:[,;:.\n()]|$|\b(?:and then|then|and wait)\b))",
    re.I,
)
_SEND_THING = re.compile(
    r"(?:send|mail)(?:s|ing)?\s+(?:them\s+|people\s+)?(?:an?|the|our)\s+(?P<about>(?!sms|text|e-?mail|mail)[\w'-]+(?:\s+(?!to\b|and\b|then\b)[\w'-]+){0,3})",
    re.I,
)
_VOUCHER = re.compile(r"(?:an?|the|our)\s+(?P<about>[\w'-]+(?:\s+[\w'-]+)?)(?=\s*(?:[,;.\n)]|$))", re.I)
_WAIT = re.compile(
    r"(?:wait|pause|delay|hold(?: on)?|sleep|rest)(?:s|ing)?(?:\s+(?:for|of|another|about|exactly))*\s+", re.I
)
_ZERO = re.compile(
    r"(?:wait|pause|delay)\s+(?:for\s+)?(?:0|zero|no)\s+(?P<unit>minutes?|hours?|days?|weeks?|months?|time)", re.I
)
_CALL_TO_ME = re.compile(r"(?:call )?reminder to (?P<who>me|sales|us)\b", re.I)
_NOTIFY = re.compile(
    rf"(?:notify|notifies|notifying|tells?|alerts?|informs?|pings?|let(?:s)?(?=[^,;.]* know\b)|message"
    rf"|remind(?:s)?)\s+(?P<who>(?:me|us|{Q}|(?:the\s+)?(?:[\w-]+\s+(?!about\b|and\b|then\b|know\b|that\b|if\b"
    rf"|when\b|wait\b))?(?!know\b|them\b|him\b|her\b)[\w@.-]+))(?:\s+know)?(?:\s+(?:about|with|that)\s+(?P<q>{Q}|it))?(?=\W|$)",
    re.I,
)
_TAG = re.compile(
    rf"(?:(?:add|give|put|set|assign)(?:s)?\s+(?:{_TO_WHOM}\s+)?(?:the\s+|a\s+)?(?:tag"
    rf"|label)\s+(?:called\s+)?(?P<a>{Q}|[\w-]+)(?:\s+to\s+{_TO_WHOM})?|(?:(?:the|a)\s+)?tag(?:s"
    rf"|ging)?\s+(?:{_TO_WHOM}|leads?|contacts?)\s+(?:as\s+|with\s+)?(?P<b>{Q}|[\w-]+))",
    re.I,
)
_UNTAG = re.compile(
    rf"(?:(?:remove|delete|take away|drop)(?:s)?\s+(?:the\s+)?tag\s+(?P<a>{Q}|[\w-]+)(?:\s+from\s+{_TO_WHOM})?|untag\s+(?:{_TO_WHOM}\s+)?(?P<b>{Q}|[\w-]+))",
    re.I,
)
_STATUS = re.compile(
    rf"(?:(?:set|change|move|update|turn|switch)(?:s)?\s+(?:the\s+|their\s+"
    rf"|its\s+)?(?:lead(?:'s)?\s+)?(?:status\s+)?(?:of {_TO_WHOM}\s+)?(?:{_TO_WHOM}\s+)?(?:to|into|as)\s+|(?:mark"
    rf"|make)(?:s)?\s+(?:{_TO_WHOM})\s+(?:as\s+)?(?:an?\s+)?|they become\s+(?:an?\s+)?)(?P<status>[\w]+)(?:\s+lead)?",
    re.I,
)
_FIELD = re.compile(rf"set\s+(?:the\s+)?field\s+(?P<field>{Q}|[\w.-]+)\s+to\s+(?P<value>{Q}|[\w.-]+)", re.I)
_WEBHOOK = re.compile(
    rf"(?:(?:call|post to|trigger|fire|hit|send (?:it )?to)(?:s)?\s+(?:the\s+|a\s+|our\s+)?(?:webhook|url)"
    rf"|webhook|(?:call|post to|hit)(?=\s+https?:))(?:\s+(?P<url>{Q}|https?://[^\s,;()]+))?",
    re.I,
)
_SPLIT = re.compile(
    r"(?:split|divide|a/b(?: test)?)(?:s)?(?:\s+(?:them|people|leads|new leads|everyone))?(?:\s+(?:at random|randomly|into|in|by))*\s*"
    r"(?P<shares>half and half|fifty[- ]fifty|two halves|in half|half|\d{1,3}\s?%?(?:\s*/\s*\d{1,3}\s?%?)+|\d{1,3}\s?%\s+and\s+\d{1,3}\s?%|evenly|equally)",
    re.I,
)
_END = re.compile(
    r"(?:and\s+)?(?:(?:then\s+)?(?:the\s+)?(?:workflow|flow|automation)?\s*(?:ends?|stops?|exits?|finish(?:es)?"
    r"|is over|is done)|(?:they\s+)?leave(?:s)? (?:the )?(?:workflow|flow)|that'?s (?:it|all))(?:\s+(?:the "
    r"|this )?(?:workflow|flow|here|there|automation))?(?=\s*(?:[,;.)\n]|$|and\b|otherwise\b|else\b))",
    re.I,
)
_NOTHING = re.compile(
    r"(?:do\s+)?nothing\b|no further (?:steps?|mails?)|(?:the (?:other|others|rest|second)(?: half)?(?: gets?)?\s+nothing)",
    re.I,
)
_UNCLEAR = re.compile(rf"unclear\s+(?P<q>{Q})", re.I)
_GOTO = re.compile(
    r"(?:go (?:on |back )?(?:to|at)|repeat from|start again (?:at|from)|continue (?:at|with)"
    r"|back to)\s+(?:step\s+)?(?P<n>\d{1,3})\b|(?:start again|repeat (?:everything|the whole thing|from the start)|begin again)",
    re.I,
)


@dataclass(frozen=True)
class Jumping:
    """The way goes on at the step of this number."""

    number: int


@dataclass(frozen=True)
class Nothing:
    """Words that say that nothing happens."""


Read = tuple[Node | Jumping | Nothing, int]


def step_at(text: str, at: int, reading: Reading) -> Read | None:
    """The step that begins at a character, and the end of its words: of all rules that fit, the one that reads most."""
    found = [read for rule in _RULES if (read := rule(text, at, reading)) is not None and read[1] > at]
    return max(found, key=lambda read: read[1]) if found else None


def starts(text: str, at: int, reading: Reading) -> bool:
    """Whether a step begins here (used to find where a condition ends)."""
    return (at == 0 or not (text[at - 1].isalnum() or text[at - 1] == "'")) and (step_at(text, at, reading) is not None)


def _content(found: re.Match[str], reading: Reading) -> str | None:
    groups = found.groupdict()
    quoted = groups.get("q")
    if quoted and quoted != "it":
        return reading.request.unquoted(quoted)
    said = groups.get("about") or groups.get("topic") or groups.get("topic2")
    if not said or said.casefold().strip() in _NO_TOPICS:
        return None
    words = " ".join(said.split())
    first = words.split()[0].casefold()
    return None if first in _NO_TOPICS else reading.request.unquoted(words)


_NO_TOPICS = frozenset(
    "a an the another one second third first last out them him her people by our another's us me send sends email mail short nice then next get new this that some each "
    "when if after before with again to".split()
)


def _email(text: str, at: int, reading: Reading) -> Read | None:
    found = _EMAIL.match(text, at)
    return (SendEmail(content=_content(found, reading)), found.end()) if found else None


def _email_verb(text: str, at: int, reading: Reading) -> Read | None:
    found = _EMAIL_VERB.match(text, at)
    if not found or not (found["q"] or re.search(_TO_WHOM, found.group(), re.I) or "again" in found.group()):
        return None
    return SendEmail(content=_content(found, reading)), found.end()


def _quoted_mail(text: str, at: int, reading: Reading) -> Read | None:
    found = _QUOTED_MAIL.match(text, at)
    return (SendEmail(content=_content(found, reading)), found.end()) if found else None


def _ask(text: str, at: int, reading: Reading) -> Read | None:
    found = _ASK.match(text, at)
    return (
        (SendEmail(content=_content(found, reading) or " ".join(found["about"].split())), found.end())
        if found
        else None
    )


def _thing(text: str, at: int, reading: Reading) -> Read | None:
    found = _SEND_THING.match(text, at)
    return (SendEmail(content=" ".join(found["about"].split())), found.end()) if found else None


def _sms(text: str, at: int, reading: Reading) -> Read | None:
    found = _SMS.match(text, at) or _SMS_VERB.match(text, at)
    return (SendSms(content=_content(found, reading)), found.end()) if found else None


def _wait(text: str, at: int, reading: Reading) -> Read | None:
    zero = _ZERO.match(text, at)
    found = _WAIT.match(text, at)
    length = length_at(text, zero.start("unit") - 2 if zero else found.end()) if found else None
    if length is None or found is None:
        return None
    return Wait(span=length[0]), length[1]


def _notify(text: str, at: int, reading: Reading) -> Read | None:
    reminder = _CALL_TO_ME.match(text, at)
    if reminder:
        return Notify(who=reminder["who"]), reminder.end()
    found = _NOTIFY.match(text, at)
    if not found:
        return None
    about = reading.request.unquoted(found["q"]) if found["q"] and found["q"] != "it" else None
    return Notify(who=reading.request.unquoted(found["who"]), about=about), found.end()


def _tag(text: str, at: int, reading: Reading) -> Read | None:
    for pattern, remove in ((_TAG, False), (_UNTAG, True)):
        found = pattern.match(text, at)
        if found:
            return Tag(tag=reading.request.unquoted(found["a"] or found["b"]).casefold(), remove=remove), found.end()
    return None


def _change(text: str, at: int, reading: Reading) -> Read | None:
    field = _FIELD.match(text, at)
    if field:
        name, value = (reading.request.unquoted(field[group]) for group in ("field", "value"))
        return ChangeLead(field=name.removeprefix("custom."), value=value), field.end()
    found = _STATUS.match(text, at)
    status = status_named(found["status"]) if found else None
    return (ChangeLead(status=status), found.end()) if found and status else None


def _webhook(text: str, at: int, reading: Reading) -> Read | None:
    found = _WEBHOOK.match(text, at)
    if not found:
        return None
    url = reading.request.unquoted(found["url"]).rstrip(".") if found["url"] else None
    return CallWebhook(url=url), found.end()


def _split(text: str, at: int, reading: Reading) -> Read | None:
    found = _SPLIT.match(text, at)
    if not found:
        return None
    shares = tuple(int(number) for number in re.findall(r"\d+", found["shares"])) or (50, 50)
    return (Split(shares=shares), found.end()) if 2 <= len(shares) <= 6 else None


def _end(text: str, at: int, reading: Reading) -> Read | None:
    found = _END.match(text, at)
    return (End(), found.end()) if found else None


def _nothing(text: str, at: int, reading: Reading) -> Read | None:
    found = _NOTHING.match(text, at)
    return (Nothing(), found.end()) if found else None


def _unclear(text: str, at: int, reading: Reading) -> Read | None:
    found = _UNCLEAR.match(text, at)
    return (Unclear(words=reading.request.unquoted(found["q"])), found.end()) if found else None


def _goto(text: str, at: int, reading: Reading) -> Read | None:
    found = _GOTO.match(text, at)
    return (Jumping(int(found["n"] or 1)), found.end()) if found else None


def voucher_at(text: str, at: int, reading: Reading) -> Read | None:
    """A bare thing behind a delay ("3 days later a voucher"): it is mailed."""
    found = _VOUCHER.match(text, at)
    return (SendEmail(content=" ".join(found["about"].split())), found.end()) if found else None


_RULES: tuple[Callable[[str, int, Reading], Read | None], ...] = (
    _unclear, _email, _email_verb, _sms, _quoted_mail, _ask, _thing, _wait, _notify, _tag, _change, _webhook, _split, _end,
    _nothing, _goto,
)  # fmt: skip
