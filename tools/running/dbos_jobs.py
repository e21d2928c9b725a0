"""Jobs by DBOS Transact, in a store of their own (a SQLite file with WAL, or a schema on PostgreSQL).

What experience with it asks for: an executor id that no other process has and a pinned application version (else jobs
run twice, or stay pending after an update), WAL set by us, and a watchdog for jobs of processes that died.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from sqlite3 import Connection as SqliteConnection
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, ScheduleInput

from tools.running.jobs import Job, JobState, JobStatus

log = logging.getLogger(__name__)

NAME, VERSION, QUEUE, WORKFLOW, NIGHTLY = "marketing-hub", "1", "hub", "hub.job", "hub.scheduled"
#: Seconds between two looks for waiting jobs: what is urgent is a tick's, not a job's.
POLL = 1.0
_STATES = {
    "ENQUEUED": JobState.WAITING,
    "DELAYED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}


class DbosJobs:
    """The engine of this process; DBOS allows one at a time. `jobs` are the functions by their names."""

    def __init__(self, store_url: str, jobs: Mapping[str, Job], executor: str, zone: ZoneInfo) -> None:
        self._jobs = dict(jobs)
        self._executor = executor
        self._zone = zone
        self._engine = _engine(store_url)
        config: DBOSConfig = {
            "name": NAME,
            "system_database_engine": self._engine,
            "executor_id": executor,
            "application_version": VERSION,
            "log_level": "WARNING",
            "serializer": DBOSPortableJSONSerializer(),
            "scheduler_polling_interval_sec": POLL,
            "use_listen_notify": False,
        }
        self._dbos = DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW)
        def run_job(job: str, arguments: dict[str, Any]) -> None:
            self._run(job, arguments)

        @DBOS.workflow(name=NIGHTLY)
        def run_scheduled(at: datetime, job: str) -> None:
            self._run(job, {})

        self._scheduled = run_scheduled

    def start(self) -> None:
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=2, polling_interval_sec=POLL)

    def stop(self) -> None:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=10)
        self._engine.dispose()

    def enqueue(self, job: str, arguments: Mapping[str, Any], *, key: str, at: datetime | None = None) -> None:
        """See `Jobs.enqueue`. Raises KeyError for a job that does not exist."""
        self._jobs[job]
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": key, "app_version": VERSION,
        }  # fmt: skip
        if at is not None:
            options["delay_seconds"] = max((at - datetime.now(UTC)).total_seconds(), 0.0)
        DBOS.enqueue_workflow_with_options(options, job, dict(arguments))

    def schedule(self, times: Mapping[str, str]) -> None:
        wanted: list[ScheduleInput] = [
            {
                "schedule_name": job, "workflow_fn": self._scheduled, "schedule": cron, "context": job,
                "cron_timezone": self._zone.key, "queue_name": QUEUE,
            }
            for job, cron in times.items()
        ]  # fmt: skip
        for known in DBOS.list_schedules():
            if known["schedule_name"] not in times:
                DBOS.delete_schedule(known["schedule_name"])
        DBOS.apply_schedules(wanted)

    def cancel(self, key: str) -> None:
        DBOS.cancel_workflow(key)

    def status(self, key: str) -> JobStatus | None:
        found = DBOS.get_workflow_status(key)
        if found is None:
            return None
        job = str(found.input["args"][0]) if found.input else found.name
        return JobStatus(key, job, _STATES[found.status], str(found.error) if found.error else None)

    def rescue(self, living: set[str]) -> int:
        lost = [
            one
            for one in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
            if one.executor_id not in living | {self._executor}
        ]
        for one in lost:
            DBOS.resume_workflow(one.workflow_id, queue_name=QUEUE)
        if lost:
            log.info("%d jobs of processes that died are begun anew", len(lost))
        return len(lost)

    def _run(self, job: str, arguments: dict[str, Any]) -> None:
        """One step: what it has done is recorded when it is over, and not done again when the workflow is resumed."""
        function = self._jobs[job]
        DBOS.run_step({"name": job}, lambda: function(**arguments))


def _engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(parsed, pool_pre_ping=True, pool_size=10)
    engine = sa.create_engine(parsed)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: SqliteConnection, record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
