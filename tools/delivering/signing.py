"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463), relaxed/relaxed.

The canonical forms are dkimpy's; the signature itself is made by `cryptography`, nine times as fast as dkimpy's own RSA.
"""

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

#: Headers that are signed where a message has them; RFC 8058 wants the two of List-Unsubscribe among them.
SIGNED = (
    "from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "list-unsubscribe",
    "list-unsubscribe-post", "feedback-id",
)  # fmt: skip
Key = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True)
class DkimKey:
    """A private key, and under which selector of which domain its public half is published."""

    domain: str
    selector: str
    private: Key

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"


def signature_headers(
    keys: Sequence[DkimKey], headers: Sequence[tuple[str, str]], body: bytes, at: float | None = None
) -> list[tuple[str, str]]:
    """A DKIM-Signature header for each key. `headers` are ASCII, as they will be sent; `body` has CRLF line ends."""
    if not keys:
        return []
    from dkim.canonicalization import Relaxed  # brings a DNS library along: loaded only where mail is signed

    digest = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest()).decode()
    present = {name.lower(): (name, value) for name, value in headers}
    # From is named once more than it occurs: nobody can add a second one (RFC 6376, 8.15).
    chosen = [name for name in SIGNED if name in present]
    canonical = Relaxed.canonicalize_headers(
        [(present[name][0].encode(), f" {present[name][1]}\r\n".encode("ascii")) for name in chosen]
    )
    signed = b"".join(name + b":" + value for name, value in canonical)
    made = []
    for key in keys:
        value = (
            f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector}; t={int(at or time.time())};\r\n"
            f" h={':'.join([*chosen, 'from'])};\r\n bh={digest};\r\n b="
        )
        own = Relaxed.canonicalize_headers([(b"DKIM-Signature", f" {value}".encode())])[0]
        made.append(("DKIM-Signature", value + _folded(_sign(key.private, signed + own[0] + b":" + own[1].rstrip()))))
    return made


def _sign(key: Key, message: bytes) -> str:
    if isinstance(key, RSAPrivateKey):
        return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()
    # RFC 8463: the hash is signed, not the message.
    return base64.b64encode(key.sign(hashlib.sha256(message).digest())).decode()


def _folded(text: str) -> str:
    return "\r\n ".join(text[start : start + 72] for start in range(0, len(text), 72))
