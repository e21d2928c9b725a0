"""The Automation page in a real browser, over a real hub: the builder's main path, and the page without its script."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe import assert_accessible
from company import open_company
from offline import assert_offline, assert_quiet
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PATIENCE, OpenPage, served
from ui.bundle import building
from ui.web import bundle
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

WORDS = "when a lead is created, wait 1 day, then send email 'Welcome'; if not opened send an sms 'Hi'"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    if not building.is_current():
        try:
            building.build(lambda text: None)
        except building.CannotBuild as error:
            pytest.skip(str(error))
    with open_company(tmp_path_factory.mktemp("hub")) as (hub, address):
        yield hub, address


@pytest.fixture(scope="module")
def plain(company: tuple[Hub, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """The same hub's pages as they are where the script could not be built."""
    hub, _ = company
    model = ModelWatch()
    model.look(hub)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bundle, "BUILT", tmp_path_factory.mktemp("nothing"))
        with served(make_app(hub, model)) as address:
            yield hub, address


def make(hub: Hub, name: str, words: str = WORDS) -> int:
    return int(hub.call("create_workflow", description=words, name=name).result.data()["id"])


def graph(hub: Hub, workflow: int) -> dict[str, object]:
    return dict(hub.call("get_workflow", workflow=str(workflow)).result.data()["graph"])


def types(hub: Hub, workflow: int) -> list[str]:
    return [node["type"] for node in graph(hub, workflow)["nodes"]]  # type: ignore[attr-defined]


def step(page: Page, words: str) -> Locator:
    return page.locator(".react-flow__node").filter(has_text=words)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def test_a_sentence_is_drawn_and_listed(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}automation")
    page = watched.page
    expect(page.get_by_role("cell", name="on event “form_submit”")).to_be_visible()
    page.get_by_label("Describe it: when it starts and what it does").fill(WORDS)
    page.get_by_label("Name (optional)").fill("Drawn from words")
    button(page, "Draw it").click()
    expect(page.get_by_role("heading", name="Drawn from words")).to_be_visible()
    expect(page.locator(".react-flow__node")).to_have_count(5)
    expect(page.locator(".react-flow__edge")).to_have_count(4)
    steps = page.get_by_role("navigation", name="Steps")
    expect(steps).to_contain_text("yes: ends · no: step 4")
    expect(step(page, "send email “Welcome”")).to_contain_text("missing")
    expect(steps).to_contain_text("The email “Welcome” of step 2 has no text yet.")
    expect(page.locator(".wf")).not_to_contain_text("Loading")
    assert_accessible(page)
    assert_offline(watched)


def test_a_step_is_dragged_onto_an_edge_edited_undone_and_saved(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "Dragged")
    page = open_page(f"{address}automation?id={workflow}", width=1500, height=1000).page
    wait, mail = step(page, "wait 1 day"), step(page, "send email")
    expect(mail).to_be_visible()
    canvas = page.get_by_role("region", name="Drawing of the workflow")
    above, below, frame = wait.bounding_box(), mail.bounding_box(), canvas.bounding_box()
    assert above is not None
    assert below is not None
    assert frame is not None
    between = {
        "x": above["x"] + above["width"] / 2 - frame["x"],
        "y": (above["y"] + above["height"] + below["y"]) / 2 - frame["y"],
    }
    page.locator("[data-kind=tag]").drag_to(canvas, target_position=between)
    expect(page.locator(".react-flow__node")).to_have_count(6)
    expect(page.get_by_role("heading", name="Step 2: Tag")).to_be_visible()
    expect(page.get_by_role("region", name="Inspector")).to_contain_text("names no tag")
    page.get_by_label("Tag", exact=True).fill("welcomed")
    page.get_by_label("Tag", exact=True).press("Enter")
    expect(step(page, "welcomed")).to_be_visible()
    assert types(hub, workflow) == ["wait", "email", "condition", "sms"], "nothing is kept before it is saved"
    button(page, "Undo").click()
    button(page, "Undo").click()
    expect(page.locator(".react-flow__node")).to_have_count(5)
    button(page, "Redo").click()
    button(page, "Redo").click()
    expect(step(page, "welcomed")).to_be_visible()
    button(page, "Save").click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    saved = graph(hub, workflow)
    tag = next(node for node in saved["nodes"] if node["type"] == "tag")  # type: ignore[attr-defined]
    assert tag["tag"] == "welcomed"
    assert types(hub, workflow) == ["wait", "tag", "email", "condition", "sms"]
    into, out = (
        [e for e in saved["edges"] if e["target"] == tag["id"]],
        [e for e in saved["edges"] if e["source"] == tag["id"]],
    )  # type: ignore[attr-defined]
    assert [(e["source"], e["port"]) for e in into] == [("s1", "next")]
    assert [e["target"] for e in out] == ["s2"]


def test_steps_are_connected_by_dragging_between_their_handles(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "Connected", "when a lead is created, send email 'One'; if opened send email 'Two'")
    page = open_page(f"{address}automation?id={workflow}", width=1500, height=1000).page
    decide, two = step(page, "if opened"), step(page, "send email “Two”")
    expect(two).to_be_visible()
    expect(page.locator(".react-flow__edge")).to_have_count(3)
    decide.locator('.react-flow__handle[data-handleid="no"]').drag_to(
        two.locator('.react-flow__handle[data-handleid="in"]')
    )
    expect(page.locator(".react-flow__edge")).to_have_count(4)
    expect(page.get_by_role("navigation", name="Steps")).to_contain_text("both ways go on alike")


def test_everything_is_done_by_keyboard(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "By keyboard")
    page = open_page(f"{address}automation?id={workflow}").page
    step(page, "wait 1 day").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Step 1: Wait")).to_be_visible()
    page.locator("[data-kind=notify]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Step 2: Tell a colleague")).to_be_visible()
    page.get_by_label("Goes on to").select_option(label="5. send sms “Hi”")
    expect(page.get_by_role("navigation", name="Steps")).to_contain_text("Nobody can reach step 3")
    page.keyboard.press("Tab")
    step(page, "send email “Welcome”").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Step 3: Email")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.locator(".react-flow__node")).to_have_count(5)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    assert types(hub, workflow) == ["wait", "notify", "condition", "sms"]


def test_the_second_of_two_people_is_told(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "Edited by two")
    page, other = (open_page(f"{address}automation?id={workflow}").page for _ in range(2))
    for one, kind in ((page, "end"), (other, "notify")):
        expect(step(one, "send email")).to_be_visible()
        one.locator(f"[data-kind={kind}]").click()
        button(one, "Save").click()
        if one is page:
            expect(one.get_by_text("Saved as version 1.")).to_be_visible()
    expect(other.get_by_role("alert")).to_contain_text("“Edited by two” was changed meanwhile by")
    assert types(hub, workflow)[-1] == "end", "what was saved first stands"
    expect(step(other, "Tell a colleague")).to_be_visible()
    button(other, "Save mine over it").click()
    expect(other.get_by_text("Saved as version 1.")).to_be_visible()
    assert "notify" in types(hub, workflow)
    assert "end" not in types(hub, workflow)


def test_a_simulation_stands_on_the_edges(company: tuple[Hub, str], open_page: OpenPage) -> None:
    """114 leads came in the 70 days of the company, so many of them in the last 30."""
    hub, address = company
    workflow = make(
        hub,
        "Simulated",
        "when a lead is created, wait 1 day; if orders at least 1 add tag 'bought', else add tag 'waits'",
    )
    found = hub.call("simulate_workflow", workflow=str(workflow), days=30).result.data()
    people, taken = (
        found["people"],
        {one["port"]: one["times"] for one in found["edges"] if one["port"] in ("yes", "no")},
    )
    assert people > 20
    assert taken["yes"] > 20, "each reader of the company has ordered"
    page = open_page(f"{address}automation?id={workflow}").page
    expect(step(page, "wait 1 day")).to_be_visible()
    button(page, "Simulate").click()
    told = page.get_by_role("region", name="Simulation")
    expect(told).to_contain_text(f"{people} people would have entered")
    expect(page.get_by_text(str(people), exact=True).first).to_be_visible()
    expect(step(page, "wait 1 day")).to_contain_text(f"{people} reached it")
    for port, times in taken.items():
        expect(page.locator(f".wf-edge .label.{port}")).to_have_text(f"{port} · {times}")
    assert hub.call("get_workflow", workflow=str(workflow)).result.data()["metrics"]["entered"] == 0


def test_it_is_activated_through_the_gate_and_counts_live(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "Activated", "when a lead is created, wait 1 day, then add tag 'seen'")
    page = open_page(f"{address}automation?id={workflow}").page
    expect(step(page, "wait 1 day")).to_be_visible()
    page.locator("[data-kind=notify]").click()
    button(page, "Activate …").click()
    approve = page.get_by_role("button", name=re.compile("Approve plan"))
    expect(approve).to_be_visible()
    assert types(hub, workflow) == ["wait", "tag", "notify"], "what is drawn is saved before its plan is laid"
    assert hub.call("get_workflow", workflow=str(workflow)).result.data()["status"] == "draft"
    approve.click()
    expect(button(page, "Pause")).to_be_visible()
    assert hub.call("get_workflow", workflow=str(workflow)).result.data()["status"] == "active"
    expect(step(page, "wait 1 day")).to_contain_text("0 took it")
    button(page, "Pause").click()
    expect(button(page, "Go on …")).to_be_visible()
    assert hub.call("get_workflow", workflow=str(workflow)).result.data()["status"] == "paused"


def test_words_are_drawn_in_the_builder_and_the_next_step_is_suggested(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    workflow = make(hub, "Described again")
    watched = open_page(f"{address}automation?id={workflow}")
    page = watched.page
    box = page.get_by_role("region", name="Describe it")
    box.get_by_role("textbox").fill("banana banana")
    button(page, "Draw it").click()
    expect(box.get_by_role("alert")).to_contain_text("I cannot read a workflow out of “banana banana”")
    box.get_by_role("textbox").fill("when someone signs up, send email 'Hi', wait 2 days")
    button(page, "Draw it").click()
    expect(page.locator(".react-flow__node")).to_have_count(3)
    step(page, "wait 2 days").click()
    button(page, "Suggest the next step").click()
    expect(page.get_by_text("no model proposed any")).to_be_visible()
    page.get_by_role("button", name=re.compile("if clicked send email")).click()
    expect(page.locator(".react-flow__node")).to_have_count(5)
    button(page, "Save").click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    assert types(hub, workflow) == ["email", "wait", "condition", "email"]
    assert_quiet(watched)


def test_a_name_never_runs_as_script(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(
        hub, "<img src=x onerror=alert(1)>", "when a lead is created, send email '<img src=x onerror=alert(2)>'"
    )
    watched = open_page(f"{address}automation?id={workflow}")
    expect(step(watched.page, "<img src=x onerror=alert(2)>")).to_be_visible()
    expect(watched.page.get_by_role("heading", name="<img src=x onerror=alert(1)>")).to_be_visible()
    assert_quiet(watched)


def test_a_phone_has_the_steps_and_no_sideways_scrolling(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    workflow = make(hub, "On a phone")
    page = open_page(f"{address}automation?id={workflow}", width=390, height=844, scheme="dark").page
    page.get_by_role("button", name="2. send email “Welcome”").click()
    expect(page.get_by_role("heading", name="Step 2: Email")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(page)


def test_the_script_is_served_from_here_and_kept(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    found = bundle.find("automation")
    assert found is not None
    page = open_page(f"{address}automation").page
    told = page.request.get(f"{address}{found.script.lstrip('/')}")
    assert told.ok
    assert "immutable" in told.headers["cache-control"]
    assert "eval(" not in told.text()
    assert "new Function" not in told.text()
    assert "@xyflow/react" in page.request.get(f"{address}built/licences.txt").text()
    assert page.request.get(f"{address}built/manifest.json").status == 404


def test_without_the_script_a_workflow_is_edited_in_words(plain: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = plain
    workflow = make(hub, "In words", "when a lead is created, wait 1 day, then add tag 'seen'")
    watched = open_page(f"{address}automation?id={workflow}")
    page = watched.page
    expect(page.get_by_text("marketing-hub build-pages")).to_be_visible()
    words = page.get_by_label("The workflow in words")
    expect(words).to_have_value(re.compile("wait 1 day"))
    expect(page.get_by_role("listitem").filter(has_text="add tag")).to_be_visible()
    words.fill("when a lead is created; wait 3 days; add tag 'seen'; notify sales")
    button(page, "Save these words").click()
    expect(page.get_by_role("listitem").filter(has_text="wait 3 days")).to_be_visible()
    assert types(hub, workflow) == ["wait", "tag", "notify"]
    button(page, "Simulate the last 30 days").click()
    expect(page.get_by_text("nothing was sent or changed")).to_be_visible()
    button(page, "Activate or go on …").click()
    page.get_by_role("button", name=re.compile("Approve plan")).click()
    expect(page.locator("#page-heading .badge")).to_have_text("active")
    assert_accessible(page)
    assert_quiet(watched)


def test_without_the_script_the_second_of_two_is_told(plain: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = plain
    workflow = make(hub, "In words of two", "when a lead is created, wait 1 day, then add tag 'seen'")
    page = open_page(f"{address}automation?id={workflow}").page
    words = page.get_by_label("The workflow in words")
    expect(words).to_have_value(re.compile("wait 1 day"))
    opened = hub.views.workflows.opened(str(workflow))
    hub.call("save_workflow", workflow=str(workflow), graph=json.dumps(opened.graph), revision=opened.revision)
    words.fill("when a lead is created; wait 9 days")
    button(page, "Save these words").click()
    expect(page.get_by_role("alert")).to_contain_text("was changed meanwhile by")
    assert types(hub, workflow) == ["wait", "tag"]
