"""`marketing-hub mail-sink`: a mail server that delivers to nobody. It keeps each message as a file and says so."""

from __future__ import annotations

import asyncio
import email
import email.policy
import itertools
import logging
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ui.opening import give_up, read_settings
from ui.terminal import Terminal

DEFAULT_PORT = 2525
_UNFIT = re.compile(r"[^A-Za-z0-9@._+-]+")
#: Messages may be this large (bytes), as with most mail servers.
LARGEST = 50_000_000


class Sink:
    """Takes every message. `keep` is called with sender, recipients and the message as it came."""

    def __init__(self, keep: Callable[[str, list[str], bytes], None]) -> None:
        self._keep = keep

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self._keep(envelope.mail_from, envelope.rcpt_tos, envelope.original_content)
        return "250 2.0.0 kept, and delivered to nobody"


async def start_sink(host: str, port: int, keep: Callable[[str, list[str], bytes], None]) -> asyncio.Server:
    """A sink that listens; port 0 takes any free one."""
    from aiosmtpd.smtp import SMTP

    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells every command
    sink = Sink(keep)
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="mail-sink", data_size_limit=LARGEST), host, port
    )


def mail_sink(
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on (0: any).")] = DEFAULT_PORT,
    keep: Annotated[bool, typer.Option(help="Keep the messages as .eml files in the folder `sink` of the hub.")] = True,
) -> None:
    """A mail server for trying out: keeps each message as a file and delivers it to nobody."""
    terminal = Terminal()
    folder = read_settings(terminal).home / "sink"
    if keep:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_serve(terminal, port, folder if keep else None))
    except OSError as error:
        give_up(
            terminal,
            f"The mail sink cannot listen on port {port}: {error.strerror or error}. Take another: --port 2526.",
        )


def keeper(folder: Path) -> Callable[[list[str], bytes], int]:
    """A function that keeps a message as a file of the folder, numbered on from those that are there; returns its number."""
    numbers = itertools.count(
        1 + max((int(file.name.split("-")[0]) for file in folder.glob("[0-9]*-*.eml")), default=0)
    )

    def keep(recipients: list[str], message: bytes) -> int:
        number = next(numbers)
        (folder / f"{number:06d}-{_UNFIT.sub('_', recipients[0])[:80]}.eml").write_bytes(message)
        return number

    return keep


async def _serve(terminal: Terminal, port: int, folder: Path | None) -> None:
    counted = itertools.count(1)
    store = keeper(folder) if folder else lambda recipients, message: next(counted)

    def keep(sender: str, recipients: list[str], message: bytes) -> None:
        number = store(recipients, message)
        head = email.message_from_bytes(message, policy=email.policy.default)
        terminal.line(f"{number}: {sender} to {', '.join(recipients)}: {head['subject']}")

    server = await start_sink("127.0.0.1", port, keep)
    chosen = server.sockets[0].getsockname()[1]
    terminal.line(f"The mail sink is ready: smtp://127.0.0.1:{chosen}")
    terminal.say(f"Start the hub with HUB_SMTP_URL=smtp://127.0.0.1:{chosen}. Press Ctrl-C to stop it.", "dim")
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with server:
        await ended.wait()
    terminal.say("Stopped.", "dim")
