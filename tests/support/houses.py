"""Hubs for tests, opened in a fraction of the time: the tables are copied instead of made anew, and the hubs of a
process share one matcher. How a hub makes both for itself is tested in tests/memory/test_migrations.py,
tests/agent/test_demo.py and by all tests that start the program."""

from collections.abc import Callable
from functools import cache

from agent import Hub, Settings, open_hub
from agent.building import build_matcher
from agent.routing.matcher import Matcher
from tests.support.databases import new_sqlite
from tools.catalogue import all_tools
from tools.core.context import Clock


@cache
def shared_matcher() -> Matcher:
    """The matcher over all examples, as every hub has it; it never changes."""
    return build_matcher(tuple(all_tools()), Settings().model_cache)


def open_house(
    settings: Settings, *, clock: Clock | None = None, matcher: Callable[[], Matcher] = shared_matcher
) -> Hub:
    """`open_hub`, on a database that has its tables already where it is a new file of SQLite."""
    file = settings.home / "hub.sqlite3"
    if settings.database_url is None and not file.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        new_sqlite(file)
    return open_hub(settings, clock=clock, matcher=matcher)
