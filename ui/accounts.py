"""`marketing-hub account`: connect, list and disconnect the accounts that posts go out from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ui.opening import opened_hub
from ui.terminal import Terminal

if TYPE_CHECKING:
    from agent.accounts import AccountView

account_app = typer.Typer(
    name="account", help="The accounts on social platforms that posts go out from.", no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else there.")]
#: Values that are no secret: they are given as options, and shown while they are typed.
OPEN = ("server", "client_id", "version")


@account_app.command()
def add(
    platform: Annotated[
        str, typer.Argument(help="facebook, linkedin, twitter, instagram, tiktok, mastodon or bluesky.")
    ],
    id: Annotated[
        str,
        typer.Option(help="The page's number (Facebook), the handle (Bluesky), or a company page's URN (LinkedIn)."),
    ] = "",
    server: Annotated[str, typer.Option(help="The instance, such as https://mastodon.example (Mastodon).")] = "",
    client_id: Annotated[str, typer.Option(help="The client id (or key) of your developer app.")] = "",
    version: Annotated[str, typer.Option(help="The version of LinkedIn's API, YYYYMM.")] = "",
    expires: Annotated[str, typer.Option(help="When the access ends, such as 2026-05-01T12:00.")] = "",
    secrets: Annotated[
        bool,
        typer.Option("--secrets-from-stdin", help="Read the secrets as one JSON object from standard input."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Connect an account. Secrets (tokens, app password) are asked for, never given as options: others could read them."""
    from agent import accounts

    terminal = Terminal()
    given = {"server": server, "client_id": client_id, "version": version, "expires_at": expires}
    with opened_hub(terminal) as hub:
        needed = accounts.needed(hub, platform)
        if secrets:
            given |= _from_stdin(terminal)
        else:
            if needed.id and not id:
                id = typer.prompt(needed.id[0].upper() + needed.id[1:], err=True)
            for name in (*needed.values, *needed.optional):
                if not given.get(name):
                    given[name] = _asked(name, optional=name in needed.optional)
        account = accounts.connect(hub, platform, given, id)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(account), indent=2, ensure_ascii=False) + "\n")
        return
    terminal.line(f"Connected: {account.handle} on {account.name} (account {account.id}).")
    terminal.say("Scheduled posts go out from it, as long as `marketing-hub` (or a worker) runs.", "dim")


@account_app.command("list")
def list_accounts(as_json: Json = False) -> None:
    """The connected accounts; never their tokens."""
    from agent import accounts

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        found = accounts.connected(hub)
    if as_json:
        sys.stdout.write(json.dumps([_as_json(one) for one in found], indent=2, ensure_ascii=False) + "\n")
        return
    for one in found:
        until = f", to be connected again by {one.expires_at:%Y-%m-%d}" if one.expires_at else ""
        terminal.line(f"{one.id}: {one.handle} on {one.name}{until}")
    if not found:
        terminal.line("No account is connected. Connect one: marketing-hub account add mastodon")


@account_app.command()
def remove(
    account: Annotated[int, typer.Argument(help="The account's number, as `marketing-hub account list` shows it.")],
) -> None:
    """Disconnect an account: nothing goes out from it any more, and its tokens are forgotten."""
    from agent import accounts

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        gone = accounts.disconnect(hub, account)
    terminal.line(f"Disconnected: {gone.handle} on {gone.name}. To be sure, withdraw the access there, too.")


def _asked(name: str, *, optional: bool) -> str:
    label = name.replace("_", " ").capitalize() + (" (Enter: none)" if optional else "")
    secret = name not in OPEN
    found: str = typer.prompt(label, default="" if optional else None, show_default=False, hide_input=secret, err=True)
    return found


def _from_stdin(terminal: Terminal) -> dict[str, str]:
    from ui.opening import give_up

    try:
        found = json.load(sys.stdin)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        give_up(terminal, 'Give one JSON object on standard input, such as {"access_token": "…"}.')
    return {str(name): str(value) for name, value in found.items()}


def _as_json(account: AccountView) -> dict[str, object]:
    return {
        "id": account.id,
        "platform": account.platform,
        "handle": account.handle,
        "connected_at": account.connected_at.isoformat(),
        "expires_at": account.expires_at.isoformat() if account.expires_at else None,
    }
