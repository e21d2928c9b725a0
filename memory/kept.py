"""What may be kept of what people say: nothing that no database can store, and no password."""

import json
import math
import re
from typing import Any

#: NUL, which PostgreSQL refuses, and halves of a character, which no encoder takes.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: The password in an address: user:password@host. Up to the last @, since people write passwords as they are; but of
#: a web page, digits before a slash are a port.
_IN_ADDRESS = re.compile(
    r"""(?i)\b(https?://[^\s:/@]*(?!:\d{1,5}[/?#])|(?!https?:)[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s"'<>]+@"""
)
#: A password that is told by its name, as in a connection string.
_BY_NAME = re.compile(r"(?i)\b(password|passwd|pwd|sslpassword)=(?!…)(\"[^\"]*\"|'[^']*'|[^\s&;\"']+)")
HIDDEN = "…"
#: What a text has to hold, as JSON, for anything to be taken out of it.
_NAMED = re.compile(r"(?i)(?:password|passwd|pwd)=")
_ESCAPED = re.compile(r"\\u(?:0000|d[89a-f])")


def storable(text: str) -> str:
    """The text without the characters that no database accepts."""
    if text.isascii() and "\x00" not in text:  # nearly always: a call's result is looked through text by text
        return text
    return _UNSTORABLE.sub("", text)


def without_secrets(text: str) -> str:
    """The text with "…" instead of the passwords of addresses ("postgres://ann:…@host/db") and "password=…"."""
    if "@" in text and "://" in text:
        text = _IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text)
    return _BY_NAME.sub(rf"\1={HIDDEN}", text) if "=" in text else text


def kept(value: Any) -> Any:
    """A value as it may stay in a record: its texts storable and without secrets, those inside lists and dicts too."""
    if isinstance(value, str):
        return without_secrets(storable(value))
    if isinstance(value, dict | list) and _is_harmless(value):
        return value
    if isinstance(value, dict):
        return {kept(key): kept(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [kept(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON knows neither infinity nor "not a number"
    return value


def _is_harmless(value: Any) -> bool:
    """Whether nothing would be taken out of a value: looked for in all of its texts at once, which takes a tenth of the
    time of going through them. May be False where in fact there is nothing."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):  # no JSON as it is
        return False
    return not (_ESCAPED.search(text) or _NAMED.search(text) or ("://" in text and "@" in text))
