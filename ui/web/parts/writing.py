"""Calls that take long, made for a page: a text that grows or how far it is is shown, the run can be stopped, what was
finished stays.

desk = Writings(site.hub)
job = desk.begin([("generate_email", {"topic": "..."})])     # several calls run one after another
async for run in desk.follow(job): ...                       # yields whenever there is something new; ends with the run
desk.stop(job)
"""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from agent import HubError, Stopped

if TYPE_CHECKING:
    from agent import Hub

log = logging.getLogger(__name__)
#: Calls made with a page's forms and buttons are written down as made there.
SURFACE = "web"
#: Seconds between two looks at a run.
PACE = 0.12
BROKEN = "Something went wrong inside the hub; its log says more. What was finished before is kept."

Call = tuple[str, dict[str, Any]]


@dataclass
class Run:
    """One run as a page shows it: the text of the call under way, or what it tells of how far it is; the outcomes of
    those that are done. `left` is what a stopped call says of what stays of it."""

    calls: Sequence[Call]
    key: str = ""
    text: str = ""
    said: str = ""
    left: str = ""
    outcomes: list[Any] = field(default_factory=list)
    problem: str | None = None
    stopped: bool = False
    done: bool = False
    version: int = 0

    @property
    def told(self) -> str:
        """How far it is, in a line."""
        if self.stopped:
            return "Stopping …"
        if self.said:
            return self.said
        many = f"{len(self.outcomes) + 1} of {len(self.calls)} " if len(self.calls) > 1 else ""
        return f"Writing {many}…"

    @property
    def over(self) -> bool:
        """Whether there is nothing more to wait for. A text is given up at once; work that tells how far it is ends in
        good order, and says what stays."""
        return self.done or (self.stopped and not self.said)


class Writings:
    """The runs of one site's pages. Its methods may be called from any thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def begin(self, calls: Sequence[Call]) -> str:
        """Start the calls in the background; the run's key."""
        key = str(uuid.uuid4())
        run = Run(calls, key)
        with self._lock:
            self._runs = {one: kept for one, kept in self._runs.items() if not kept.done}
            self._runs[key] = run
        threading.Thread(target=self._work, args=(run,), name="writing", daemon=True).start()
        return key

    def stop(self, key: str | None) -> None:
        """End a run; what is finished stays."""
        run = self._runs.get(key or "")
        if run is not None:
            run.stopped = True
            run.version += 1

    async def follow(self, key: str) -> AsyncIterator[Run]:
        """The run whenever something is new, at last as it ended."""
        run, seen = self._runs[key], -1
        while not run.over:
            if run.version != seen:
                seen = run.version
                yield run
            await asyncio.sleep(PACE)
        yield run

    def _work(self, run: Run) -> None:
        def go_on() -> None:
            if run.stopped:
                raise Stopped("Stopped; nothing of it was kept.")
            run.version += 1

        def on_text(piece: str) -> None:
            run.text += piece
            go_on()

        def on_progress(said: str) -> None:
            run.said = said
            go_on()

        try:
            for tool, arguments in run.calls:
                if run.stopped:
                    break
                run.text = ""
                outcome = self._hub.call_as(tool, arguments, surface=SURFACE, on_text=on_text, on_progress=on_progress)
                run.outcomes.append(outcome)
                run.version += 1
        except Stopped as stopped:
            run.left = stopped.sentence
        except HubError as error:
            run.problem = error.sentence
        except Exception:  # a bug: the page tells it, the log has the trace
            log.exception("writing for a page failed")
            run.problem = BROKEN
        run.done = True


def progress(run: Run) -> Markup:
    """What a page shows while a run is under way."""
    words = Markup('<div class="growing" aria-live="off">{}</div>').format(run.text) if run.text else ""
    return Markup('<div class="writing"><p class="doing" role="status">{}</p>{}</div>').format(run.told, words)


def by_whom(data: dict[str, Any]) -> Markup:
    """Who wrote a text (the model, or a template), why, and what it rests on; `data` as `Drafted` results hold it."""
    from ui.web.parts.cards import badge, joined
    from ui.web.parts.links import record_link

    who = badge("Written by the model", "busy") if data.get("ai_generated") else badge("From a template", "quiet")
    note = Markup('<span class="why">{}</span>').format(data["note"]) if data.get("note") else ""
    sources = [
        record_link(one.get("noun") or one.get("kind") or "", one["id"], one.get("name") or one.get("title") or "")
        for one in data.get("sources") or ()
    ]
    used = Markup('<span class="used">Used: {}</span>').format(Markup(", ").join(sources)) if sources else ""
    return Markup('<p class="by">{}</p>').format(Markup(" ").join(joined([part]) for part in (who, note, used) if part))
