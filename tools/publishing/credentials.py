"""An account's tokens: what they are, and how they are kept, encrypted with a key that stays in the hub's folder.

Fernet (https://cryptography.io/en/latest/fernet/): AES-128-CBC with HMAC-SHA256. Whoever copies the database alone reads
no token.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from tools.core.errors import Conflict


@dataclass(frozen=True)
class Credentials:
    """What opens an account. `server` is where the platform is called (Mastodon's instance, Bluesky's host; "" for the
    platform's one address). `password` is Bluesky's app password, `version` the version of LinkedIn's API. Moments are ISO 8601 with a zone."""

    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    server: str = ""
    version: str = ""
    expires_at: str = ""
    refreshed_at: str = ""

    def renewed(self, now: datetime, lifetime: float | None, **tokens: str) -> "Credentials":
        """With new tokens that live for so many seconds (None: the platform did not say)."""
        expires = (now + timedelta(seconds=lifetime)).isoformat() if lifetime else ""
        return replace(self, **tokens, expires_at=expires, refreshed_at=now.isoformat())

    @property
    def expires(self) -> datetime | None:
        return datetime.fromisoformat(self.expires_at) if self.expires_at else None

    @property
    def refreshed(self) -> datetime | None:
        return datetime.fromisoformat(self.refreshed_at) if self.refreshed_at else None


@dataclass(frozen=True)
class Account:
    """A connected account, opened. `external_id` is the platform's own id of it (a page's number, a URN, a DID)."""

    id: int
    handle: str
    external_id: str
    credentials: Credentials


class Keyring:
    """Seals and opens tokens. The key is made at the first sealing, in `folder`, readable to its owner only."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "accounts.key"

    def seal(self, credentials: Credentials) -> bytes:
        """The tokens as they are stored."""
        return self.seal_values(asdict(credentials))

    def open(self, sealed: bytes) -> Credentials:
        """The tokens. Raises Conflict where the key is not the one that they were sealed with."""
        found = self.open_values(sealed)
        known = {one.name for one in fields(Credentials)}
        return Credentials(**{name: value for name, value in found.items() if name in known})

    def seal_values(self, values: Mapping[str, str]) -> bytes:
        """Any values, sealed in the same way."""
        return self._fernet(make=True).encrypt(json.dumps(dict(values)).encode())

    def open_values(self, sealed: bytes) -> dict[str, Any]:
        """What `seal_values` was given. Raises Conflict."""
        try:
            found: dict[str, Any] = json.loads(self._fernet(make=False).decrypt(sealed))
        except (InvalidToken, ValueError) as error:
            raise Conflict(
                f"The account's access cannot be read: the key in {self._file} is not the one it was stored with. Put "
                "the right key there, or connect the account again."
            ) from error
        return found

    def _fernet(self, *, make: bool) -> Fernet:
        if make and not self._file.exists():
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
                opened.write(Fernet.generate_key())
            try:
                os.link(made, self._file)  # whole or not at all, and never over a key that is there
            except FileExistsError:
                pass  # another process was first; its key counts
            finally:
                made.unlink()
        if not self._file.exists():
            raise Conflict(
                f"The key that opens the accounts is missing ({self._file}). Copy it from where the accounts were "
                "connected, or connect them again."
            )
        return Fernet(self._file.read_bytes())
