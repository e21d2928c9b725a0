"""The command line: `marketing-hub`. Heavy imports stay inside the commands, so that `--help` is quick."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.accounts import account_app
from ui.build_pages import build_pages
from ui.calendar_feed import calendar
from ui.dkim import dkim
from ui.evals.command import eval_command
from ui.mail_sink import mail_sink
from ui.opening import give_up, opened_hub, read_settings
from ui.signup_form import form
from ui.terminal import Terminal
from ui.tokens import token_app
from ui.worker import worker as worker_command

if TYPE_CHECKING:
    from agent import Turn

app = typer.Typer(
    name="marketing-hub",
    help="A self-hosted marketing assistant: say what you want, approve what leaves the house.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SURFACE = "cli"
#: Slash commands for which no model need be started.
NEED_NO_MODEL = ("/help", "/approve", "/reject", "/learn", "/unlearn")
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else there.")]
Host = Annotated[str | None, typer.Option(help="The address to listen on (default: HUB_HOST, else 127.0.0.1).")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="The port (default: HUB_PORT, else 7860; 0: any).")]
PlanId = Annotated[int, typer.Argument(metavar="ID", help="The plan's number; `marketing-hub plans` lists them.")]


@app.callback(invoke_without_command=True)
def start(ctx: typer.Context) -> None:
    """Without a command: `serve`."""
    if ctx.invoked_subcommand is None:
        serve()


@app.command()
def ask(
    words: Annotated[
        list[str], typer.Argument(metavar="TEXT", help="What you want, in your own words, or a slash command.")
    ],
    as_json: Json = False,
    conversation: Annotated[str | None, typer.Option(metavar="ID", help="Go on with this conversation.")] = None,
) -> None:
    """Say one sentence; the hub does it and answers. (In scripts, `call` tells by its exit code whether it was done.)"""
    text = " ".join(words)
    terminal = Terminal()
    with opened_hub(terminal, model=not text.strip().startswith(NEED_NO_MODEL)) as hub:
        if as_json:
            turn = hub.ask(text, conversation=conversation, surface=SURFACE)
            sys.stdout.write(turn.model_dump_json(indent=2) + "\n")
        else:
            from ui.answering import Answering

            answer = terminal.follow(Answering(hub, text, conversation=conversation, surface=SURFACE))
            terminal.end(answer)
            if answer.turn is None:
                raise typer.Exit(1)
            turn = answer.turn
            _how_to_decide(terminal, turn)


@app.command()
def chat(
    conversation: Annotated[str | None, typer.Option(metavar="ID", help="Go on with this conversation.")] = None,
) -> None:
    """Talk with the hub in the terminal. Ctrl-C stops an answer, Ctrl-D leaves."""
    from ui.chat import Chat

    terminal = Terminal()
    with opened_hub(terminal, model=True) as hub:
        Chat(hub, terminal, conversation).run()


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    worker: Annotated[bool, typer.Option(help="Whether to carry out what was approved, too.")] = True,
    demo: Annotated[bool, typer.Option(help="Try it with a made-up company; its mail goes to nobody.")] = False,
) -> None:
    """Start the hub with its web page and print the address (what `marketing-hub` alone does)."""
    from ui.web.serve import serve as serve_pages

    terminal = Terminal()
    settings = read_settings(terminal, host=host, port=port)
    if not demo:
        serve_pages(terminal, settings, with_worker=worker)
        return
    from ui.demo import demo_house

    with demo_house(settings) as apart:
        serve_pages(terminal, apart, with_worker=worker)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Which model, database, index and mail server are in use, and what is wrong with each."""
    from ui import doctor as report

    terminal = Terminal()
    with opened_hub(terminal, model=True) as hub:
        parts = hub.health()
    if as_json:
        sys.stdout.write(report.as_json(parts) + "\n")
    else:
        report.show(terminal, parts)
    if report.broken(parts):
        raise typer.Exit(1)


@app.command()
def tools(as_json: Json = False) -> None:
    """Every tool: what it is called, what it takes, what it does to the world."""
    from ui import listing

    declared = listing.declared_tools()
    if as_json:
        sys.stdout.write(listing.as_json(declared) + "\n")
    else:
        listing.show(Terminal(), declared)


@app.command()
def call(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="A tool's name, such as create_campaign.")],
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE...", help="Its arguments, such as budget=5000; a list: a,b or KEY twice."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Call one tool by its name. What leaves the house or cannot be undone becomes a plan to approve."""
    from ui.listing import declared_tools

    terminal = Terminal()
    arguments = _arguments(terminal, given or [])
    declared = declared_tools().get(tool)
    writes = declared is not None and declared.effect == "draft"
    with opened_hub(terminal, model=writes) as hub:
        outcome = hub.call_as(tool, arguments, surface=SURFACE)
        if as_json:
            data = {
                "tool": outcome.tool,
                "arguments": outcome.arguments,
                "result": outcome.result.data(),
                "waiting": outcome.waiting,
                "plan": outcome.plan_id,
            }
            sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")
            return
        terminal.markdown(outcome.result.text)
        if outcome.plan_id is not None:
            _say_how(terminal, (outcome.plan_id,))


@app.command()
def approve(plan: PlanId, as_json: Json = False) -> None:
    """Approve a waiting plan: exactly what it shows is carried out."""
    _decide(plan, "approve", as_json)


@app.command()
def reject(plan: PlanId, as_json: Json = False) -> None:
    """Reject a waiting plan: nothing happens."""
    _decide(plan, "reject", as_json)


@app.command()
def plans(as_json: Json = False) -> None:
    """The plans that wait for a person."""
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        waiting = hub.plans()
    if as_json:
        sys.stdout.write(json.dumps([plan.model_dump() for plan in waiting], indent=2, ensure_ascii=False) + "\n")
        return
    for plan in waiting:
        terminal.markdown(f"**Plan {plan.id}**, asked for by {plan.asked_by} at {plan.asked_at}\n\n{plan.text}\n")
    if waiting:
        _say_how(terminal, tuple(plan.id for plan in waiting))
    else:
        terminal.line("No plan waits.")


@app.command()
def learned(as_json: Json = False) -> None:
    """The sentences that the house was taught; `ask "/unlearn N"` removes one."""
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        kept = hub.learned()
    if as_json:
        sys.stdout.write(json.dumps([one.model_dump() for one in kept], indent=2, ensure_ascii=False) + "\n")
        return
    for one in kept:
        terminal.line(f"{one.id}: “{one.sentence}” means {one.tool} ({one.person}, {one.learned_at[:10]})")
    if not kept:
        terminal.line("Nothing was taught yet. In a conversation: “that should have been …”, or /learn TOOL.")


@app.command()
def reindex() -> None:
    """Build the search index anew from the database."""
    from ui.terminal import progress_bars

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        with progress_bars(terminal) as progress:
            count = hub.reindex(lambda done, total: progress("Building the index", done / total if total else None))
        terminal.line(f"The index was built anew: {count:,} {'entry' if count == 1 else 'entries'}.")


app.command("eval")(eval_command)
app.command("worker")(worker_command)
app.command("mail-sink")(mail_sink)
app.command("dkim")(dkim)
app.command("form")(form)
app.command("calendar")(calendar)
app.command("build-pages")(build_pages)
app.add_typer(token_app)
app.add_typer(account_app)


def main() -> None:
    """The console script."""
    app()


def _decide(plan: int, word: str, as_json: bool) -> None:
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        turn = (hub.approve if word == "approve" else hub.reject)(plan, surface=SURFACE)
        if as_json:
            sys.stdout.write(turn.model_dump_json(indent=2) + "\n")
        else:
            terminal.turn(turn)
    if word == "approve" and not turn.calls:  # the reply says why it was not carried out
        raise typer.Exit(1)


def _arguments(terminal: Terminal, given: list[str]) -> dict[str, Any]:
    """KEY=VALUE pairs as arguments; a key given twice is a list."""
    found: dict[str, Any] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            give_up(terminal, f"“{pair}” is no argument: write it as name=value, such as budget=5000.")
        name = name.replace("-", "_")
        if name not in found:
            found[name] = value
        else:
            before = found[name]
            found[name] = [*(before if isinstance(before, list) else [before]), value]
    return found


def _how_to_decide(terminal: Terminal, turn: Turn) -> None:
    if turn.waiting:
        _say_how(terminal, turn.waiting)


def _say_how(terminal: Terminal, waiting: tuple[int, ...]) -> None:
    if terminal.err.is_terminal or not terminal.out.is_terminal:
        terminal.err.print()
    for plan in waiting:
        terminal.say(f"Nothing has happened yet. To go on: marketing-hub approve {plan}", "yellow")
        terminal.say(f"To leave it: marketing-hub reject {plan}", "yellow")
