"""From the knowledge tools' results to the page's HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import count, day_of, percent, short_moment, title
from ui.web.parts.links import address, conversation_address, link, record_link, say_address
from ui.web.parts.table import Cell, Column, Row, records_table

Data = Mapping[str, Any]
PATH = "/knowledge"
KINDS = (("Articles and tickets", ""), ("Articles", "article"), ("Tickets", "ticket"))
ORDERS = (("Newest first", "newest"), ("Oldest first", "oldest"), ("By title", "title"))
PERIODS = (
    ("All time", ""),
    ("Last 30 days", "last 30 days"),
    ("Last 90 days", "last 90 days"),
    ("This year", "this year"),
)
SEARCHED = (("Everything", ""), ("Articles", "article"), ("Tickets", "ticket"), ("Past campaigns", "campaign"))
PAGE_SIZE = 50
#: How a search came to a text.
FOUND = {
    "words": "found by its words",
    "meaning": "found by its meaning",
    "words and meaning": "found by its words and its meaning",
}
#: What a draft is called in a sentence.
WRITTEN = {"email": "Email", "sms": "Text message", "call_script": "Call script", "ad": "Ads", "ideas": "Campaign ideas",
           "optimization": "Advice", "campaign_content": "Campaign texts"}  # fmt: skip


def views(current: str) -> Markup:
    """The parts of the page, as links."""
    ways = [("Articles and tickets", PATH, current == "list"), ("Pain points", address(PATH, view="pain"), current == "pain"),
            ("Import", address(PATH, view="import"), current == "import")]  # fmt: skip
    return cards.choices("Views", ways)


def search_form(query: str, kind: str) -> Markup:
    """The search box: a plain form, so that a search is an address."""
    options = cards.joined(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == kind else "", name)
        for name, value in SEARCHED
    )
    return Markup(
        '<form class="search" role="search" action="{}" method="get">'
        '<label><span>Ask the knowledge base</span><input type="search" name="search" value="{}" placeholder="How do returns work?" autocomplete="off"></label>'
        '<label><span>In</span><select name="in">{}</select></label><button type="submit" class="button">Search</button></form>'
    ).format(PATH, query, options)


def results(data: Data) -> Markup:
    """What a search found, and how."""
    if not data["hits"]:
        told = f"Looked through {count(data['stored'], 'item')}." if data["stored"] else "Nothing is stored yet."
        return states.empty(
            f"Nothing was found about “{data['query']}”.", f"{told} Try other words, or add an article that answers it.",
            ("Add an article", address(PATH, new="article")), ("Ask in the chat", say_address(data["query"])),
        )  # fmt: skip
    items = cards.joined(_hit(hit) for hit in data["hits"])
    note = "Nothing answers this directly; these come nearest." if data["only_near"] else "The best first."
    return cards.section(
        "Found", Markup('<ol class="hits">{}</ol>').format(items), note=note, way=("End the search", PATH)
    )


def _hit(hit: Data) -> Markup:
    when = f", {day_of(hit['day'])}" if hit["day"] else ""
    outcome = Markup('<p class="note">Outcome: {}</p>').format(hit["outcome"]) if hit["outcome"] else ""
    how = Markup('<span class="how">{}</span>').format(FOUND[hit["found_by"]]) if hit.get("found_by") else ""
    return Markup('<li><p class="line"><strong>{}</strong> {} <span class="note">{}</span></p>{}<blockquote>{}</blockquote></li>').format(
        record_link(hit["kind"], hit["id"], hit["title"]), cards.badge(title(hit["kind"]) + when, "quiet"), how, outcome,
        cards.text_block(hit["passage"]),
    )  # fmt: skip


def listing(shelf: Any, zone: ZoneInfo, *, kind: str, query: str, order: str, page: int) -> Markup:
    """The list, a page of it."""

    def here(**given: Any) -> str:
        query_now = {"kind": kind, "q": query, "sort": order if order != "newest" else "", "page": page, **given}
        return address(PATH, **{name: value for name, value in query_now.items() if value not in (None, "", 1)})

    if not shelf.articles and not shelf.tickets:
        return states.empty(
            "The knowledge base is empty.",
            "Articles tell the assistant about your products and rules; tickets tell it what customers struggle with.",
            ("Add an article", address(PATH, new="article")), ("Import files", address(PATH, view="import")),
        )  # fmt: skip
    amounts = {"": shelf.articles + shelf.tickets, "article": shelf.articles, "ticket": shelf.tickets}
    by_kind = cards.choices(
        "Kind", [(f"{name} ({amounts[value]:,})", here(kind=value, page=1), value == kind) for name, value in KINDS]
    )
    by_order = cards.choices(
        "Order",
        [(name, here(sort=value if value != "newest" else "", page=1), value == order) for name, value in ORDERS],
    )
    filtering = Markup(
        '<form class="search small" action="{}" method="get"><input type="hidden" name="kind" value="{}"><input type="hidden" name="sort" value="{}">'
        '<label><span>Filter by words</span><input type="search" name="q" value="{}" autocomplete="off"></label><button type="submit" class="button">Filter</button></form>'
    ).format(PATH, kind, order, query)
    rows = [
        Row(
            [
                one.title, Cell(cards.badge(title(one.kind.value), "quiet"), one.kind.value), one.begins,
                Cell(Markup('<span class="nowrap">{}</span>').format(_short_day(one.day or one.changed)), (one.day or one.changed).isoformat()),
                one.source or "-",
            ],
            href=address(PATH, id=one.id),
        )
        for one in shelf.items
    ]  # fmt: skip
    columns = [Column("Title"), Column("Kind"), Column("Begins", wide=True, sorts=False), Column("Day"), Column("From")]
    empty = states.empty(
        "Nothing here holds these words.", "Search above by meaning, or take other words.", ("All of them", PATH)
    )
    table = records_table(columns, rows, caption="Articles and tickets", empty=empty)
    pages = -(-shelf.total // PAGE_SIZE)
    paging = (
        Markup('<nav class="paging" aria-label="Pages of the list">{} <span class="note">Page {} of {}, {}</span> {}</nav>').format(
            link("Earlier", here(page=page - 1), css="button") if page > 1 else "", page, pages, count(shelf.total, "item"),
            link("Further", here(page=page + 1), css="button") if page < pages else "",
        )
        if pages > 1
        else ""
    )  # fmt: skip
    return Markup('<div class="filters">{}{}</div>{}{}{}').format(by_kind, by_order, filtering, table, paging)


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def item(one: Any, zone: ZoneInfo) -> Markup:
    """An article or ticket with its text."""
    facts: list[tuple[str, str | Markup]] = [
        ("Kind", title(one.kind.value)),
        *([("Written on", day_of(one.day))] if one.day else []),
        ("Came from", one.source or "written here"),
        ("Added", short_moment(one.created, zone)),
        ("Last changed", short_moment(one.changed, zone)),
    ]
    return Markup("{}{}").format(
        Markup('<div class="article">{}</div>').format(cards.text_block(one.content)),
        cards.section("About", cards.facts(facts)),
    )


def uses(one: Any, zone: ZoneInfo) -> Markup:
    """What it was used for, as far as that was recorded."""
    note = (
        "Drafts whose writer was shown this text, and questions whose answer quoted it. Looking at it leaves no trace."
    )
    if not one.uses:
        body: Markup = states.empty(
            "It was not used yet.", "It is used when somebody asks about it, or when a text is written that it fits."
        )
    else:
        body = Markup('<ul class="belongings">{}</ul>').format(cards.joined(_use(use, zone) for use in one.uses))
    return cards.section("What the assistant used it for", body, note=note)


def _use(use: Any, zone: ZoneInfo) -> Markup:
    if use.how == "written":
        page = address("/content", compare=use.id) if use.kind in ("email", "sms", "call_script", "ad") else None
        said = Markup("{} {} {}").format(
            cards.badge("Written", "busy"),
            link(use.what, page),
            WRITTEN.get(use.kind, title(use.kind)) if not page else "",
        )
    else:
        asked = Markup("“{}”").format(use.what)
        way = link("the conversation", conversation_address(use.conversation)) if use.conversation else ""
        said = Markup("{} {} {}").format(cards.badge("Answered", "good"), asked, way)
    who = f"{use.person}, " if use.person else ""
    return Markup('<li>{} <span class="note">{}{}</span></li>').format(said, who, short_moment(use.at, zone))


def pain(data: Data, period: str) -> Markup:
    """What customers complain about."""
    ways = cards.choices(
        "Period", [(name, address(PATH, view="pain", period=value), value == period) for name, value in PERIODS]
    )
    if not data["looked_at"]:
        told = "There are no tickets in this period." if data["stored"] else "There are no support tickets yet."
        way = (
            ("All time", address(PATH, view="pain"))
            if data["stored"]
            else ("Import tickets", address(PATH, view="import"))
        )
        return Markup("{}{}").format(ways, states.empty(told, "Pain points are found in what customers wrote.", way))
    points = cards.joined(_point(one, data["looked_at"]) for one in data["pain_points"])
    if not points:
        points = states.empty(
            "No two tickets are about the same.", f"{count(data['looked_at'], 'ticket')} were looked at."
        )
    alone = Markup("")
    if data["alone"]:
        lines = [Markup("{}").format(record_link("ticket", one["ticket"], one["title"])) for one in data["alone"][:10]]
        alone = cards.section(f"Tickets like no other ({len(data['alone'])})", cards.bullets(lines))
    words = " Grouped by their words only: the search index is not available just now." if data["by_words_only"] else ""
    note = f"{count(data['looked_at'], 'ticket')} looked at, grouped by what they are about.{words}"
    return Markup("{}{}{}").format(ways, cards.section("What comes up more than once", points, note=note), alone)


def _point(one: Data, looked_at: int) -> Markup:
    trend = one["trend"]
    moved = f"{trend['now']} in {trend['days']} days, {trend['before']} in the {trend['days']} before" if trend else ""
    quotes = cards.joined(
        Markup("<li><q>{}</q> {}</li>").format(
            quote["words"], record_link("ticket", quote["ticket"], f"ticket {quote['ticket']}")
        )
        for quote in one["quotes"]
    )
    write = link("Write about it", address("/content", kind="email", topic=one["label"]), css="say")
    return Markup(
        '<article class="pain"><h3>{} <span class="note">{} of {} ({})</span></h3><div class="pain-share" aria-hidden="true"><span style="width: {}%"></span></div>'
        '<p class="note">{} {}</p><ul class="quotes">{}</ul></article>'
    ).format(
        one["label"],
        one["count"],
        looked_at,
        percent(round(one["share"], 2)),
        round(one["share"] * 100),
        moved,
        write,
        quotes,
    )


def imported(data: Data) -> Markup:
    """What an import did, with every part that could not be taken in."""
    shown = [cards.figure("Imported", f"{data['imported']:,}"), cards.figure("Stored before", f"{data['duplicates']:,}"),
             cards.figure("Not taken in", f"{len(data['skipped']):,}")]  # fmt: skip
    rows = [Row([one["where"], one["reason"]]) for one in data["skipped"][:200]]
    skipped = records_table(
        [Column("Where", sorts=False), Column("Why", wide=True, sorts=False)],
        rows,
        caption="Parts that were not taken in",
    )
    notes = cards.bullets(data["notes"]) if data["notes"] else ""
    return cards.section(
        f"Imported from {data['source']}",
        Markup("{}{}{}").format(cards.figures(shown, label="What was imported"), notes, skipped),
    )


def stored_now(title_now: str, content: str) -> Markup:
    """What somebody else saved meanwhile."""
    return Markup("<h3>{}</h3>{}").format(title_now, cards.text_block(content))


def buttons(one: Any) -> Markup:
    """What can be done with an article or ticket."""
    return Markup(
        '<div class="record-buttons">{}<button type="button" class="button danger" data-do="delete">Delete …</button></div>'
    ).format(link("Edit", address(PATH, id=one.id, edit=1), css="button"))


def picker(endings: Sequence[str]) -> Markup:
    """Choosing or dropping files."""
    return Markup(
        '<div class="drop"><label for="knowledge-files">Files to import</label><p class="note">{}. Drop them here, or choose them.</p>'
        '<input type="file" id="knowledge-files" multiple accept="{}"><p role="status" class="note"></p></div>'
    ).format(
        "Markdown, text, HTML, PDF and Word files (one item each), CSV and JSON tables (one item a row)",
        ",".join(endings),
    )
