"""From the results of the campaign tools to the page's HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import count, day_of, days, money, number, percent, short_moment, title, words
from ui.web.parts.links import address, link, record_link, say_address
from ui.web.parts.table import Cell, Column, Row, records_table
from ui.web.parts.writing import by_whom

Data = Mapping[str, Any]
PATH = "/campaigns"
STATUSES = (("All", ""), ("Draft", "draft"), ("Active", "active"), ("Paused", "paused"), ("Archive", "completed"))
TYPES = (
    ("All types", ""), ("Email", "email"), ("Social", "social"), ("Ads", "ads"), ("Multi-channel", "multi-channel"),
)  # fmt: skip
PERIODS = (
    ("All time", ""),
    ("Last 7 days", "last 7 days"),
    ("Last 30 days", "last 30 days"),
    ("This month", "this month"),
)


def filters(status: str, type: str) -> Markup:
    """The choices above the list, as links."""
    by_status = [(name, address(PATH, status=value, type=type), value == status) for name, value in STATUSES]
    by_type = [(name, address(PATH, status=status, type=value), value == type) for name, value in TYPES]
    return Markup('<div class="filters">{}{}</div>').format(
        cards.choices("Status", by_status), cards.choices("Type", by_type)
    )


def listing(data: Data) -> Markup:
    """The list."""
    found = data["campaigns"]
    if not data["in_all"]:
        return states.empty(
            "There are no campaigns yet.",
            "Create the first one, or let the hub suggest some from your line of business.",
            ("New campaign", address(PATH, new=1)), ("Ideas", address(PATH, ideas=1)),
        )  # fmt: skip
    columns = [Column("Campaign"), Column("Type"), Column("Status"), Column("Dates")]
    columns += [Column(name, right=True) for name in ("Budget", "Spent", "Leads", "Conversions", "ROI")]
    empty = states.empty(
        f"There are no campaigns {data['filters']}.", f"{count(data['in_all'], 'campaign')} in all.",
        ("All campaigns", PATH),
    )  # fmt: skip
    return records_table(
        columns, [_row(one) for one in found], caption="Campaigns", filter_label="Filter by text", empty=empty
    )


def _row(one: Data) -> Row:
    figures, currency = one["metrics"], one["currency"]
    return Row(
        [
            one["name"],
            title(one["type"]),
            Cell(status_badge(one["status"]), one["status"]),
            Cell(_short_dates(one), one["start_date"] or ""),
            Cell(money(one["budget"], currency), one["budget"] or 0),
            Cell(money(figures["spend"], currency), figures["spend"] or 0),
            Cell(number(figures["leads"]), figures["leads"] or 0),
            Cell(number(figures["conversions"]), figures["conversions"] or 0),
            Cell(percent(figures["roi"]), figures["roi"] if figures["roi"] is not None else ""),
        ],
        href=address(PATH, id=one["id"]),
    )


def status_badge(status: str) -> Markup:
    """The status; what is completed is the archive."""
    return cards.badge("Archived" if status == "completed" else title(status), _TONES.get(status))


_TONES = {"active": "good", "paused": "wait", "completed": "quiet", "draft": "quiet"}


def about(one: Data, zone: ZoneInfo) -> Markup:
    """The campaign's settings."""
    pairs: list[tuple[str, str | Markup]] = [
        ("Type", f"{title(one['type'])}, via {', '.join(words(channel) for channel in one['channels'])}"),
        ("Goal", title(one["goal"]) if one["goal"] else "-"),
        ("Budget", money(one["budget"], one["currency"])),
        ("Dates", _dates(one)),
        ("Audience", one["target_audience"] or "-"),
        ("Description", one["description"] or "-"),
        ("Last changed", short_moment(one["updated_at"], zone)),
    ]
    return cards.section("About", cards.facts(pairs), key="about")


def performance(data: Data, figures: Sequence[tuple[str, str]], campaign: int, period: str) -> Markup:
    """What came of it: key figures, channels, the pace of the budget. `figures` are its key figures as they are read."""
    ways = cards.choices(
        "Period", [(name, address(PATH, id=campaign, period=value), value == period) for name, value in PERIODS]
    )
    if figures:
        body: Markup = cards.figures([cards.figure(label, value) for label, value in figures], label="Key figures")
    else:
        told = "Nothing was recorded in these days." if period else "Nothing is recorded for it yet."
        body = states.empty(told, "Figures come from its mailings and posts, and from history that you import.")
    notes = []
    if data["schedule"]:
        notes.append(_pace(data["schedule"], data["figures"]))
    if data["undated"]:
        notes.append("Imported history that carries no day is not counted in a period.")
    if data["imported"]:
        notes.append("These figures hold imported history.")
    note = Markup('<p class="note">{}</p>').format(" ".join(notes)) if notes else ""
    return cards.section("Performance", Markup("{}{}{}").format(ways, body, note), key="performance")


def channel_table(rows: Sequence[tuple[str, Mapping[str, str]]]) -> Markup:
    """Key figures by channel, where there are several."""
    if len(rows) < 2:
        return Markup("")
    labels = list(dict.fromkeys(label for _, values in rows for label in values))
    table = records_table(
        [Column("Channel"), *(Column(label, right=True) for label in labels)],
        [Row([title(channel), *(values.get(label, "-") for label in labels)]) for channel, values in rows],
        caption="Key figures by channel",
    )
    return cards.section("By channel", table)


def _pace(at: Data, figures: Data) -> str:
    if not at["days_gone"]:
        return f"It has not begun yet; it runs for {count(at['days'], 'day')}."
    gone = f"{at['days_gone']} of {count(at['days'], 'day')} are gone, {at['days_left']} left"
    if at["pace"] is None:
        return f"{gone}."
    return (
        f"{gone}; {percent(figures['budget_used'])} of the budget is spent (pace {number(at['pace'])}; 1 is on plan)."
    )


def content(related: Any, campaign: Data, zone: ZoneInfo) -> Markup:
    """The records of the campaign, kind by kind."""
    name = campaign["name"]
    kinds = [
        ("Mailings", related.mailings, say_address(f"Create an email campaign for {name}"), "Make one in the chat"),
        ("Posts", related.posts, say_address(f"Write a post about {name}"), "Write one in the chat"),
        ("Workflows", related.workflows, "/automation", "To the workflows"),
        ("A/B tests", related.tests, "/experiments", "To the tests"),
    ]
    parts = [_kind(kind, found, way, told, zone) for kind, found, way, told in kinds]
    return cards.section("Content", cards.joined(parts), key="belongings")


def _kind(kind: str, found: Sequence[Any], way: str, told: str, zone: ZoneInfo) -> Markup:
    if not found:
        line = Markup('<p class="none">None yet. {}</p>').format(link(told, way))
        return Markup("<h3>{}</h3>{}").format(kind, line)
    items = cards.joined(
        Markup('<li><span class="name">{}</span> {} <span class="note">{}</span></li>').format(
            record_link(one.noun, one.id, one.name),
            cards.badge(title(one.status)),
            " · ".join(part for part in (one.note or "", short_moment(one.at, zone) if one.at else "") if part),
        )
        for one in found
    )
    return Markup('<h3>{} <span class="note">{}</span></h3><ul class="belongings">{}</ul>').format(
        kind, len(found), items
    )


def drafts(related: Any, zone: ZoneInfo) -> Markup:
    """What was written for the campaign, newest first."""
    if not related.drafts:
        body = states.empty("Nothing was written for it yet.", "“Write its texts” drafts one for each of its channels.")
        return cards.section("Texts", body, key="texts")
    return cards.section("Texts", cards.joined(_draft(one, zone) for one in related.drafts), key="texts")


def _draft(one: Any, zone: ZoneInfo) -> Markup:
    body = one.body
    texts = body.get("texts") or ([body] if body.get("content") else [])
    parts = cards.joined(
        Markup("<h3>{}</h3>{}").format(
            ": ".join(
                part
                for part in (title(text.get("channel") or one.kind), text.get("title") or text.get("subject_line"))
                if part
            ),
            cards.text_block(str(text.get("content", ""))),
        )
        for text in texts
    )
    if not parts:
        parts = cards.bullets([str(item.get("suggestion")) for item in body.get("suggestions", ())])
    return Markup('<details class="draft"><summary>{} <span class="note">{}</span></summary>{}{}</details>').format(
        one.title, short_moment(one.at, zone), by_whom({"ai_generated": one.ai_generated}), parts
    )


def timeline(related: Any, zone: ZoneInfo) -> Markup:
    """What happened and what is planned, newest first."""
    return cards.section(
        "Timeline",
        Markup('<ol class="happenings">{}</ol>').format(
            cards.joined(_happening(one, zone) for one in related.timeline)
        ),
        key="timeline",
    )


def _happening(one: Any, zone: ZoneInfo) -> Markup:
    said = record_link(one.noun, one.id, one.what) if one.noun else Markup("{}").format(one.what)
    who = Markup('<span class="person">{}</span> ').format(one.person) if one.person else ""
    changed = cards.joined(
        Markup("<li>{}: {} → {}</li>").format(title(field), before, after) for field, before, after in one.changes
    )
    more = Markup('<ul class="changes">{}</ul>').format(changed) if changed else ""
    planned = Markup(' <span class="badge wait">planned</span>') if one.when == "planned" else ""
    return Markup('<li class="{}"><span class="at">{}</span><div>{}{}{}{}</div></li>').format(
        one.when, day_of(one.at.date()) if one.whole_day else short_moment(one.at, zone), who, said, planned, more
    )


def advice(data: Data) -> Markup:
    """What could be done better, each finding with its suggestion."""
    found = data["suggestions"]
    if not found:
        body: Markup = states.empty("Nothing stands out.", "Its figures are in line with its plan and with the others.")
    else:
        items = [
            Markup("<strong>{}</strong>: {}<br>{}").format(
                title(one["finding"]["subject"]), one["finding"]["evidence"], one["suggestion"]
            )
            for one in found
        ]
        learned = f"For comparison: {data['learned_from']}." if data["learned_from"] else ""
        body = Markup('{}<p class="note">{}</p>').format(cards.bullets(items), learned)
    return cards.section("How it could do better", Markup("{}{}").format(body, by_whom(dict(data)) if found else ""))


def ideas(data: Data) -> Markup:
    """Ideas, each of which fills the form."""
    shown = cards.joined(
        Markup('<li class="idea"><h3>{} {}</h3><p>{}</p>{}</li>').format(
            one["name"], cards.badge(title(one["type"]), "quiet"), one["description"],
            link("Create it", address(PATH, new=1, name=one["name"], type=one["type"], description=one["description"],
                                      goal=data["goal"], budget=data["budget"], target_audience=data["audience"]), css="button"),
        )
        for one in data["ideas"]
    )  # fmt: skip
    return cards.section("Ideas", Markup('{}<ul class="ideas">{}</ul>').format(by_whom(dict(data)), shown))


def differences(stored: Data, mine: Data) -> Markup:
    """Where the form and what is stored now differ."""
    fields = (
        "name",
        "type",
        "status",
        "channels",
        "goal",
        "budget",
        "start_date",
        "end_date",
        "target_audience",
        "description",
    )
    rows = [
        Row([title(field), _value(stored, field), _value(mine, field)])
        for field in fields
        if _same(stored.get(field)) != _same(mine.get(field))
    ]
    if not rows:
        return Markup('<p class="note">What is stored now is what stands in your form.</p>')
    return records_table(
        [Column("Field", sorts=False), Column("Stored now", sorts=False), Column("In your form", sorts=False)],
        rows, caption="What differs",
    )  # fmt: skip


def _same(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return None if value in ("", None) else float(value) if isinstance(value, int | float) else str(value)


def _value(data: Data, field: str) -> str:
    value = data.get(field)
    if value in (None, "", []):
        return "-"
    if field == "budget":
        return number(float(str(value)))
    if field in ("start_date", "end_date"):
        return day_of(str(value))
    if isinstance(value, list | tuple):
        return ", ".join(words(str(one)) for one in value)
    return str(value)


def _dates(one: Data) -> str:
    start, end = (date.fromisoformat(one[name]) if one[name] else None for name in ("start_date", "end_date"))
    return days(start, end) if start or end else "-"


def _short_dates(one: Data) -> Markup:
    """A span for a table: "16 Feb 2026 - 15 Apr 2026", each day unbroken."""
    shown = [
        Markup('<span class="nowrap">{}</span>').format(f"{day.day} {day:%b %Y}")
        for name in ("start_date", "end_date")
        if one[name] and (day := date.fromisoformat(one[name]))
    ]
    return Markup(" – ").join(shown) if shown else Markup("-")
