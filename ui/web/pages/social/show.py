"""What the Social page shows, as HTML."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import NOTHING, moment_of, number, percent, short_moment, shorten
from ui.web.parts.links import address, link, record_address
from ui.web.parts.table import Cell, Column, Row, records_table

VIEWS = (
    ("calendar", "Calendar"),
    ("list", "List"),
    ("times", "Best times"),
    ("results", "Results"),
    ("plan", "Plan a series"),
)
STATUSES = ("draft", "scheduled", "published", "failed", "cancelled")
_MARKED = re.compile(r"(https?://[^\s<>]+|(?<![\w&/#])#\w+|(?<![\w@.])@\w[\w.]*)")


def views(current: str) -> Markup:
    """The page's views as links."""
    return cards.choices(
        "Views",
        [(name, address("/social", view=None if key == "calendar" else key), key == current) for key, name in VIEWS],
    )


def filters(platforms: dict[str, str], platform: str | None, status: str | None) -> Markup:
    """The list by platform and by status."""
    by_platform = [("All platforms", address("/social", view="list", status=status), platform is None)]
    by_platform += [
        (name, address("/social", view="list", platform=key, status=status), key == platform)
        for key, name in platforms.items()
    ]
    by_status = [("Any status", address("/social", view="list", platform=platform), status is None)]
    by_status += [
        (one.capitalize(), address("/social", view="list", platform=platform, status=one), one == status)
        for one in STATUSES
    ]
    return Markup('<div class="social-filters">{}{}</div>').format(
        cards.choices("Platform", by_platform), cards.choices("Status", by_status)
    )


def listed(data: dict[str, Any], names: dict[str, str], zone: ZoneInfo) -> Markup:
    """The table of `list_social_posts`."""
    nothing = (
        states.empty("No post like this", "No post fits this filter.", ("Show all", "/social?view=list"))
        if data["in_all"]
        else states.empty(
            "No posts yet",
            "Write one, or plan a whole series.",
            ("New post", "/social?new="),
            ("Plan a series", "/social?view=plan"),
        )
    )
    columns = (Column("Post", wide=True), Column("Platform"), Column("Status"), Column("When"), Column("Likes", right=True),
               Column("Shares", right=True), Column("Comments", right=True))  # fmt: skip
    rows = []
    for one in data["posts"]:
        when = one["published_at"] or one["scheduled_time"]
        status = "unknown" if one["outcome_unknown"] else one["status"]
        figures = [one["results"].get(name) for name in ("likes", "shares", "comments")]
        rows.append(
            Row(
                [
                    shorten(one["content"], 90), names[one["platform"]], cards.badge(status), Cell(short_moment(when, zone), when or ""),
                    *(Cell(NOTHING if value is None else number(value), value if value is not None else -1) for value in figures),
                ],
                href=record_address("social_post", one["id"]),
            )
        )  # fmt: skip
    return records_table(columns, rows, caption="Posts", filter_label="Filter posts", empty=nothing)


def counted(told: dict[str, Any]) -> Markup:
    """How long a text is on its platform, live while it is typed."""
    over = told["over"]
    share = min(1.0, told["length"] / told["longest"])
    said = f"{number(told['length'])} of {number(told['longest'])} characters on {told['name']} ({told['counted']})"
    if over:
        said += f": {number(over)} too many"
    tags = told["most_hashtags"]
    more = f"{len(told['hashtags'])} of {tags} hashtags" if tags is not None else f"{len(told['hashtags'])} hashtags"
    notes = [
        *told["notes"],
        *(
            []
            if told["account"]
            else [f"No {told['name']} account is connected: the post can be copied out at its time."]
        ),
    ]
    return Markup(
        '<div class="counted {}"><div class="meter" aria-hidden="true"><span style="width:{}%"></span></div><p>{} · {}</p>{}</div>'
    ).format("over" if over else "", round(share * 100, 1), said, more, cards.bullets(notes) if notes else "")


def preview(told: dict[str, Any], text: str, media: list[str], when: str) -> Markup:
    """The post somewhat as its platform shows it. Pictures are only named: nothing is loaded from another host."""
    who = told["account"] or "Your account"
    initial = who.lstrip("@")[:1].upper() or "?"
    body = (
        Markup("<br>").join(_line(line, told["live_links"]) for line in text.splitlines())
        if text.strip()
        else Markup("<i>The text stands here.</i>")
    )
    pictures = Markup("").join(Markup("<li>{}</li>").format(shorten(one, 60)) for one in media)
    shown = (
        Markup('<ul class="media" aria-label="Pictures and films">{}</ul>').format(pictures) if media else Markup("")
    )
    return Markup(
        '<figure class="look {}"><figcaption>As it may look on {}</figcaption><div class="post"><div class="who"><span class="face" aria-hidden="true">{}</span>'
        '<span><b>{}</b><small>{}</small></span></div><p class="body">{}</p>{}<p class="deeds" aria-hidden="true">Like · Comment · Share</p></div></figure>'
    ).format(told["platform"], told["name"], initial, who, when or "no time yet", body, shown)  # fmt: skip


def _line(line: str, live_links: bool) -> Markup:
    parts = []
    for place, piece in enumerate(_MARKED.split(line)):
        marked = place % 2 and (live_links or not piece.startswith("http"))
        parts.append(Markup('<span class="mark">{}</span>').format(piece) if marked else Markup("{}").format(piece))
    return Markup("").join(parts)


def times(told: dict[str, Any], names: dict[str, str]) -> Markup:
    """The best times of a platform, with their intervals as bars around the average (1)."""
    ways = [
        (name, address("/social", view="times", platform=key), key == told["platform"]) for key, name in names.items()
    ]
    columns = (
        Column("Time"),
        Column("Against an average time", right=True),
        Column("80% interval", wide=True, sorts=False),
        Column("Your posts then", right=True),
    )
    top = max([slot["high"] for slot in told["slots"]] + [1.5])
    rows = []
    for slot in told["slots"]:
        when = f"{slot['weekday']} {slot['start']:02}:00 to {slot['end']:02}:00"
        said = f"{_against(slot['low'])} to {_against(slot['high'])}"
        bar = Markup(
            '<span class="interval"><span class="track" aria-hidden="true"><span class="band" style="left:{}%;width:{}%"></span><span class="one" style="left:{}%"></span>'
            '<span class="point" style="left:{}%"></span></span><span class="said">{}</span></span>'
        ).format(
            _share(slot["low"], top),
            _share(slot["high"] - slot["low"], top),
            _share(1, top),
            _share(slot["factor"], top),
            said,
        )
        rows.append(
            Row(
                [
                    when,
                    Cell(_against(slot["factor"]), slot["factor"]),
                    bar,
                    Cell(number(slot["own_posts"]), slot["own_posts"]),
                ]
            )
        )
    name = names[told["platform"]]
    own = (
        f"from {number(told['own_posts'])} own posts with results"
        if told["own_posts"]
        else f"general times ({told['default_source']}), since no own post on {name} has results yet"
    )
    note = f"How sure: {told['sure']}; {own}."
    table = records_table(columns, rows, caption=f"Best times on {name}")
    return cards.choices("Platform", ways) + cards.section(f"Best times to post on {name}", table, note=note)


def _against(factor: float) -> str:
    change = factor - 1
    return f"{'+' if change > 0 else ''}{percent(change)}"


def _share(value: float, top: float) -> float:
    return round(max(0.0, min(1.0, value / top)) * 100, 1)


def results(told: dict[str, Any], names: dict[str, str], zone: ZoneInfo) -> Markup:
    """What came of the published posts: by platform, and the best of them."""
    if not told["total"]["posts"]:
        return states.empty(
            "Nothing published yet", "Results come with the first published posts.", ("Write a post", "/social?new=")
        )
    shown = [*told["platforms"], *([told["total"]] if len(told["platforms"]) > 1 else [])]
    columns = ("Posts", "Likes", "Shares", "Comments", "Engagement", "Per post")
    rows = [
        Row([names.get(one["platform"] or "", "All"),
             *(Cell(NOTHING if one[key] is None else number(one[key]), one[key] or 0) for key in ("posts", "likes", "shares", "comments", "engagement", "per_post"))])
        for one in shown
    ]  # fmt: skip
    table = records_table(
        [Column("Platform"), *(Column(name, right=True) for name in columns)], rows, caption="Results by platform"
    )
    best = cards.bullets(
        [
            Markup("{} · {} · {}").format(
                link(shorten(one["content"], 80), record_address("social_post", one["id"])),
                names[one["platform"]],
                moment_of(one["published_at"], zone),
            )
            for one in told["best"]
        ]
    )
    note = "These figures hold imported history." if told["imported"] else ""
    return cards.section("Results", table, note=note) + (
        cards.section("Most engagement", best) if told["best"] else Markup("")
    )
