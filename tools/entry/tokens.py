"""Access tokens: made once, shown once, kept as a hash, looked up by it, revoked.

A token is 256 random bits. Against such a secret guessing is hopeless whatever the hash costs, so one plain SHA-256
is right: a slow password hash would only slow down every request. And since the table is searched by the hash of what
came, not by the token, how long the search takes says nothing about how much of a guess was right.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from memory.database import Database
from memory.tokens import ApiToken, all_tokens, count_valid_tokens, token_named, token_with_digest
from tools.core.context import Clock
from tools.core.errors import BadInput, Conflict, NotFound

Scope = Literal["read", "write", "approve"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

#: What a token looks like: `mh_` and 32 random bytes in URL-safe base64. Secret scanners find it by that.
_SHAPE = re.compile(r"mh_[A-Za-z0-9_-]{43}")
PREFIX_LENGTH = 11
LONGEST_NAME = 100
#: A use is noted at most once in so long: not every read of the API should cost a write.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class TokenView:
    """A token as it is listed; moments are in the hub's zone. state is valid, expired or revoked."""

    id: int
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    state: Literal["valid", "expired", "revoked"]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class Tokens:
    """The tokens of a house. May be used from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, name: str, scopes: Sequence[str], lifetime: timedelta | None = None) -> tuple[str, TokenView]:
        """A new token: the secret, which is nowhere stored, and its row. Raises BadInput, Conflict."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise BadInput(f"A token needs a name of 1 to {LONGEST_NAME} characters: who or what will use it?", "name")
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            said = f"“{unknown[0]}” is no scope. " if unknown else "Say what the token may do. "
            raise BadInput(f"{said}Scopes are {', '.join(SCOPES)}.", "scope")
        if lifetime is not None and lifetime <= timedelta(0):
            raise BadInput("A token must be valid for at least one day.", "expires_in_days")
        secret, now = f"mh_{secrets.token_urlsafe(32)}", self._clock.now()
        with self._database.session(write=True) as session:
            if token_named(session, name) is not None:
                raise Conflict(
                    f"There is, or was, a token called “{name}”. The log of what was done names it: take another name."
                )
            token = ApiToken(
                name=name,
                prefix=secret[:PREFIX_LENGTH],
                digest=_digest(secret),
                scopes=[scope for scope in SCOPES if scope in scopes],
                created_at=now,
                updated_at=now,
                expires_at=_later(now, lifetime),
            )
            session.add(token)
            session.flush()
            return secret, self._view(token)

    def list(self) -> list[TokenView]:
        """Every token, the oldest first, revoked ones too."""
        with self._database.session() as session:
            return [self._view(token) for token in all_tokens(session)]

    def revoke(self, name: str) -> TokenView:
        """From now on the token opens nothing; revoking twice is no error. Raises NotFound."""
        with self._database.session(write=True) as session:
            token = token_named(session, " ".join(name.split()))
            if token is None:
                known = ", ".join(f"“{one.name}”" for one in all_tokens(session) if one.revoked_at is None)
                hint = f" There are: {known}." if known else " There are none."
                raise NotFound(f"There is no token called “{name}”.{hint}", "name")
            token.revoked_at = token.revoked_at or self._clock.now()
            return self._view(token)

    def verify(self, secret: str) -> TokenView | None:
        """The valid token that `secret` is, or None."""
        if not _SHAPE.fullmatch(secret):
            return None
        now = self._clock.now()
        with self._database.session() as session:
            token = token_with_digest(session, _digest(secret))
            if token is None or self._state(token) != "valid":
                return None
            found, last = self._view(token), token.last_used_at
        if last is None or now - last >= NOTED_EVERY:
            with self._database.session(write=True) as session:
                session.get_one(ApiToken, found.id).last_used_at = now
        return found

    def any_valid(self) -> bool:
        """Whether there is a token at all with which somebody could come in."""
        with self._database.session() as session:
            return count_valid_tokens(session, self._clock.now()) > 0

    def _state(self, token: ApiToken) -> Literal["valid", "expired", "revoked"]:
        if token.revoked_at is not None:
            return "revoked"
        return "expired" if token.expires_at is not None and token.expires_at <= self._clock.now() else "valid"

    def _view(self, token: ApiToken) -> TokenView:
        def local(moment: datetime | None) -> datetime | None:
            return moment.astimezone(self._clock.zone) if moment else None

        return TokenView(
            id=token.id,
            name=token.name,
            prefix=token.prefix,
            scopes=cast(tuple[Scope, ...], tuple(token.scopes)),
            state=self._state(token),
            created_at=token.created_at.astimezone(self._clock.zone),
            expires_at=local(token.expires_at),
            last_used_at=local(token.last_used_at),
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _later(now: datetime, lifetime: timedelta | None) -> datetime | None:
    try:
        return now + lifetime if lifetime else None
    except OverflowError:
        raise BadInput("No token can be valid for that long. Leave the expiry out for one without an end.") from None
