"""How the model is: starting (with a share), running, off or missing. Watched once for all pages."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from agent import Health, Hub

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelState:
    """state: starting (then `text` says what is being done and `share`, 0 to 1 or None, how much of it is), running,
    off (by the settings), or missing (then `health` says why and what to do)."""

    state: Literal["starting", "running", "off", "missing"] = "starting"
    text: str = "The model is starting …"
    share: float | None = None
    health: Health | None = None


class ModelWatch:
    """`progress` is given to the hub when it opens, `watch` the hub when it is open."""

    def __init__(self) -> None:
        self._state = ModelState()
        self._lock = threading.Lock()

    @property
    def now(self) -> ModelState:
        with self._lock:
            return self._state

    def progress(self, text: str, share: float | None) -> None:
        """The hub says how far the start is."""
        with self._lock:
            if self._state.state == "starting":
                self._state = ModelState(text=text, share=share)

    def watch(self, hub: Hub, settled: Callable[[ModelState], None] = lambda state: None) -> None:
        """Wait in the background until the model runs or is known not to, then call `settled`."""

        def wait() -> None:
            try:
                hub.wait_for_model()
                state = self.look(hub)
            except Exception:  # the hub was closed meanwhile, or its start failed in a way nobody foresaw
                log.exception("waiting for the model failed")
                return
            settled(state)

        threading.Thread(target=wait, name="model-watch", daemon=True).start()

    def look(self, hub: Hub) -> ModelState:
        """Ask the hub how its model is now."""
        health = next((part for part in hub.health() if part.part == "model"), None)
        summary = health.summary if health else ""
        absent: Literal["off", "missing"] = "off" if health is not None and health.ok else "missing"
        state = ModelState("running" if hub.wait_for_model(0) else absent, summary, 1.0, health)
        with self._lock:
            self._state = state
        return state
