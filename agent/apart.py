"""The ticks in a process of their own: a long mailing must not keep the pages and the API waiting for the interpreter.

Begun beside `serve`, at a lower priority, and begun anew where it dies; it ends with the process that began it, however
that ends, since its input closes then. What it had claimed when it died is taken back when its leases end.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.settings import Settings

log = logging.getLogger(__name__)

#: Seconds until a process that died is begun anew, doubled each time up to the last; after so long a life, the first again.
AGAIN, LONG_LIFE = (1.0, 60.0), 60.0
#: Seconds that it is given to finish what is under way, before it is ended.
GRACE = 40.0
_ROOT = Path(__file__).resolve().parent.parent


class Apart:
    """Keeps a process of ticks running from `start` to `close`."""

    def __init__(self, settings: "Settings") -> None:
        asked = settings.model_dump(mode="json")
        self._asked = json.dumps(asked).encode() + b"\n"
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="ticks-apart", daemon=True)

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Have it finish what is under way."""
        self._end.set()
        with self._lock:
            process = self._process
            if process is not None and process.stdin is not None:
                process.stdin.close()
        if process is not None:
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                log.error("the process that carries out did not end; it is killed")
                process.kill()
                process.wait()
        self._thread.join()

    def _keep_running(self) -> None:
        wait = AGAIN[0]
        while (process := self._begin()) is not None:
            begun = time.monotonic()
            code = process.wait()
            if self._end.is_set():
                return
            wait = AGAIN[0] if time.monotonic() - begun > LONG_LIFE else wait
            log.error("the process that carries out ended with %s; it is begun anew in %.0f s", code, wait)
            self._end.wait(wait)
            wait = min(2 * wait, AGAIN[1])

    def _begin(self) -> "subprocess.Popen[bytes] | None":
        search_path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        with self._lock:
            if self._end.is_set():
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", "agent.ticking"],
                stdin=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": search_path},
                start_new_session=True,  # Ctrl-C in the terminal is the parent's to handle
            )
            assert self._process.stdin is not None
            with suppress(OSError):  # it died at once, which is told when it is waited for
                self._process.stdin.write(self._asked)
                self._process.stdin.flush()
            return self._process
