"""From the results of the analytics tools to the dashboard's HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.charts import bars
from ui.web.parts.formats import change, money, number, percent, title, words
from ui.web.parts.links import address, record_address, record_link, say_address
from ui.web.parts.table import Cell, Column, Row, records_table

Data = Mapping[str, Any]

PERIODS = ("last 7 days", "last 30 days", "last 90 days", "this month", "this year")
USUAL = "last 30 days"
#: Figures of which less is better; of spend neither is.
LESS_IS_BETTER, NEITHER = ("unsubscribes",), ("spend",)
MONEY = ("revenue", "spend")
SHOWN = 8


def periods(current: str) -> Markup:
    """The choice of days, as links."""
    known = PERIODS if current in PERIODS else (*PERIODS, current)
    return cards.choices("Period", [(title(one), address("/dashboard", period=one), one == current) for one in known])


def figures(data: Data) -> Markup:
    """The key figures with their changes."""
    if not data["kpis"] and not data["rates"]:
        return states.empty(
            "Nothing was measured in these days.",
            "Figures come from what people do with your mailings and from figures you import. Choose other days above, or "
            "bring in what you know of past campaigns.",
            ("Import figures", say_address("Import the leads from leads.csv")),
            ("All campaigns", "/campaigns"),
        )
    currency = data["currency"]
    shown = [_kpi(one, currency) for one in data["kpis"]]
    follow = [cards.figure(one["name"], one["shown"]) for one in data["rates"]]
    before = f"Compared with {data['before']}. " if data["before"] else ""
    imported = "These figures hold imported history." if data["imported"] else ""
    return Markup("{}{}{}").format(
        cards.figures(shown, label="Key figures", columns=4),
        cards.figures(follow, label="What follows from them", columns=5) if follow else "",
        Markup('<p class="note figures-note">{}{}</p>').format(before, imported) if before or imported else "",
    )


def channels(data: Data) -> Markup:
    """Conversions by channel."""
    found = [(title(one["channel"]) if one["channel"] else "Not known", one["conversions"]) for one in data["channels"]]
    if not found:
        body = states.empty("No conversions in these days.", "They are shown here by the channel that brought them.")
    else:
        shares = {name: percent(one["share"]) for (name, _), one in zip(found, data["channels"], strict=True)}
        body = bars("Conversions by channel", found, shown=lambda name, value: f"{number(value)} ({shares[name]})")
    return cards.section("Conversions by channel", body, way=("Analytics", "/analytics"))


def campaigns(data: Data) -> Markup:
    """The campaigns with figures in the period."""
    columns = [Column("Campaign"), Column("Status")]
    columns += [Column(name, right=True) for name in ("Spend", "Leads", "Conversions", "Revenue", "ROI")]
    rows = [_campaign(one, data["currency"]) for one in data["campaigns"]]
    body = records_table(
        columns, rows, caption="Top campaigns",
        empty=states.empty("No campaign has figures in these days.", "Choose other days above.", ("All campaigns", "/campaigns")),
    )  # fmt: skip
    return cards.section("Top campaigns", body, way=("All campaigns", "/campaigns"))


def needs(waiting: Sequence[Data]) -> Markup:
    """What needs a person: plans, what failed or is paused, drafts that are due."""
    if not waiting:
        body = states.empty("Nothing waits for you.", "No plan, no draft that is due, nothing that failed.")
        return cards.section("Needs you", body)
    items = cards.joined(_need(one) for one in waiting[:SHOWN])
    more = len(waiting) - SHOWN
    note = Markup('<p class="note">… and {} more.</p>').format(more) if more > 0 else ""
    return cards.section("Needs you", Markup('<ul class="todo">{}</ul>{}').format(items, note))


def actions(data: Data, waiting: Sequence[Data]) -> Markup:
    """What to do next: each opens the chat with the sentence that does it."""
    told = {one["say"] for one in waiting if one["say"]}
    found = [one for one in data["actions"] if one["say"] not in told][:SHOWN]
    if not found:
        return cards.section("What to do next", states.empty("Nothing presses.", "No figure asks for a change."))
    items = cards.joined(
        Markup('<li><p>{}</p><p class="ways">{}</p></li>').format(one["why"], _say(one["say"])) for one in found
    )
    return cards.section("What to do next", Markup('<ul class="todo">{}</ul>').format(items))


#: What asks more about a finding, by its kind; any other is asked about as a whole.
ASK = {
    "anomaly": "Which days were out of line in the {period}?",
    "trend": "What are the trends of the {period}?",
    "change": "Which channels changed in the {period}?",
    "campaign": "How is the {name} campaign doing?",
    "mailing": "How did the mailing {name} do?",
}
FINDINGS = 5


def insights(data: Data, period: str) -> Markup:
    """What stands out, each finding with the records that it comes from, and a sentence that asks the chat for more."""
    found = data["findings"]
    if not found:
        said = (
            "Every figure is within what chance explains."
            if data["measured"]
            else "Nothing was measured in these days."
        )
        return cards.section("What stands out", states.empty("Nothing stands out.", said))
    items = cards.joined(_finding(one, period) for one in found[:FINDINGS])
    more = f"All {len(found)} findings" if len(found) > FINDINGS else "Ask about them"
    ask = say_address(f"What stands out in the {period}?")
    return cards.section("What stands out", Markup('<ul class="todo">{}</ul>').format(items), way=(more, ask))


def _finding(one: Data, period: str) -> Markup:
    links = one["links"]
    ask = ASK.get(one["kind"], "What stands out in the {period}?")
    if "{name}" in ask and not links:
        ask = "What stands out in the {period}?"
    ways = [_say(ask.format(period=period, name=links[0]["name"] if links else ""))]
    ways += [record_link(link["noun"], link["id"], link["name"]) for link in links[:2]]
    return Markup('<li><p>{}</p><p class="ways">{}</p></li>').format(one["text"], Markup(" ").join(ways))


def _kpi(one: Data, currency: str) -> Markup:
    metric = one["metric"]
    value = money(one["value"], currency) if metric in MONEY else number(one["value"])
    return cards.figure(title(metric), value, _moved(one), tone=_tone(metric, one["change"], one["clear"]))


def _moved(one: Data) -> str:
    if one["change"] is None:
        return "nothing before" if one["value"] is not None else "not measured"
    judged = {True: "", False: ", may be chance", None: ""}[one["clear"] if one["change"] else None]
    return f"{change(one['change'])}{judged}"


def _tone(metric: str, moved: float | None, clear: bool | None) -> str:
    """A colour only for what is more than chance."""
    if not moved or not clear or metric in NEITHER:
        return ""
    return "good" if (moved > 0) != (metric in LESS_IS_BETTER) else "bad"


def _campaign(one: Data, currency: str) -> Row:
    figures = one["figures"]
    sums = [
        Cell(money(value, currency) if name in MONEY else number(value), value)
        for name in ("spend", "leads", "conversions", "revenue")
        for value in (figures.get(name),)
    ]
    link = one["link"]
    return Row(
        [link["name"], cards.badge(words(one["status"])), *sums, Cell(percent(one["roi"]), one["roi"])],
        href=record_address(link["noun"], link["id"]),
    )


def _need(one: Data) -> Markup:
    link, plan = one["link"], one["plan_id"]
    ways: list[str | Markup] = []
    if plan:
        ways.append(
            Markup('<button type="button" class="plain" data-plan="{}">Look at plan {}</button>').format(plan, plan)
        )
    elif one["say"]:
        ways.append(_say(one["say"]))
    if link:
        ways.append(record_link(link["noun"], link["id"], f"Open {link['name']}"))
    return Markup('<li><p>{}</p><p class="ways">{}</p></li>').format(one["what"], Markup(" ").join(ways))


def _say(sentence: str) -> Markup:
    return Markup('<a class="say" href="{}" title="Opens the chat with this sentence">{}</a>').format(
        say_address(sentence), sentence
    )
