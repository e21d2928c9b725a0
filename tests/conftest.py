"""How the tests are shared out among processes."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays together, since its fixtures are costly; the engine's files share one engine."""
    for item in items:
        folder = item.path.parent.name
        group = folder if folder == "engine" else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
