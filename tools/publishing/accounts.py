"""The house's accounts: connected, opened for publishing (their tokens renewed in time), disconnected."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from memory.database import Database
from memory.enums import Platform
from memory.social_accounts import SocialAccount, account_of, account_with, connected_accounts
from tools.core.context import Clock
from tools.core.errors import BadInput, NotFound
from tools.posting.limits import platform_name
from tools.publishing.adapter import Adapter, Surroundings
from tools.publishing.answers import Later, Refused, TokenRefused
from tools.publishing.credentials import Account, Credentials, Keyring
from tools.publishing.http import new_client
from tools.publishing.media import MediaReader
from tools.publishing.platforms.all import ADAPTERS

#: A token that was renewed so recently and is refused all the same is not renewed again.
JUST_RENEWED = timedelta(minutes=10)
#: Tokens to renew are often good for one use, so within a process one at a time is renewed.
_RENEWING = threading.Lock()


@dataclass(frozen=True)
class PublishSetup:
    """How this house publishes. `folder` keeps the key that opens the accounts. `hosts` puts other addresses in the place
    of the platforms' own, `inside` lets media come from this machine's network (both for tests). `lease` is for how many
    seconds a worker's claim holds, `publishing` how many more a platform has once it was asked."""

    folder: Path
    hosts: Mapping[str, str] | None = None
    inside: bool = False
    lease: float = 900.0
    publishing: float = 600.0


@dataclass(frozen=True)
class AccountView:
    """An account, as it is shown: never with its tokens."""

    id: int
    platform: str
    name: str
    handle: str
    connected_at: datetime
    expires_at: datetime | None


class Accounts:
    """The accounts of a house. Close it at the end."""

    def __init__(self, database: Database, setup: PublishSetup, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.keyring = Keyring(setup.folder)
        self._client = new_client()
        reader = MediaReader(self._client, inside=setup.inside)
        self.around = Surroundings(self._client, reader, setup.hosts or {})
        self.adapters: dict[Platform, Adapter] = {kind.platform: kind(self.around) for kind in ADAPTERS}

    def close(self) -> None:
        self._client.close()

    # -- connecting --------------------------------------------------------------------------------------------------

    def connect(self, platform: Platform, given: Mapping[str, str], external_id: str = "") -> AccountView:
        """Connect an account, after the platform said whom the tokens belong to; in place of the one there was.

        `given` are fields of Credentials. Raises BadInput where something is missing or the platform refuses.
        """
        adapter = self.adapters[platform]
        credentials = self._credentials(adapter, given, external_id)
        try:
            who = adapter.who(credentials, external_id)
        except Refused as error:
            raise BadInput(f"The account was not connected. {error.sentence}") from error
        now = self._clock.now().astimezone(UTC)
        if adapter.assumed is not None and not credentials.expires_at:
            credentials = replace(credentials, expires_at=(now + adapter.assumed).isoformat())
        sealed = self.keyring.seal(credentials)
        with self._database.session(write=True) as session:
            before = account_with(session, platform, who.external_id)
            account = before or SocialAccount(platform=platform, created_at=now)
            account.handle, account.external_id, account.secret = who.handle[:200], who.external_id, sealed
            account.expires_at, account.disconnected_at, account.updated_at = _ends(credentials, adapter), None, now
            session.add(account)
            session.flush()
            return _view(account)

    def disconnect(self, account_id: int) -> AccountView:
        """Disconnect an account; its tokens are forgotten. Raises NotFound."""
        with self._database.session(write=True) as session:
            account = session.get(SocialAccount, account_id)
            if account is None or account.disconnected_at is not None:
                raise NotFound(f"No account {account_id} is connected.", "account")
            account.disconnected_at, account.secret = self._clock.now().astimezone(UTC), None
            return _view(account)

    def listed(self) -> list[AccountView]:
        """The connected accounts, by platform; of several of one platform the newest publishes."""
        with self._database.session() as session:
            return [_view(account) for account in connected_accounts(session)]

    # -- publishing --------------------------------------------------------------------------------------------------

    def ready(self, session: Session) -> list[Platform]:
        """The platforms that can be published on: those with an account that has tokens."""
        return sorted({one.platform for one in connected_accounts(session) if one.secret is not None})

    def opened(self, platform: Platform) -> Account:
        """The account that posts of a platform go out from, with tokens that are valid for a while. Raises Refused, Later."""
        with self._database.session() as session:
            account = account_of(session, platform)
            if account is None or account.secret is None:
                raise Later(f"No {platform_name(platform)} account is connected. Connect one, or copy the text out.")
            opened = self._open(account)
        if not self._ends_soon(opened.credentials, self.adapters[platform]):
            return opened
        return self._renewed(opened, platform)

    def refused(self, account: Account, platform: Platform) -> bool:
        """The platform did not take the token: have it renewed next time. False where that was done just now, or cannot be."""
        credentials = account.credentials
        if not credentials.refresh_token and not credentials.password:
            return False
        now = self._clock.now().astimezone(UTC)
        if credentials.refreshed is not None and now - credentials.refreshed < JUST_RENEWED:
            return False
        self._store(account.id, replace(credentials, expires_at=now.isoformat()))
        return True

    def _renewed(self, opened: Account, platform: Platform) -> Account:
        with _RENEWING:
            with self._database.session() as session:
                # On PostgreSQL the row is locked, so that of two workers one renews and the other reads what it got.
                row = session.get(SocialAccount, opened.id, with_for_update=True, populate_existing=True)
                if row is None or row.secret is None:
                    raise Later(f"The {platform_name(platform)} account was disconnected.")
                current = self._open(row)
                made = self._asked_for_new(current, platform)
                if made is None:
                    return current
                if not self._database.is_sqlite:
                    row.secret, row.expires_at = self.keyring.seal(made), _ends(made, self.adapters[platform])
            if self._database.is_sqlite:  # only now: its write lock is not to be held while a platform is asked
                self._store(current.id, made)
        return replace(current, credentials=made)

    def _asked_for_new(self, current: Account, platform: Platform) -> Credentials | None:
        """New tokens; None where those at hand are good (somebody else renewed them), or cannot be renewed yet."""
        adapter = self.adapters[platform]
        if not self._ends_soon(current.credentials, adapter):
            return None
        try:
            made = adapter.refresh(current, self._clock.now().astimezone(UTC))
        except (TokenRefused, Later):
            raise
        except Refused as error:
            raise TokenRefused(
                f"The access to {platform_name(platform)} has ended and could not be renewed. Connect the account again."
            ) from error
        if made is None and self._is_over(current.credentials):
            raise TokenRefused(f"The access to {platform_name(platform)} has ended. Connect the account again.")
        return made

    def _store(self, account_id: int, credentials: Credentials) -> None:
        with self._database.session(durable=True) as session:
            account = session.get(SocialAccount, account_id)
            if account is not None and account.disconnected_at is None:
                adapter = self.adapters[account.platform]
                account.secret, account.expires_at = self.keyring.seal(credentials), _ends(credentials, adapter)

    def _open(self, account: SocialAccount) -> Account:
        credentials = self.keyring.open(account.secret or b"")
        return Account(account.id, account.handle, account.external_id or "", credentials)

    def _ends_soon(self, credentials: Credentials, adapter: Adapter) -> bool:
        now = self._clock.now().astimezone(UTC)
        if adapter.platform == Platform.BLUESKY and not credentials.access_token:
            return True
        return credentials.expires is not None and credentials.expires - adapter.ahead <= now

    def _is_over(self, credentials: Credentials) -> bool:
        return credentials.expires is not None and credentials.expires <= self._clock.now().astimezone(UTC)

    def _credentials(self, adapter: Adapter, given: Mapping[str, str], external_id: str) -> Credentials:
        name = platform_name(adapter.platform)
        told = {field: value.strip() for field, value in given.items() if value and value.strip()}
        missing = [field for field in adapter.needs if field not in told]
        if missing:
            raise BadInput(f"To connect {name}, please also give: {', '.join(missing).replace('_', ' ')}.", missing[0])
        if adapter.needs_id and not external_id:
            raise BadInput(f"To connect {name}, please also give {adapter.needs_id}.", "id")
        if told.get("server"):
            told["server"] = server_address(told["server"])
        if told.get("expires_at"):
            try:
                moment = datetime.fromisoformat(told["expires_at"])
            except ValueError as error:
                raise BadInput("Write the end of the access like 2026-05-01T12:00.", "expires_at") from error
            told["expires_at"] = (moment if moment.tzinfo else moment.replace(tzinfo=self._clock.zone)).isoformat()
        allowed = {*adapter.needs, *adapter.may, "expires_at"}
        return Credentials(**{field: value for field, value in told.items() if field in allowed})


def platform_named(name: str) -> Platform:
    """The platform of this name. Raises BadInput."""
    try:
        return Platform(name.strip().lower())
    except ValueError as error:
        names = ", ".join(Platform)
        raise BadInput(f"There is no platform “{name[:40]}”. These can be connected: {names}.", "platform") from error


def server_address(given: str) -> str:
    """An instance as it was written ("mastodon.example", "https://mastodon.example/") as the beginning of addresses."""
    url = given if "://" in given else f"https://{given}"
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise BadInput(f"“{given[:80]}” is no server. Write it like https://mastodon.example.", "server") from error
    local = parts.host in ("localhost", "127.0.0.1", "::1")
    if not parts.host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        raise BadInput(f"“{given[:80]}” is no server. Write it like https://mastodon.example.", "server")
    return url.rstrip("/")


def _ends(credentials: Credentials, adapter: Adapter) -> datetime | None:
    """When the account has to be connected again; None where its tokens are renewed or do not end."""
    return None if adapter.stays_open or credentials.refresh_token else credentials.expires


def _view(account: SocialAccount) -> AccountView:
    return AccountView(
        account.id, account.platform.value, platform_name(account.platform), account.handle, account.created_at,
        account.expires_at,
    )  # fmt: skip
