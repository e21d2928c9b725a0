"""Whether the Liquid tags of a text exist and pair up, with sentences that name the tag and its line."""

import re
from difflib import get_close_matches

from tools.merge.marks import BrokenMerge, Mark, line_of

BLOCKS = ("if", "unless", "case", "for", "capture", "comment", "doc")
SINGLE = ("assign", "break", "continue", "cycle", "echo", "#")
#: Tags that only stand inside a block, with the blocks they belong to.
INNER = {"elsif": ("if", "unless"), "else": ("if", "unless", "case", "for"), "when": ("case",)}
TAGS = BLOCKS + SINGLE

_NAME = re.compile(r"\{%-?\s*(#|\w*)")


def check_blocks(content: str, marks: list[Mark]) -> None:
    """Raises BrokenMerge for a tag that does not exist, is not closed, closes nothing, or is outside its block."""
    open_blocks: list[tuple[str, Mark]] = []
    for mark in marks:
        if mark.is_output:
            continue
        name = name_of(mark)
        if open_blocks and open_blocks[-1][0] in ("comment", "doc") and name != f"end{open_blocks[-1][0]}":
            if name == open_blocks[-1][0]:
                open_blocks.append((name, mark))
            continue
        _check_one(content, mark, name, open_blocks)
    if open_blocks:
        name, mark = open_blocks[-1]
        line = line_of(content, mark.start)
        raise BrokenMerge(f"{mark.text} in line {line} is never closed; end it with {{% end{name} %}}.", line)


def alone(mark: Mark) -> str | None:
    """The mark as a text that can be parsed by itself, to see whether it is the broken one; None where it has none."""
    if mark.is_output:
        return mark.text
    name = name_of(mark)
    if name in BLOCKS:
        return mark.text + ("{% when 1 %}" if name == "case" else "") + f"{{% end{name} %}}"
    if name == "elsif":
        return f"{{% if true %}}{mark.text}{{% endif %}}"
    if name == "when":
        return f"{{% case 1 %}}{mark.text}{{% endcase %}}"
    return mark.text if name in SINGLE else None


def name_of(mark: Mark) -> str:
    """The tag's name ("if", "endfor"); "raw" for a raw block."""
    found = _NAME.match(mark.text)
    return found.group(1) if found else ""


def _check_one(content: str, mark: Mark, name: str, open_blocks: list[tuple[str, Mark]]) -> None:
    line = line_of(content, mark.start)
    if name == "raw" or name in SINGLE:
        return
    if name in BLOCKS:
        open_blocks.append((name, mark))
    elif name in INNER:
        if not open_blocks or open_blocks[-1][0] not in INNER[name]:
            wanted = " or ".join(f"{{% {block} %}}" for block in INNER[name])
            raise BrokenMerge(f"{mark.text} in line {line} stands outside of {wanted}.", line)
    elif name.startswith("end") and name.removeprefix("end") in BLOCKS:
        if not open_blocks or open_blocks[-1][0] != name.removeprefix("end"):
            raise BrokenMerge(
                f"{mark.text} in line {line} closes nothing: there is no open {{% {name.removeprefix('end')} %}} "
                "before it.",
                line,
            )
        open_blocks.pop()
    else:
        near = get_close_matches(name, (*TAGS, *INNER), n=1)
        hint = f"Did you mean {near[0]}?" if near else f"These exist: {', '.join(TAGS)}."
        raise BrokenMerge(f"There is no Liquid tag “{name[:40]}” (line {line}). {hint}", line)
