"""`marketing-hub token`: make, list and revoke the tokens of the HTTP API."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ui.opening import opened_hub
from ui.terminal import Terminal

if TYPE_CHECKING:
    from agent.access import TokenView

token_app = typer.Typer(
    name="token", help="The tokens with which programs call the HTTP API.", no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else there.")]


@token_app.command()
def create(
    name: Annotated[str, typer.Argument(help="Who or what will use it; the log of what was done names it.")],
    scope: Annotated[
        list[str],
        typer.Option(help="read: look; write: change records and ask for plans; approve: decide on plans. Repeatable."),
    ],
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so many days (default: until revoked).")] = None,
    as_json: Json = False,
) -> None:
    """Make a token and show it, this once."""
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        secret, token = hub.access.tokens.create(name, scope, _lifetime(days))
    if as_json:
        sys.stdout.write(json.dumps({"token": secret, **_as_json(token)}, indent=2, ensure_ascii=False) + "\n")
        return
    terminal.line(secret)
    terminal.say(
        f"The token “{token.name}” may {', '.join(token.scopes)}. It is shown only now: keep it safe.", "yellow"
    )
    terminal.say("Send it with each request: Authorization: Bearer " + token.prefix + "…", "dim")


@token_app.command("list")
def list_tokens(as_json: Json = False) -> None:
    """Every token: what it may do, and when it was last used."""
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        tokens = hub.access.tokens.list()
    if as_json:
        sys.stdout.write(json.dumps([_as_json(token) for token in tokens], indent=2, ensure_ascii=False) + "\n")
    elif tokens:
        terminal.out.print(_table(tokens))
    else:
        terminal.line("There is no token. Make one: marketing-hub token create NAME --scope read")


@token_app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="The token's name, as `marketing-hub token list` shows it.")],
) -> None:
    """From now on the token opens nothing."""
    terminal = Terminal()
    with opened_hub(terminal) as hub:
        token = hub.access.tokens.revoke(name)
    terminal.line(f"The token “{token.name}” is revoked.")


def _lifetime(days: int | None) -> timedelta | None:
    return timedelta(days=min(days, timedelta.max.days)) if days is not None else None


def _as_json(token: TokenView) -> dict[str, object]:
    return {
        "name": token.name,
        "prefix": token.prefix,
        "scopes": list(token.scopes),
        "state": token.state,
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }


def _table(tokens: list[TokenView]) -> object:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("name", "token", "may", "state", "expires", "last used"):
        table.add_column(title)
    for token in tokens:
        expires = f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else "never"
        used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
        table.add_row(token.name, f"{token.prefix}…", ", ".join(token.scopes), token.state, expires, used)
    return table
