"""From bytes to text: UTF-8, UTF-16 (spreadsheets), else the old Western encoding, and saying which it was."""

from tools.core.errors import BadInput

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes, name: str) -> tuple[str, str | None]:
    """The text of a file, without control characters, and a note where its encoding had to be guessed.

    Raises BadInput for files that hold no text.
    """
    text, note = _decoded(data, name)
    if "\0" in text:
        raise BadInput(f"{name} holds no text that can be read.", "source")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return "".join(character for character in text if character in "\n\t" or character.isprintable()), note


def _decoded(data: bytes, name: str) -> tuple[str, str | None]:
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None) or _utf16_without_mark(data)
    try:
        return data.decode(encoding or "utf-8"), None
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise BadInput(f"{name} is damaged: it is not the {encoding} text that it says it is.", "source") from error
    try:
        return data.decode("cp1252"), "It is not UTF-8; I read it as Windows-1252, so check its umlauts and accents."
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is in no known encoding; save it as UTF-8.", "source") from error


def _utf16_without_mark(data: bytes) -> str | None:
    """Western text in UTF-16 has a zero byte in every pair; UTF-8 text has none."""
    head = data[:2000]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
