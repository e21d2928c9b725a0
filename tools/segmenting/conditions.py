"""Reading conditions: a small grammar of "and", "or", "not" and parentheses around single conditions.

"not" binds tighter than "and", "and" tighter than "or". A condition may follow another without "and" where English
does so ("customers in Berlin with at least 5 orders").
"""

import re
from datetime import datetime
from difflib import get_close_matches

from tools.segmenting.amounts import NEGATIVE_COMPARISONS, window
from tools.segmenting.deeds import amount_condition, deed_condition
from tools.segmenting.fields import FIELDS, field_condition
from tools.segmenting.lookup import Lookup, NothingKnown
from tools.segmenting.people import PEOPLE, people_condition
from tools.segmenting.tokens import Phrase, Read, UnclearConditions
from tools.segmenting.tree import AllOf, AnyOf, Condition, When, joined, negated
from tools.segmenting.values import Values

#: What can be said, for the error of who said something else.
EXAMPLES = (
    "“status is customer”, “city is Berlin”, “tag is trial”, “orders at least 5”, “opened an email in the last 30 days”, "
    "“last order older than 180 days”, “consent is newsletter”"
)
LONGEST = 2_000
_DEEPEST = 40
_NOT = frozenset(
    "not never isn't aren't haven't hasn't didn't don't doesn't wasn't weren't without no non nobody nor except".split()
)
_HAS = frozenset("with without having have has had no any".split())
_FILLERS = PEOPLE | frozenset(
    """the our my their these who whom whose which that where with having have has had are is was were been be being did do
    does of any only every each they them also still just already currently actually there both either a an yet
    all""".split()
)


def read_conditions(text: str, now: datetime, lookup: Lookup | None = None) -> Condition:
    """The condition tree that `text` means; `now` (aware, in the hub's zone) is what dates without a year go by.

    `lookup` tells bare words apart ("from Hamburg"). Raises UnclearConditions with a sentence that says what can be said.
    """
    cleaned = " ".join(text.split())
    if len(cleaned) > LONGEST:
        raise UnclearConditions(
            f"These conditions are {len(cleaned):,} characters long; please use at most {LONGEST:,}."
        )
    return _Grammar(re.sub(r"^(?:where|if|when)\s+", "", cleaned), now, lookup or NothingKnown()).read()


class _Grammar:
    def __init__(self, text: str, now: datetime, lookup: Lookup) -> None:
        self.phrase = Phrase(text)
        self.now = now
        self.lookup = lookup
        self.values = Values(self.phrase, self.begins)
        self._leaves: dict[int, Read | UnclearConditions | None] = {}
        self._depth = 0

    def read(self) -> Condition:
        if not self.phrase.size:
            raise UnclearConditions(f"There are no conditions. You can say {EXAMPLES}.")
        tree, end = self._either(0)
        if end < self.phrase.size:
            raise self._unclear(end)
        return tree

    def begins(self, i: int, bare: bool = True) -> bool:
        """Whether a condition of its own begins at `i` (also one that is said wrongly).

        Without `bare`, one that only names people ("contacted", "vip customers") does not count: inside a list it is a value.
        """
        if self._before_bracket(i):
            return True
        try:
            if self._leaf(i) is None:
                return False
            at = self.phrase.skip(i, *_FILLERS, *_NOT)
            # "was" may be left out, and may be a part of what follows ("was sent an email").
            return bare or any(self._worded(k, has=True) is not None for k in range(i, at + 1))
        except UnclearConditions:
            return True

    def _either(self, i: int) -> Read:
        part, i = self._every(i)
        parts = [part]
        while self.phrase.is_(self.phrase.skip(i, ","), "or"):
            part, i = self._every(self.phrase.skip(i, ",") + 1)
            parts.append(part)
        return joined(parts, AnyOf), i

    def _every(self, i: int) -> Read:
        part, i = self._unary(i)
        parts = [part]
        while i < self.phrase.size and not self.phrase.is_(i, ")"):
            after = self.phrase.skip(i, "and", "but", ",", ";", "also", "&")
            if after >= self.phrase.size or self.phrase.is_(after, "or", ")"):
                break
            if after == i and not self.begins(i):
                # The people that it is all about may come last: "new leads", "VIP customers".
                rest = self.phrase.skip(i, *PEOPLE)
                if rest == i:
                    break
                i = rest
                continue
            part, i = self._unary(after)
            parts.append(part)
        return joined(parts, AllOf), i

    def _unary(self, i: int) -> Read:
        phrase = self.phrase
        start = phrase.skip(i, *(_FILLERS - {"no"})) if self._before_bracket(i) else i
        if phrase.is_(start, "not") and phrase.is_(start + 1, "("):
            part, end = self._bracket(start + 1)
            return negated(part), end
        if phrase.is_(start, "("):
            return self._bracket(start)
        read = self._leaf(i)
        if read is None:
            raise self._unclear(i)
        return read

    def _before_bracket(self, i: int) -> bool:
        at = self.phrase.skip(i, *_FILLERS)
        return self.phrase.is_(at, "(") or (self.phrase.is_(at, "not") and self.phrase.is_(at + 1, "("))

    def _bracket(self, i: int) -> Read:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnclearConditions(f"These conditions are nested more than {_DEEPEST} deep; please split them up.")
        tree, end = self._either(i + 1)
        self._depth -= 1
        if not self.phrase.is_(end, ")"):
            raise self._unclear(end) if end < self.phrase.size else UnclearConditions("A parenthesis is never closed.")
        return tree, end + 1

    def _leaf(self, i: int) -> Read | None:
        """One condition at `i`, its "not" included; worked out once."""
        if i not in self._leaves:
            self._leaves[i] = None  # a rule that looks here again while it is being worked out finds nothing
            try:
                self._leaves[i] = self._read_leaf(i)
            except UnclearConditions as error:
                self._leaves[i] = error
        found = self._leaves[i]
        if isinstance(found, UnclearConditions):
            raise found
        return found

    def _read_leaf(self, i: int) -> Read | None:
        phrase, no, has = self.phrase, False, False
        while i < phrase.size and not phrase.quoted(i):
            read = self._rules(i, has)
            if read is not None:
                return (negated(read[0]), read[1]) if no else read
            word = phrase.word(i)
            has = word in _HAS or (has and word in ("the", "a", "an", "any"))
            if word.startswith("non-") and len(word) > 4:
                inner = read_conditions(word.removeprefix("non-"), self.now, self.lookup)
                return (inner if no else negated(inner)), i + 1
            if word in _NOT:
                no = not no
            elif word not in _FILLERS:
                return None
            i += 1
        return None

    def _rules(self, i: int, has: bool) -> Read | None:
        phrase = self.phrase
        if phrase.word(i) in _NOT and phrase.after(i, NEGATIVE_COMPARISONS) is None:
            return None
        read = self._worded(i, has)
        if read is not None:
            return read
        when = window(phrase, i, self.now)
        if when is not None:
            return When(field="created", window=when[0]), when[1]
        return people_condition(phrase, i, self.lookup, self.values)

    def _worded(self, i: int, has: bool) -> Read | None:
        """A condition that begins with a field, an amount or a deed."""
        return (
            field_condition(self.phrase, i, self.now, self.lookup, self.values, has)
            or amount_condition(self.phrase, i, self.now, has)
            or deed_condition(self.phrase, i, self.now, self.lookup)
        )

    def _unclear(self, i: int) -> UnclearConditions:
        phrase = self.phrase
        said = phrase.rest(i) or phrase.source
        shown = said if len(said) <= 60 else said[:57] + "…"
        word = phrase.word(i)
        near = get_close_matches(word, FIELDS, n=1, cutoff=0.75) if len(word) > 3 and word not in FIELDS else []
        hint = f" Did you mean “{near[0]}”?" if near else ""
        return UnclearConditions(
            f"I cannot read “{shown}” as a condition.{hint} You can say, for example, {EXAMPLES}; "
            "join them with and, or, not and parentheses."
        )
