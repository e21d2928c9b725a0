"""The words of an answer about results: the model's where every figure in them was looked up, else those of rules."""

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field

from agent.models.writer import ModelWriter
from tools.analysing.cause_words import Fact
from tools.core.context import Brief
from tools.core.errors import Unavailable
from tools.writing.claims import Known, supported, unsupported_claims
from tools.writing.orders import without_strange_addresses

#: More facts than these a small model muddles, and nobody reads.
MOST_FACTS = 9
TASK = (
    "A marketer asks about results, and the facts were looked up. Answer the question in two to four short sentences: "
    "first the answer, then what it rests on. Use only these facts, word every figure exactly as it stands there, and "
    "compute none. Where the facts say that it may be chance or cannot be told, say so.\n- answer: the sentences"
)
REFUSED_ALL = "The model's words held figures that stand in no result, so you read the looked-up facts themselves."
REFUSED = "{count} of the model's sentences {were} left out: what {they} said stands in no result."
_ENDS = re.compile(r"[.!?](?=\s)")


class Answer(BaseModel):
    """What the model fills in."""

    answer: str = Field(min_length=1, json_schema_extra={"maxLength": 700})


def by_rules(facts: Sequence[Fact]) -> str:
    """The facts as an answer: what matters most first, what it rests on as a list."""
    head, *rest = [fact.shown for fact in facts]
    return f"**{head.rstrip()}**" + ("\n\n" + "\n".join(f"- {line}" for line in rest) if rest else "")


def worded(
    question: str, facts: Sequence[Fact], writer: ModelWriter | None, show: Callable[[str], None]
) -> tuple[str, str | None]:
    """The answer, and a note where the model's words (or some of them) were refused or there were none.

    What is shown while the model writes is checked sentence by sentence, so that no refused figure is ever on the screen.
    """
    facts = list(facts[:MOST_FACTS])
    if writer is None:
        return by_rules(facts), None
    names = [name for fact in facts for name in (*fact.names, fact.for_model) if name and name in fact.names]
    names += [part for fact in facts for part in re.findall(r"“([^”]*)”", fact.for_model)]
    known = Known.of([fact.figures for fact in facts])
    checked = _Checked(known, names, show)
    brief = Brief(
        TASK,
        (*((f"Fact {n}", fact.for_model) for n, fact in enumerate(facts, start=1)), ("Question", question[:300])),
        max_tokens=260,
    )
    try:
        text = writer.showing(checked).write(brief, Answer).answer.strip()
    except Unavailable as error:
        return by_rules(facts), f"Worded by rules: {error.sentence}"
    kept, left_out = supported(text, known, names)
    kept, strange = without_strange_addresses(kept, [])
    left_out += strange
    if not kept or left_out > len(_ENDS.findall(f"{text} ")) / 2:
        return by_rules(facts), REFUSED_ALL
    if not left_out:
        return kept, None
    one = left_out == 1
    note = REFUSED.format(
        count="One" if one else str(left_out), were="was" if one else "were", they="it" if one else "they"
    )
    return kept, note


class _Checked:
    """Passes on what is written, a whole sentence at a time, without those that hold what was not looked up."""

    def __init__(self, known: Known, names: Sequence[str], show: Callable[[str], None]) -> None:
        self._known, self._names, self._show = known, names, show
        self._held = ""

    def __call__(self, piece: str) -> None:
        self._held += piece
        while (end := _ENDS.search(self._held)) or (self._held.endswith("\n") and self._held.strip()):
            at = end.end() if end else len(self._held)
            sentence, self._held = self._held[:at], self._held[at:]
            if not unsupported_claims(sentence, self._known, self._names):
                self._show(sentence)
