"""Small choices of wording for the templates: greetings and closings by tone, a topic as a heading."""

import re

from tools.show import shorten

#: The merge field for a person's first name, with what stands there where it is unknown.
FIRST_NAME = '{{ lead.first_name | default: "there" }}'

_FORMAL = re.compile(r"formal|serious|professional|polite|precise|business", re.IGNORECASE)
_INFORMAL = re.compile(r"\binformal|\bless formal|\bnot (?:too )?formal", re.IGNORECASE)
_WARM = re.compile(r"warm|friendl|personal|cheer|kind|cheek|playful|fun|casual|relax", re.IGNORECASE)


def is_formal(tone: str | None) -> bool:
    """Whether a tone in words is a formal one."""
    return bool(tone and _FORMAL.search(tone) and not _INFORMAL.search(tone))


def greeting(tone: str | None) -> str:
    """The first line of a letter."""
    return f"{'Dear' if is_formal(tone) else 'Hi'} {FIRST_NAME},"


def closing(tone: str | None) -> str:
    """The line above the signature."""
    if is_formal(tone):
        return "Kind regards,"
    return "Warm wishes," if tone and _WARM.search(tone) else "Best wishes,"


def caller(signer: str) -> str:
    """From whom a caller says to call."""
    return "our team" if signer == "Your team" else signer


def heading(topic: str, longest: int = 60) -> str:
    """A topic as a heading: first letter large, no full stop, at most `longest` characters."""
    line = shorten(topic.strip().rstrip(" .!?"), longest)
    return line[:1].upper() + line[1:]


def about(topic: str) -> str:
    """A topic inside a sentence: without a full stop at its end."""
    return " ".join(topic.split()).rstrip(" .!?")
