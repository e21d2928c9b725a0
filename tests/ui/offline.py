"""That a page asked nothing of another host, and complained of nothing in its console.

watched = open_page(f"{site}campaigns")      # the fixture watches from the first request on
...                                          # use the page
assert_quiet(watched)
"""

from tests.support.browser import Watched


def assert_offline(watched: Watched) -> None:
    """No request and no socket went to another host than the page's own."""
    assert watched.foreign == [], f"asked of other hosts: {watched.foreign}"


def assert_quiet(watched: Watched) -> None:
    """Offline, and no error in the console or in a script."""
    assert_offline(watched)
    assert watched.errors == [], f"errors on the page: {watched.errors}"
