"""The Leads page as HTML: the search, a page of the list, a lead with everything that is known, its timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import states
from ui.web.parts.cards import badge, bullets, facts, figure, figures, joined, section
from ui.web.parts.formats import count, moment_of, money, number, percent, short_moment, title, words
from ui.web.parts.links import address, link, record_link, say_link
from ui.web.parts.table import Cell, Column, Row, records_table

#: Leads of one page of the list.
PAGE_SIZE = 50

COLUMNS = (
    Column("Name", sorts=False),
    Column("Email", sorts=False),
    Column("Company", sorts=False),
    Column("City", sorts=False),
    Column("Status", sorts=False),
    Column("Tags", sorts=False),
    Column("Last activity", sorts=False),
)
#: How an event of the history reads.
EVENTS = {
    "sent": "Was sent a message", "delivered": "Got a message", "opened": "Opened an email", "clicked": "Clicked a link",
    "replied": "Replied", "bounced": "An email came back", "complained": "Complained about an email",
    "unsubscribed": "Unsubscribed", "visited": "Visited the site", "submitted_form": "Submitted a form",
    "signed_up": "Signed up", "ordered": "Ordered", "converted": "Converted", "called": "Was called", "met": "Was met",
    "created": "Was added", "status_changed": "Status changed", "tagged": "Got the tag", "consented": "Gave consent",
    "consent_withdrawn": "Withdrew consent",
}  # fmt: skip


def search_form(query: Mapping[str, str], statuses: Sequence[str], segments: Sequence[tuple[int, str]]) -> Markup:
    """The line of search and filters."""
    return Markup(
        '<form class="hub-search" data-soft role="search" method="get" action="/leads">'
        '<label>Search<input type="search" name="q" value="{}" placeholder="Name, address, company … or “tag is vip”"></label>'
        '<label>Status<select name="status" data-auto>{}</select></label>'
        '<label>Segment<select name="segment" data-auto>{}</select></label>'
        '<button type="submit">Search</button></form>'
    ).format(
        query.get("q", ""),
        _options([("", "Any"), *((one, title(one)) for one in statuses)], query.get("status", "")),
        _options([("", "Any"), *((str(number), name) for number, name in segments)], query.get("segment", "")),
    )


def lead_list(found: Mapping[str, Any], query: Mapping[str, str], page: int, zone: ZoneInfo) -> Markup:
    """A page of the list, with how many there are and the ways to the other pages."""
    total = int(found["total"])
    if not found["in_all"]:
        return states.empty(
            "No leads yet",
            "Add one, or import a list: a CSV file or a table of another database.",
            ("Add a lead", "/leads?new=1"),
            ("Import leads", "/leads?import=1"),
        )
    if not total:
        return states.empty(
            "Nobody fits", f"No lead {found['filters']}. Take a word or a filter away.", ("All leads", "/leads")
        )
    rows = [_row(lead, zone) for lead in found["leads"]]
    if not rows:
        return states.empty(
            "This page is empty", "The list is shorter now.", ("First page", address("/leads", **_kept(query)))
        )
    told = f"{count(total, 'lead').capitalize()}{' ' + found['filters'] if found['filters'] else ''}"
    if found["filters"]:
        told += f" (of {found['in_all']:,})"
    table = records_table(COLUMNS, rows, caption="Leads, the newest first")
    return Markup('<p class="note" role="status">{}</p>{}{}').format(told, table, pager(query, page, total))


def pager(query: Mapping[str, str], page: int, total: int) -> Markup:
    """ "51-100 of 1,234" with links to the pages before and after."""
    last = -(-total // PAGE_SIZE)
    first_row = (page - 1) * PAGE_SIZE + 1
    ways = [
        Markup('<a data-soft class="button" href="{}">{}</a>').format(
            address("/leads", **_kept(query), page=number), name
        )
        for name, number, there in (
            ("First", 1, page > 2),
            ("Previous", page - 1, page > 1),
            ("Next", page + 1, page < last),
            ("Last", last, page < last - 1),
        )
        if there
    ]
    told = f"{first_row:,}-{min(first_row + PAGE_SIZE - 1, total):,} of {total:,}"
    return Markup('<nav class="hub-pager" aria-label="Pages of the list"><span>{}</span>{}</nav>').format(
        told, Markup("").join(ways)
    )


def lead_facts(lead: Mapping[str, Any], zone: ZoneInfo) -> Markup:
    """Figures and fields of a lead."""
    cards = figures(
        [
            figure("Visits", number(lead["visits"])),
            figure("Opens", number(lead["opens"])),
            figure("Clicks", number(lead["clicks"])),
            figure(
                "Orders",
                number(lead["orders"]),
                f"last {short_moment(lead['last_order'], zone)}" if lead["last_order"] else "",
            ),
            figure("Revenue", money(lead["revenue"], lead["currency"])),
        ],
        label="What this lead did",
    )
    own = [
        (name, lead[key])
        for name, key in (
            ("Email", "email"), ("Company", "company"), ("Job title", "job_title"), ("Phone", "phone"), ("City", "city"),
            ("Country", "country"), ("Language", "language"), ("Source", "source"),
        )
        if lead[key]
    ]  # fmt: skip
    tags = Markup(" ").join(badge(tag, "quiet") for tag in lead["tags"]) if lead["tags"] else "None"
    pairs: list[tuple[str, str | Markup]] = [*own, ("Tags", tags), *lead["custom"].items()]
    brought = [name for name in ("visits", "opens", "clicks", "orders") if lead["imported"].get(name)]
    note = f"Imported history is part of: {', '.join(brought)}." if brought else ""
    return section("What is known", Markup("{}{}").format(facts(pairs), cards), note=note)


def consents(lead: Mapping[str, Any], zone: ZoneInfo) -> Markup:
    """Consent by channel, with time and source."""
    if not lead["consents"]:
        told = "Mailings to segments leave this lead out until one is recorded."
        return section("Consent", states.empty("No consent on record", told))
    lines = joined(
        Markup('<li><div class="line"><strong>{}</strong>{}</div><p class="note">{}, {}</p></li>').format(
            title(one["channel"]), badge(words(one["state"]), CONSENT_TONES.get(one["state"], "quiet")),
            short_moment(one["at"], zone), one["source"],
        )
        for one in lead["consents"]
    )  # fmt: skip
    return section("Consent", Markup('<ul class="consents">{}</ul>').format(lines))


CONSENT_TONES = {"granted": "good", "pending": "wait", "withdrawn": "bad"}


def score(found: Mapping[str, Any]) -> Markup:
    """The score with every reason."""
    reasons = [
        Markup('<span class="points">{}</span> {}').format(f"{one['points']:+d}", one["reason"])
        for one in found["reasons"]
    ]
    learned = found["likelihood"]
    said = (
        f"Likelihood of being a customer: {percent(round(learned['share'], 3))}, learned from {learned['leads']:,} of your own leads "
        f"({learned['customers']:,} customers; AUC {learned['auc']:.2f})."
        if learned
        else "The score ranks leads by fixed rules; it is no probability (too few customers to learn one from)."
    )
    body = Markup(
        '<p class="score"><strong>{}</strong> of 100 {}</p>{}<p>Next step: {}</p><p class="note">{}</p>'
    ).format(
        found["score"],
        badge(found["temperature"], {"hot": "good", "warm": "wait"}.get(found["temperature"], "quiet")),
        bullets(reasons) if reasons else Markup("<p>Nothing is known yet that gives points.</p>"),
        found["next_step"],
        said,
    )
    return section("Score", body)


def messages(told: Mapping[str, Any], zone: ZoneInfo) -> Markup:
    """The mails that went to the lead, and whether it may be written to."""
    rows = [
        Row([
            record_link("email_campaign", one["email_campaign_id"], one["mailing"]), badge(one["state"]), one["reason"] or "-",
            Cell(short_moment(one["at"], zone), one["at"]),
        ])
        for one in told["ledger"]
    ]  # fmt: skip
    table = records_table(
        (Column("Mailing", sorts=False), Column("State"), Column("Reason", sorts=False), Column("When")),
        rows,
        caption="The last messages to this lead",
        empty=Markup('<p class="note">No message went to this lead yet.</p>'),
    )
    return section("Mails", Markup("<p>{}</p>{}").format(told["answer"], table))


def timeline(events: Sequence[Mapping[str, Any]], zone: ZoneInfo, currency: str) -> Markup:
    """What happened, the newest first."""
    items = [
        Markup('<li class="event {}"><time>{}</time><span>{}{}{}{}</span></li>').format(
            "machine" if one["machine"] else "",
            moment_of(one["at"], zone),
            EVENTS.get(one["type"], title(one["type"])),
            f": {one['detail']}" if one["detail"] else "",
            f" ({money(one['value'], currency)})" if one["value"] else "",
            Markup(' <span class="note">a machine, not counted</span>') if one["machine"] else "",
        )
        for one in events
    ]
    body = (
        Markup('<ol class="timeline">{}</ol>').format(Markup("").join(items))
        if items
        else Markup("<p>Nothing yet.</p>")
    )
    return section("Timeline", body, note="The newest first." if len(items) > 1 else "")


def ways(lead: Mapping[str, Any]) -> Markup:
    """What one may want to do with this lead in the chat."""
    name = lead["name"] or lead["email"]
    return Markup('<p class="ways-line">{} {}</p>').format(
        say_link("Write to this lead", f"Create a mailing to {lead['email']}"),
        say_link("Prepare a call", f"Write a call script for {name}"),
    )


def _row(lead: Mapping[str, Any], zone: ZoneInfo) -> Row:
    tags = ", ".join(lead["tags"][:3]) + (" …" if len(lead["tags"]) > 3 else "")
    return Row(
        [
            lead["name"] or lead["email"], lead["email"] if lead["name"] else "-", lead["company"] or "-", lead["city"] or "-",
            badge(words(lead["status"])), tags or "-", short_moment(lead["last_activity"], zone),
        ],
        href=address("/leads", id=lead["id"]),
    )  # fmt: skip


def _kept(query: Mapping[str, str]) -> dict[str, str]:
    return {name: query[name] for name in ("q", "status", "segment") if query.get(name)}


def _options(choices: Sequence[tuple[str, str]], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", name)
        for value, name in choices
    )


__all__ = [
    "PAGE_SIZE",
    "consents",
    "lead_facts",
    "lead_list",
    "link",
    "messages",
    "score",
    "search_form",
    "timeline",
    "ways",
]
