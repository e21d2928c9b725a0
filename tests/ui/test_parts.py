"""The pieces of the pages: what people wrote never becomes HTML, forms follow the tools' declarations, charts their data."""

from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import gradio as gr
import pytest
from markupsafe import Markup

from agent import all_tools
from ui.web.model_watch import ModelState
from ui.web.page import Site
from ui.web.parts import cards, charts, formats, links, shell, states
from ui.web.parts.form import tool_form
from ui.web.parts.table import Cell, Column, Row, records_table

EVIL = """<img src=x onerror="alert(1)">'"><script>alert(2)</script>"""


class Tags(HTMLParser):
    """Every tag and attribute of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = {
    "table": lambda: records_table(
        [Column(EVIL), Column("Budget", right=True)],
        [Row([EVIL, Cell(EVIL, EVIL)], href=links.record_address("campaign", 1), mark=EVIL, attributes={"name": EVIL})],
        caption=EVIL,
        filter_label=EVIL,
    ),
    "figure": lambda: cards.figure(EVIL, EVIL, EVIL, tone=EVIL, href=links.say_address(EVIL)),
    "section": lambda: cards.section(EVIL, EVIL, key=EVIL, note=EVIL, way=(EVIL, "/campaigns")),
    "facts": lambda: cards.facts([(EVIL, EVIL)]),
    "badge": lambda: cards.badge(EVIL),
    "choices": lambda: cards.choices(EVIL, [(EVIL, f"/campaigns?q={EVIL}", True)]),
    "bullets": lambda: cards.bullets([EVIL]),
    "text": lambda: cards.text_block(EVIL),
    "empty": lambda: states.empty(EVIL, EVIL, (EVIL, "/campaigns")),
    "problem": lambda: states.problem(EVIL),
    "loading": lambda: states.loading(EVIL),
    "record link": lambda: links.record_link("lead", EVIL, EVIL),
    "say link": lambda: links.say_link(EVIL, EVIL),
    "heading": lambda: shell.heading(EVIL, EVIL, up=(EVIL, "/campaigns"), beside=EVIL),
    "rail": lambda: shell.rail_html([("/", EVIL), ("/x", EVIL)], "/x", 3),
    "bars": lambda: charts.bars(EVIL, [(EVIL, 3.0)]),
    "grouped bars": lambda: charts.grouped_bars(EVIL, [(EVIL, {EVIL: 2.0})], [EVIL]),
    "funnel": lambda: charts.funnel(EVIL, [(EVIL, 3.0), (EVIL, 1.0)]),
    "time series": lambda: charts.time_series(
        EVIL, [charts.Series(EVIL, [charts.Point(date(2026, 3, 1), 2.0, mark=EVIL)])], summary=EVIL
    ),
}


@pytest.mark.parametrize("piece", list(PIECES))
def test_what_people_wrote_stays_text(piece: str) -> None:
    found = Tags(PIECES[piece]())
    assert not {"img", "script"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    values = [value or "" for _, value in found.attributes]
    assert EVIL in found.text or any(EVIL in value for value in values), "and is shown as it was written"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//evil.example", "data:text/html,x", " javascript:alert(1)", "JAVASCRIPT:alert(1)"],
)
def test_a_link_leads_nowhere_but_to_a_page(address: str) -> None:
    assert links.link("Open", address) == "Open"


def test_addresses() -> None:
    assert links.record_address("campaign", 3) == "/campaigns?id=3"
    assert links.record_address("segment", 4) == "/segments?id=4"
    assert links.record_address("moon", 4) is None
    assert links.address("/campaigns", status=None, query="a&b c") == "/campaigns?query=a%26b%20c"
    assert links.say_address("Pause “Bloom” & go") == "/?say=Pause%20%E2%80%9CBloom%E2%80%9D%20%26%20go"


def test_the_navigation_marks_where_one_is_and_groups_what_there_is() -> None:
    pages = [("/", "Chat"), ("/dashboard", "Dashboard"), ("/leads", "Leads"), ("/odd", "Odd one")]
    found = shell.navigation(pages, "/leads", waiting=2)
    assert '<a href="/leads" aria-current="page">' in found
    assert found.count("aria-current") == 1
    assert found.index("Audience") < found.index('href="/leads"') < found.index("More") < found.index('href="/odd"')
    assert "Results" not in found, "no page of it exists"
    assert '<span class="waiting">2<span class="unseen"> plans wait for approval</span></span>' in found


def test_a_table_without_rows_says_what_to_do() -> None:
    said = states.empty("No campaigns yet.", "Create the first.", ("New campaign", "/campaigns?new=1"))
    assert records_table([Column("Name")], [], caption="Campaigns", empty=said) == said


def test_cells_sort_by_their_values_and_absent_ones_by_none() -> None:
    found = records_table(
        [Column("Name"), Column("Budget", right=True)],
        [Row(["Bloom", Cell("€5,000", 5000)]), Row(["Petal", None])],
        caption="Campaigns",
        total=12,
    )
    assert '<td class="right" data-sort="5000" data-label="Budget">€5,000</td>' in found
    assert '<td class="right" data-label="Budget">-</td>' in found
    assert "The first 2 of 12 are shown." in found


def test_figures_of_results_read_as_in_answers() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert formats.moment_of("2026-04-24T07:00:00+00:00", zone) == "Fri 24 April 2026, 09:00"
    assert formats.short_moment("2026-04-24T09:00:00", zone) == "24\N{NO-BREAK SPACE}Apr\N{NO-BREAK SPACE}2026, 09:00"
    assert formats.day_of("2026-04-24") == "24 April 2026"
    assert [formats.change(share) for share in (0.125, -0.5, 0.0, None)] == ["+12.5%", "-50%", "0%", "-"]
    assert formats.title("lead_generation") == "Lead generation"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 48, (0, 20, 40, 60)),
        (0, 100, (0, 50, 100)),
        (0, 9, (0, 5, 10)),
        (-3, 9, (-5, 0, 5, 10)),
        (0, 0, (0, 0.5, 1)),
        (0, 4080, (0, 2000, 4000, 6000)),
    ],
)
def test_scales_have_round_ticks_that_hold_the_values(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert charts.scale_of(low, high).ticks == ticks


def test_a_line_breaks_where_nothing_was_measured_and_its_band_is_drawn() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 4, 5)]
    values = [0.0, 10.0, None, 5.0, 10.0]
    points = [
        charts.Point(day, value, mark="odd" if value == 5 else "") for day, value in zip(days, values, strict=True)
    ]
    band = [charts.Point(day, 5.0, 0.0, 10.0) for day in days]
    drawn = charts.time_series("Leads", [charts.Series("Leads", points), charts.Series("Expected", band, dashed=True)])
    # 5 days on 1000 units of width; 0 to 10 on 300 units of height, from the top.
    assert 'points="0.0,300.0 250.0,0.0"' in drawn
    assert 'points="750.0,150.0 1000.0,0.0"' in drawn
    assert 'class="band c1" points="0.0,0.0 250.0,0.0' in drawn
    assert drawn.count('class="mark"') == 1
    assert "<td>5, odd</td><td>5 (0 to 10)</td>" in drawn, "and can be read as a table"
    assert charts.time_series("Leads", [charts.Series("Leads", [])]) == ""


def test_a_funnel_tells_the_share_that_went_on() -> None:
    found = charts.funnel("From visit to order", [("Visited", 200.0), ("Clicked", 50.0), ("Ordered", 5.0)])
    assert "25% of the stage before" in found
    assert "10% of the stage before" in found
    assert "width:2.5%" in found


@pytest.mark.parametrize("state", ["starting", "off", "missing"])
def test_without_a_model_it_is_said_what_happens_instead(state: Any) -> None:
    assert "rafts are filled from templates" in states.no_model(ModelState(state=state))
    assert states.no_model(ModelState(state="running")) == ""


def form_of(tool: str, **given: Any) -> Any:
    hub = SimpleNamespace(records=lambda noun: [])
    site: Any = Site(hub, None, None)  # type: ignore[arg-type]
    with gr.Blocks():
        return tool_form(site, tool, submit="Go", **given)


def test_a_form_is_made_of_the_tools_declaration() -> None:
    form = form_of("create_campaign", without=("description",), values={"name": "Bloom"})
    declared = {argument.name: argument for argument in all_tools()["create_campaign"].arguments}
    assert list(form.inputs) == [name for name in declared if name != "description"]
    kinds = {name: type(component) for name, component in form.inputs.items()}
    assert kinds["name"] is kinds["budget"] is gr.Textbox
    assert kinds["type"] is kinds["channels"] is kinds["goal"] is gr.Dropdown
    assert kinds["start_date"] is gr.DateTime
    assert form.inputs["channels"].multiselect
    assert form.inputs["name"].value == "Bloom"
    assert [value for _, value in form.inputs["type"].choices] == list(declared["type"].enum)
    assert form.inputs["budget"].label == "Budget (optional)"
    assert all(component.label for component in form.inputs.values())


def test_what_is_left_empty_is_not_given_and_the_rest_in_its_kind() -> None:
    form = form_of(
        "create_campaign", only=("name", "channels", "budget", "start_date", "goal"), fixed={"type": "email"}
    )
    given = form.arguments(" Bloom ", ["email"], " 5000 ", "2026-05-01 00:00:00", "")
    assert given == {
        "type": "email",
        "name": "Bloom",
        "channels": ["email"],
        "budget": "5000",
        "start_date": "2026-05-01",
    }


def test_a_records_values_fill_the_form() -> None:
    form = form_of("create_campaign", only=("name", "channels", "budget", "start_date", "end_date"))
    filled = form.filled({"name": "Bloom", "channels": ["email"], "budget": 1234567.0, "start_date": "2026-05-01"})
    assert [filled[form.inputs[name]] for name in form.inputs] == ["Bloom", ["email"], "1234567", "2026-05-01", None]


def test_lists_are_written_a_line_each_and_moments_as_the_tools_read_them() -> None:
    form = form_of("schedule_social_post", only=("scheduled_time", "media_urls"))
    given = form.arguments("2026-05-01 09:30:00", "https://a.example/1.png\n\n https://a.example/2.png ")
    assert given == {
        "scheduled_time": "2026-05-01T09:30:00",
        "media_urls": ["https://a.example/1.png", "https://a.example/2.png"],
    }


def test_every_tool_has_a_form() -> None:
    for name in all_tools():
        assert list(form_of(name).inputs) == [argument.name for argument in all_tools()[name].arguments]


def test_the_styles_ask_for_nothing_from_elsewhere() -> None:
    folder = Path(shell.__file__).parents[1]
    for file in (folder / "style.css", *sorted((folder / "styles").glob("*.css"))):
        assert "http" not in file.read_text(), file.name
        assert "@import" not in file.read_text(), file.name


def test_markup_is_taken_as_it_is() -> None:
    assert cards.section("Title", Markup("<b>ours</b>")).count("<b>ours</b>") == 1
