"""`marketing-hub form`: the sign-up forms of the house; with words to agree to, one is made or changed."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.opening import opened_hub
from ui.terminal import Terminal


def form(
    name: Annotated[
        str | None, typer.Argument(help="The form's name in its address: /f/NAME. Without one, all are listed.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="What people sign up for.")] = None,
    wording: Annotated[str | None, typer.Option("--wording", help="What they agree to, word for word.")] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", help="A tag for whoever confirms; default: the form's name.")
    ] = None,
) -> None:
    """List the sign-up forms, or make one: `form summer --title "Summer news" --wording "I want …"`."""
    from agent.public import Public

    terminal = Terminal()
    with opened_hub(terminal) as hub:
        public = Public(hub)
        if name is not None:
            made = public.put_form(name, title or name, wording or "", tag or name)
            terminal.say("Stored. Link to the page, or let a form of your website POST email and name to it.", "dim")
            terminal.line(f"{made.title}: {public.form_address(made.slug)}")
            return
        for one in public.all_forms():
            terminal.line(f"{one.title}: {public.form_address(one.slug)}")
