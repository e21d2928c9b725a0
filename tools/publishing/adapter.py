"""What the hub asks of a platform. Each platform has one adapter, in `platforms`."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx

from memory.enums import Platform
from memory.publishing import DuePost
from tools.posting.limits import platform_name
from tools.publishing.answers import Published
from tools.publishing.credentials import Account, Credentials
from tools.publishing.http import Api
from tools.publishing.media import MediaReader


@dataclass(frozen=True)
class Who:
    """An account as the platform knows it."""

    handle: str
    external_id: str


@dataclass(frozen=True)
class Surroundings:
    """What adapters share. `hosts` puts other addresses in the place of the platforms' own; `pause` waits seconds."""

    client: httpx.Client
    media: MediaReader
    hosts: Mapping[str, str]
    pause: Callable[[float], None] = time.sleep


class Adapter(ABC):
    """A platform. What has to be given to connect an account is named by `needs` (fields of Credentials, besides the
    account's own id where `needs_id`); `may` are those that are taken too."""

    platform: ClassVar[Platform]
    host: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ("access_token",)
    may: ClassVar[Sequence[str]] = ()
    needs_id: ClassVar[str] = ""
    #: How long before its end a token is renewed.
    ahead: ClassVar[timedelta] = timedelta(minutes=5)
    #: Whether an account stays open by itself, without a refresh token.
    stays_open: ClassVar[bool] = False
    #: For how long a token is taken to live where nobody said, so that it is renewed (None: until it is refused).
    assumed: ClassVar[timedelta | None] = None

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.api = Api(around.client, platform_name(self.platform), self.explained)

    def url(self, path: str, credentials: Credentials | None = None) -> str:
        """An address of the platform (or of the account's own server)."""
        server = credentials.server if credentials else ""
        return self.around.hosts.get(self.platform.value, server or self.host).rstrip("/") + path

    def explained(self, response: httpx.Response, creates: bool) -> Exception | None:
        """The platform's own error as one of ours; None where its status says enough. `creates`: in answer to the post."""
        return None

    @abstractmethod
    def who(self, credentials: Credentials, external_id: str) -> Who:
        """Whom these tokens belong to: asked when an account is connected. Raises Refused."""

    def refresh(self, account: Account, now: datetime) -> Credentials | None:
        """New tokens; None where the platform's do not end or cannot be renewed. Raises Refused."""
        return None

    @abstractmethod
    def prepare(self, account: Account, post: DuePost) -> Any:
        """Everything that comes before publishing, such as uploads: nobody sees it, and it may be repeated."""

    @abstractmethod
    def publish(self, account: Account, prepared: Any) -> Published:
        """Publish. Called once. Raises Refused where nothing was published for certain, InDoubt where nobody knows."""

    @abstractmethod
    def figures(self, account: Account, external_id: str) -> dict[str, float]:
        """What the platform counts for a post by now, by metric (likes, shares, comments, impressions, …)."""


def bearer(credentials: Credentials) -> dict[str, str]:
    """The Authorization header (RFC 6750)."""
    return {"authorization": f"Bearer {credentials.access_token}"}


def numbers(found: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float]:
    """Those of the platform's figures that are numbers, by our names: {"favourites_count": "likes"}."""
    return {
        ours: float(found[theirs])
        for theirs, ours in names.items()
        if isinstance(found.get(theirs), int | float) and not isinstance(found.get(theirs), bool)
    }
