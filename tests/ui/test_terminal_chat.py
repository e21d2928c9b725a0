"""`marketing-hub chat` and the live terminal: typed lines, stopped answers, plans decided with y and n."""

import os
import re
import signal
import threading
from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console
from scripted_hub import Scene, ScriptedHub, created, deletion
from typer.testing import CliRunner, Result

from ui.answering import Answering
from ui.cli import app
from ui.terminal import Terminal, progress_bars

Talk = Callable[..., Result]


@pytest.fixture
def talk(scripted: ScriptedHub) -> Talk:
    """`talk("hello", "/quit")`: a chat in which these lines are typed; it ends with the input (Ctrl-D)."""

    def type_lines(*lines: str, options: tuple[str, ...] = ()) -> Result:
        typed = "".join(f"{line}\n" for line in lines)
        return CliRunner().invoke(app, ["chat", *options], input=typed)

    return type_lines


def test_a_chat_is_one_conversation_until_a_new_one_is_begun(talk: Talk, scripted: ScriptedHub) -> None:
    result = talk("one", "two", "/new", "three")
    assert result.exit_code == 0, result.output
    assert "You said: two" in result.stdout
    assert [[turn.say for turn in turns] for turns in scripted.stored.values()] == [["one", "two"], ["three"]]
    assert scripted.closed


def test_a_chat_goes_on_with_an_earlier_conversation(talk: Talk, scripted: ScriptedHub) -> None:
    talk("one", options=("--conversation", "mine"))
    talk("two", "/quit", "never said", options=("--conversation", "mine"))
    assert [turn.say for turn in scripted.turns("mine")] == ["one", "two"]


def test_plans_are_decided_with_y_n_and_enter(talk: Talk, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene("It would go.", (deletion(),), plan="It goes.")
    result = talk("delete it", "y", "delete it", "perhaps", "n", "delete it", "", "hello")
    assert scripted.decided == [(1, "approve"), (2, "reject")]
    assert [plan.id for plan in scripted.plans()] == [3]
    assert "Done: it was deleted." in result.stdout
    assert "Rejected: nothing happened." in result.stdout
    assert "Please answer y or n." in result.stderr
    assert "Plan 3 waits: /approve 3 or /reject 3" in result.stderr
    assert "You said: hello" in result.stdout, "a plan left for later is not asked about again"


def test_empty_lines_say_nothing(talk: Talk, scripted: ScriptedHub) -> None:
    talk("", "   ")
    assert scripted.stored == {}


def interrupt_when(condition: Callable[[], bool]) -> threading.Thread:
    """Press Ctrl-C as soon as the condition holds."""

    def wait() -> None:
        while not condition():
            threading.Event().wait(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_ctrl_c_stops_the_answer_but_not_the_chat(talk: Talk, scripted: ScriptedHub) -> None:
    begun = threading.Event()
    scripted.scenes["go on"] = Scene("on", (created(),), hold=begun.set, endless=True)
    interrupting = interrupt_when(begun.is_set)
    result = talk("go on", "hello")
    interrupting.join()
    assert "Stopped. What was done before stays done." in result.stderr
    assert "You said: hello" in result.stdout
    assert scripted.ended_streams == 2


def test_an_error_does_not_end_the_chat(talk: Talk, scripted: ScriptedHub) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    scripted.scenes["x"] = Scene("half", hold=fail)
    result = talk("x", "hello")
    assert "Something went wrong inside the hub." in result.stderr
    assert "You said: hello" in result.stdout


# -- a terminal that can move its cursor -------------------------------------------------------------------------------


@pytest.fixture
def screen() -> tuple[Terminal, StringIO]:
    """A terminal of 60 columns and what was written to it."""
    written = StringIO()
    terminal = Terminal()
    terminal.out = terminal.err = Console(file=written, force_terminal=True, width=60, height=20, highlight=False)
    return terminal, written


def test_in_a_terminal_the_answer_grows_and_is_rendered_at_the_end(
    screen: tuple[Terminal, StringIO], scripted: ScriptedHub
) -> None:
    terminal, written = screen
    scripted.scenes["x"] = Scene("Created **Bloom**.\n\n- one\n- two", (created(),), progress="Writing …")
    answer = terminal.follow(Answering(scripted, "x", conversation="c", surface="cli"))  # type: ignore[arg-type]
    assert answer.turn is not None
    end = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.getvalue()).split("Created ")[-1]
    assert "Bloom" in end
    assert "**" not in end, "the last time it is rendered"
    assert " • one" in end
    assert "Create campaign" in written.getvalue()


def test_a_long_answer_shows_its_last_lines_while_it_grows(
    screen: tuple[Terminal, StringIO], scripted: ScriptedHub
) -> None:
    terminal, written = screen
    go_on = threading.Event()
    scripted.scenes["x"] = Scene("\n".join(f"line {n}" for n in range(100)), hold=go_on.wait)
    answering = Answering(scripted, "x", conversation="c", surface="cli")  # type: ignore[arg-type]

    def growing() -> bool:
        return "line 99" in written.getvalue()

    def release() -> None:
        while not growing():
            threading.Event().wait(0.01)
        assert "line 50" not in written.getvalue(), "only what fits is drawn before the end"
        go_on.set()

    releasing = threading.Thread(target=release)
    releasing.start()
    terminal.follow(answering)
    releasing.join()
    assert "line 50" in written.getvalue()


def test_progress_is_a_bar_in_a_terminal_and_lines_in_a_pipe(screen: tuple[Terminal, StringIO]) -> None:
    terminal, written = screen
    with progress_bars(terminal) as progress:
        progress("Loading the model", 0.25)
        progress("Loading the model", 0.5)
        while " 50%" not in written.getvalue():  # drawn some times a second
            threading.Event().wait(0.01)
        progress("Warming up", None)
    assert "Loading the model" in written.getvalue()
    assert "Warming up" in written.getvalue()

    terminal.err = Console(file=(piped := StringIO()), force_terminal=False, width=60)
    with progress_bars(terminal) as progress:
        for share in (0.1, 0.2, 0.9):
            progress("Loading the model", share)
    progress("Told too late", 1.0)
    assert piped.getvalue() == "Loading the model\n"
