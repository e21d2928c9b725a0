"""Connecting an account in the browser: the person allows it on the platform's page, which sends them back with a code.

Every connection has a secret `state` of its own that the answer has to carry, good for one use and a quarter of an hour;
only its hash is stored, and what is needed to go on is encrypted like the tokens themselves (see credentials).
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from memory.database import Database
from memory.enums import Platform
from memory.social_accounts import await_connection, take_connection
from tools.core.context import Clock
from tools.core.errors import BadInput
from tools.posting.limits import platform_name
from tools.publishing.accounts import Accounts, AccountView, server_address
from tools.publishing.answers import Refused, TokenRefused
from tools.publishing.grants import GRANTS, Asking, Grant, Granted
from tools.publishing.http import Api

#: For how long a connection waits for its answer.
WAITS = timedelta(minutes=15)
#: The path that platforms send people back to, on whichever address of the hub.
CALLBACK = "/connect/callback"
UNKNOWN = (
    "This answer belongs to no connection that was begun here, or to one that was begun more than 15 minutes ago or is "
    "done already. Nothing was changed; begin again."
)


class Connecting:
    """Connections in the browser, of one house."""

    def __init__(self, database: Database, accounts: Accounts, clock: Clock) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    def grant(self, platform: Platform) -> Grant:
        """How a platform is asked. Raises BadInput where it has no such way."""
        if platform not in GRANTS:
            raise BadInput(
                f"{platform_name(platform)} accounts are connected with an app password: "
                f"marketing-hub account add {platform.value}",
                "platform",
            )
        around, adapter = self._accounts.around, self._accounts.adapters[platform]
        api = Api(around.client, platform_name(platform), adapter.explained)
        return GRANTS[platform](api, around.hosts.get(platform.value))

    def begin(
        self, platform: Platform, redirect: str, *, client_id: str = "", client_secret: str = "", server: str = "",
        external_id: str = "",
    ) -> str:  # fmt: skip
        """The address at which the person allows it. `redirect` is where the platform sends them back to. Raises BadInput."""
        grant, name = self.grant(platform), platform_name(platform)
        if grant.own_app and not client_id:
            raise BadInput(f"To connect {name}, please give the client id of your app there.", "client_id")
        if grant.needs_secret and not client_secret:
            raise BadInput(f"To connect {name}, please give the client secret of your app there.", "client_secret")
        if grant.needs_https and urlsplit(redirect).scheme != "https":
            raise BadInput(
                f"{name} sends people back only to an https address: set public_url (HUB_PUBLIC_URL), lead its path "
                f"/connect/ to the hub, and enter it in your app there with {CALLBACK} at its end.",
                "public_url",
            )
        if grant.needs_server and not server:
            raise BadInput(f"To connect {name}, please give the server, such as https://mastodon.example.", "server")
        server = server_address(server) if grant.needs_server else ""
        asking = Asking(
            platform.value,
            client_id.strip(),
            client_secret.strip(),
            redirect,
            secrets.token_urlsafe(48),
            server,
            external_id,
        )
        try:
            asking = grant.begun(asking)
        except Refused as error:
            raise BadInput(f"The connection was not begun. {error.sentence}", "server") from error
        state, now = secrets.token_urlsafe(32), self._clock.now().astimezone(UTC)
        sealed = self._accounts.keyring.seal_values(asdict(asking))
        with self._database.session(durable=True) as session:
            await_connection(session, _hashed(state), platform, sealed, now + WAITS, now)
        return grant.page(asking, state)

    def finish(self, answer: Mapping[str, str]) -> AccountView:
        """Take the platform's answer (the query of the address that it sent the person back to). Raises BadInput."""
        state, now = answer.get("state", ""), self._clock.now().astimezone(UTC)
        with self._database.session(durable=True) as session:
            waiting = take_connection(session, _hashed(state), now) if state else None
        if waiting is None:
            raise BadInput(UNKNOWN, "state")
        platform, sealed = waiting
        name = platform_name(platform)
        asking = Asking(**self._accounts.keyring.open_values(sealed))
        if answer.get("error") or not answer.get("code"):
            said = answer.get("error_description") or answer.get("error") or "the answer held no code"
            raise BadInput(
                f"The account was not connected: {name} says “{said[:200]}”. Begin again to allow it.", "code"
            )
        made = self._granted(self.grant(platform), asking, answer["code"], name)
        given = dict(made.given)
        if made.lives:
            given["expires_at"] = (now + timedelta(seconds=made.lives)).isoformat()
        return self._accounts.connect(platform, given, made.external_id)

    @staticmethod
    def _granted(grant: Grant, asking: Asking, code: str, name: str) -> Granted:
        try:
            return grant.granted(asking, code)
        except TokenRefused as error:
            raise BadInput(
                f"The account was not connected: {name} does not take this client id with this secret. Look at both in "
                "your app there, and begin again.",
                "client_secret",
            ) from error
        except Refused as error:
            raise BadInput(f"The account was not connected. {error.sentence}", "code") from error
        except (KeyError, TypeError, IndexError) as error:
            raise BadInput(f"The account was not connected: the answer of {name} cannot be read.", "code") from error


def _hashed(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
