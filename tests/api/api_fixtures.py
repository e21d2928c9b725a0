"""A whole house served over HTTP, put back to the same small world before each test, and programs with tokens."""

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

# The house of the tests over all surfaces, whose folder pytest puts on the path only when it runs those.
sys.path.append(str(Path(__file__).parent.parent / "house"))

from house_fixtures import House, house

from tests.support.browser import served
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

PREFIX = "/api/marketing"
ALL = ("read", "write", "approve")

Program = Callable[..., httpx.Client]
_numbers = count()

__all__ = ["ALL", "PREFIX", "House", "Program", "address", "fresh_house", "house", "program"]


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """Where the whole application answers: pages, guards and the API under its prefix."""
    with served(make_app(house.hub, ModelWatch())) as page:
        yield page.rstrip("/")


@pytest.fixture
def fresh_house(house: House) -> House:
    """The house with nothing but its world in it: no token, no plan."""
    house.fresh()
    return house


@pytest.fixture
def program(fresh_house: House, address: str) -> Iterator[Program]:
    """`program("read", "write", name="ci")`: an HTTP client with a new token of these scopes; without any, no token."""
    clients = []
    number = next(_numbers)

    def make(*scopes: str, name: str = "a program") -> httpx.Client:
        # Each test comes from an address of its own: wrong tokens are counted by it.
        transport = httpx.HTTPTransport(local_address=f"127.0.{number // 250}.{number % 250 + 2}")
        client = httpx.Client(base_url=f"{address}{PREFIX}", timeout=60, transport=transport)
        if scopes:
            secret, _ = fresh_house.hub.access.tokens.create(name, scopes)
            client.headers["Authorization"] = f"Bearer {secret}"
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
