"""The worker: what carries out, in the background, what was approved. Beside the pages in `serve`, or by itself."""

import logging
import threading
from collections.abc import Mapping
from datetime import UTC
from types import TracebackType
from typing import TYPE_CHECKING

from agent.accounts import publish_setup_of
from agent.apart import Apart
from agent.incoming import INCOMING, incoming_jobs
from agent.night import NIGHT, night_jobs
from agent.ticking import ticks_of, worker_id
from tools.publishing.figures import fetch_figures
from tools.receiving.recording import judge_again
from tools.running.jobs import Job, Jobs
from tools.running.living import Living
from tools.running.ticks import Tick, Ticker
from tools.running.tidying import tidy

if TYPE_CHECKING:
    from agent.hub import Hub

log = logging.getLogger(__name__)

#: Seconds between two signs of life.
BEAT_EVERY = 5.0
#: When jobs are done again and again, by the hub's clock (cron expressions).
SCHEDULE: Mapping[str, str] = {
    "tidy": "30 3 * * *",
    "judge_again": "10 3 * * *",
    "post_figures": "40 */3 * * *",
    **INCOMING,
    **NIGHT,
}


class Worker:
    """The ticks and jobs of one process. Start it once; close it, or use it as a context manager.

    With `apart` the ticks run in a process of their own, so that they do not keep this one's pages and answers waiting.
    """

    def __init__(self, hub: "Hub", *, apart: bool = False) -> None:
        from tools.running.dbos_jobs import DbosJobs  # takes a second to load: only where work is carried out

        self.id = worker_id()
        self.jobs: Jobs = DbosJobs(store_of(hub), jobs_of(hub), self.id, hub.door.clock.zone)
        self._living = Living(hub.database, self.id, self.jobs, lambda: hub.door.clock.now().astimezone(UTC))
        living = Tick("living", BEAT_EVERY, self._living.run, self._living.close)
        self.apart = Apart(hub.settings) if apart else None
        self.ticker = Ticker([*([] if apart else ticks_of(hub, self.id)), living])
        self._starting = threading.Thread(target=self._begin, name="worker-start", daemon=True)

    def start(self) -> None:
        """Begin in the background: the engine of jobs may not be started from within an event loop, as of the pages."""
        self._starting.start()
        if self.apart is not None:
            self.apart.start()

    def _begin(self) -> None:
        try:
            self._living.begin()
            self.jobs.start()
            self.jobs.schedule(SCHEDULE)
        except Exception:
            # Mail is sent all the same; that jobs do not run is logged, and again by the tick that looks after them.
            log.exception("the engine of jobs could not be started")
        self.ticker.start()

    def close(self) -> None:
        """Finish what is under way; what was claimed and not begun goes back."""
        self._starting.join()
        if self.apart is not None:
            self.apart.close()
        self.ticker.stop()
        self.jobs.stop()

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def jobs_of(hub: "Hub") -> dict[str, Job]:
    """Every job, by its name."""
    return {
        "tidy": lambda: tidy(hub.database, hub.door.clock),
        "judge_again": lambda: _void(judge_again(hub.database, hub.door.clock)),
        "post_figures": lambda: _void(fetch_figures(hub.database, publish_setup_of(hub), hub.door.clock)),
        **incoming_jobs(hub),
        **night_jobs(hub),
    }


def store_of(hub: "Hub") -> str:
    """Where the engine of jobs keeps its own records: a file beside the hub's, or a schema of its database."""
    if hub.database.is_sqlite:
        return f"sqlite:///{hub.settings.home / 'jobs.sqlite3'}"
    return hub.settings.sql_url


def _void(_: object) -> None:
    """A job gives nothing back."""
