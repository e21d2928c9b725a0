"""The bundled scripts of the visual pages: where they are, and how they are served. See ui/bundle/building.py.

Their names carry a hash of their content, so a browser may keep them for good.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse
from markupsafe import Markup
from starlette.responses import Response

from ui.bundle.building import BUILT, LICENCES, MANIFEST
from ui.web.parts.links import link

PATH = "/built"
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
HOW = "marketing-hub build-pages"


@dataclass(frozen=True)
class Script:
    """The addresses of a page's script and style sheet."""

    script: str
    style: str | None


def find(page: str, folder: Path | None = None) -> Script | None:
    """A page's bundle; None where it was not built."""
    folder = folder or BUILT
    told = _manifest(folder).get(page)
    if not told or not all((folder / name).is_file() for name in told.values()):
        return None
    style = told.get("style")
    return Script(f"{PATH}/{told['script']}", f"{PATH}/{style}" if style else None)


def serve_bundle(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the bundle's files, and nothing else of that folder."""

    @app.get(PATH + "/{name}", include_in_schema=False)
    def built(name: str) -> Response:
        known = {LICENCES} | {file for page in _manifest(folder or BUILT).values() for file in page.values()}
        path = (folder or BUILT) / name
        if name not in known and not (name.endswith(".LEGAL.txt") and name.removesuffix(".LEGAL.txt") in known):
            return PlainTextResponse("There is no such file.", status_code=404)
        if not path.is_file():
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(path, headers={} if name == LICENCES else KEPT)


def holder(found: Script, css: str, loading: str) -> Markup:
    """The element into which a page's script draws."""
    return Markup(
        '<div class="{}" data-script="{}" data-style="{}"><p class="state loading" role="status">{}</p></div>'
    ).format(css, found.script, found.style or "", loading)


def missing(what: str, instead: str) -> Markup:
    """Where the bundle is not there: what is missing, how to get it, and what can be done without."""
    return Markup(
        '<div class="state bundle-missing" role="status"><p><b>{} cannot be drawn:</b> its script was not built when the hub was '
        "installed (it needs Node and a package registry). To build it, run <code>{}</code> and restart the hub.</p><p>{}</p></div>"
    ).format(what, HOW, instead)


def licences_link() -> Markup:
    """A link to the licences of the libraries in the bundle."""
    return Markup('<p class="bundle-licences">{}</p>').format(
        link("Licences of the libraries drawn with", f"{PATH}/{LICENCES}")
    )


#: Runs in the browser for the component that holds a script's element: loads script and style sheet, then calls `start`.
#: The hub's functions answer {"value": ...} or {"error": a sentence}.
LOAD = """
const box = element.querySelector('[data-script]');
const call = async (name, argument) => {
  let told;
  try { told = await server.ask_hub({ name, argument }); } catch (error) { throw new Error('The hub did not answer. Look whether it still runs, then try again.'); }
  if (!told || told.error) throw new Error(told?.error ?? 'The hub did not answer. Try again.');
  return told.value;
};
const onDecided = (run) => { window.addEventListener('hub:decided', run); return () => window.removeEventListener('hub:decided', run); };
const styled = (address) => new Promise((resolve) => {
  if (!address || document.querySelector(`link[href="${address}"]`)) return resolve();
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address, onload: resolve, onerror: resolve });
  document.head.prepend(sheet);
});
const begin = async (host) => {
  if (!box || box.dataset.begun) return;
  box.dataset.begun = 'yes';
  try {
    const [script] = await Promise.all([import(box.dataset.script), styled(box.dataset.style)]);
    const place = document.createElement('div');
    box.replaceChildren(place);
    await script.mount(place, { call, onDecided, ...host });
  } catch (error) {
    const said = Object.assign(document.createElement('p'), { className: 'state problem', textContent: `This part of the page could not be drawn (${error.message}). Reload the page.` });
    said.setAttribute('role', 'alert');
    box.replaceChildren(said);
  }
};
"""


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        pages = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["pages"]
    except (OSError, ValueError, KeyError):
        return {}
    return pages if isinstance(pages, dict) else {}
