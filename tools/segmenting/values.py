"""Values inside conditions: where "Marks and Spencer" ends, and what "Berlin, Hamburg or Munich" lists."""

from typing import Protocol

from tools.segmenting.tokens import STARTERS, Phrase, UnclearConditions


class Begins(Protocol):
    """Says whether a condition of its own begins at token `i`; without `bare`, not one that only names people."""

    def __call__(self, i: int, bare: bool = True) -> bool: ...


class Values:
    """Reads values."""

    def __init__(self, phrase: Phrase, begins: Begins) -> None:
        self.phrase = phrase
        self.begins = begins
        #: The word that joined the values of the list read last.
        self.last_joint = ""

    def read(
        self, i: int, *, listed: bool = False, extend: bool = True, all_of: bool = False
    ) -> tuple[tuple[str, ...], int]:
        """The values at `i` and the position after them.

        listed: "and" joins a list ("one of a, b and c"); all_of: it does so by itself ("tag is a and b"). Otherwise it
        belongs to the value where no condition follows ("Marks and Spencer"), if `extend` allows.
        Raises UnclearConditions where there is no value, or "and" between values that no lead can have at once.
        """
        phrase, joints = self.phrase, set()
        value, i = self._one(i)
        found = [value]
        while i < phrase.size:
            joint = phrase.skip(i, ",", ";")
            word = phrase.word(joint) if phrase.is_(joint, "or", "and", "nor") else ""
            after = joint + bool(word)
            if after == i or after >= phrase.size or self.begins(after, not listed) or phrase.is_(after, "(", ")"):
                break
            if word == "and" and not (listed or all_of):
                if not extend:
                    raise UnclearConditions(
                        f"“{phrase.text(after, min(after + 4, phrase.size))}” is no condition of its own, and no lead "
                        f"has both values at once. Say “{found[-1]} or …” for either of them."
                    )
                more, i = self._one(after)
                found[-1] = f"{found[-1]} and {more}"
                continue
            joints.add(word)
            value, i = self._one(after)
            found.append(value)
        self.last_joint = "and" if "and" in joints and "or" not in joints else "or"
        return tuple(dict.fromkeys(found)), i

    def _one(self, i: int) -> tuple[str, int]:
        phrase = self.phrase
        if phrase.quoted(i) and phrase.tokens[i].text:
            return phrase.tokens[i].text, i + 1
        end = i
        while (
            end < phrase.size and not phrase.quoted(end) and not phrase.is_(end, "(", ")", ",", ";", "and", "or", "but")
        ):
            if end > i and phrase.word(end) in STARTERS and self.begins(end):
                break
            end += 1
        if end == i:
            before = phrase.text(max(0, i - 3), i) if i else ""
            raise UnclearConditions(f"What should “{before} …” be? Put a value behind it, such as “city is Berlin”.")
        return phrase.text(i, end), end
