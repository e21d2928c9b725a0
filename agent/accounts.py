"""The accounts on social platforms that posts go out from, as the command line connects and shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.posting.counting import platform_names
from tools.publishing.accounts import Accounts, AccountView, PublishSetup, platform_named
from tools.publishing.connecting import CALLBACK, Connecting
from tools.publishing.feed import CalendarFeed

if TYPE_CHECKING:
    from agent.house import House
    from agent.hub import Hub

__all__ = [
    "CALLBACK",
    "AccountView",
    "BrowserWay",
    "CalendarFeed",
    "Needed",
    "begin_connecting",
    "browser_way",
    "calendar_feed",
    "connect",
    "connected",
    "disconnect",
    "finish_connecting",
    "needed",
    "platform_names",
    "publish_setup_of",
]


@dataclass(frozen=True)
class Needed:
    """What connecting a platform's account takes: names of values, and what its id is called ("" where it has none)."""

    values: tuple[str, ...]
    optional: tuple[str, ...]
    id: str


def publish_setup_of(hub: "House") -> PublishSetup:
    """How the house publishes: the key that opens the accounts stays in its folder."""
    return PublishSetup(hub.settings.home / "keys")


def needed(hub: "Hub", platform: str) -> Needed:
    """What has to be given to connect an account of a platform. Raises BadInput for no platform."""
    accounts = _accounts(hub)
    try:
        adapter = accounts.adapters[platform_named(platform)]
        return Needed(tuple(adapter.needs), tuple(adapter.may), adapter.needs_id)
    finally:
        accounts.close()


def connect(hub: "Hub", platform: str, given: Mapping[str, str], external_id: str = "") -> AccountView:
    """Connect an account, after its platform was asked whose tokens these are. Raises BadInput."""
    accounts = _accounts(hub)
    try:
        return accounts.connect(platform_named(platform), given, external_id)
    finally:
        accounts.close()


@dataclass(frozen=True)
class BrowserWay:
    """What connecting in the browser takes. `own_app`: an app of the house's own on the platform (its client id);
    `secret`: its secret too; `server`: which instance; `https`: the platform sends people back only to https."""

    own_app: bool
    secret: bool
    server: bool
    https: bool


def browser_way(hub: "Hub", platform: str) -> BrowserWay:
    """What has to be given to connect an account in the browser. Raises BadInput where the platform has no such way."""
    accounts = _accounts(hub)
    try:
        grant = _connecting(hub, accounts).grant(platform_named(platform))
        return BrowserWay(grant.own_app, grant.needs_secret, grant.needs_server, grant.needs_https)
    finally:
        accounts.close()


def begin_connecting(
    hub: "Hub", platform: str, redirect: str, *, client_id: str = "", client_secret: str = "", server: str = "",
    external_id: str = "",
) -> str:  # fmt: skip
    """The platform's page at which a person allows the hub to post; it sends them back to `redirect`. Raises BadInput."""
    accounts = _accounts(hub)
    try:
        return _connecting(hub, accounts).begin(
            platform_named(platform), redirect, client_id=client_id, client_secret=client_secret, server=server,
            external_id=external_id,
        )  # fmt: skip
    finally:
        accounts.close()


def finish_connecting(hub: "Hub", answer: Mapping[str, str]) -> AccountView:
    """Take what the platform sent the person back with. Raises BadInput; then nothing was changed."""
    accounts = _accounts(hub)
    try:
        return _connecting(hub, accounts).finish(answer)
    finally:
        accounts.close()


def _connecting(hub: "Hub", accounts: Accounts) -> Connecting:
    return Connecting(hub.database, accounts, hub.door.clock)


def disconnect(hub: "Hub", account: int) -> AccountView:
    """Disconnect an account; its tokens are forgotten. Raises NotFound."""
    accounts = _accounts(hub)
    try:
        return accounts.disconnect(account)
    finally:
        accounts.close()


def connected(hub: "Hub") -> list[AccountView]:
    """The connected accounts."""
    accounts = _accounts(hub)
    try:
        return accounts.listed()
    finally:
        accounts.close()


def _accounts(hub: "Hub") -> Accounts:
    return Accounts(hub.database, publish_setup_of(hub), hub.door.clock)


def calendar_feed(hub: "Hub") -> CalendarFeed:
    """The calendar of the scheduled posts: its address, and what it answers for a token."""
    return CalendarFeed(hub.database, hub.door.clock, hub.mail.public_url)
