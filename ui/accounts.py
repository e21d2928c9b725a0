"""`marketing-hub account`: connect, list and disconnect the accounts that posts go out from."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from ui.opening import opened_hub
from ui.terminal import Terminal

if TYPE_CHECKING:
    from agent import Hub
    from agent.accounts import AccountView

account_app = typer.Typer(
    name="account", help="The accounts on social platforms that posts go out from.", no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output and nothing else there.")]
#: The port that a platform sends the browser back to, and for how many seconds it is waited for.
PORT, WAITS = 8917, 900.0
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


@account_app.command()
def connect(
    platform: Annotated[str, typer.Argument(help="facebook, linkedin, twitter, instagram, tiktok or mastodon.")],
    client_id: Annotated[str, typer.Option(help="The client id (or key) of your app on the platform.")] = "",
    server: Annotated[str, typer.Option(help="The instance, such as https://mastodon.example (Mastodon).")] = "",
    id: Annotated[str, typer.Option(help="Which page: its number (Facebook) or its URN (LinkedIn).")] = "",
    port: Annotated[int, typer.Option(help="The port on this machine that the platform sends you back to.")] = PORT,
    public: Annotated[
        bool, typer.Option("--public", help="Come back by the hub's public address, which is running there.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the platform's page in the browser.")] = True,
    secrets: Annotated[
        bool, typer.Option("--secrets-from-stdin", help="Read the client secret as JSON from standard input.")
    ] = False,
) -> None:
    """Connect an account in the browser: you allow it on the platform's own page; the hub gets a token of its own."""
    from agent import accounts

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        way = accounts.browser_way(hub, platform)
        secret = _from_stdin(terminal).get("client_secret", "") if secrets else ""
        if way.own_app and not client_id:
            client_id = typer.prompt("Client id", err=True)
        if way.own_app and not secret and not secrets:
            secret = _asked("client_secret", optional=not way.secret)
        if way.server and not server:
            server = typer.prompt("Server", err=True)
        given = {"client_id": client_id, "client_secret": secret, "server": server, "external_id": id}
        if public or way.https:
            redirect = hub.mail.public_url + accounts.CALLBACK if hub.mail.public_url else ""
            address = accounts.begin_connecting(hub, platform, redirect or "http:", **given)
            _show_page(terminal, address, redirect, browser=browser, own_app=way.own_app)
            terminal.say(
                "The page that you come back to says whether it is connected (`marketing-hub` has to run).", "dim"
            )
            return
        _connect_here(terminal, hub, platform, given, 0 if not way.own_app else port, browser=browser)


def _connect_here(
    terminal: Terminal, hub: Hub, platform: str, given: dict[str, str], port: int, *, browser: bool
) -> None:
    """Wait on this machine for the platform's answer, and take it."""
    from agent import HubError, accounts
    from ui.loopback import Loopback
    from ui.opening import give_up

    connected: list[AccountView] = []

    def taken(answer: Mapping[str, str]) -> tuple[str, bool]:
        try:
            account = accounts.finish_connecting(hub, answer)
        except HubError as error:
            terminal.problem(error.sentence)
            return error.sentence, getattr(error, "field", None) != "state"  # an answer to something else ends nothing
        connected.append(account)
        return f"Connected: {account.handle} on {account.name}.", True

    try:
        back = Loopback(accounts.CALLBACK, port)
    except OSError as error:
        give_up(terminal, f"Port {port} of this machine cannot be used ({error}). Choose another one with --port.")
    with back:
        address = accounts.begin_connecting(hub, platform, back.address, **given)
        _show_page(terminal, address, back.address, browser=browser, own_app=port != 0)
        back.wait(taken, WAITS)
    if not connected:
        give_up(terminal, "No account was connected.")
    account = connected[0]
    terminal.line(f"Connected: {account.handle} on {account.name} (account {account.id}).")
    terminal.say("Scheduled posts go out from it, as long as `marketing-hub` (or a worker) runs.", "dim")


def _show_page(terminal: Terminal, address: str, redirect: str, *, browser: bool, own_app: bool) -> None:
    if own_app:
        terminal.say(f"Your app has to name this address among those to come back to: {redirect}", "dim")
    terminal.line(f"Allow it here: {address}")
    if browser:
        typer.launch(address)


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
