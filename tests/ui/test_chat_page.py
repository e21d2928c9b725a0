"""The chat page in a real browser, over a scripted hub: what needs an answer held open, broken, or hostile."""

import threading
from collections.abc import Iterator

import pytest
from axe import assert_accessible
from chat_page import ChatPage
from playwright.sync_api import Dialog, expect
from scripted_hub import EXAMPLES, Scene, ScriptedHub, created, deletion

from agent import Call, Health, HubError
from tests.support.browser import OpenPage, Watched, served
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch
from ui.web.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture
def scripted(scripted_site: tuple[ScriptedHub, str]) -> ScriptedHub:
    scripted_site[0].reset()
    return scripted_site[0]


@pytest.fixture
def opened(
    scripted: ScriptedHub, scripted_site: tuple[ScriptedHub, str], open_page: OpenPage
) -> Iterator[tuple[ChatPage, Watched]]:
    """A chat page; when the test is over it must have complained of nothing and asked no other host for anything."""
    watched = open_page(scripted_site[1])
    yield ChatPage(watched.page), watched
    assert watched.errors == []
    assert watched.foreign == []


@pytest.fixture
def chat(opened: tuple[ChatPage, Watched]) -> ChatPage:
    return opened[0]


def test_an_answer_appears_while_it_is_given(chat: ChatPage, scripted: ScriptedHub) -> None:
    go_on = threading.Event()
    scripted.scenes["write"] = Scene("The whole answer.", (created(),), progress="Writing …", hold=go_on.wait)
    chat.say("write")
    expect(chat.replies.last).to_contain_text("The whole answer")
    expect(chat.steps.first).to_contain_text("Create campaign · done")
    expect(chat.stop_button).to_be_visible()
    expect(chat.box).to_have_value("")
    assert not scripted.stored, "the turn is not over yet"
    go_on.set()
    expect(chat.send_button).to_be_visible()
    expect(chat.conversations).to_have_count(1)


def test_what_is_being_done_is_told(chat: ChatPage, scripted: ScriptedHub) -> None:
    go_on = threading.Event()
    scripted.scenes["write"] = Scene("", progress="Writing the mail …", hold=go_on.wait)
    chat.say("write")
    expect(chat.page.get_by_role("status").filter(has_text="Writing the mail …")).to_be_visible()
    go_on.set()
    expect(chat.send_button).to_be_visible()


def test_a_step_opens_to_its_arguments_and_their_words(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["make it"] = Scene("Created **Bloom**.", (created(),))
    chat.ask("make it", "Created Bloom.")
    step = chat.open_step(0)
    for cell in ("name", "Bloom", "“Bloom”", "budget", "5000", "“5000 dollar budget”"):
        expect(step.get_by_role("cell", name=cell, exact=True)).to_be_visible()
    chat.steps.first.focus()
    chat.page.keyboard.press("Enter")
    expect(step).to_be_hidden()


def test_a_plan_is_approved_beside_the_conversation(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene(
        "This would delete **Bloom**.", (deletion(),), plan="Deletes **Bloom**.\n\n- 2 mailings\n- 1 draft"
    )
    expect(chat.plans).to_have_count(0)
    chat.ask("delete it", "This would delete Bloom.")
    expect(chat.plans).to_have_count(1)
    for said in ("Plan 1: delete campaign", "Deletes Bloom.", "2 mailings", "1 draft"):
        expect(chat.plans.first).to_contain_text(said)
    expect(chat.conversations.first).to_contain_text("1 waiting")
    expect(chat.steps.first).to_contain_text("waits for approval")
    chat.button("Approve plan 1").click()
    expect(chat.replies.last).to_have_text("Done: it was deleted.")
    expect(chat.plans).to_have_count(0)
    assert scripted.decided == [(1, "approve")]
    expect(chat.conversations.first).not_to_contain_text("waiting")
    expect(chat.steps.first).to_contain_text("Delete campaign · approved")


def test_a_plan_is_rejected_by_keyboard_alone(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene("This would delete it.", (deletion(),), plan="It goes.")
    expect(chat.box).to_be_focused()
    chat.page.keyboard.type("delete it")
    chat.page.keyboard.press("Enter")
    expect(chat.plans).to_have_count(1)
    reject = chat.button("Reject plan 1")
    for _ in range(40):
        if reject.evaluate("e => e === document.activeElement"):
            break
        chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Enter")
    expect(chat.replies.last).to_have_text("Rejected: nothing happened.")
    assert scripted.decided == [(1, "reject")]


def test_several_plans_are_decided_one_by_one(chat: ChatPage, scripted: ScriptedHub) -> None:
    for name in ("One", "Two", "Three", "Four", "Five"):
        scripted.scenes[name] = Scene("It would go.", (deletion(name),), plan=f"Deletes **{name}**.")
        chat.ask(name, "It would go.")
    expect(chat.plans).to_have_count(5)
    chat.button("Reject plan 2").click()
    expect(chat.plans).to_have_count(4)
    expect(chat.plans.nth(3)).to_contain_text("Deletes Five.")
    chat.button("Approve plan 5").click()
    expect(chat.plans).to_have_count(3)
    assert scripted.decided == [(2, "reject"), (5, "approve")]


def test_a_decision_that_cannot_be_carried_out_is_a_sentence(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene("It would go.", (deletion(),), plan="It goes.")
    chat.ask("delete it", "It would go.")
    scripted.waiting.clear()  # somebody else decided meanwhile
    chat.button("Approve plan 1").click()
    expect(chat.page.get_by_role("alert")).to_have_text("There is no plan 1.")
    expect(chat.plans).to_have_count(0)


def test_stop_ends_the_answer_and_the_next_one_begins(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["go on"] = Scene("on", (created(),), endless=True)
    chat.say("go on")
    expect(chat.replies.last).to_contain_text("and on and on")
    chat.stop_button.click()
    expect(chat.replies.last).to_have_text("Stopped. What was done before stays done.")
    expect(chat.steps.first).to_contain_text("Create campaign")
    assert scripted.ended_streams == 1
    chat.ask("hello", "You said: hello")


def test_a_reload_keeps_the_conversation(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene("It would go.", (deletion(),), plan="It goes.")
    chat.ask("first", "You said: first")
    chat.ask("delete it", "It would go.")
    (conversation,) = scripted.stored
    assert chat.page.url.endswith(f"?conversation={conversation}")
    chat.page.reload()
    again = ChatPage(chat.page)
    expect(again.said).to_have_text(["first", "delete it"])
    expect(again.plans).to_have_count(1)
    again.ask("third", "You said: third")
    assert [turn.say for turn in scripted.turns(conversation)] == ["first", "delete it", "third"]


def test_an_answer_goes_on_while_the_page_is_loaded_again(
    opened: tuple[ChatPage, Watched], scripted: ScriptedHub
) -> None:
    chat, watched = opened
    go_on = threading.Event()
    scripted.scenes["write"] = Scene("The whole answer.", (created(),), hold=go_on.wait)
    chat.say("write")
    expect(chat.replies.last).to_contain_text("The whole answer")
    chat.page.reload()
    watched.errors.clear()  # Gradio logs that its stream was cut
    again = ChatPage(chat.page)
    expect(again.said).to_have_text(["write"])
    expect(again.replies.last).to_contain_text("The whole answer")
    expect(again.stop_button).to_be_visible()
    go_on.set()
    expect(again.send_button).to_be_visible()
    expect(again.replies.last).to_have_text("The whole answer.")
    assert len(scripted.turns(next(iter(scripted.stored)))) == 1, "it was answered once"


def test_an_answer_that_is_coming_is_found_from_another_page(
    opened: tuple[ChatPage, Watched], scripted: ScriptedHub, scripted_site: tuple[ScriptedHub, str], open_page: OpenPage
) -> None:
    go_on = threading.Event()
    scripted.scenes["write"] = Scene("The whole answer.", (created(),), hold=go_on.wait)
    opened[0].ask("first", "You said: first")
    opened[0].say("write")
    expect(opened[0].replies.last).to_contain_text("The whole answer")
    other = ChatPage(open_page(scripted_site[1]).page)
    expect(other.conversations.first).to_contain_text("answering …")
    other.conversations.first.get_by_role("link").click()
    expect(other.said).to_have_text(["first", "write"])
    expect(other.stop_button).to_be_visible()
    other.say("too early")
    expect(other.page.get_by_role("alert")).to_contain_text("still being answered")
    expect(other.box).to_have_value("too early")
    go_on.set()
    for page in (opened[0], other):
        expect(page.replies.last).to_have_text("The whole answer.")
        expect(page.send_button).to_be_visible()
    assert [turn.say for turn in next(iter(scripted.stored.values()))] == ["first", "write"]


def test_a_failed_message_is_said_again(chat: ChatPage, scripted: ScriptedHub) -> None:
    def fail() -> None:
        scripted.scenes.clear()
        raise HubError("The model was busy.")

    scripted.scenes["write it"] = Scene("half", hold=fail)
    chat.say("write it")
    expect(chat.log.get_by_role("alert")).to_have_text("The model was busy.")
    chat.button("Try again").click()
    expect(chat.replies.last).to_have_text("You said: write it")
    expect(chat.said).to_have_text(["write it"])


def test_conversations_are_listed_opened_and_deleted(chat: ChatPage, scripted: ScriptedHub) -> None:
    chat.ask("the first", "You said: the first")
    chat.page.get_by_role("link", name="New conversation").click()
    expect(chat.said).to_have_count(0)
    chat = ChatPage(chat.page)
    chat.ask("the second", "You said: the second")
    expect(chat.conversations).to_have_text(["the second✎×", "the first✎×"])
    chat.page.get_by_role("link", name="the first").click()
    expect(chat.said).to_have_text(["the first"])
    expect(chat.conversations.nth(1).locator("a")).to_have_attribute("aria-current", "page")

    asked = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    chat.page.once("dialog", refuse)
    chat.conversations.first.hover()
    chat.button("Delete “the second”").click()
    chat.page.once("dialog", agree)
    chat.conversations.first.hover()
    chat.button("Delete “the second”").click()
    expect(chat.conversations).to_have_count(1)
    expect(chat.said).to_have_text(["the first"])
    chat.page.once("dialog", agree)
    chat.conversations.first.hover()
    chat.button("Delete “the first”").click()
    expect(chat.button("Select example 1")).to_be_visible()
    assert "conversation" not in chat.page.url
    assert scripted.stored == {}
    assert [message.startswith("Delete this conversation?") for message in asked] == [True, True, True]


def test_an_example_is_asked_with_one_click(chat: ChatPage) -> None:
    chat.button(EXAMPLES[1]).click()
    expect(chat.said).to_have_text([EXAMPLES[1]])
    expect(chat.replies.last).to_have_text(f"You said: {EXAMPLES[1]}")


def test_an_error_is_a_sentence_in_the_conversation(chat: ChatPage, scripted: ScriptedHub) -> None:
    def fail() -> None:
        raise HubError("The database is locked. Close the other <program>.")

    scripted.scenes["x"] = Scene("half", hold=fail)
    chat.say("x")
    expect(chat.log.get_by_role("alert")).to_have_text("The database is locked. Close the other <program>.")
    chat.ask("hello", "You said: hello")


def test_text_from_outside_stays_text(opened: tuple[ChatPage, Watched], scripted: ScriptedHub) -> None:
    chat, watched = opened
    hostile = (
        "<script>window.pwned=1</script><img src='/nothing' onerror='window.pwned=2'> ${window.pwned=3} {{7*7}}\n\n"
        "[link](javascript:window.pwned=4) ![picture](http://evil.test/x.png)"
    )
    call = Call(tool="x", arguments={"a": hostile}, error=hostile)
    scripted.scenes[hostile.replace("\n\n", " ")] = Scene(hostile, (call, deletion()), plan=hostile)
    chat.say(hostile.replace("\n\n", " "))
    expect(chat.plans).to_have_count(1)
    expect(chat.send_button).to_be_visible()
    expect(chat.said.first).to_have_text(hostile.replace("\n\n", " "))
    chat.open_step(0)
    for link in chat.page.get_by_text("link", exact=True).all():
        link.click()
    chat.page.reload()
    ChatPage(chat.page)
    expect(chat.plans).to_have_count(1)
    assert chat.page.evaluate("window.pwned") is None
    assert "49" not in chat.log.inner_text()
    # The policy stopped the picture before it was asked for, and said so.
    assert all("evil.test" in said or "/nothing" in said or "404" in said for said in watched.errors), watched.errors
    assert watched.foreign == ["http://evil.test/x.png"] * len(watched.foreign)
    watched.errors.clear()
    watched.foreign.clear()


def test_dollars_are_no_formulas(chat: ChatPage, scripted: ScriptedHub) -> None:
    scripted.scenes["x"] = Scene("From $5,000 to $$6,000$$ and \\(x\\).")
    chat.ask("x", "From $5,000 to $$6,000$$ and")
    assert chat.page.locator(".katex").count() == 0


def test_the_banner_follows_the_models_start(scripted: ScriptedHub, open_page: OpenPage) -> None:
    scripted.model_ready.clear()
    model = ModelWatch()
    with served(make_app(scripted, model, PAGES[:1])) as address:  # type: ignore[arg-type]
        model.watch(scripted)  # type: ignore[arg-type]
        model.progress("Loading the embedded model", 0.25)
        watched = open_page(address)
        chat = ChatPage(watched.page)
        expect(watched.page.locator("#banner")).to_contain_text("Loading the embedded model")
        expect(watched.page.get_by_role("progressbar")).to_have_attribute("value", "0.250")
        model.progress("Loading the embedded model", 0.75)
        expect(watched.page.get_by_role("progressbar")).to_have_attribute("value", "0.750")
        chat.ask("hello", "You said: hello")
        scripted.model_ready.set()
        expect(watched.page.locator("#banner")).to_have_text("")
        assert watched.errors == []


def test_the_banner_says_what_to_do_without_a_model(scripted: ScriptedHub, open_page: OpenPage) -> None:
    ill = Health(part="model", summary="none", ok=False, problem="Ollama does not answer.", fix="Start Ollama.")
    scripted.parts = (ill,)
    model = ModelWatch()
    model.look(scripted)  # type: ignore[arg-type]
    with served(make_app(scripted, model, PAGES[:1])) as address:  # type: ignore[arg-type]
        watched = open_page(address)
        ChatPage(watched.page)
        for said in ("Ollama does not answer.", "Start Ollama.", "Slash commands", "templates"):
            expect(watched.page.locator("#banner")).to_contain_text(said)
        scripted.parts = (Health(part="model", summary="qwen", ok=True),)  # it was mended
        watched.page.reload()
        expect(watched.page.locator("#banner")).to_have_text("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_it_fits_every_width_in_light_and_dark(
    scripted: ScriptedHub, scripted_site: tuple[ScriptedHub, str], open_page: OpenPage, width: int, scheme: str
) -> None:
    wide = (
        "| a | b | c | d |\n|---|---|---|---|\n"
        + "| a long cell of words | another one | and a third | the last |\n" * 3
    )
    scripted.scenes["table"] = Scene(f"{wide}\n\n{'x' * 300}", (created("y" * 200),))
    scripted.scenes["delete it"] = Scene("It would go.", (deletion(),), plan=f"Deletes it. {'z' * 200}\n\n{wide}")
    watched = open_page(scripted_site[1], width=width, height=844, scheme=scheme)
    chat = ChatPage(watched.page)
    assert not chat.scrolls_sideways()
    expect(watched.page.get_by_role("group", name="Examples").get_by_role("button")).to_have_count(4)
    assert_accessible(watched.page)
    chat.ask("table", "another one")
    expect(chat.steps.first).to_have_attribute("aria-expanded", "false")
    chat.open_step(0)
    expect(chat.steps.first).to_have_attribute("aria-expanded", "true")
    chat.ask("delete it", "It would go.")
    expect(chat.plans).to_have_count(1)
    assert not chat.scrolls_sideways()
    assert_accessible(watched.page)
    for control in (chat.box, chat.send_button, chat.button("Approve plan 1")):
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport(ratio=0.9)
    background = watched.page.evaluate("getComputedStyle(document.querySelector('#chat')).backgroundColor")
    red, green, blue = (int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(","))
    assert (red + green + blue > 700) == (scheme == "light")
    if width == 390:
        expect(chat.conversations.first).to_be_hidden()
        chat.button("Chats").click()
        expect(chat.conversations.first).to_be_in_viewport()
        watched.page.keyboard.press("Escape")
        expect(chat.conversations.first).to_be_hidden()
    assert watched.errors == []
    assert watched.foreign == []
