"""The plans that wait, beside the conversation: who gets what, when; a form for what may be changed; the two buttons.

One component of HTML holds them all. Everything that people, records or models wrote is escaped, and a mail's HTML stands
in a frame without any right of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from ui.web.markdown import as_html
from ui.web.parts.links import record_address
from ui.words import spoken_tool

if TYPE_CHECKING:
    from agent.viewing.plan_sheet import PlanSheet, SheetField, SheetSample

#: Plans shown at once; more come up as these are decided.
SHOWN = 20

#: Runs in the browser for the component that holds the plans: buttons and forms become events.
ON_LOAD = """
const wait = (card) => card.querySelectorAll('button, input, select, textarea').forEach((one) => { one.disabled = true; });
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-decide]');
  if (!button) return;
  const card = button.closest('.plan');
  const plan = Number(card.dataset.plan);
  wait(card);
  if (button.dataset.decide === 'approve') trigger('approve', { plan });
  else trigger('reject', { plan });
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const card = event.target.closest('.plan');
  const changes = {};
  for (const field of event.target.elements) {
    if (field.name && field.value !== field.dataset.before) changes[field.name] = field.value;
  }
  if (!Object.keys(changes).length) { card.querySelector('details').open = false; return; }
  const plan = Number(card.dataset.plan);
  wait(card);
  trigger('amend', { plan, changes });
});
"""


def panel(
    waiting: Sequence[PlanSheet],
    *,
    tried: int | None = None,
    trying: dict[str, str] | None = None,
    problem: str | None = None,
) -> str:
    """HTML; empty where nothing waits. `trying` are the values that were just refused for the plan `tried`, `problem`
    says why: they stay in its form, which stays open."""
    if not waiting:
        return ""
    cards = "".join(
        _card(sheet, trying or {}, problem) if sheet.id == tried else _card(sheet, None, None)
        for sheet in waiting[:SHOWN]
    )
    hidden = len(waiting) - SHOWN
    more = f'<p class="plans-more">{hidden} more wait; they come up as you decide these.</p>' if hidden > 0 else ""
    return f"<h2>Waiting for your approval</h2>{cards}{more}"


def _card(sheet: PlanSheet, trying: dict[str, str] | None, problem: str | None) -> str:
    name = f"Plan {sheet.id}: {spoken_tool(sheet.tool).lower()}"
    heading = f"plan-{sheet.id}-title"
    return (
        f'<section class="plan" data-plan="{sheet.id}" aria-labelledby="{heading}">'
        f'<h3 id="{heading}">{escape(name)}</h3>{_body(sheet)}{_form(sheet, trying, problem)}'
        '<div class="plan-buttons">'
        f'<button type="button" class="approve" data-decide="approve">Approve plan {sheet.id}</button>'
        f'<button type="button" class="reject" data-decide="reject">Reject plan {sheet.id}</button></div></section>'
    )


def _body(sheet: PlanSheet) -> str:
    if not sheet.facts:
        return f'<div class="plan-text">{as_html(sheet.text)}</div>{_links(sheet)}'
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts)
    parts = [f'<dl class="plan-facts">{facts}</dl>', _left_out(sheet)]
    parts += [f'<p class="plan-note">{escape(note)}</p>' for note in sheet.notes]
    if sheet.sample:
        parts.append(_sample(sheet.sample))
    parts.append(_links(sheet))
    return "".join(parts)


def _left_out(sheet: PlanSheet) -> str:
    if not sheet.left_out:
        return ""
    rows = "".join(
        f"<tr><td>{one.amount:,}</td><th scope='row'>{escape(one.reason)}</th></tr>" for one in sheet.left_out
    )
    amount = sum(one.amount for one in sheet.left_out)
    return f'<table class="plan-left"><caption>Left out: {amount:,}</caption><tbody>{rows}</tbody></table>'


def _sample(sample: SheetSample) -> str:
    reader = f"As {escape(sample.person)} would read it" if sample.person else "What goes out"
    head = ""
    if sample.subject_line is not None:
        head += f"<dt>Subject</dt><dd>{escape(sample.subject_line)}</dd>"
    if sample.preview_text:
        head += f"<dt>Preview</dt><dd>{escape(sample.preview_text)}</dd>"
    head = f'<dl class="plan-facts">{head}</dl>' if head else ""
    if sample.html:
        # Without any permission: no scripts, no forms, no origin of its own. Its pictures stop at the page's policy.
        frame = f'<iframe sandbox="" srcdoc="{escape(sample.html)}" title="{reader}" loading="lazy"></iframe>'
        plain = f"<details><summary>As plain text</summary><pre>{escape(sample.content)}</pre></details>"
        body = frame + plain
    else:
        body = f"<pre>{escape(sample.content)}</pre>"
    return f'<section class="plan-sample"><h4>{reader}</h4>{head}{body}</section>'


def _links(sheet: PlanSheet) -> str:
    found = [(address, link.name) for link in sheet.links if (address := record_address(link.noun, link.id))]
    shown = " · ".join(f'<a href="{escape(address)}">Open {escape(name)}</a>' for address, name in found)
    asked = f"Asked by {escape(sheet.asked_by)}, {escape(sheet.asked_at)}" if sheet.asked_by else ""
    return f'<p class="plan-asked">{" · ".join(filter(None, [asked, shown]))}</p>' if asked or shown else ""


def _form(sheet: PlanSheet, trying: dict[str, str] | None, problem: str | None) -> str:
    if not sheet.fields:
        return ""
    alert = f'<p class="plan-problem" role="alert">{escape(problem)}</p>' if problem else ""
    fields = "".join(_field(sheet.id, one, (trying or {}).get(one.name)) for one in sheet.fields)
    opened = " open" if trying is not None else ""
    return (
        f'<details class="plan-change"{opened}><summary>Change it</summary><form>{alert}{fields}'
        '<button type="submit" class="lay-anew">Show the changed plan</button></form></details>'
    )


def _field(plan: int, field: SheetField, tried: str | None) -> str:
    value = field.value if tried is None else tried
    id, hint = f"plan-{plan}-{field.name}", f"plan-{plan}-{field.name}-help"
    common = (
        f'id="{id}" name="{escape(field.name)}" data-before="{escape(field.value)}" aria-describedby="{hint}"'
        f"{' required' if field.required else ''}"
    )
    if field.shape in ("choice", "yes or no"):
        choices = field.choices or ("yes", "no")
        empty = [] if field.required else [""]
        options = "".join(
            f'<option value="{escape(one)}"{" selected" if one == value else ""}>{escape(one.replace("_", " "))}</option>'
            for one in [*empty, *choices]
        )
        control = f"<select {common}>{options}</select>"
    elif field.shape == "long text":
        control = f'<textarea rows="5" {common}>\n{escape(value)}</textarea>'
    else:
        kind = {"moment": "datetime-local", "day": "date", "number": "number"}.get(field.shape, "text")
        step = ' step="any"' if field.shape == "number" else ""
        control = f'<input type="{kind}"{step} value="{escape(value)}" {common}>'
    return (
        f'<div class="plan-field"><label for="{id}">{escape(field.label)}</label>{control}'
        f'<small id="{hint}">{escape(field.help)}</small></div>'
    )
