"""Showing stored texts in a Markdown answer as what they are: data. Nothing in them is formatted, linked or obeyed."""

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
#: "www.x.example" and "https://x.example" become links by themselves in many chat pages.
_ADDRESS = re.compile(r"(?<=\w)(://|(?<=www)\.)|(?<=\w)(@)(?=\w)")
_LIST = re.compile(r"(?m)^(\s*)([-+=]|\d+(?=[.)]))")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """`text` with its Markdown and HTML made harmless; invisible and direction-changing characters are left out."""
    return _MARKUP.sub(r"\\\1", _INVISIBLE.sub("", text))


def block(text: str) -> str:
    """A stored text as a Markdown block quote, word for word."""
    lines = _LIST.sub(r"\1\\\2", plain(text.strip())).splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines)


def fenced(text: str) -> str:
    """A stored text in a code fence that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
