"""The house's DKIM keys: made once, kept in its folder, their public halves published as DNS records."""

import base64
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tools.delivering.signing import DkimKey, Key

#: RFC 8301: 2048 bits are what receivers can be expected to verify.
RSA_BITS = 2048
_KINDS = {"rsa": "", "ed25519": "-ed"}


@dataclass(frozen=True)
class DnsRecord:
    """A TXT record to publish. A text above 255 characters is given to DNS in pieces; most providers do that."""

    name: str
    value: str


def make_keys(folder: Path, domain: str, selector: str) -> tuple[list[DkimKey], bool]:
    """The keys of a domain, RSA and Ed25519; made where they are missing. Returns them and whether any was made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = False
    for kind in _KINDS:
        file = _file(folder, domain, selector, kind)
        if not file.exists():
            key: Key = (
                rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
                if kind == "rsa"
                else Ed25519PrivateKey.generate()
            )
            _store(file, key)
            made = True
    _load.cache_clear()
    return keys_of(folder, domain, selector), made


def keys_of(folder: Path | None, domain: str, selector: str) -> list[DkimKey]:
    """The keys that are there for a domain; none before `make_keys`. Raises ValueError for a file that holds no key."""
    if folder is None or not domain:
        return []
    files = [(kind, _file(folder, domain, selector, kind)) for kind in _KINDS]
    return [
        DkimKey(domain, f"{selector}{_KINDS[kind]}", _load(file, file.stat().st_mtime_ns))
        for kind, file in files
        if file.exists()
    ]


def dns_record(key: DkimKey) -> DnsRecord:
    """The TXT record that publishes a key's public half (RFC 6376, 3.6.1; RFC 8463, 4)."""
    public = key.private.public_key()
    if isinstance(key.private, RSAPrivateKey):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        kind, data = "rsa", public.public_bytes(serialization.Encoding.DER, form)
    else:
        kind = "ed25519"
        data = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return DnsRecord(
        f"{key.selector}._domainkey.{key.domain}", f"v=DKIM1; k={kind}; p={base64.b64encode(data).decode()}"
    )


def _store(file: Path, key: Key) -> None:
    data = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # Readable to the owner only, from its first moment on; never over a key that is there.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(data)


@lru_cache(maxsize=8)
def _load(file: Path, changed: int) -> Key:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError(f"{file} holds no RSA or Ed25519 key")
    return key


def _file(folder: Path, domain: str, selector: str, kind: str) -> Path:
    return folder / f"{domain}.{selector}.{kind}.pem"
