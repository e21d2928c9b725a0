"""The rules for a lead's values: each refusal is one sentence that names the field and the fix."""

import re

from tools.core.errors import BadInput

LONGEST_EMAIL = 254
#: RFC 5321 addresses without quoted local parts and address literals, which no mailing list holds; domains may be IDNs.
_EMAIL = re.compile(
    r"(?=.{3,254}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])?"
)
_WRAPPED = re.compile(r"^(?:mailto:)?\s*<?\s*(.*?)\s*>?$", re.IGNORECASE)
#: Where private people have their addresses: such a domain says nothing about a company.
FREE_DOMAINS = (
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "icloud.com", "me.com",
    "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.ru",
    "yandex.ru", "orange.fr", "free.fr", "libero.it", "mail.com", "posteo.de", "freenet.de", "yahoo.de", "hotmail.de",
)  # fmt: skip


def valid_email(text: str) -> str | None:
    """The address as it is kept (lower case, without "mailto:" or angle brackets), or None where it can be none."""
    match = _WRAPPED.match(text.strip())
    bare = match.group(1) if match else text
    local = bare.partition("@")[0]
    return bare.lower() if _EMAIL.fullmatch(bare) and len(local) <= 64 else None


def check_email(email: str) -> str:
    """The address as it is kept. Raises where it can be none."""
    found = valid_email(email)
    if found is None:
        shown = email if len(email) <= 80 else email[:77] + "…"
        raise BadInput(f"“{shown}” is no email address. Please write it like name@company.com.", "email")
    return found


def check_length(value: str | None, field: str, longest: int) -> str | None:
    """The value on one line. Raises where it is too long to be kept."""
    if value is None:
        return None
    value = " ".join(value.split())
    if len(value) > longest:
        raise BadInput(f"The {field} has {len(value)} characters; please use at most {longest}.", field)
    return value or None


def is_business_address(email: str) -> bool:
    """Whether the address is not at one of the big free providers."""
    return email.rpartition("@")[2].lower() not in FREE_DOMAINS
