"""New SQLite databases that have all their tables at once: copies of one that was migrated, for a tenth of the time."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from memory.database import Database, sqlite_url


def new_sqlite(path: Path) -> str:
    """The URL of a new SQLite database at `path`, with all tables and nothing in them."""
    path.write_bytes(_migrated())
    return sqlite_url(path)


@cache
def _migrated() -> bytes:
    """Migrated once a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite3"
        database = Database.open(sqlite_url(path))
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        return path.read_bytes()
