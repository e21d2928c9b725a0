"""The house's own example sentences: one that says (almost) the same decides by itself, before the matcher.

Near means: the same words in the same order after masking, but for politeness and articles, and at most one typing
error in a long word. Nothing looser: in the project's examples, sentences of two tools often differ in one word only.
"""

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from agent.routing.examples import Example
from agent.routing.masking import plain

#: Words that change nothing about what is asked. No "not", "no", "all", "without": those do.
FILLERS = frozenset(
    "a an the our my your please pls plz now just kindly hi hello hey ok okay so can could would will you thanks thank".split()
)
#: In words from this length on, one wrong, missing, added or swapped letter is forgiven, in one word of a sentence.
LONG_WORD = 6
#: In any alphabet: what is left out would make two sentences the same that are not.
_WORD = re.compile(r"\{\w+\}|\w+(?:['’]\w+)*")


def essence(masked: str) -> tuple[str, ...]:
    """The words and placeholders that a masked sentence is compared by."""
    return tuple(word for word in _WORD.findall(plain(masked).casefold()) if word not in FILLERS)


class OwnExamples:
    """A house's examples, ready to be compared with. Immutable."""

    def __init__(self, examples: Sequence[Example] = ()) -> None:
        self._exact = {essence(example.text): example for example in examples}

    def __len__(self) -> int:
        return len(self._exact)

    def find(self, masked: str) -> Example | None:
        """The example that says the same as this masked sentence, or None. Of several near ones, none is certain."""
        if not self._exact:
            return None
        words = essence(masked)
        if words in self._exact:
            return self._exact[words]
        near = [example for known, example in self._exact.items() if _but_for_a_slip(words, known)]
        return near[0] if len({example.label for example in near}) == 1 else None


def _but_for_a_slip(said: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether two sentences differ in one long word by one letter."""
    if len(said) != len(known):
        return False
    different = [(one, other) for one, other in zip(said, known, strict=True) if one != other]
    if len(different) != 1:
        return False
    one, other = different[0]
    return (
        min(len(one), len(other)) >= LONG_WORD
        and not one.startswith("{")
        and not other.startswith("{")
        and OSA.distance(one, other, score_cutoff=1) <= 1
    )
