"""The example sentences: what people write when they want a tool, and what they write when they want none."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from tools.vocabulary import CHANNEL_WORDS, STATUS_WORDS

#: The label of sentences that ask for no tool, with the key of none.toml behind it ("none:smalltalk").
NONE = "none"

#: Placeholders of closed vocabularies: an example that holds one stands for a sentence with each value in turn, since
#: the words themselves ("email", "paused") carry meaning that a placeholder would hide.
VALUES: dict[str, tuple[str, ...]] = {
    "channel": CHANNEL_WORDS,
    "status": STATUS_WORDS,
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Example:
    """A sentence and the label it stands for: a tool's name, or "none:<kind>". `own` marks the house's own examples."""

    text: str
    label: str
    own: bool = False


def load_examples() -> list[Example]:
    """All examples in `tools/examples`, those of closed vocabularies filled in."""
    found: list[Example] = []
    folder = resources.files("tools") / "examples"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        none = file.name == "none.toml"
        for label, sentences in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found += [Example(text, f"{NONE}:{label}" if none else label) for text in sentences]
    return fill_vocabulary(found)


def fill_vocabulary(examples: list[Example]) -> list[Example]:
    """Replace {channel} and {status} by their values, a different one each time."""
    turns = {name: itertools.cycle(values) for name, values in VALUES.items()}

    def fill(match: re.Match[str]) -> str:
        return str(next(turns[match.group(1)])) if match.group(1) in turns else match.group(0)

    return [Example(_PLACEHOLDER.sub(fill, e.text), e.label, e.own) for e in examples]
