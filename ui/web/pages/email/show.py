"""The Email page as HTML: the list, progress, results, what came back, why somebody got a mail or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import states
from ui.web.parts.cards import badge, bullets, choices, figure, figures, section
from ui.web.parts.formats import count, moment_of, number, percent, short_moment, title, words
from ui.web.parts.links import address, link, record_link, say_link
from ui.web.parts.table import Cell, Column, Row, records_table

STATUSES = ("draft", "scheduled", "sending", "paused", "sent", "cancelled")
#: Why somebody is left out, as one reads it behind a number.
HELD_BACK = {
    "no_consent": "gave no consent", "unconfirmed": "did not confirm", "unsubscribed": "unsubscribed", "complained": "complained earlier",
    "bounced": "cannot be reached", "blocked": "blocked by you", "frequency_cap": "had enough mail lately",
}  # fmt: skip
COLUMNS = (
    Column("Mailing"), Column("State"), Column("Subject line", wide=True), Column("To"), Column("When"),
    Column("Delivered", right=True), Column("Opened", right=True), Column("Clicked", right=True),
)  # fmt: skip


def mailing_list(found: Mapping[str, Any], results: Mapping[int, Any], status: str, zone: ZoneInfo) -> Markup:
    """All mailings (of one status) with what came of them."""
    ways = choices(
        "State",
        [
            ("All", "/email", not status),
            *((title(one), address("/email", status=one), one == status) for one in STATUSES),
        ],
    )
    if not found["in_all"]:
        return states.empty(
            "No mailings yet",
            "Write the first one: say what it is about, and a draft is made.",
            ("New mailing", "/email?new=1"),
        )
    rows = [_row(one, results.get(one["id"]), zone) for one in found["mailings"]]
    table = records_table(
        COLUMNS,
        rows,
        caption="Mailings, the newest first",
        filter_label="Filter mailings",
        empty=states.empty("None", f"There are no mailings {found['filters']}.", ("All mailings", "/email")),
    )
    return Markup('{}<div class="under-choices">{}</div>').format(ways, table)


def progress(one: Mapping[str, Any], zone: ZoneInfo, *, named: bool = False) -> Markup:
    """How far a mailing is: a bar, the counts behind it, why it waits."""
    settled = one["total"] - one["waiting"] - one["sending"]
    told = [
        (name, one[key])
        for name, key in (
            ("waiting", "waiting"), ("being handed over", "sending"), ("sent", "sent"), ("came back", "bounced"),
            ("in doubt", "unknown"), ("left out", "suppressed"), ("cancelled", "cancelled"), ("people opened", "opened"),
            ("people clicked", "clicked"),
        )
        if one[key] or key in ("waiting", "sent")
    ]  # fmt: skip
    counts = Markup("").join(
        Markup("<li><strong>{}</strong> {}</li>").format(f"{amount:,}", name) for name, amount in told
    )
    name = record_link("email_campaign", one["mailing_id"], one["name"]) if named else "Progress"
    bar = (
        Markup('<progress max="{0}" value="{1}" aria-label="Messages dealt with">{1} of {0}</progress>').format(
            one["total"], settled
        )
        if one["total"]
        else ""
    )
    why = [f"{one['reason']}."] if one["reason"] else []
    if one["status"] == "sending" and not one["total"]:
        why.append("The people are looked up when the worker begins, within seconds.")
    if one["next_at"] and one["status"] == "sending":
        why.append(f"The next message is due {moment_of(one['next_at'], zone)}.")
    left = [f"{amount:,} {HELD_BACK.get(reason, words(reason))}" for reason, amount in one["held_back"].items()]
    if left:
        why.append(f"Left out: {', '.join(left)}.")
    return Markup(
        '<section class="part progress" role="status"><div class="line"><h2>{}</h2>{}</div>{}<p class="dealt">{} of {} dealt with</p>'
        '<ul class="counts">{}</ul>{}</section>'
    ).format(
        name, badge(words(one["status"])), bar, f"{settled:,}", count(one["total"], "message"), counts,
        Markup("").join(Markup('<p class="note">{}</p>').format(line) for line in why),
    )  # fmt: skip


def results(found: Mapping[str, Any]) -> Markup:
    """What came of one mailing, against the others."""
    own, usual = found["figures"], found["usual"]
    shown = []
    for name, key, rate in (
        ("Delivered", "delivered", None), ("Opened by people", "opens", "open_rate"), ("Clicked by people", "clicks", "click_rate"),
        ("Came back", "bounces", "bounce_rate"), ("Unsubscribed", "unsubscribes", "unsubscribe_rate"), ("Conversions", "conversions", None),
    ):  # fmt: skip
        if own[key] is None:
            continue
        note = _rate_note(key, own[rate], found, usual) if rate and own[rate] is not None else ""
        shown.append(figure(name, number(own[key]), note))
    if not shown:
        return section("Results", Markup('<p class="note">There are no results yet.</p>'))
    notes = []
    if own["machine_opens"] or own["machine_clicks"]:
        notes.append(
            f"Not counted: {number(own['machine_opens'] or 0)} opens and {number(own['machine_clicks'] or 0)} clicks by scanners and "
            "prefetching."
        )
    if found["imported"]:
        notes.append("Part of this is imported history, in which machines cannot be told from people.")
    if own["unknown"]:
        notes.append(
            f"Of {count(int(own['unknown']), 'message')} it is unknown whether they arrived; they are never sent again."
        )
    return section("Results", Markup("{}{}").format(figures(shown, label="Results"), bullets(notes) if notes else ""))


def returned(rows: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Markup:
    """Messages that came back, are in doubt or were left out."""
    if not rows:
        return Markup("")
    lines = [
        Row([
            link(one["recipient"], address("/leads", id=one["lead_id"]) if one["lead_id"] else None), badge(words(one["state"])),
            one["said"], Cell(short_moment(one["at"], zone), one["at"]),
        ])
        for one in rows
    ]  # fmt: skip
    table = records_table(
        (Column("Recipient"), Column("State"), Column("Why", wide=True), Column("When")), lines, caption="Messages that did not arrive",
        filter_label="Filter" if len(lines) > 10 else "",
    )  # fmt: skip
    return section("Came back or left out", table, note="The newest 50." if len(rows) == 50 else "")


def explained(found: Mapping[str, Any], zone: ZoneInfo) -> Markup:
    """Why a lead got this mailing or did not, with the facts it rests on."""
    tone = {True: "good", False: "bad"}.get(found["received"], "quiet")
    rules = [
        Markup("{} {}").format(badge("fulfilled" if one["fulfilled"] else "not fulfilled", "good" if one["fulfilled"] else "bad"), one["condition"])
        for one in found["rules"]
    ]  # fmt: skip
    asked = (
        Markup("<h3>What the segment {} asks for</h3>{}").format(found["segment"] or "", bullets(rules))
        if rules
        else ""
    )
    return Markup('<div class="explained {}" role="status"><p><strong>{}</strong></p>{}{}<p class="note">{}</p></div>').format(
        tone, found["answer"].replace("**", ""), bullets([fact.replace("**", "") for fact in found["facts"]]) if found["facts"] else "",
        asked, record_link("lead", found["lead_id"], f"Everything about {found['lead']}"),
    )  # fmt: skip


def past_subjects(found: Sequence[Mapping[str, Any]]) -> Markup:
    """Past subject lines, the best opened first: the evidence beside the suggestions."""
    if not found:
        return Markup(
            '<p class="note">No past mailing has results yet, so nothing tells which kind of subject line your readers open.</p>'
        )
    rows = [
        Row([
            one["subject_line"], Cell(percent(one["open_rate"]), one["open_rate"]), f"{percent(one['low'])} to {percent(one['high'])}",
            number(one["delivered"]),
        ], href=address("/email", id=one["id"]))
        for one in found
    ]  # fmt: skip
    columns = (
        Column("Past subject line"),
        Column("Opened", right=True),
        Column("95% interval", right=True),
        Column("Of", right=True),
    )
    note = "" if len(rows) > 5 else "So few do not prove what makes a subject line work: test two of them."
    return Markup('{}<p class="note">Other lists, days and offers play a part in these. {}</p>').format(
        records_table(columns, rows, caption="Past subject lines"), note
    )


def subject_ideas(found: Mapping[str, Any]) -> Markup:
    """Subject lines to choose from; a button takes one into the editor."""
    items = Markup("").join(
        Markup(
            '<li><span>{}</span><span class="note">{} characters</span><button type="button" data-use="{}">Use</button></li>'
        ).format(line, len(line), line)
        for line in found["subject_lines"]
    )
    note = Markup('<p class="note">{}</p>').format(found["note"]) if found["note"] else ""
    return Markup('<ul class="subject-ideas">{}</ul>{}').format(items, note)


def sequence(found: Mapping[str, Any]) -> Markup:
    """A series as drafted; each email can become a mailing."""
    items = Markup("").join(
        Markup(
            '<li><div class="line make"><h3>{}. {}</h3><button type="button" data-make="{}">Make a mailing of it</button></div>'
            '<p class="note">Day {} · {}</p><div class="text">{}</div></li>'
        ).format(place, one["subject_line"], place - 1, one["day"], one["purpose"], one["content"])
        for place, one in enumerate(found["emails"], 1)
    )
    note = Markup('<p class="note">{}</p>').format(found["note"]) if found["note"] else ""
    way = say_link(
        "Make a workflow that sends it",
        f"Create a workflow that sends a series of {len(found['emails'])} emails about {found['topic']}",
    )
    return section(
        f"{count(len(found['emails']), 'email').capitalize()} about {found['topic']}",
        Markup('{}<ul class="ideas">{}</ul><p class="ways-line">{}</p>').format(note, items, way),
    )


def actions(status: str, *, ready: bool) -> Markup:
    """The buttons for what can be done with a mailing in this state. `ready`: it has a time of its own."""
    del ready
    offered: dict[str, tuple[tuple[str, str, str], ...]] = {
        "draft": (
            ("copy", "Copy", ""),
            ("cancel", "Discard …", "Discard this draft? It stays in the list as cancelled."),
        ),
        "scheduled": (("copy", "Copy", ""), ("cancel", "Cancel …", "Cancel this mailing? Nothing of it will go out.")),
        "sending": (
            ("pause", "Pause", ""),
            ("cancel", "Cancel …", "Cancel this mailing for good? What has gone out cannot be called back."),
        ),
        "paused": (
            ("resume", "Go on", ""),
            ("cancel", "Cancel …", "Cancel this mailing for good? What has gone out cannot be called back."),
        ),
    }
    buttons = offered.get(status, (("copy", "Copy as a new draft", ""),))
    return Markup('<p class="mailing-actions">{}</p>').format(
        Markup("").join(
            Markup('<button type="button" data-act="{}" data-ask="{}" class="{}">{}</button>').format(
                act, ask, act, name
            )
            for act, name, ask in buttons
        )
    )


def facts_line(one: Mapping[str, Any], zone: ZoneInfo) -> str:
    """To whom and when, in a line under the heading."""
    parts = [f"To {goes_to(one)}"]
    if one["campaign"]:
        parts.append(f"campaign {one['campaign']}")
    if one["sent_at"]:
        parts.append(f"sent {moment_of(one['sent_at'], zone)}")
    elif one["send_time"] and one["status"] != "cancelled":
        parts.append(f"for {moment_of(one['send_time'], zone)}")
    if one["status_reason"] and one["status"] not in ("sending", "paused"):
        parts.append(one["status_reason"])
    return " · ".join(parts)


def goes_to(one: Mapping[str, Any]) -> str:
    """Who it goes to, in words."""
    parts = [one["segment"]] if one["segment"] else []
    if one["recipients"]:
        few = len(one["recipients"]) <= 2
        parts.append(
            ", ".join(one["recipients"]) if few else count(len(one["recipients"]), "single address", "single addresses")
        )
    return " and ".join(parts) or "nobody yet"


def _row(one: Mapping[str, Any], found: Any, zone: ZoneInfo) -> Row:
    when = one["sent_at"] or (one["send_time"] if one["status"] != "cancelled" else None)
    rates = [getattr(found, name, None) for name in ("open_rate", "click_rate")]
    delivered = getattr(found, "delivered", None)
    return Row(
        [
            one["name"], badge(words(one["status"])), one["subject_line"] or "-", goes_to(one), Cell(short_moment(when, zone), when or ""),
            Cell(number(delivered) if delivered is not None else "-", delivered),
            *(Cell(percent(rate) if rate is not None else "-", rate) for rate in rates),
        ],
        href=address("/email", id=one["id"]),
    )  # fmt: skip


def _rate_note(key: str, rate: float, found: Mapping[str, Any], usual: Mapping[str, Any] | None) -> str:
    bounds = {"opens": found["open_range"], "clicks": found["click_range"]}.get(key)
    said = percent(rate)
    if bounds:
        said += f" ({percent(bounds[0])} to {percent(bounds[1])})"
    median = usual.get({"opens": "open_rate", "clicks": "click_rate"}.get(key, ""), None) if usual else None
    return f"{said}; usual {percent(median)}" if median is not None else said
