"""Showing stored texts in a Markdown answer as what they are: data. Nothing in them is run, loaded, linked or obeyed.

Only what would do something is escaped, so that a fact reads word for word in a terminal too.
"""

import re

#: HTML, and the second half of a link, an image or a link's definition. A backslash before "<" counts only when no other
#: one makes it a mere sign: in "\\\\<b" the tag is live.
_HTML = re.compile(r"(?<!\\)((?:\\\\)*)<(?=[/!?a-zA-Z])")
_LINK = re.compile(r"\](?=[(\[:])")
#: Addresses become links by themselves in many chat pages.
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?i:(?<=\bwww))\.")
#: Soft hyphens, zero-width and direction-changing characters, tags: they hide text from whoever reads it.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_FENCE = re.compile(r"(?m)^(\s*)(`{3,}|~{3,})")
#: A code fence as `fenced` makes it, and a command as answers show it (`/campaign get <campaign>`): shown letter by letter.
_CODE = re.compile(
    r"(?ms)^(?P<fence>`{3,})text\n.*?\n(?P=fence)$|(?<![`\\])`/\w+(?: (?:\w+|<[a-z_]+>|\[[a-z_]+=…\]))+`(?!`)"
)


def inert(text: str, *, links: bool = False) -> str:
    """`text` with its HTML, links and images made harmless; with `links`, bare addresses may stay clickable."""
    text = _defused(text)
    return text if links else _ADDRESS.sub(lambda found: "\\" + found.group(), text)


def harmless(answer: str) -> str:
    """A whole answer with all HTML, links and images in it made harmless, wherever they came from: the answers' own words
    hold none. What `inert`, `block` and `fenced` made stays as it is, and so does what `harmless` made."""
    parts, at = [], 0
    for code in _CODE.finditer(answer):
        parts += [_defused(answer[at : code.start()]), code.group()]
        at = code.end()
    return "".join([*parts, _defused(answer[at:])])


def _defused(text: str) -> str:
    return _LINK.sub(r"]\\", _HTML.sub(r"\1\\<", _INVISIBLE.sub("", text)))


def block(text: str, *, links: bool = False) -> str:
    """A stored text as a Markdown block quote, word for word."""
    lines = _FENCE.sub(r"\1\\\2", inert(text.strip(), links=links)).splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def fenced(text: str) -> str:
    """A stored text in a code fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
