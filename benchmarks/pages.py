"""How fast the pages are: first paint, time to content and bytes, of every page over the demo company in real Chromium.

    uv run python -m benchmarks.pages                  # every page once cold and five times warm
    uv run python -m benchmarks.pages email --small    # those whose names begin so, twice warm, printed only

Cold is a browser that was never here; warm one that comes again, with scripts kept and compiled, which is how people
move between the pages: each move is a full load. Content is there when what the page is about (docs.pictures names it
for each page) is first laid out with a height; times count from the start of the navigation, in milliseconds.
Needs Debian's chromium. The hub has no model: a page's first load asks none.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, sync_playwright

from benchmarks.report import Report, median
from docs.pictures import SHOTS, Shot, demo_hub
from tests.support.browser import CHROMIUM, FLAGS, PATIENCE, settle

#: A page's content should be there within this, in milliseconds, where nothing else runs.
WANTED = 1500
#: Notes when the page's content is first there; in the page itself, so that no message is waited for.
_WATCH = """
(() => {
  const look = () => {
    const found = document.querySelector(SELECTOR);
    if (found && found.getBoundingClientRect().height > 0) window.contentAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
"""
_TAKEN = """
() => {
  const [page] = performance.getEntriesByType('navigation');
  const all = [page, ...performance.getEntriesByType('resource')];
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return {
    answer: page.responseStart, paint: paint.startTime, content: window.contentAt,
    bytes: all.reduce((sum, one) => sum + one.transferSize, 0), requests: all.length,
  };
}
"""


@dataclass(frozen=True)
class Load:
    """One load of a page: milliseconds until the server answered, something was painted and the content was there; bytes
    that came over the wire, and requests (those answered from the browser's own store count too)."""

    answer: float
    paint: float
    content: float
    bytes: int
    requests: int


def load(context: BrowserContext, address: str, shot: Shot) -> Load:
    """Open a page in a tab of its own."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(_WATCH.replace("SELECTOR", repr(shot.ready)))
    page.goto(f"{address}{shot.path}")
    page.wait_for_function("window.contentAt !== undefined")
    settle(page)
    taken = Load(**page.evaluate(_TAKEN))
    page.close()
    return taken


def cold(chromium: BrowserType, address: str, shot: Shot) -> Load:
    """A browser that was never here."""
    browser = chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
    try:
        return load(browser.new_context(), address, shot)
    finally:
        browser.close()


def warm(context: BrowserContext, address: str, shot: Shot, times: int) -> list[Load]:
    """The same browser again, after two visits: what it keeps compiled is written after the second."""
    for _ in range(2):
        load(context, address, shot)
    return [load(context, address, shot) for _ in range(times)]


def tell(report: Report, shot: Shot, first: Load, again: Sequence[Load]) -> float:
    """A line of the table; the milliseconds to content of a warm load, by the median."""
    content = median([one.content for one in again])
    report.say(
        f"{shot.path or '(chat)':<26}{first.paint:>8.0f}{first.content:>9.0f}{first.bytes / 1024:>8.0f}{first.requests:>6}"
        f"{median([one.answer for one in again]):>10.0f}{median([one.paint for one in again]):>8.0f}{content:>9.0f}"
        f"{max(one.content for one in again):>9.0f}{median([one.bytes for one in again]) / 1024:>8.0f}"
    )
    return content


def measured(names: Sequence[str]) -> list[Shot]:
    """Every page once, as its address says; those reached by clicks are the same pages."""
    chosen = {shot.path: shot for shot in reversed(SHOTS) if not names or shot.name.startswith(tuple(names))}
    return [shot for shot in SHOTS if chosen.get(shot.path) is shot]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only pages whose names begin so")
    parser.add_argument("--small", action="store_true", help="for a glance: twice warm, nothing kept")
    given = parser.parse_args()
    report = Report("pages", kept=not given.small and not given.names)
    report.say(
        "Milliseconds from the start of the navigation; KB over the wire; warm: medians, and the slowest to content"
    )
    report.say(f"{'':<26}{'cold':>8}{'':>23}{'warm':>10}")
    heads = (
        ("paint", 8),
        ("content", 9),
        ("KB", 8),
        ("asked", 6),
        ("answer", 10),
        ("paint", 8),
        ("content", 9),
        ("slowest", 9),
    )
    report.say("".join([f"{'page':<26}", *(f"{head:>{width}}" for head, width in heads), f"{'KB':>8}"]))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with demo_hub(home / "hub") as (_, address), sync_playwright() as playwright:
            chromium = playwright.chromium
            kept = chromium.launch_persistent_context(str(home / "profile"), executable_path=str(CHROMIUM), args=FLAGS)
            late = []
            for shot in measured(given.names):
                first = cold(chromium, address, shot)
                content = tell(report, shot, first, warm(kept, address, shot, 2 if given.small else 5))
                late += [shot.path] if content > WANTED else []
            kept.close()
    said = ", ".join(late) or "none"
    report.say(f"Later than {WANTED / 1000:.1f} s to content when warm: {said}")
    report.keep()


if __name__ == "__main__":
    main()
