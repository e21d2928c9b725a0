"""Signed links in a message: what a click, an open or an unsubscription tells, and nothing that can be bent.

A link carries ids (of the message, of the place it leads to) and a signature; never an address, so that nobody can
make the hub lead somewhere else. The pages that answer are in the `ui` room; they read tokens with the `read_…` methods.
"""

import hashlib
import hmac
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

CLICK, OPEN, UNSUBSCRIBE, PREFERENCES, CONFIRM, MESSAGE = (
    "click", "open", "unsubscribe", "preferences", "confirm", "message",
)  # fmt: skip
#: The paths of the pages, below the hub's public address; a token follows.
PATHS = {CLICK: "/c/", OPEN: "/o/", UNSUBSCRIBE: "/u/", PREFERENCES: "/p/", CONFIRM: "/s/"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Click:
    """What a click link says: which message it was in, and which of the mailing's links it is."""

    delivery_id: int
    link_id: int


class Links:
    """Makes and reads the links of this house. `secrets` are those of memory.tracking, oldest first: the last one signs."""

    def __init__(self, secrets: list[str], public_url: str = "") -> None:
        purposes = (CLICK, OPEN, UNSUBSCRIBE, PREFERENCES, CONFIRM, MESSAGE)
        self._signers = {purpose: _signer(secrets, f"marketing-hub.{purpose}") for purpose in purposes}
        self._base = public_url.rstrip("/")

    def click(self, delivery_id: int, link_id: int) -> str:
        """The link that stands in a message for another one."""
        return self._url(CLICK, f"{_short(delivery_id)}-{_short(link_id)}")

    def open(self, delivery_id: int) -> str:
        """The address of the invisible picture that tells that a message was opened."""
        return f"{self._url(OPEN, _short(delivery_id))}.gif"

    def unsubscribe(self, delivery_id: int) -> str:
        """The recipient's link to unsubscribe: a page to confirm on, or at once by POST (RFC 8058)."""
        return self._url(UNSUBSCRIBE, _short(delivery_id))

    def preferences(self, delivery_id: int) -> str:
        """The recipient's page to say what to get."""
        return self._url(PREFERENCES, _short(delivery_id))

    def confirm(self, delivery_id: int) -> str:
        """The page on which somebody who signed up says that it was them."""
        return self._url(CONFIRM, _short(delivery_id))

    def message_id(self, delivery_id: int, domain: str) -> str:
        """The message's Message-ID, always the same for one delivery; a bounce that names it can be believed."""
        return f"<{self._token(MESSAGE, _short(delivery_id))}@{domain}>"

    def read_click(self, token: str) -> Click | None:
        """What a click token says; None for one that this house did not sign."""
        parts = (self._read(CLICK, token) or "").split("-")
        ids = [_long(part) for part in parts]
        if len(ids) != 2 or ids[0] is None or ids[1] is None:
            return None
        return Click(ids[0], ids[1])

    def read_open(self, token: str) -> int | None:
        """The delivery's id of an open token; None for one that this house did not sign."""
        return _long(self._read(OPEN, token.removesuffix(".gif")))

    def read_unsubscribe(self, token: str) -> int | None:
        """The delivery's id of an unsubscribe token."""
        return _long(self._read(UNSUBSCRIBE, token))

    def read_preferences(self, token: str) -> int | None:
        """The delivery's id of a preferences token."""
        return _long(self._read(PREFERENCES, token))

    def read_confirm(self, token: str) -> int | None:
        """The delivery's id of a confirmation's token."""
        return _long(self._read(CONFIRM, token))

    def read_message_id(self, message_id: str) -> int | None:
        """The delivery's id of a Message-ID, with or without its angle brackets."""
        return _long(self._read(MESSAGE, message_id.strip().strip("<>").partition("@")[0]))

    def _url(self, purpose: str, said: str) -> str:
        return f"{self._base}{PATHS[purpose]}{self._token(purpose, said)}"

    def _token(self, purpose: str, said: str) -> str:
        return self._signers[purpose].sign(said).decode()

    def _read(self, purpose: str, token: str) -> str | None:
        try:
            return self._signers[purpose].unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None


class _Sha256(SigningAlgorithm):
    """HMAC-SHA256 in one call, three times as fast as itsdangerous' own: a message carries some ten signatures."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


def _signer(secrets: list[str], salt: str) -> Signer:
    """A signer whose keys are derived once, not for each signature."""
    deriving = Signer(secrets, salt=salt, digest_method=hashlib.sha256, key_derivation="hmac")
    keys = [deriving.derive_key(secret) for secret in deriving.secret_keys]
    return Signer(keys, salt=salt, key_derivation="none", algorithm=_Sha256())


def _short(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def _long(text: str | None) -> int | None:
    try:
        return int(text, 36) if text else None
    except ValueError:
        return None
