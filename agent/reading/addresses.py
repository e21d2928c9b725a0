"""Addresses in a message: e-mail, URL, file name, hashtag, telephone number."""

from __future__ import annotations

import re

from agent.reading.mention import Kind, Mention

# Every repetition has a bound, so that no message can make a pattern run for long.
_LABEL = r"[A-Za-z0-9](?:[\w-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?<![\w.+-])[A-Za-z0-9][\w.+'%-]{{0,63}}@(?:{_LABEL}\.){{1,6}}[A-Za-z]{{2,24}}\b")
_EXTENSIONS = ("csv|tsv|xlsx?|ods|pdf|docx?|odt|md|markdown|txt|rtf|html?|json|jsonl|xml|ya?ml|zip|png|jpe?g|gif|webp|svg|mp4"
               "|mov|webm|mp3|pptx?|sql|db|sqlite3?|ics|vcf|eml|mjml|liquid")  # fmt: skip
_TLDS = ("com|org|net|io|de|co\\.uk|uk|eu|at|ch|fr|es|it|nl|us|ca|info|biz|shop|store|app|dev|ai|me|tv|ly|gg|blog|online|site"
         "|agency|tech|cloud|be|pl|se|dk|no|fi|ie|pt|cz|com\\.au|co|xyz|link|page|social")  # fmt: skip
_URL = re.compile(
    r"(?<![\w@.-])(?:(?:https?|ftp|s3|postgres(?:ql)?(?:\+\w+)?|mysql|sqlite|file)://[^\s<>\"“”„]+"
    r"|www\.[^\s<>\"“”„]+"
    rf"|(?:{_LABEL}\.){{1,6}}(?:{_TLDS})(?![\w@-])(?!\.\w)(?:[/?#][^\s<>\"“”„]*)?)",
    re.IGNORECASE,
)
_FILE = re.compile(
    rf"(?<![\w@./\\-])(?:(?:[A-Za-z]:\\|~/|/(?=[^\s/]{{1,99}}[/.])|\.{{1,2}}/|\\\\)[^\s\"'<>|*?“”]+|\w[\w()+-]{{0,99}}(?:[./\\][\w()+-]{{1,99}}){{0,12}}\.(?:{_EXTENSIONS}))(?![\w@])",
    re.IGNORECASE,
)
_HASHTAG = re.compile(r"(?<![\w&#/])#(?=\w*[^\W\d_])\w+", re.UNICODE)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)\d[\d ()/.-]{6,18}\d(?![\w])|(?<![\w.,/-])\(0?\d{2,5}\)[ -]?\d[\d -]{4,12}\d(?!\w)"
                    r"|(?<![\w.,/-])\d{3}-\d{3}-\d{4}(?!\w)|(?<![\w.,/-])\d{3}-\d{4}(?![\w-])|(?<![\w.,/-])0\d{2,4}[ /-]\d{4,10}(?!\w)",
                    re.ASCII)  # fmt: skip


def _all(pattern: re.Pattern[str], kind: Kind, text: str, trim: str = "") -> list[Mention]:
    found = []
    for match in pattern.finditer(text):
        said = _balanced(match.group().rstrip(trim)) if trim else match.group()
        if said:
            found.append(Mention(match.start(), match.start() + len(said), said, kind, said))
    return found


def _balanced(url: str) -> str:
    """Without a closing bracket that was opened before the address: "(see example.com/a)"."""
    while url.endswith((")", "]", "}")) and url.count(url[-1]) > url.count({")": "(", "]": "[", "}": "{"}[url[-1]]):
        url = url[:-1].rstrip(".,;:!?'’")
    return url


def read_emails(text: str) -> list[Mention]:
    """E-mail addresses."""
    typed = [m for m in _all(_EMAIL, "email", text) if ".." not in m.value]
    return typed + [m for m in _spoken_emails(text) if not any(o.start < m.end and m.start < o.end for o in typed)]


#: An address as it is dictated: "petra at kessler dash bikes dot example".
_SPOKEN = re.compile(
    r"(?<![\w@])([a-z0-9]{1,30}(?: (?:dot|underscore|dash|hyphen|minus) [a-z0-9]{1,30}){0,3}) at "
    r"([a-z0-9]{1,40}(?: (?:dash|hyphen|minus|dot) [a-z0-9]{1,40}){0,4} dot [a-z]{2,24})(?![\w@])",
    re.IGNORECASE,
)
_SIGNS = {"dot": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-"}


def _spoken_emails(text: str) -> list[Mention]:
    """Dictated addresses; their value is the address as it is written."""
    found = []
    for match in _SPOKEN.finditer(text):
        name, host = ("".join(_SIGNS.get(word, word) for word in part.lower().split()) for part in match.groups())
        found.append(Mention(match.start(), match.end(), match.group(), "email", f"{name}@{host}"))
    return found


def read_urls(text: str) -> list[Mention]:
    """Web and database addresses, and bare domains of the common endings ("acme.io/pricing")."""
    emails = read_emails(text) if "@" in text else []
    return [m for m in _all(_URL, "url", text, ".,;:!?'’*") if not any(e.start < m.start < e.end for e in emails)]


def read_files(text: str) -> list[Mention]:
    """File names and paths with a known ending ("leads.csv", "~/exports/leads.csv"), absolute paths without one."""
    return [m for m in _all(_FILE, "file", text, ".,;:!?") if re.search(r"[A-Za-z]{2}", m.value)]


def read_hashtags(text: str) -> list[Mention]:
    """Hashtags with at least one letter; the value has its sign."""
    return _all(_HASHTAG, "hashtag", text)


def read_phones(text: str) -> list[Mention]:
    """Telephone numbers that are written as such: with a country code, brackets or hyphens."""
    return [m for m in _all(_PHONE, "phone", text) if 7 <= sum(c.isdigit() for c in m.value) <= 15]
