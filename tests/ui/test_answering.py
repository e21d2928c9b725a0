"""A turn in a thread of its own: followed, stopped, failing."""

import threading

import pytest
from scripted_hub import Scene, ScriptedHub, created

from agent import HubError
from ui.answering import Answer, Answering


def answering(hub: ScriptedHub, say: str) -> Answering:
    return Answering(hub, say, conversation="c", surface="chat")  # type: ignore[arg-type]


def last(of: Answering) -> Answer:
    return list(of.follow(every=0))[-1]


def test_the_answer_grows_and_ends_with_the_turn(scripted: ScriptedHub) -> None:
    go_on = threading.Event()
    scripted.scenes["x"] = Scene("three short words", (created(),), hold=go_on.wait)
    running = answering(scripted, "x")
    seen = []
    for answer in running.follow(every=0):
        seen.append(answer)
        if answer.text == "three short words ":
            go_on.set()
    assert [a.version for a in seen] == sorted({a.version for a in seen})
    assert not any(a.done for a in seen[:-1])
    assert seen[-1].turn is not None
    assert seen[-1].text == "three short words"
    assert [call.tool for call in seen[-1].steps] == ["create_campaign"]


def test_two_readers_see_the_same_end(scripted: ScriptedHub) -> None:
    running = answering(scripted, "hello")
    assert last(running) == last(running)
    assert last(running).text == "You said: hello"


def test_what_a_tool_wrote_gives_way_to_its_step(scripted: ScriptedHub) -> None:
    """A draft is shown while it is written; once the call is made, the reply holds it."""

    class Drafting(ScriptedHub):
        def stream(self, text: str, **given):  # type: ignore[no-untyped-def]
            from agent import Step, Text

            yield Text(text="Dear cust")
            yield Text(text="omers")
            yield Step(call=created())
            yield from super().stream(text, **given)

    hub = Drafting(scripted.settings)
    texts = [a.text for a in answering(hub, "x").follow(every=0)]
    assert texts[-1] == "You said: x"
    assert not any("Dear" in text and "You" in text for text in texts)


def test_stopping_closes_the_stream(scripted: ScriptedHub) -> None:
    scripted.scenes["x"] = Scene("text", (created(),), endless=True)
    running = answering(scripted, "x")
    for answer in running.follow():
        if "and on" in answer.text:
            running.stop()
    assert answer.stopped
    assert answer.turn is None
    assert len(answer.steps) == 1, "what was done before stays in sight"
    assert scripted.ended_streams == 1


def test_stopping_a_finished_answer_changes_nothing(scripted: ScriptedHub) -> None:
    running = answering(scripted, "x")
    end = last(running)
    running.stop()
    assert running.answer == end


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            HubError("The database is locked. Close the other program."),
            "The database is locked. Close the other program.",
        ),
        (ZeroDivisionError("division by zero"), "Something went wrong inside the hub."),
    ],
)
def test_an_error_is_a_sentence(scripted: ScriptedHub, error: Exception, said: str) -> None:
    def fail() -> None:
        raise error

    scripted.scenes["x"] = Scene("half", hold=fail)
    end = last(answering(scripted, "x"))
    assert end.error is not None
    assert end.error.startswith(said)
    assert "division" not in end.error
    assert end.text == "half "


def test_a_bug_is_logged_with_the_number_that_is_told(scripted: ScriptedHub, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    scripted.scenes["x"] = Scene("half", hold=fail)
    end = last(answering(scripted, "x"))
    assert end.error is not None
    number = end.error.split("error ")[1].split()[0]
    assert any(number in record.getMessage() and record.exc_info for record in caplog.records)
