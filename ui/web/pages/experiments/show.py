"""From the results of the experiment tools to the page's HTML: the list, the plan, the verdict, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.markdown import as_html
from ui.web.parts import cards, states
from ui.web.parts.formats import count, moment_of, number, percent, short_moment, shorten, title, words
from ui.web.parts.links import address, record_link
from ui.web.parts.table import Cell, Column, Row, records_table

if TYPE_CHECKING:
    from agent.viewing.experiments import Course, Prospect

Data = Mapping[str, Any]
PATH = "/experiments"
LETTERS = "ABCDEF"
STATUSES = (("All", ""), ("Running", "running"), ("Decided", "decided"), ("Stopped", "stopped"))
ELEMENTS = (("Subject line", "subject"), ("Text of the mail", "content"), ("Time of sending", "send_time"))
METRICS = (("Clicks", "clicks"), ("Opens", "opens"), ("Conversions", "conversions"))
SHARES = (("5%", 0.05), ("10%", 0.1), ("20%", 0.2), ("30%", 0.3), ("50%", 0.5), ("100%: nobody waits", 1.0))
HINTS = {
    "subject": "A subject line. Shorter and quite different lines show more.",
    "content": "The whole text of the mail; or a part that stands in it, such as its button, and what to put there instead.",
    "send_time": "A time, as you would say it: “tomorrow at 9:00”, “Friday 17:00”.",
}
NOT_TESTABLE = "This mailing cannot be tested: it went out, or a test of it runs. Choose another one."
NO_MAILING = "There is no mailing to test: a test needs one that has not gone out yet. Write one under Email first."
#: What the verdict looks like.
TONES = {"winner": "good", "uneven split": "bad"}


def statuses(current: str) -> Markup:
    """The choice of a state, as links."""
    return cards.choices("State", [(name, address(PATH, status=value), value == current) for name, value in STATUSES])


def state(one: Data) -> Markup:
    """The badge of a test."""
    ended = one["status"] == "decided" and one["winner"] is None
    return cards.badge("Ended without a winner", "quiet") if ended else cards.badge(title(one["status"]))


def called(variant: Data, length: int = 80) -> Markup:
    """A variant with its letter."""
    return Markup('<span class="letter">{}</span> <span class="words">{}</span>').format(
        variant["letter"], shorten(" ".join(variant["text"].split()), length)
    )


def listing(data: Data, zone: ZoneInfo) -> Markup:
    """The list."""
    if not data["in_all"]:
        return states.empty(
            "There are no A/B tests yet.",
            "A test tries two to six subject lines, texts or times of a mailing on a part of its readers.",
            ("New A/B test", address(PATH, new=1)), ("Mailings", "/email"),
        )  # fmt: skip
    empty = states.empty(
        f"No test is {words(data['status'] or '')}.", f"{count(data['in_all'], 'test')} in all.", ("All tests", PATH)
    )
    columns = [
        Column("Test"), Column("State"), Column("Mailing"), Column("Tested"), Column("Decided by"),
        Column("Variants", right=True), Column("Winner", wide=True), Column("When"),
    ]  # fmt: skip
    return records_table(
        columns, [_row(one, zone) for one in data["tests"]], caption="A/B tests, newest first",
        filter_label="Filter by text", empty=empty,
    )  # fmt: skip


def _row(one: Data, zone: ZoneInfo) -> Row:
    winner = next((called(v) for v in one["variants"] if v["letter"] == one["winner"]), None)
    return Row(
        [
            one["name"], state(one), record_link("email_campaign", one["email_campaign_id"], one["email_campaign"]),
            title(one["element"]), title(one["metric"]), Cell(str(len(one["variants"])), len(one["variants"])), winner,
            Cell(short_moment(one["decided_at"], zone), one["decided_at"] or ""),
        ],
        href=address(PATH, id=one["id"]),
    )  # fmt: skip


def prospect(found: Prospect, variants: int, share: float) -> Markup:
    """The sample plan of the form: in words, and for other shares."""
    facts = found.facts
    said = Markup('<p class="plan" role="status">{}</p>').format(found.sentence)
    if not facts.recipients:
        return said + Markup('<p class="note">Give the mailing a segment or addresses first.</p>')
    rows = [
        Row(
            [
                percent(one),
                number(plan.each),
                points(plan.effect),
                number(plan.recipients - plan.in_test),
            ],
            mark="chosen" if one == share else "",
        )
        for one, plan in found.others
    ]
    columns = [
        Column("Share", sorts=False),
        *(Column(name, right=True, sorts=False) for name in ("Each variant", "Sees from", "Waiting")),
    ]
    table = records_table(columns, rows, caption=f"What {variants} variants show with other shares")
    note = Markup(
        '<p class="note">The smaller the difference that can be seen, the better. A point is one of 100 people: from 9% to '
        "12% are 3 points. Waiting are those who get the winner.</p>"
    )
    return said + Markup("<h3>With other shares</h3>") + table + note


def points(effect: float | None) -> str:
    """A difference of rates: 0.031 is "3.1 points"."""
    if effect is None:
        return "none"
    value = round(effect * 100, 1)
    return f"{number(value)} {'point' if value == 1 else 'points'}"


def lead(data: Data) -> str:
    """The sentence under the heading."""
    many = len(data["variants"])
    return f"{title(data['element'])} of {data['email_campaign']}, {many} variants, decided by {words(data['metric'])}."


def verdict(data: Data, course: Course, zone: ZoneInfo) -> Markup:
    """What is decided, or what the evidence says now."""
    said = Markup(as_html(course.sentence))  # escaped there: HTML in it is shown as text
    if data["status"] == "running":
        tone = TONES.get(data["evidence"]["verdict"], "open")
        return Markup('<div class="verdict {}" role="status">{}</div>').format(tone, said)
    chosen = next((one for one in data["variants"] if one["letter"] == data["winner"]), None)
    when = f" on {moment_of(data['decided_at'], zone)}" if data["decided_at"] else ""
    if data["status"] == "stopped":
        head = Markup("<p><strong>Stopped{}</strong>: its mailing was cancelled.</p>").format(when)
    elif chosen:
        head = Markup("<p><strong>Winner{}:</strong> {}</p>").format(when, called(chosen, 200))
    else:
        head = Markup("<p><strong>Ended without a winner{}.</strong></p>").format(when)
    return Markup('<div class="verdict {}">{}{}</div>').format("good" if chosen else "open", head, said)


def buttons(data: Data) -> Markup:
    """The decisions that a person may take while the test runs; each shows its plan first."""
    if data["status"] != "running":
        return Markup("")
    named = data["evidence"]["named"]
    found = []
    if named:
        found.append(_button(f"Roll out {named}, the winner …", "", "primary"))
    found += [_button(f"Choose {one['letter']} …", one["letter"]) for one in data["variants"] if one["letter"] != named]
    if not named:
        found.append(_button("End without a winner …", ""))
    return Markup('<div class="record-buttons" role="group" aria-label="Decide">{}</div>').format(cards.joined(found))


def _button(text: str, variant: str, css: str = "") -> Markup:
    return Markup('<button type="button" class="button {}" data-choose="{}">{}</button>').format(css, variant, text)
