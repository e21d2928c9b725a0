"""`marketing-hub dkim`: the keys that mail is signed with, and what to publish so that receivers believe them."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from ui.opening import errors_told, read_settings
from ui.terminal import Terminal


def dkim(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON on standard output and nothing else there.")
    ] = False,
) -> None:
    """Make the keys that mail is signed with (once) and print the DNS records to publish."""
    from agent.mail_keys import dkim_records

    terminal = Terminal()
    with errors_told(terminal):
        found = dkim_records(read_settings(terminal))
    if as_json:
        records = [{"name": name, "type": "TXT", "value": value} for name, value in found.records]
        sys.stdout.write(json.dumps({"domain": found.domain, "records": records}, indent=2) + "\n")
        return
    if found.made:
        terminal.say("Made new keys; they stay in the hub's folder (dkim), readable to its owner only.", "dim")
    terminal.say(f"Publish these TXT records for {found.domain}; from now on mail is signed with both keys.", "dim")
    for name, value in found.records:
        terminal.line(f'{name}. IN TXT "{value}"')
