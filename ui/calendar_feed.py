"""`marketing-hub calendar`: the scheduled posts as an iCalendar file, and the address to subscribe to."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ui.opening import opened_hub
from ui.terminal import Terminal


def calendar(
    address: Annotated[
        bool, typer.Option("--address", help="Print the address that a calendar program can subscribe to, instead.")
    ] = False,
) -> None:
    """Print the scheduled posts as iCalendar: `calendar > posts.ics`. Each event holds the text to paste."""
    from agent.accounts import calendar_feed

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        feed = calendar_feed(hub)
        if address:
            terminal.line(feed.address())
            terminal.say("Whoever knows this address can read the scheduled posts.", "yellow")
        else:
            sys.stdout.write(feed.calendar().decode())
