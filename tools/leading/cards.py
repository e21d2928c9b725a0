"""What the lead tools return: a lead as it is, a page of them, what was added or changed. Stored texts are data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import Channel, ConsentState, EventType, LeadStatus
from memory.events import LeadEvent, events_of_lead
from memory.lead_lookup import consents_of, custom_fields_of, tags_of
from memory.leads import Lead
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.leading.entry import LEAD
from tools.quoting import inert
from tools.show import bullets, count, day, listing, moment, money, shorten, table, words

MOST_LISTED = 50
MOST_EVENTS = 10
#: How an event reads in a lead's history.
EVENT_LINES = {
    EventType.SENT: "was sent a message",
    EventType.DELIVERED: "got a message",
    EventType.OPENED: "opened an email",
    EventType.CLICKED: "clicked a link",
    EventType.REPLIED: "replied",
    EventType.BOUNCED: "an email bounced",
    EventType.COMPLAINED: "complained about an email",
    EventType.UNSUBSCRIBED: "unsubscribed",
    EventType.VISITED: "visited the site",
    EventType.SUBMITTED_FORM: "submitted a form",
    EventType.SIGNED_UP: "signed up",
    EventType.ORDERED: "ordered",
    EventType.CONVERTED: "converted",
    EventType.CALLED: "was called",
    EventType.MET: "was met",
    EventType.CREATED: "was added",
    EventType.STATUS_CHANGED: "status changed",
    EventType.TAGGED: "got the tag",
    EventType.CONSENTED: "gave consent",
    EventType.CONSENT_WITHDRAWN: "withdrew consent",
}


class ConsentInfo(BaseModel):
    """Consent to one channel: its state, since when, and by what."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    state: ConsentState
    at: datetime
    source: str


class EventInfo(BaseModel):
    """One event of the lead's history, in the hub's zone. `machine`: judged to be no person's doing."""

    model_config = ConfigDict(frozen=True)

    type: EventType
    at: datetime
    detail: str | None
    value: float | None
    machine: bool


class LeadCard(Result):
    """One lead. Counters hold events and imported history; `imported` is the part that was brought along as numbers."""

    id: int
    email: str
    name: str | None
    company: str | None
    job_title: str | None
    phone: str | None
    city: str | None
    country: str | None
    language: str | None
    status: LeadStatus
    source: str | None
    tags: tuple[str, ...]
    custom: dict[str, str]
    visits: int
    opens: int
    clicks: int
    orders: int
    revenue: float
    currency: str
    last_order: datetime | None
    last_activity: datetime | None
    imported: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def called(self) -> str:
        """The name, else the address, as it may stand in an answer."""
        return inert(self.name or self.email)

    @property
    def text(self) -> str:
        return f"**{self.called}** (lead #{self.id})\n\n{bullets(self._details())}"

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=LEAD, id=self.id, name=self.name or self.email),)

    def line(self) -> str:
        """The lead in one line."""
        parts = [inert(self.email) if self.name else "", inert(self.company or ""), inert(self.city or "")]
        return f"**{self.called}** ({', '.join(part for part in [*parts, words(self.status)] if part)})"

    def _details(self) -> list[str]:
        own = (
            ("Email", self.email), ("Company", self.company), ("Job title", self.job_title), ("Phone", self.phone),
            ("City", self.city), ("Country", self.country), ("Language", self.language),
        )  # fmt: skip
        lines = [f"{label}: {inert(shorten(value, 200))}" for label, value in own if value]
        lines.append(f"Status: {words(self.status)}")
        if self.source:
            lines.append(f"Source: {inert(self.source)}")
        if self.tags:
            lines.append(f"Tags: {inert(', '.join(self.tags))}")
        lines += [f"{inert(name)}: {inert(shorten(value, 200))}" for name, value in self.custom.items()]
        lines.append(f"Activity: {self._activity()}")
        if self.last_order:
            lines.append(f"Last order: {day(self.last_order.date())}")
        return lines

    def _activity(self) -> str:
        counted = [
            count(amount, one)
            for amount, one in (
                (self.visits, "visit"),
                (self.opens, "open"),
                (self.clicks, "click"),
                (self.orders, "order"),
            )
        ]
        worth = f" worth {money(self.revenue, self.currency)}" if self.revenue else ""
        brought = listing(name for name in ("visits", "opens", "clicks", "orders") if self.imported.get(name))
        return listing(counted) + worth + (f" (imported history in: {brought})" if brought else "")


class LeadDetails(LeadCard):
    """A lead with consents and last events."""

    consents: tuple[ConsentInfo, ...]
    events: tuple[EventInfo, ...]

    @property
    def text(self) -> str:
        lines = [super().text]
        if self.consents:
            given = [
                f"{words(one.channel)} {words(one.state)} on {day(one.at.date())} ({inert(one.source)})"
                for one in self.consents
            ]
            lines.append(f"Consent: {'; '.join(given)}.")
        else:
            lines.append("Consent: none recorded.")
        if self.events:
            lines.append(f"Last events:\n\n{bullets(map(_event_line, self.events))}")
        return "\n\n".join(lines)


class LeadAdded(LeadCard):
    """The lead that was just added."""

    @property
    def text(self) -> str:
        parts = [inert(self.email) if self.name else None]
        parts += [
            inert(self.company) if self.company else None,
            f"source {inert(self.source)}" if self.source else None,
        ]
        told = ", ".join(part for part in parts if part)
        return f"Added the lead **{self.called}**{f' ({told})' if told else ''} with status new."


class LeadStatusChanged(LeadCard):
    """The lead after its status was set; `before` is None where it was so already. `waits_for` names a connected
    table that is told at its next import."""

    before: LeadStatus | None
    waits_for: str | None

    @property
    def text(self) -> str:
        if self.before is None:
            return f"Nothing to change: **{self.called}** is {words(self.status)} already."
        told = f" The table {inert(self.waits_for)} is told at the next import." if self.waits_for else ""
        return f"**{self.called}** is {words(self.status)} now (was {words(self.before)}).{told}"


class LeadList(Result):
    """A page of leads, the newest first. `total` is how many fit, `in_all` how many leads there are."""

    leads: tuple[LeadCard, ...]
    total: int
    in_all: int
    filters: str

    @property
    def text(self) -> str:
        if not self.in_all:
            return (
                "There are no leads yet. Add one (“add lead name@company.com”) or import a file (“import leads.csv”)."
            )
        if not self.total:
            return f"There are no leads {self.filters}; {count(self.in_all, 'lead')} in all."
        head = f"{count(self.total, 'lead').capitalize()}{f' {self.filters}' if self.filters else ''}"
        head += f" (of {self.in_all:,}):" if self.filters else ":"
        rows = [
            (one.called, inert(one.email), inert(one.company or "-"), inert(one.city or "-"), words(one.status))
            for one in self.leads[:MOST_LISTED]
        ]
        more = self.total - len(rows)
        return f"{head}\n\n{table(('Name', 'Email', 'Company', 'City', 'Status'), rows)}" + (
            f"\n\n… and {more:,} more." if more else ""
        )

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(link for one in self.leads[:MOST_LISTED] for link in one.links)


def card_fields(ctx: Context, lead: Lead) -> dict[str, Any]:
    """The fields of a LeadCard."""
    return cards_fields(ctx, [lead])[0]


def cards_fields(ctx: Context, leads: list[Lead]) -> list[dict[str, Any]]:
    """The fields of many LeadCards, in three queries."""
    ids = [lead.id for lead in leads]
    tags, custom = tags_of(ctx.session, ids), custom_fields_of(ctx.session, ids)
    return [_fields(ctx, lead, tags, custom) for lead in leads]


def consent_infos(ctx: Context, lead: Lead) -> tuple[ConsentInfo, ...]:
    """The lead's consents as data."""
    return tuple(
        ConsentInfo(channel=one.channel, state=one.state, at=one.at.astimezone(ctx.clock.zone), source=one.source)
        for one in consents_of(ctx.session, lead.id)
    )


def event_infos(ctx: Context, lead: Lead, limit: int = MOST_EVENTS) -> tuple[EventInfo, ...]:
    """The lead's last events as data."""
    return tuple(
        EventInfo(
            type=one.type,
            at=one.at.astimezone(ctx.clock.zone),
            detail=_detail(one),
            value=one.value,
            machine=one.machine,
        )
        for one in events_of_lead(ctx.session, lead.id, limit=limit)
    )


def _fields(
    ctx: Context, lead: Lead, tags: Mapping[int, list[str]], custom: Mapping[int, dict[str, str]]
) -> dict[str, Any]:
    zone = ctx.clock.zone
    plain = (
        "id", "email", "name", "company", "job_title", "phone", "city", "country", "language", "status", "source",
        "visits", "opens", "clicks", "orders", "revenue",
    )  # fmt: skip
    return {
        **{name: getattr(lead, name) for name in plain},
        "tags": tuple(tags.get(lead.id, ())),
        "custom": dict(custom.get(lead.id, {})),
        "currency": ctx.currency,
        "last_order": lead.last_order_at.astimezone(zone) if lead.last_order_at else None,
        "last_activity": lead.last_activity_at.astimezone(zone) if lead.last_activity_at else None,
        "imported": dict(lead.imported_counts or {}),
        "created_at": lead.created_at,
        "updated_at": lead.updated_at,
    }


def _detail(event: LeadEvent) -> str | None:
    data = event.data or {}
    if event.type == EventType.STATUS_CHANGED:
        return f"from {data.get('from')} to {data.get('to')}"
    if event.type in (EventType.CONSENTED, EventType.CONSENT_WITHDRAWN):
        return f"{event.channel.value if event.channel else ''} ({data.get('source', 'unknown')})"
    known = event.name or data.get("url") or data.get("subject")
    return str(known)[:200] if known else None


def _event_line(event: EventInfo) -> str:
    what = EVENT_LINES.get(event.type, "something else happened")
    detail = f": {inert(event.detail)}" if event.detail else ""
    by = " (a machine, not counted)" if event.machine else ""
    return f"{moment(event.at)}: {what}{detail}{by}"
