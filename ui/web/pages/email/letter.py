"""The letter in the editor: its preview in a sandboxed frame, the findings of the check, a first MJML layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from ui.web.parts.cards import badge

#: In the browser: desktop or phone width.
PREVIEW_JS = """
let width = 'desktop';
const show = () => {
  element.querySelectorAll('[data-width]').forEach((one) => one.setAttribute('aria-pressed', one.dataset.width === width));
  element.dataset.shown = width;
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-width]');
  if (!button) return;
  width = button.dataset.width;
  show();
});
// Also where the same preview is drawn once more.
new MutationObserver(show).observe(element, { childList: true, subtree: true });
"""
#: In the browser: a merge field is put where the cursor stands in the text.
FIELDS_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-insert]');
  const box = document.querySelector('#mail-content textarea');
  if (!button || !box) return;
  box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
});
"""
MERGE_FIELDS = (
    ("First name", '{{ lead.first_name | default: "there" }}'),
    ("Company", "{{ lead.company }}"),
    ("City", "{{ lead.city }}"),
    ("Our name", "{{ company.name }}"),
    ("Unsubscribe link", "{{ unsubscribe_url }}"),
)
SEVERITIES = {
    "stops": ("must be mended", "bad"),
    "harms": ("harms", "wait"),
    "hint": ("hint", "busy"),
    "fine": ("fine", "good"),
}
#: Mail programs must be told nothing of this page: no script, no form, no way out of the frame.
_FRAME = '<iframe title="The mail as {} would see it" sandbox="" srcdoc="{}" loading="lazy"></iframe>'
#: Pictures that would be fetched: nothing leaves the house for a preview (those in the mail itself, data: and cid:, stay).
_ASKED = re.compile(r"""(<img\b[^>]*?\s)src\s*=(?!\s*["']?(?:data|cid):)""", re.IGNORECASE)


def preview_html(found: Mapping[str, Any]) -> Markup:
    """The mail as one person would see it, at two widths."""
    html, pictures = _ASKED.subn(r"\1data-src=", str(found["html"]))
    frame = Markup(_FRAME.format(escape(str(found["person"])), escape(html)))
    note = (
        Markup('<p class="note">Pictures show their text only: this page asks no other host for them.</p>')
        if pictures
        else ""
    )
    return Markup(
        '<div class="line"><p>As <strong>{}</strong> would read it</p><div class="widths" role="group" aria-label="Width">'
        '<button type="button" data-width="desktop" aria-pressed="true">Desktop</button>'
        '<button type="button" data-width="phone" aria-pressed="false">Phone</button></div></div>'
        '<div class="inbox-line"><strong>{}</strong> <span>{}</span></div>'
        '<div class="preview-frame">{}</div>{}'
        '<details><summary>The text part</summary><div class="text">{}</div></details>'
    ).format(
        found["person"], found["subject"] or "(no subject)", found["preview_text"] or "", frame, note, found["text"]
    )


def findings_html(found: Sequence[Mapping[str, Any]]) -> Markup:
    """What the check found, the worst first; what is fine is folded away."""
    bad = [one for one in found if one["severity"] != "fine"]
    good = [one for one in found if one["severity"] == "fine"]
    head = f"{len(bad)} of {len(found)} checks found something." if bad else f"All {len(found)} checks are fine."
    fine = (
        Markup("<details><summary>{} checks are fine</summary>{}</details>").format(len(good), _list(good))
        if good
        else Markup("")
    )
    return Markup('<p role="status">{}</p>{}{}<p class="note">Nothing is asked of the network: whether a page answers is not looked at.</p>').format(
        head, _list(bad) if bad else "", fine
    )  # fmt: skip


def merge_fields_html() -> Markup:
    """Buttons that put a merge field into the text."""
    return Markup(
        '<div class="merge-fields" role="group" aria-label="Insert a merge field"><span>Insert</span>{}</div>'
    ).format(
        Markup("").join(
            Markup('<button type="button" data-insert="{}" title="{}">{}</button>').format(field, field, name)
            for name, field in MERGE_FIELDS
        )
    )


def as_mjml(content: str) -> str:
    """A plain text as a simple MJML letter: a section with one text a paragraph, and the line to unsubscribe."""
    paragraphs = [part.strip() for part in content.replace("\r\n", "\n").split("\n\n") if part.strip()] or [
        "Write here."
    ]
    texts = "\n".join(
        f"        <mj-text>{escape(one, quote=False).replace(chr(10), '<br />')}</mj-text>" for one in paragraphs
    )
    return (
        "<mjml>\n  <mj-head>\n    <mj-attributes>\n"
        '      <mj-all font-family="Helvetica, Arial, sans-serif" />\n'
        '      <mj-text font-size="16px" line-height="1.5" color="#222222" />\n'
        "    </mj-attributes>\n  </mj-head>\n"
        '  <mj-body background-color="#f4f5f7">\n'
        '    <mj-section background-color="#ffffff">\n      <mj-column>\n'
        f"{texts}\n"
        "      </mj-column>\n    </mj-section>\n    <mj-section>\n      <mj-column>\n"
        '        <mj-text font-size="12px" color="#555555" align="center">'
        '<a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>\n'
        "      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n"
    )


def _list(found: Sequence[Mapping[str, Any]]) -> Markup:
    items = []
    for one in found:
        name, tone = SEVERITIES[one["severity"]]
        where = (
            Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(place) for place in one["where"]))
            if one["where"]
            else ""
        )
        items.append(
            Markup('<li>{} <strong>{}</strong><p>{}</p>{}<p class="note">Why: {}</p></li>').format(
                badge(name, tone), one["rule"], one["said"], where, one["why"]
            )
        )
    return Markup('<ul class="findings">{}</ul>').format(Markup("").join(items))
