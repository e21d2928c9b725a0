"""Conditions said by naming people: "customers in Berlin", "newsletter subscribers", "leads from the webinar"."""

from memory.enums import LeadStatus
from tools.segmenting.fields import status_named
from tools.segmenting.lookup import Lookup
from tools.segmenting.places import is_country
from tools.segmenting.tokens import CONSENT_WORDS, STARTERS, Phrase, Read
from tools.segmenting.tree import AllOf, Condition, ConsentIs, StatusIs, TagIs, TextIs, joined
from tools.segmenting.values import Values

#: What people are called without saying anything about them.
PEOPLE = frozenset(
    """people persons person leads lead contacts contact everyone everybody anyone anybody somebody someone all members
    users user guests ones those folks recipients prospects addresses readers individuals visitors donors patients""".split()
)
_STATUS_NOUNS = frozenset("customer customers client clients buyer buyers".split())
_STATUS_WORDS = frozenset("new contacted qualified lost".split())
_SUBSCRIBED = (
    "subscribed to", "subscribed", "opted in to", "opted in for", "opted in", "opted into", "consented to", "consented",
    "agreed to", "signed up for", "subscribe to", "consent to", "get", "receive",
)  # fmt: skip
#: Where leads usually come from: "from ads" is no place.
SOURCES = frozenset(
    """ads ad advertising webinar webinars referral referrals organic website newsletter social facebook instagram linkedin
    google twitter tiktok event events fair fairs import csv partner partners direct search email recommendation
    podcast seo sem manual form landing shop api""".split()
)
#: Words that may stand before "tag" without being one.
_NO_TAGS = (
    frozenset("the a an any no with without have has having by and or not whose their of this that".split()) | PEOPLE
)
_PLACE_VERBS = frozenset(
    "live lives living based located reside resides residing come comes coming came work works working".split()
)


def people_condition(phrase: Phrase, i: int, lookup: Lookup, values: Values) -> Read | None:
    """A condition that is said by naming people, what they agreed to, or where they are from."""
    return (
        _consent(phrase, i)
        or _tagged(phrase, i, lookup, values)
        or _status(phrase, i)
        or _place(phrase, i, lookup, values)
    )


def _consent(phrase: Phrase, i: int) -> Read | None:
    start = phrase.after(i, _SUBSCRIBED)
    if start is not None:
        channel = phrase.choose(phrase.skip(start, "the", "our", "to", "by"), CONSENT_WORDS)
        if channel:
            return ConsentIs(values=(channel[0],)), phrase.skip(channel[1], "list", "messages")
        if phrase.is_(i, "subscribed", "consented") or phrase.after(i, ("opted in",)):
            return ConsentIs(values=(CONSENT_WORDS["newsletter"],)), start
        return None
    if phrase.is_(i, "subscribers", "subscriber"):
        return ConsentIs(values=(CONSENT_WORDS["newsletter"],)), i + 1
    channel = phrase.choose(i, CONSENT_WORDS)
    if channel and phrase.is_(channel[1], "subscribers", "subscriber", "consent", "recipients", "readers"):
        return ConsentIs(values=(channel[0],)), channel[1] + 1
    return None


def _tagged(phrase: Phrase, i: int, lookup: Lookup, values: Values) -> Read | None:
    if phrase.is_(i, "tagged"):
        listed, end = values.read(phrase.skip(i + 1, "as", "with"), all_of=True)
        return _tags(listed, values.last_joint), end
    if phrase.word(i) in _NO_TAGS:
        return None
    for end in (i + 1, i + 2):
        value = phrase.text(i, min(end, phrase.size))
        if phrase.is_(end, "tag") and not phrase.is_(end - 1, *_NO_TAGS):
            return TagIs(values=(value.casefold(),)), end + 1
        named = phrase.word(end) in PEOPLE or phrase.word(end) in _STATUS_NOUNS
        if end < phrase.size and named and not status_named(value) and lookup.field_of(value, ("tag",)):
            return TagIs(values=(value.casefold(),)), end
    return None


def _tags(listed: tuple[str, ...], joint: str) -> Condition:
    tags = [TagIs(values=(tag.casefold(),)) for tag in listed]
    return joined(list(tags), AllOf) if joint == "and" else TagIs(values=tuple(tag.casefold() for tag in listed))


def _status(phrase: Phrase, i: int) -> Read | None:
    word = phrase.word(i)
    if phrase.quoted(i):
        return None
    if word in _STATUS_NOUNS:
        return StatusIs(values=(LeadStatus.CUSTOMER,)), i + 1
    status = status_named(word) if word in _STATUS_WORDS else None
    if status is None:
        return None
    after = phrase.word(i + 1)
    ends = i + 1 >= phrase.size or after in PEOPLE or after in STARTERS or after in ("and", "or", "but", ",", ")", "(")
    return (StatusIs(values=(status,)), i + 1) if ends else None


def _place(phrase: Phrase, i: int, lookup: Lookup, values: Values) -> Read | None:
    start = phrase.skip(i, *_PLACE_VERBS)
    came = phrase.is_(i, "came", "come", "comes", "coming")
    works = phrase.is_(i, "work", "works", "working")
    company = phrase.after(
        start,
        ("at", "at company", "from company", "of company", "at the company", "from the company", "of the company"),
    )
    if company is None and works:
        company = phrase.after(start, ("for", "at", "with"))
    if company is not None:
        return _text("company", values, company)
    via = phrase.after(start, ("via", "through", "by way of", "from the source"))
    if via is not None:
        return _text("source", values, phrase.skip(via, "the", "our", "a"))
    if phrase.is_(start, "in", "near", "around"):
        listed, end = values.read(phrase.skip(start + 1, "the"), extend=False)
        field = lookup.field_of(listed[0], ("city", "country")) or ("country" if is_country(listed[0]) else "city")
        return TextIs(field=field, values=listed), end
    if phrase.is_(start, "from"):
        article = phrase.is_(start + 1, "the", "our", "a")
        listed, end = values.read(phrase.skip(start + 1, "the", "our", "a"), extend=False)
        first = listed[0]
        if first.startswith("@"):
            return TextIs(field="email", op="ends with", values=listed), end
        field = lookup.field_of(first, ("city", "source", "country", "company")) or _guess(first, article or came)
        return TextIs(field=field, values=listed), end
    return None


def _guess(value: str, source: bool) -> str:
    if is_country(value):
        return "country"
    return "source" if value.casefold() in SOURCES or (source and value == value.casefold()) else "city"


def _text(field: str, values: Values, start: int) -> Read:
    listed, end = values.read(start)
    return TextIs(field=field, values=listed), end
