"""Filling a tool's arguments from a message: each by its kind and role, each with the words that it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.arguments import choices, names, people, prose, references, stored, subjects, texts, values
from agent.arguments.references import Focus
from agent.arguments.sentence import Sentence, Value
from agent.arguments.stored import Current
from agent.turn import Evidence
from tools.core.declare import Argument, Tool
from tools.words.vocabulary import WEEKDAYS

#: In which order arguments take their words: what is recognised most surely goes first.
ORDER = (
    "ref", "email", "url", "source", "variants", "prose", "title", "name", "person", "enum", "money", "datetime", "date",
    "period", "days", "count", "share", "company", "tone", "conditions", "audience", "subject", "description",
)  # fmt: skip
SUBJECTS = ("topic", "product", "query", "aim", "industry")


@dataclass
class Filled:
    """The arguments found, as JSON values, and what each rests on."""

    arguments: dict[str, object]
    rests_on: dict[str, Evidence]


def fill(
    tool: Tool,
    sentence: Sentence,
    focus: Focus,
    now: datetime,
    *,
    known: Mapping[str, object] | None = None,
    current: Current | None = None,
) -> Filled:
    """Fill what the sentence holds. `known` arguments are kept and not read again.

    `current(noun, record, field)` looks up a stored figure, for "double it".
    """
    filled = Filled(dict(known or {}), {})
    for argument in sorted(tool.arguments, key=lambda a: ORDER.index(_slot(a))):
        if argument.name in filled.arguments:
            continue
        value = _fill_one(tool, argument, sentence, focus, now)
        if value is None and argument.role and argument.role.name == "money" and current:
            value = stored.changed(tool, argument, sentence, filled.arguments, current)
        if value is None and argument.kind == "date" and current:
            value = stored.moved(tool, argument, sentence, filled.arguments, current)
        if value is not None:
            filled.arguments[argument.name] = values.as_json(value.value)
            filled.rests_on[argument.name] = value.evidence
    _end_after_start(filled)
    _platform_of_the_post(tool, sentence, filled)
    return filled


def _platform_of_the_post(tool: Tool, sentence: Sentence, filled: Filled) -> None:
    """ "Publish the LinkedIn draft": a post goes where it was written for, unless another platform is said."""
    platform, post = tool.argument("platform"), tool.argument("post")
    if platform is None or post is None or "platform" in filled.arguments or "post" not in filled.rests_on:
        return
    named = (r.record for r in sentence.records if r.noun == post.noun and r.record)
    record = next((r for r in named if r and r.name == filled.arguments["post"]), None)
    value = next((alias for alias in record.aliases if alias in platform.enum), None) if record else None
    if value:
        filled.arguments["platform"] = value
        filled.rests_on["platform"] = filled.rests_on["post"]


def _end_after_start(filled: Filled) -> None:
    """ "From Monday to Friday": the Friday after that Monday, not the next one from today."""
    start, end = filled.arguments.get("start_date"), filled.arguments.get("end_date")
    words = filled.rests_on["end_date"].words if "end_date" in filled.rests_on else ""
    bare = words.casefold().split()[-1:] and words.casefold().split()[-1] in WEEKDAYS
    if isinstance(start, str) and isinstance(end, str) and end < start and bare:
        later = date.fromisoformat(end)
        while later <= date.fromisoformat(start):
            later += timedelta(weeks=1)
        filled.arguments["end_date"] = later.isoformat()


def _slot(argument: Argument) -> str:
    if argument.noun:
        return "ref"
    if argument.enum:
        return "enum"
    if argument.kind in ("date", "datetime"):
        return argument.kind
    role = argument.role.name if argument.role else ""
    if argument.is_list and argument.name == "variants":
        return "variants"
    return "subject" if role in SUBJECTS else role if role in ORDER else "description"


def _fill_one(tool: Tool, argument: Argument, sentence: Sentence, focus: Focus, now: datetime) -> Value | None:
    slot = _slot(argument)
    if slot == "ref":
        return references.fill_ref(tool, argument, sentence, focus)
    if slot == "enum":
        return choices.fill_choice(sentence, tool, argument)
    if slot == "datetime":
        return values.fill_moment(sentence, argument, now)
    if slot == "date":
        return values.fill_date(sentence, tool, argument)
    by_slot: dict[str, Callable[[], Value | None]] = {
        "period": lambda: values.fill_period(sentence),
        "money": lambda: values.fill_money(sentence, argument),
        "days": lambda: values.fill_days(sentence, argument),
        "count": lambda: values.fill_count(sentence, tool, argument),
        "share": lambda: values.fill_share(sentence),
        "email": lambda: people.fill_emails(sentence, argument),
        "url": lambda: prose.fill_urls(sentence, argument),
        "source": lambda: (
            people.fill_origin(sentence)
            if tool.name.startswith("add")
            else values.fill_of_kind(sentence, "url", "file") or values.fill_of_kind(sentence, "quoted")
        ),
        "variants": lambda: prose.fill_quoted_list(sentence),
        "prose": lambda: prose.fill_prose(sentence, tool, argument),
        "title": lambda: prose.fill_title(sentence, tool, argument),
        "name": lambda: names.fill_name(sentence, tool, argument),
        "person": lambda: people.fill_person(sentence, tool, argument),
        "company": lambda: people.fill_company(sentence),
        "tone": lambda: texts.fill_tone(sentence, argument),
        "audience": lambda: texts.fill_audience(sentence, tool, argument),
        "conditions": lambda: prose.fill_conditions(sentence),
        "subject": lambda: subjects.fill_subject(sentence, tool, argument),
        "description": lambda: prose.fill_description(sentence, tool, argument),
    }
    return by_slot[slot]()
