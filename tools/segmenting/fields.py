"""Conditions on a lead's fields: "city is Berlin", "orders at least 5", "last order older than 180 days"."""

from datetime import datetime
from difflib import get_close_matches

from memory.enums import Channel, LeadStatus
from tools.segmenting.amounts import MOVING, Comparison, age, comparison, plus_behind, window
from tools.segmenting.lookup import Lookup
from tools.segmenting.tokens import CONSENT_WORDS, Phrase, Read, UnclearConditions
from tools.segmenting.tree import (
    CUSTOM,
    MOMENT_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    AllOf,
    Condition,
    ConsentIs,
    Known,
    NumberIs,
    StatusIs,
    TagIs,
    TextIs,
    TextOp,
    When,
    joined,
    negated,
)
from tools.segmenting.values import Values
from tools.vocabulary import VOCABULARY

#: What people call the fields, beside their own names.
SYNONYMS = {
    "town": "city", "location": "city", "place": "city", "cities": "city",
    "organisation": "company", "organization": "company", "employer": "company", "firm": "company", "companies": "company",
    "origin": "source", "sources": "source", "channel of origin": "source",
    "e-mail": "email", "email address": "email", "mail address": "email", "full name": "name",
    "surname": "last_name", "family name": "last_name", "given name": "first_name",
    "title": "job_title", "role": "job_title", "position": "job_title", "job": "job_title",
    "telephone": "phone", "phone number": "phone", "lang": "language",
    "stage": "status", "lead status": "status", "tags": "tag", "label": "tag", "labels": "tag", "consents": "consent",
    "number of visits": "visits", "number of opens": "opens", "number of clicks": "clicks", "number of orders": "orders",
    "visit count": "visits", "open count": "opens", "click count": "clicks", "order count": "orders",
    "purchases": "orders", "bookings": "orders", "number of purchases": "orders",
    "turnover": "revenue", "total spend": "revenue", "order value": "revenue", "total revenue": "revenue",
    "created at": "created", "created_at": "created", "creation date": "created", "added": "created", "joined": "created",
    "registered": "created", "signed up": "created", "signup date": "created", "sign-up date": "created",
    "status changed at": "status_changed", "last purchase": "last_order", "last booking": "last_order",
    "last ordered": "last_order", "last bought": "last_order", "last opened": "last_open", "last clicked": "last_click",
    "last visited": "last_visit", "last active": "last_activity", "last seen": "last_activity",
    "last contact": "last_activity", "last activity date": "last_activity", "last order date": "last_order",
    "last visit date": "last_visit",
}  # fmt: skip
_OWN = (*TEXT_FIELDS, *NUMBER_FIELDS, *MOMENT_FIELDS, "status", "tag", "consent")
FIELDS: dict[str, str] = {
    **{name: name for name in _OWN},
    **{name.replace("_", " "): name for name in _OWN},
    **SYNONYMS,
}
#: Fields of which "and" between two values cannot mean one value.
_ONE_WORD_FIELDS = ("city", "country", "language", "source", "status")
IS = ("is", "are", "was", "=", "==", "equals", "equal to", "is equal to", ":")
IS_NOT = ("is not", "isn't", "are not", "aren't", "!=", "<>", "was not", "not", "does not equal", "is not equal to")
ONE_OF = ("one of", "any of", "either", "in", "among")
NONE_OF = ("is none of", "none of", "not in", "not one of", "is neither")
KNOWN = (
    "is known",
    "is set",
    "is given",
    "is not empty",
    "is filled",
    "exists",
    "is not unknown",
    "is present",
    "is not blank",
)
UNKNOWN = (
    "is unknown",
    "is not known",
    "is empty",
    "is missing",
    "is not set",
    "is blank",
    "not known",
    "is not given",
)
TEXT_OPS: dict[str, tuple[TextOp, bool]] = {
    **dict.fromkeys(("contains", "contain", "includes", "include", "has", "like", "is like"), ("contains", False)),
    **dict.fromkeys(("does not contain", "doesn't contain", "not contains", "does not include", "doesn't include"), ("contains", True)),
    **dict.fromkeys(("starts with", "begins with", "start with", "begin with", "is starting with"), ("starts with", False)),
    **dict.fromkeys(("ends with", "end with", "ending with", "is ending with"), ("ends with", False)),
    **dict.fromkeys(("does not start with", "doesn't start with"), ("starts with", True)),
    **dict.fromkeys(("does not end with", "doesn't end with"), ("ends with", True)),
}  # fmt: skip
#: Fields whose value may follow without "is" ("city Berlin").
_BARE = ("status", "tag", "city", "country", "source", "company", "language", "consent")


def field_at(phrase: Phrase, i: int, lookup: Lookup) -> tuple[str, int] | None:
    """The field that is named at `i`: its own name, a synonym, "custom.size", or a custom field of some lead."""
    word = phrase.word(i)
    if word.startswith(CUSTOM) or (word == CUSTOM and phrase.quoted(i + 1)):
        if word != CUSTOM:
            return word.rstrip(":"), i + 1
        return CUSTOM + phrase.tokens[i + 1].text.casefold(), i + 2
    if phrase.is_(i, "custom") and phrase.is_(i + 1, "field") and i + 2 < phrase.size:
        return CUSTOM + phrase.text(i + 2, i + 3).casefold(), i + 3
    found = phrase.choose(i, FIELDS)
    custom = phrase.choose(i, {name.replace("_", " "): CUSTOM + name for name in lookup.custom_names()} | {
        name: CUSTOM + name for name in lookup.custom_names()
    })  # fmt: skip
    if custom and (found is None or custom[1] > found[1]):
        return custom
    return found


def field_condition(phrase: Phrase, i: int, now: datetime, lookup: Lookup, values: Values, has: bool) -> Read | None:
    """A condition that begins with a field. `has`: it stands behind "with", "without", "no" or "have"."""
    found = field_at(phrase, i, lookup)
    if found is None:
        return None
    field, at = found
    known = phrase.after(at, KNOWN)
    if known is not None and field not in NUMBER_FIELDS:
        return Known(field=field), known
    unknown = phrase.after(at, UNKNOWN)
    if unknown is not None and field not in NUMBER_FIELDS:
        return negated(Known(field=field)), unknown
    if field in NUMBER_FIELDS:
        return _number(phrase, field, at)
    if field in MOMENT_FIELDS:
        return _moment(phrase, field, at, now)
    if field.startswith(CUSTOM):
        typed = _custom(phrase, field, at, now)
        if typed:
            return typed
    read = _worded(phrase, field, at, values)
    if read is None and has and (at == phrase.size or phrase.is_(at, "and", "or", "but", ",", ")")):
        return Known(field=field), at
    return read


def compared(field: str, found: Comparison) -> Condition:
    """A comparison as a condition on a number field."""
    if found.upper is None:
        return NumberIs(field=field, op=found.op, value=found.value)
    return joined(
        [NumberIs(field=field, op=">=", value=found.value), NumberIs(field=field, op="<=", value=found.upper)], AllOf
    )


def status_named(words: str) -> LeadStatus | None:
    """The status that these words mean ("clients" is customer)."""
    folded = words.casefold().strip()
    for status in LeadStatus:
        if folded == status.value or folded in VOCABULARY["lead_status"].get(status.value, ()):
            return status
    return None


def _number(phrase: Phrase, field: str, at: int) -> Read | None:
    no = phrase.after(at, ("is not", "isn't", "are not", "!=", "<>"))
    if no is not None:
        found = comparison(phrase, no)
        return (negated(compared(field, found)), found.end) if found else None
    start = phrase.skip(at, "is", "are", "of", "was", "were")
    found = comparison(phrase, start)
    if found is None:
        if phrase.is_(at, "is", "are"):
            raise UnclearConditions(f"{field.capitalize()} is a number; say for example “{field} at least 5”.")
        return None
    if not found.said and plus_behind(phrase, found.end):
        found = Comparison(">=", found.value, found.end)
    return compared(field, found), found.end


def _moment(phrase: Phrase, field: str, at: int, now: datetime) -> Read | None:
    no = phrase.after(at, ("is not", "was not", "not", "isn't", "wasn't"))
    start = phrase.skip(no if no is not None else at, "is", "was", "date", "dates", "happened", "has", "been")
    if phrase.is_(start, "never"):
        return negated(Known(field=field)), start + 1
    found = window(phrase, start, now)
    if found is None:
        if start > at or phrase.is_(at, "before", "after", "since", "older", "within", "between", "on", "in"):
            spoken = field.replace("_", " ")
            raise UnclearConditions(
                f"I cannot read when in “{phrase.rest(at)[:60]}”. Say it like “{spoken} older than 180 days”, "
                f"“{spoken} in the last 30 days” or “{spoken} before 1 March 2026”."
            )
        return None
    condition: Condition = When(field=field, window=found[0])
    return (negated(condition) if no is not None else condition), found[1]


def _custom(phrase: Phrase, field: str, at: int, now: datetime) -> Read | None:
    start = phrase.skip(at, "is", "are", "was", "of")
    aged = age(phrase, start)
    if aged:
        return When(field=field, window=aged[0]), aged[1]
    told = phrase.is_(start, "before", "after", "since", "until")
    told = told or phrase.after(start, ("in the last", "within the last")) is not None
    # Without "is", these may also begin a value ("plan in (gold, silver)") or a number's bounds ("between 2 and 5").
    if told or (start == at and phrase.is_(at, "on", "in", "between", *MOVING)):
        found = window(phrase, start, now)
        if found or told:
            return (When(field=field, window=found[0]), found[1]) if found else None
    amount = comparison(phrase, start)
    if amount and not amount.said and plus_behind(phrase, amount.end):
        amount = Comparison(">=", amount.value, amount.end)
    # A bare "is 30" is compared as text, so that "plan is 5" fits what was written in the field.
    return (compared(field, amount), amount.end) if amount and amount.said and not phrase.is_(at, "=", "==") else None


def _worded(phrase: Phrase, field: str, at: int, values: Values) -> Read | None:
    if field not in ("status", "tag", "consent"):
        way = phrase.choose(at, TEXT_OPS)
        if way:
            (op, no), start = way
            listed, end = values.read(start, listed=True)
            return _maybe_not(TextIs(field=field, op=op, values=listed), no), end
    elif field == "tag" and phrase.is_(at, "contains", "contain", "include", "includes"):
        at += 1
    none = phrase.after(at, NONE_OF)
    no = phrase.after(at, IS_NOT)
    yes = phrase.after(at, IS)
    if none is not None:
        start, opposite, given = none, True, True
    elif no is not None:
        start, opposite, given = no, True, True
    elif yes is not None:
        start, opposite, given = yes, False, True
    else:
        start, opposite, given = at, False, False
    one_of = phrase.after(start, ONE_OF)
    if one_of is not None:
        start, given = one_of, True
    if field == "consent":
        start = phrase.skip(start, "to", "for", "given", "the", "our")
    if not given and (field not in _BARE or start >= phrase.size or phrase.is_(start, "and", "or", "but", ",", ")")):
        return None
    listed_way = one_of is not None or none is not None
    listed, end = values.read(start, listed=listed_way, extend=field not in _ONE_WORD_FIELDS, all_of=field == "tag")
    condition = _of_values(field, listed, listed_way, values.last_joint == "and")
    return _maybe_not(condition, opposite), end


def _of_values(field: str, listed: tuple[str, ...], listed_way: bool, by_and: bool) -> Condition:
    if field == "status":
        return StatusIs(values=tuple(dict.fromkeys(_status(value) for value in listed)))
    if field == "tag":
        tags = tuple(dict.fromkeys(value.casefold() for value in listed))
        if by_and and not listed_way and len(tags) > 1:  # "tag is vip and trial": both of them
            return joined([TagIs(values=(tag,)) for tag in tags], AllOf)
        return TagIs(values=tags)
    if field == "consent":
        return ConsentIs(values=tuple(dict.fromkeys(_channel(value) for value in listed)))
    return TextIs(field=field, values=listed)


def _status(value: str) -> LeadStatus:
    found = status_named(value)
    if found is None:
        allowed = [status.value for status in LeadStatus]
        near = get_close_matches(value.casefold(), allowed, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnclearConditions(f"Status can be {', '.join(allowed)}; “{value}” is none of them.{hint}")
    return found


def _channel(value: str) -> Channel:
    found = CONSENT_WORDS.get(value.casefold().removesuffix(" consent"))
    if found is None:
        raise UnclearConditions(f"Consent can be to newsletter, sms, phone, social or ads; “{value}” is none of them.")
    return found


def _maybe_not(condition: Condition, no: bool) -> Condition:
    return negated(condition) if no else condition
