"""New values that are said by the stored ones: "double it", "two weeks longer"."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from agent.arguments.sentence import Sentence, Value
from agent.reading import Change, Mention
from tools.core.declare import Argument, Tool

#: Looks up what is stored: (noun, record, field) to the field's value, None where there is none.
Current = Callable[[str, str, str], object]


def changed(
    tool: Tool, argument: Argument, sentence: Sentence, filled: Mapping[str, object], current: Current
) -> Value | None:
    """ "Double it", "by 10 %": the new amount from the stored one."""
    ref = next((a for a in tool.arguments if a.noun and a.name in filled), None)
    for mention in sentence.of_kind("change", "number"):
        change = _change_of(mention)
        if change is None:
            continue
        if ref is None or ref.noun is None:
            return None
        now = current(ref.noun, str(filled[ref.name]), argument.name)
        if not isinstance(now, int | float):
            return None
        sentence.claim(mention.start, mention.end)
        return Value(round(change.apply(now), 2), sentence.evidence(mention.start, mention.end))
    return None


def _change_of(mention: Mention) -> Change | None:
    """ "1000 more" of what is money anyway."""
    if isinstance(mention.value, Change):
        return mention.value
    bare = mention.kind == "number" and mention.role == "more" and mention.unit is None
    return Change("add", float(mention.value)) if bare else None


def moved(
    tool: Tool, argument: Argument, sentence: Sentence, filled: Mapping[str, object], current: Current
) -> Value | None:
    """ "A fortnight longer", "two days earlier": the new day from the stored one."""
    ref = next((a for a in tool.arguments if a.noun and a.name in filled), None)
    says_start = re.search(r"\b(?:start|begin|kick)\w*", sentence.text, re.IGNORECASE) is not None
    if ref is None or ref.noun is None or ("start" in argument.name) != says_start:
        return None
    for mention in sentence.of_kind("duration"):
        longer = re.match(r"\s*(?:longer|more)\b", sentence.after(mention.end, 12))
        if mention.role not in ("later", "earlier") and not longer:
            continue
        day = current(ref.noun, str(filled[ref.name]), argument.name)
        if not isinstance(day, date):
            return None
        sentence.claim(mention.start, mention.end)
        away = timedelta(days=-mention.value.days if mention.role == "earlier" else mention.value.days)
        return Value(day + away, sentence.evidence(mention.start, mention.end))
    return None
