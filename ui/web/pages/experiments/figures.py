"""What came of the variants as HTML: the table, the rates with their ranges as a drawing, what was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from ui.web.pages.experiments.show import Data, called
from ui.web.parts import cards
from ui.web.parts.charts import scale_of
from ui.web.parts.formats import number, percent
from ui.web.parts.table import Cell, Column, Row, records_table

if TYPE_CHECKING:
    from agent.viewing.experiments import Course

#: What people of a metric did.
DID = {"opens": "opened", "clicks": "clicked", "conversions": "converted"}
#: A text longer than this is shown whole below the table.
LONG = 80


def results(data: Data) -> Markup:
    """The variants with what came of them."""
    columns = [
        Column("Variant", wide=True), Column("Sent", right=True), Column(f"People who {DID[data['metric']]}", right=True),
        Column("Rate", right=True), Column("95% range", right=True), Column("Chance to win", right=True),
    ]  # fmt: skip
    table = records_table(columns, [_row(data, one) for one in data["results"]], caption="Results by variant")
    long = [one for one in data["variants"] if len(" ".join(one["text"].split())) > LONG]
    whole = cards.joined(
        Markup('<details class="draft"><summary>The whole text of {}</summary>{}</details>').format(
            one["letter"], cards.text_block(one["text"])
        )
        for one in long
    )
    note = (
        "The range holds the true rate with 95% certainty. The chance to win is for information: it decides nothing, since "
        "it fools who looks often."
    )
    if data["imported"]:
        note += " The counts are imported history."
    body = Markup('{}{}<div class="whole-texts">{}</div>').format(_ranges(data), table, whole)
    return cards.section("Results", body, key="results", note=note)


def _row(data: Data, one: Data) -> Row:
    evidence = data["evidence"]
    badge: str | Markup = ""
    if one["letter"] == data["winner"]:
        badge = cards.badge("Winner", "good")
    elif data["status"] == "running" and one["letter"] == evidence["named"]:
        badge = cards.badge("Wins", "good")
    elif data["status"] == "running" and one["letter"] == evidence["leader"]:
        badge = cards.badge("Leads", "quiet")
    ends = f"{percent(one['low'])} to {percent(one['high'])}" if one["low"] is not None else "-"
    return Row(
        [
            Cell(Markup("{} {}").format(called(one, LONG), badge), one["letter"]),
            Cell(number(one["sent"]), one["sent"]), Cell(number(one["successes"]), one["successes"]),
            _share(one["rate"]), Cell(ends, one["low"] if one["low"] is not None else ""), Cell(_chance(one["chance_best"]), one["chance_best"] if one["chance_best"] is not None else ""),
        ]
    )  # fmt: skip


def _share(value: float | None) -> Cell:
    return Cell(percent(value), value if value is not None else "")


def _chance(value: float | None) -> str:
    """A chance that was computed is never quite none, nor quite certain."""
    if value is None or 0.001 <= value <= 0.999:
        return percent(value)
    return "under 0.1%" if value < 0.001 else "over 99.9%"


def _ranges(data: Data) -> Markup:
    """Each variant's rate as a point in its range, over one axis; the table says the same in words."""
    known = [one for one in data["results"] if one["low"] is not None]
    if not any(one["successes"] for one in known):
        return Markup("")
    scale = scale_of(min(one["low"] for one in known), max(one["high"] for one in known))
    rows = cards.joined(
        Markup(
            '<li class="{}"><span class="letter">{}</span><span class="axis"><span class="range" style="left:{}%;width:{}%"></span>'
            '<span class="point" style="left:{}%"></span></span></li>'
        ).format(
            "ahead" if one["letter"] == (data["winner"] or data["evidence"]["leader"]) else "", one["letter"],
            _percent(scale.share(one["low"])), _percent(scale.share(one["high"]) - scale.share(one["low"])),
            _percent(scale.share(one["rate"])),
        )
        for one in known
    )  # fmt: skip
    ticks = cards.joined(
        Markup('<span style="left:{}%">{}</span>').format(_percent(scale.share(tick)), percent(tick))
        for tick in scale.ticks
    )
    said = "; ".join(
        f"{one['letter']} {percent(one['rate'])}, {percent(one['low'])} to {percent(one['high'])}" for one in known
    )
    return Markup(
        '<div class="ranges" role="img" aria-label="Rates with their ranges: {}"><ul aria-hidden="true">{}</ul>'
        '<div class="ticks" aria-hidden="true">{}</div></div>'
    ).format(said, rows, ticks)


def checks(data: Data, course: Course) -> Markup:
    """Whether the figures can be trusted, and what the decision rests on."""
    evidence = data["evidence"]
    facts: list[tuple[str, str | Markup]] = [("Division", _division(data))]
    if evidence["leader"] is not None:
        said = f"{_p(evidence['p_value']).removeprefix('= ')}; a winner is named from {course.level:g} down, however often one looks"
        facts.append(("p-value", said))
    if evidence["needed_each"] is not None:
        facts.append(("Needed for a winner", f"about {number(evidence['needed_each'])} people for each variant"))
    if evidence["more_each"]:
        facts.append(("Still missing", f"{number(evidence['more_each'])} for each variant, if the rates stay"))
    if evidence["held_back"]:
        facts.append(("Wait for the winner", number(evidence["held_back"])))
    return cards.section("Checks", cards.facts(facts), key="checks")


def _division(data: Data) -> Markup:
    """The sample-ratio check."""
    evidence = data["evidence"]
    if not any(one["sent"] for one in data["results"]):
        return cards.badge("Not divided yet", "quiet")
    if evidence["waiting"]:
        return Markup("{} Judged when all messages of the test are out.").format(cards.badge("Still sending", "busy"))
    p = _p(evidence["split_p_value"])
    if evidence["verdict"] == "uneven split":
        return Markup("{} The variants did not get equally many people (p {}): do not trust the rates.").format(
            cards.badge("Uneven", "bad"), p
        )
    return Markup("{} The variants got about equally many people (p {}).").format(cards.badge("Even", "good"), p)


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.001 else "< 0.001"


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")
