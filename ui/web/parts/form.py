"""A form made of a tool's declaration: one labelled input an argument, in its kind; sending it calls the tool.

    form = tool_form(site, "create_campaign", submit="Create campaign", without=("description",))
    form.wire(done, outputs=[page.notice, table])     # done(outcome) -> updates; runs when the tool did not refuse

A refusal is shown under the form in the tool's own sentence, and what was typed stays. For a gated tool `done` gets a
waiting outcome: give `panel=approval_panel(site)` and the plan is shown there; `done` then runs after it too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import gradio as gr

from agent import HubError
from agent.declared import declared_tool
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.parts.approval import Approval
from ui.web.parts.formats import title
from ui.web.parts.shell import QUIET, html, on_load
from ui.web.parts.stoppable import Stoppable, ended, stoppable

if TYPE_CHECKING:
    from agent.access import Argument

SURFACE = "web"
PERIODS = ("last 7 days", "last 30 days", "last 90 days", "this month", "last month", "this quarter", "this year")
#: Arguments that hold whole texts, and the lines they get.
LONG = {"content": 8, "description": 3, "conditions": 2, "target_audience": 2}
#: Nouns of which a house may have too many to list: they are typed (the tool finds them by name, id or address).
TYPED_NOUNS = ("lead",)
#: A date is shown in a calendar, and typed like this.
DAY, MOMENT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"

Updates = dict[Any, Any]


@dataclass(frozen=True)
class ToolForm:
    """The inputs by argument, the button, and the line for what is wrong."""

    site: Site
    tool: str
    inputs: Mapping[str, Any]
    button: gr.Button
    problem: gr.HTML
    panel: Approval | None
    fixed: Mapping[str, Any]
    #: How far the call is and its stop button, where it takes long.
    work: Stoppable | None = None

    def arguments(self, *values: Any) -> dict[str, Any]:
        """The call's arguments from the inputs' values, without what was left empty."""
        known = {argument.name: argument for argument in declared_tool(self.tool).arguments}
        given = {name: _value(known[name], value) for name, value in zip(self.inputs, values, strict=True)}
        return {**self.fixed, **{name: value for name, value in given.items() if value not in (None, "", [])}}

    def wire(
        self,
        done: Callable[[Any], Updates],
        *,
        outputs: Sequence[Any] = (),
        more: Sequence[Any] = (),
        add: Callable[..., dict[str, Any]] | None = None,
    ) -> Any:
        """Call the tool when the form is sent; returns the event. `done(outcome)` gives updates of `outputs` (it may block).
        The values of the components `more` go to `add`, which gives further arguments (such as the record shown)."""

        async def send(*values: Any) -> AsyncIterator[Updates]:
            own, others = values[: len(self.inputs)], values[len(self.inputs) :]
            yield {self.button: gr.update(interactive=False), self.problem: ""}
            outcome = None
            try:
                arguments = {**self.arguments(*own), **(add(*others) if add else {})}
                if self.work is None:
                    outcome = await asyncio.to_thread(self.site.hub.call_as, self.tool, arguments, surface=SURFACE)
                else:
                    async for run in self.work.follow([(self.tool, arguments)]):
                        yield self.work.shown(run)
                    outcome = run.outcomes[0] if run.outcomes else None
                updates = await self._done(outcome, done) if outcome else {self.problem: notice(ended(run))}
            except HubError as error:
                updates = {self.problem: notice(error.sentence)}
            yield {**updates, self.button: gr.update(interactive=True)}

        panel, work = self.panel.outputs if self.panel else [], self.work.outputs if self.work else []
        return self.button.click(
            send,
            inputs=[*self.inputs.values(), *more],
            outputs=[self.button, self.problem, *panel, *work, *outputs],
            **QUIET,
        )

    async def _done(self, outcome: Any, done: Callable[[Any], Updates]) -> Updates:
        shown = await asyncio.to_thread(self.panel.show, outcome.plan_id) if self.panel else {}
        return {**shown, **await asyncio.to_thread(done, outcome)}

    def filled(self, values: Mapping[str, Any]) -> Updates:
        """The updates that fill the inputs with a record's values (as results hold them); absent ones become empty."""
        return {component: _shown(values.get(name), component) for name, component in self.inputs.items()}


def tool_form(
    site: Site,
    tool: str,
    *,
    submit: str,
    only: Sequence[str] | None = None,
    without: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    values: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    panel: Approval | None = None,
    long: bool = False,
) -> ToolForm:
    """Lay a form out for `tool` (of the catalogue, or one that only forms call): the arguments `only` (in this order), or all but `without`. `labels` and `values` by
    argument; `fixed` arguments go with every call and have no input. `long`: the call takes a while, so it is told how far it is, and
    can be stopped."""
    declared = {argument.name: argument for argument in declared_tool(tool).arguments}
    names = list(only) if only is not None else [name for name in declared if name not in {*without, *(fixed or {})}]
    with gr.Column(elem_classes="tool-form", min_width=0):
        inputs = {
            name: argument_input(site, declared[name], (labels or {}).get(name), (values or {}).get(name))
            for name in names
        }
        problem = html()
        with gr.Row(elem_classes="form-buttons"):
            button = gr.Button(submit, variant="primary", min_width=80)
        work = stoppable(site) if long else None
    return ToolForm(site, tool, inputs, button, problem, panel, fixed or {}, work)


def argument_input(site: Site, argument: Argument, label: str | None = None, value: Any = None) -> Any:
    """The input for one argument; a record's names are loaded each time the page is."""
    name = label or _label(argument)
    start = value if value is not None else argument.default
    common: dict[str, Any] = {"label": name, "info": argument.description, "elem_classes": f"argument {argument.kind}"}
    if argument.enum:
        choices = [(title(one.replace("-", " ")), one) for one in argument.enum]
        listed = choices if argument.is_list or argument.required else [("(none)", ""), *choices]
        return gr.Dropdown(listed, value=start if start is not None else ([] if argument.is_list else None),
                           multiselect=argument.is_list or None, **common)  # fmt: skip
    if argument.noun and argument.noun not in TYPED_NOUNS and not argument.is_list:
        return _record_input(site, argument, start, common)
    if argument.kind == "period":
        return gr.Dropdown(list(PERIODS), value=start, allow_custom_value=True, **common)
    if argument.kind in ("int", "float"):
        # No gr.Number: it shows 0 where nothing was given, and would send it.
        return gr.Textbox(value="" if start is None else _plain_number(start), **common)
    if argument.kind == "bool":
        return gr.Checkbox(value=bool(start), **common)
    if argument.kind in ("date", "datetime"):
        return gr.DateTime(value=start, include_time=argument.kind == "datetime", type="string", **common)
    if argument.is_list:
        lines = start if isinstance(start, str) else "\n".join(start or ())
        return gr.Textbox(value=lines, lines=3, placeholder="One a line", **common)
    return gr.Textbox(value=start or "", lines=LONG.get(argument.name, 1), max_lines=30, **common)


def _record_input(site: Site, argument: Argument, start: Any, common: dict[str, Any]) -> gr.Dropdown:
    noun = argument.noun or ""

    def records() -> Any:
        found = [(record.name, str(record.id)) for record in site.hub.records(noun)]
        return gr.update(choices=found if argument.required else [("(none)", ""), *found])

    component = gr.Dropdown([], value=start, allow_custom_value=True, filterable=True, **common)
    on_load(records, outputs=[component])
    return component


def _label(argument: Argument) -> str:
    said = title({"email_campaign": "mailing", "ab_test": "A/B test", "post": "post"}.get(argument.name, argument.name))
    return said if argument.required else f"{said} (optional)"


def _value(argument: Argument, value: Any) -> Any:
    """What an input gives, as the tool takes it."""
    if argument.is_list and isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    if argument.kind == "date" and value:
        return str(value)[:10]
    if argument.kind == "datetime" and value:
        return str(value).replace(" ", "T")
    return value.strip() if isinstance(value, str) else value


def _shown(value: Any, component: Any) -> Any:
    """A result's value, as an input shows it."""
    if isinstance(component, gr.DateTime) and value:
        shape = MOMENT if component.include_time else DAY
        return datetime.fromisoformat(str(value)).strftime(shape).replace("T", " ")
    if isinstance(component, gr.Dropdown) and component.multiselect:
        return list(value or [])
    if isinstance(component, gr.Textbox):
        if isinstance(value, list | tuple):
            return "\n".join(value)
        return "" if value is None else _plain_number(value) if isinstance(value, int | float) else str(value)
    return value


def _plain_number(value: float) -> str:
    """A number as one types it: whole ones without decimals."""
    return str(int(value)) if float(value).is_integer() else str(value)
