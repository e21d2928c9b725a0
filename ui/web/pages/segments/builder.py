"""The condition builder as HTML, and its script: each row a condition, groups in frames; what is changed is told to the
page as rows (see `rows`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from ui.web.pages.segments.rows import (
    DID,
    HOW,
    OWN,
    PERIODS,
    UNITS,
    WINDOWS,
    field_kind,
    ops_of,
)

Words = Mapping[str, Any]
#: In the browser: the rows are read from the inputs; adding, removing and changing what a row is about draws anew.
BUILDER_JS = """
const leaf = (row) => {
  const found = { kind: 'row' };
  for (const input of row.querySelectorAll('[data-key]')) {
    const key = input.dataset.key;
    if (input.type === 'checkbox') {
      found[key] = found[key] ?? [];
      if (input.checked) found[key].push(input.value);
    } else found[key] = input.value;
    if (key === 'mailing') found.mailing_name = input.value ? input.selectedOptions[0].textContent : '';
  }
  return found;
};
const group = (box) => ({
  kind: 'group',
  how: box.querySelector(':scope > .how select').value,
  parts: [...box.querySelectorAll(':scope > .parts > li > *')].map((part) => (part.matches('fieldset') ? group(part) : leaf(part))),
});
const all = () => group(element.querySelector('fieldset'));
let focused = null;
element.addEventListener('focusin', (event) => { focused = event.target.id || null; });
watch('value', () => { if (focused) document.getElementById(focused)?.focus(); });
element.addEventListener('change', (event) => {
  if (!event.target.matches('[data-key], .how select')) return;
  event.stopPropagation();
  trigger('edit', { rows: all(), redraw: event.target.matches('[data-shape], .how select') });
});
const inside = (rows, path) => path.split('.').filter(Boolean).reduce((found, place) => found.parts[Number(place)], rows);
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-do]');
  if (!button) return;
  const rows = all(), path = button.dataset.path, blank = { kind: 'row', field: 'status', op: 'is', values: ['customer'] };
  if (button.dataset.do === 'row') inside(rows, path).parts.push(blank);
  if (button.dataset.do === 'group') inside(rows, path).parts.push({ kind: 'group', how: 'any', parts: [blank, { ...blank, values: ['qualified'] }] });
  if (button.dataset.do === 'remove') {
    const places = path.split('.'), last = Number(places.pop());
    inside(rows, places.join('.')).parts.splice(last, 1);
  }
  trigger('edit', { rows, redraw: true });
});
"""


def builder_html(rows: Mapping[str, Any], words: Words) -> Markup:
    """The builder showing these rows; `words` is the vocabulary (see hub.views.segments.vocabulary)."""
    lists = Markup("").join(
        Markup('<datalist id="known-{}">{}</datalist>').format(
            name, Markup("").join(Markup('<option value="{}">').format(value) for value in values)
        )
        for name, values in {**words["values"], "tag": words["tags"]}.items()
    )
    return Markup('<div class="builder">{}{}</div>').format(_group(rows, words, ""), lists)


def _group(group: Mapping[str, Any], words: Words, path: str) -> Markup:
    parts = [
        Markup("<li>{}</li>").format(
            _group(part, words, _at(path, place))
            if part.get("kind") == "group"
            else _row(part, words, _at(path, place))
        )
        for place, part in enumerate(group.get("parts", []))
    ]
    key = path.replace(".", "-") or "top"
    remove = _button("remove", path, "Remove this group", "×") if path else Markup("")
    return Markup(
        '<fieldset><legend class="unseen">Group of conditions</legend><div class="how"><label for="how-{0}">Leads that fulfil</label>'
        '<select id="how-{0}">{1}</select>{2}</div><ul class="parts">{3}</ul><div class="add">{4}{5}</div></fieldset>'
    ).format(
        key, _options(HOW.items(), group.get("how", "all")), remove, Markup("").join(parts),
        _button("row", path, "Add a condition to this group", "+ Condition"), _button("group", path, "Add a group inside", "+ Group"),
    )  # fmt: skip


def _row(row: Mapping[str, Any], words: Words, path: str) -> Markup:
    field = str(row.get("field", ""))
    kind = field_kind(field, tuple(words["moments"]), tuple(words["numbers"]))
    op = str(row.get("op", ""))
    ops = ops_of(kind)
    if op not in ops:
        old = op.startswith("not ") and op.removeprefix("not ") in ops
        ops = {**ops, op: f"not: {ops[op.removeprefix('not ')]}"} if old else ops
        op = op if old else next(iter(ops))
    key = path.replace(".", "-")
    return Markup('<div class="condition" role="group" aria-label="Condition">{}{}{}{}</div>').format(
        _select("field", key, "What it is about", _fields(words, field), field, shape=True),
        _select("op", key, "How it is compared", ops.items(), op, shape=True),
        _values(kind, op, row, words, key),
        _button("remove", path, "Remove this condition", "×"),
    )


def _values(kind: str, op: str, row: Mapping[str, Any], words: Words, key: str) -> Markup:
    """The inputs that an operator takes."""
    if op in ("known", "unknown"):
        return Markup("")
    if kind == "status":
        return _checks(key, [(one, one.replace("_", " ")) for one in words["statuses"]], row)
    if kind == "consent":
        return _checks(key, [(one, "newsletter (email)" if one == "email" else one) for one in words["channels"]], row)
    if kind == DID:
        return _deed(row, words, key)
    plain = op.removeprefix("not ")
    if plain in WINDOWS:
        return _window(plain, row, key)
    if op in (">=", "<=", ">", "<", "=", "!="):
        return _input("value", key, "Number", row.get("value", ""), kind="text", numeric=True)
    given = row.get("values", "")
    text = ", ".join(given) if isinstance(given, list) else str(given)
    field = str(row.get("field", ""))
    known = field if field == "tag" or field in words["values"] else None
    return _input("values", key, "Values, separated by commas", text, wide=True, known=known)


def _deed(row: Mapping[str, Any], words: Words, key: str) -> Markup:
    when = str(row.get("when", ""))
    mailings = [("", "any mailing"), *((str(number), name) for number, name in words["mailings"])]
    own = str(row.get("mailing", ""))
    if own and own not in dict(mailings):
        mailings.append((own, str(row.get("mailing_name") or f"mailing {own}")))
    about_mail = row.get("event") in ("opened", "clicked", "sent", "bounced", "unsubscribed", "replied", "complained")
    return Markup("{}{}{}{}{}").format(
        _select(
            "event", key, "What the lead did", words["events"].items(), str(row.get("event", "opened")), shape=True
        ),
        _input("times", key, "How many times at least", row.get("times", "1"), kind="number", after="times at least"),
        _select("mailing", key, "Which mailing", mailings, own) if about_mail else "",
        _select("when", key, "When", [("", "ever"), *WINDOWS.items()], when, shape=True),
        _window(when, row, key) if when else "",
    )


def _window(op: str, row: Mapping[str, Any], key: str) -> Markup:
    if op in ("last", "older"):
        return Markup("{}{}").format(
            _input("amount", key, "How many", row.get("amount", "30"), kind="number"),
            _select("unit", key, "Unit of time", [(one, f"{one}s") for one in UNITS], str(row.get("unit", "day"))),
        )
    if op == "period":
        own = str(row.get("period", "this month"))
        names = PERIODS if own in PERIODS else (*PERIODS, own)
        return _select("period", key, "Period", [(one, one) for one in names], own)
    start = (
        _input("from", key, "First day", row.get("from", ""), kind="date") if op in ("since", "between") else Markup("")
    )
    end = _input("to", key, "Last day", row.get("to", ""), kind="date") if op in ("before", "between") else Markup("")
    return Markup("{}{}").format(start, end)


def _fields(words: Words, chosen: str) -> list[tuple[str, str]]:
    named = [("status", "Status"), ("tag", "Tag"), ("consent", "Consent"), (DID, "What they did")]
    named += [
        (name, name.replace("_", " ").capitalize()) for kind in ("texts", "numbers", "moments") for name in words[kind]
    ]
    named += [(f"{OWN}{name}", f"{name.replace('_', ' ').capitalize()} (custom)") for name in words["custom"]]
    return named if chosen in dict(named) else [*named, (chosen, chosen)]


def _select(
    key: str, path: str, label: str, choices: Iterable[tuple[str, str]], chosen: str, *, shape: bool = False
) -> Markup:
    return Markup('<select id="{}-{}" data-key="{}"{} aria-label="{}">{}</select>').format(
        key, path, key, Markup(" data-shape") if shape else "", label, _options(choices, chosen)
    )


def _input(
    key: str, path: str, label: str, value: Any, *, kind: str = "text", wide: bool = False, known: str | None = None,
    numeric: bool = False, after: str = "",
) -> Markup:  # fmt: skip
    more = Markup(' list="known-{}"').format(known) if known else Markup(' inputmode="decimal"') if numeric else ""
    least = Markup(' min="1"') if kind == "number" else ""
    given = Markup(
        '<input id="{}-{}" data-key="{}" type="{}" value="{}" aria-label="{}" class="{}" autocomplete="off"{}{}>'
    ).format(key, path, key, kind, value, label, "wide" if wide else kind, more, least)
    return Markup('{}<span class="after">{}</span>').format(given, after) if after else given


def _checks(path: str, choices: Iterable[tuple[str, str]], row: Mapping[str, Any]) -> Markup:
    given = row.get("values", [])
    chosen = given if isinstance(given, list) else [one.strip() for one in str(given).split(",")]
    boxes = Markup("").join(
        Markup('<label><input type="checkbox" id="values-{}-{}" data-key="values" value="{}"{}>{}</label>').format(
            path, value, value, Markup(" checked") if value in chosen else "", name
        )
        for value, name in choices
    )
    return Markup('<span class="checks">{}</span>').format(boxes)


def _button(do: str, path: str, label: str, shown: str) -> Markup:
    return Markup(
        '<button type="button" data-do="{}" data-path="{}" aria-label="{}" title="{}" class="{}">{}</button>'
    ).format(do, path, label, label, do, shown)


def _options(choices: Iterable[tuple[str, str]], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", name)
        for value, name in choices
    )


def _at(path: str, place: int) -> str:
    return f"{path}.{place}" if path else str(place)
