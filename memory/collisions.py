"""Two who write the same at the same moment: telling such a collision from a fault."""

from sqlalchemy.exc import DBAPIError

#: PostgreSQL: unique and foreign key violation, serialization failure, deadlock.
_STATES = frozenset({"23505", "23503", "40001", "40P01"})
#: SQLite: the same where one write follows the other, so that only a check made before the lock can be outdated.
#: And a transaction that read first and wants to write now, while somebody else wrote in between.
_NAMES = frozenset(
    {
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_FOREIGNKEY",
        "SQLITE_BUSY_SNAPSHOT",
    }
)


def is_collision(error: DBAPIError) -> bool:
    """Whether somebody else stored (or removed) something meanwhile, so that the same work, begun anew, would see it."""
    state, name = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorname", None)
    return state in _STATES or name in _NAMES
