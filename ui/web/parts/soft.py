"""Forms and links that change a part of a page without loading it anew: searching, filtering, paging.

    search = html(form, js=SOFT)              # <form data-soft>…</form>, <a data-soft href="?page=2">…</a>
    search.submit(look, outputs=[results])    # look(chosen: gr.EventData): query_of(chosen) is {"q": "ana"}

The address in the browser follows, so that a reload or a bookmark finds the same. Fields with `data-auto` submit their
form when they change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

#: Runs in the browser for the component that holds such forms and links.
SOFT = """
const look = (given) => {
  const query = new URLSearchParams([...given].filter(([, value]) => typeof value === 'string' && value.trim() !== ''));
  const search = query.toString() ? `?${query}` : '';
  history.replaceState(null, '', location.pathname + search);
  trigger('submit', { search });
};
element.addEventListener('submit', (event) => {
  const form = event.target.closest?.('form[data-soft]');
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  look(new FormData(form));
});
element.addEventListener('change', (event) => {
  if (event.target.matches('[data-auto]')) event.target.form.requestSubmit();
});
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-soft]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  look(new URLSearchParams(new URL(link.href).search));
});
"""


def query_of(event: Any) -> dict[str, str]:
    """What an event of SOFT, or a request (`gr.Request`), asks for."""
    given = getattr(event, "query_params", None)
    if isinstance(given, Mapping):
        return {str(name): str(value) for name, value in given.items()}
    return dict(parse_qsl(str(event.search).removeprefix("?")))


def whole(value: str | None, least: int = 1) -> int | None:
    """A number of an address ("id=3"); None where it is none."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 15:
        return None
    return max(int(value), least)
