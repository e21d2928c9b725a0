"""Where words of a workflow may end."""

import re

from tools.automating.steps import starts
from tools.automating.triggers import Reading


def stops(text: str, at: int, reading: Reading) -> list[int]:
    """Where words that begin at `at` may end: the places behind which a step begins come first."""
    places, sure, depth = [], [], 0
    for place in range(at + 1, min(len(text), at + 300) + 1):
        rest = text[place : place + 1]
        if rest in (":", ".") and text[place - 1].isdigit() and text[place + 1 : place + 2].isdigit():
            continue  # "at 9:30"
        depth += {"(": 1, ")": -1}.get(rest, 0)
        if depth < 0 or (rest and rest in ";\n"):
            places.append(place)
            break
        if rest == "" or rest in ",:(." or re.match(r"(?:then|otherwise|else)\b", text[place:], re.I):
            places.append(place)
            behind = re.match(r"[\s,:(.]*(?:then\b\s*)?", text[place:])
            if behind and (rest == "" or starts(text, place + behind.end(), reading)):
                sure.append(place)
        elif text[place - 1] in " \n" and starts(text, place, reading):
            places.append(place)
            sure.append(place)
        if rest == "":
            break
    return list(dict.fromkeys([*sure, *places]))
