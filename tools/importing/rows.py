"""From a row's texts to what a lead gets: each value checked, and a reason where the row cannot be taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import parser as dates

from memory.enums import Channel, LeadStatus
from memory.lead_changes import clean_tag
from memory.leads import COUNTERS, Lead
from tools.leading.checks import valid_email
from tools.segmenting.fields import status_named
from tools.segmenting.tree import CUSTOM
from tools.words.numbers import literal

TEXTS = (
    "name",
    "first_name",
    "last_name",
    "company",
    "job_title",
    "phone",
    "city",
    "country",
    "language",
    "time_zone",
    "source",
)
MOMENTS = ("last_order_at", "last_visit_at", "last_open_at", "last_click_at")
CONSENTS = {"consent_email": Channel.EMAIL, "consent_sms": Channel.SMS, "consent_phone": Channel.PHONE}
_YES = frozenset("yes y true t 1 x ja j oui si sí subscribed granted opted_in confirmed on".split())
_NO = frozenset("no n false f 0 nein non off unsubscribed not_subscribed none never".split())
_FOREIGN_STATUS = {
    **dict.fromkeys(("lead", "subscriber", "open", "neu", "prospect", "cold"), LeadStatus.NEW),
    **dict.fromkeys(("in progress", "attempted to contact", "connected", "kontaktiert", "working"), LeadStatus.CONTACTED),
    **dict.fromkeys(("opportunity", "marketing qualified lead", "sales qualified lead", "qualifiziert"), LeadStatus.QUALIFIED),
    **dict.fromkeys(("kunde", "closed won", "active", "evangelist", "cliente"), LeadStatus.CUSTOMER),
    **dict.fromkeys(("verloren", "unqualified", "disqualified", "churned", "closed lost"), LeadStatus.LOST),
}  # fmt: skip


class BadValue(ValueError):
    """Why a row cannot be taken; the message is the reason."""


@dataclass
class LeadRow:
    """One row, checked. `counts` is what `put_imported_counts` takes; `consents` says yes, `withdrawn` that email is not
    wanted any more."""

    where: str
    email: str
    texts: dict[str, str] = field(default_factory=dict)
    status: LeadStatus | None = None
    unknown_status: str | None = None
    tags: tuple[str, ...] = ()
    custom: dict[str, str] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    consents: tuple[Channel, ...] = ()
    withdrawn: bool = False
    consent_at: datetime | None = None
    created_at: datetime | None = None
    key: str | None = None

    def merge(self, later: "LeadRow") -> None:
        """Take over what a later row of the same address says."""
        self.texts |= later.texts
        self.custom |= later.custom
        self.counts |= later.counts
        self.status = later.status or self.status
        self.tags = tuple(dict.fromkeys((*self.tags, *later.tags)))
        self.consents = tuple(dict.fromkeys((*self.consents, *later.consents)))
        self.withdrawn = self.withdrawn or later.withdrawn
        self.consent_at = later.consent_at or self.consent_at
        self.created_at = self.created_at or later.created_at


@dataclass(frozen=True)
class Reading:
    """How the values of one source are read. day_first: 03/04/2026 is the third of April."""

    mapping: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    day_first: bool = True


def read_row(where: str, values: Mapping[str, str], how: Reading) -> LeadRow:
    """The row, checked. Raises BadValue with the reason."""
    told = {
        how.mapping[column]: value.strip()
        for column, value in values.items()
        if column in how.mapping and value.strip()
    }
    address = told.pop("email", "")
    if not address:
        raise BadValue("there is no email address")
    email = valid_email(address)
    if email is None:
        raise BadValue(f"“{address[:60]}” is no email address")
    row = LeadRow(where, email)
    for name, value in told.items():
        _take(row, name, value, how)
    return row


def _take(row: LeadRow, name: str, value: str, how: Reading) -> None:
    if name in TEXTS:
        value = " ".join(value.split())
        longest = getattr(Lead.__table__.c, name).type.length
        if len(value) > longest:
            raise BadValue(f"the {name.replace('_', ' ')} has {len(value)} characters, more than {longest}")
        row.texts[name] = value
    elif name == "status":
        row.status = status_of(value)
        if row.status is None:
            row.unknown_status = value
            row.custom["status"] = value[:200]
    elif name == "tags":
        row.tags = tuple(dict.fromkeys(tag for part in re.split(r"[,;|\n]", value) if (tag := clean_tag(part))))
    elif name in COUNTERS or name == "revenue":
        row.counts[name] = _number(name, value)
    elif name in MOMENTS:
        row.counts[name] = _moment(name, value, how)
    elif name in CONSENTS:
        if _yes(name, value):
            row.consents = (*row.consents, CONSENTS[name])
    elif name == "unsubscribed":
        row.withdrawn = _yes(name, value)
    elif name in ("created_at", "consent_at"):
        # When another system stored a row is no reason to refuse it, even if its clock is ahead of ours.
        setattr(row, name, min(_moment(name, value, how, ahead=True), how.now))
    elif name.startswith(CUSTOM):
        row.custom[name.removeprefix(CUSTOM)] = value[:2_000]


def status_of(value: str) -> LeadStatus | None:
    """The status that another system's word means, or None."""
    words = " ".join(re.sub(r"[_-]+", " ", value).split())
    return status_named(words) or _FOREIGN_STATUS.get(words.casefold())


def _number(name: str, value: str) -> float | int:
    digits = re.sub(r"^[€$£¥]\s*|\s*(?:[€$£¥]|[A-Z]{3})$", "", value)
    found = literal(digits)
    if found is None or (name != "revenue" and found != int(found)):
        raise BadValue(f"the {name} “{value[:40]}” is no {'amount' if name == 'revenue' else 'whole number'}")
    if found > 2_000_000_000:
        raise BadValue(f"the {name} “{value[:40]}” is too large to be right")
    return float(found) if name == "revenue" else int(found)


def _moment(name: str, value: str, how: Reading, *, ahead: bool = False) -> datetime:
    spoken = name.removesuffix("_at").replace("_", " ")
    try:
        iso = re.match(r"\d{4}-\d", value) is not None
        # Whatever the text leaves open is taken from a day that stands still, not from the machine's clock.
        found = dates.parse(value, dayfirst=how.day_first and not iso, default=datetime(how.now.year, 1, 1))
    except (ValueError, OverflowError, TypeError):
        raise BadValue(f"the {spoken} “{value[:40]}” is no date") from None
    if not any(character.isdigit() for character in value):
        raise BadValue(f"the {spoken} “{value[:40]}” is no date")
    moment = found if found.tzinfo else found.replace(tzinfo=how.zone)
    if not ahead and moment.astimezone(how.zone).date() > how.now.date():
        raise BadValue(f"the {spoken} {moment:%Y-%m-%d} lies in the future")
    return moment


def _yes(name: str, value: str) -> bool:
    said = value.casefold().replace(" ", "_").replace("-", "_")
    if said in _YES:
        return True
    if said in _NO:
        return False
    try:
        dates.parse(value)  # some systems write when consent was given
    except (ValueError, OverflowError):
        raise BadValue(f"“{value[:40]}” for {name.replace('_', ' ')} is neither yes nor no") from None
    return True


def day_first(values: list[str]) -> bool:
    """Whether dates such as 03/04/2026 put the day first: unless one of them proves the month is first."""
    for value in values:
        match = re.match(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}", value)
        if match and int(match.group(1)) <= 12 < int(match.group(2)):
            return False
    return True


def as_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in a zone."""
    return datetime.combine(day, time(), tzinfo=zone)
