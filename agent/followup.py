"""Going on with a conversation: answers to a question the hub asked, corrections, and "the same for ..."."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from agent.arguments.fill import Filled, fill
from agent.arguments.references import Focus
from agent.arguments.sentence import Sentence
from agent.arguments.stored import Current
from agent.conversation import Pending
from agent.mentions import find_records
from agent.reading import Mention
from agent.routing.examples import NONE
from agent.routing.matcher import Ranking
from agent.routing.splitting import begins_with_order
from agent.turn import Call, Evidence
from tools.core.declare import Argument, Tool
from tools.core.records import RecordName, fold

#: How a message begins that changes or repeats what was just asked.
_ELLIPTIC = re.compile(
    r"^\W*(?:no\b|nope|actually|sorry|oops|wait|hm+|hold on|correction|i meant|i mean|rather|instead|make (?:it|that|tht|this|them|him|her)|and\b(?!\s+then)|or\b|"
    r"what about|how about|the same|same|do the same|likewise|again|now (?:another|the same|for|one)|one (?:for|on|about|to)|another (?:one|for)|one more|only|just|but|for|on|in|with|"
    r"not\b|better|let'?s say|let'?s make (?:it|that)|ok(?:ay)?,? (?:and|but|now)|also for|then for|next|ditto|this time|change (?:it|that) to)\b",
    re.IGNORECASE,
)
_THE_SAME = re.compile(r"^\W*(?:[\w ]+[.!]\s+)?(?:the |do the |and the )?(?:same|likewise|ditto)\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(
    r"^\W*(?:no[,.!]?\s*)?(?:(?:please\s+)?(?:don'?t|do not|not)\b|no\b\W*$|not (?:right away|now|yet)|stop\b|wait\b\W*$|hold on\W*$|forget (?:it|that)|cancel that|never ?mind|scrap that)",
    re.IGNORECASE,
)
#: "Hmm no, for Facebook I want it instead": what was just done is wrong.
_CORRECTS = re.compile(r"^\W*(?:hm+\W+|oh\W+|ah\W+)?(?:no|nope|wrong|actually no|not that)\b\s*[,.!:;-]", re.IGNORECASE)
_NTH = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "last": -1,
    "latter": -1,
    "former": 0,
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BARE_DAY = re.compile(r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)", re.IGNORECASE)
TEXT_ROLES = {
    "topic",
    "product",
    "query",
    "aim",
    "industry",
    "name",
    "prose",
    "title",
    "description",
    "conditions",
    "source",
    "audience",
    "tone",
}


#: What may stand before a correction and says nothing of it: "oh wait", "excuse me", "love it", "very good".
_ASIDE = re.compile(
    r"^(?:\W*(?:oh|ah+|hm+|k+|ok(?:ay|ey|ie)?|yes|yep|yeah|yup|sure|alright|all right|right|got it|ooh|wow|scary|lovely|brilliant|excellent|wonderful|"
    r"amazing|awesome|sweet|(?:that )?looks (?:good|great|fine)|well|excuse me|pardon|argh|ups|love it|great|good|very good|fine|nice|perfect|super|cool|thanks|thank you|thx|"
    r"my bad|my mistake|i (?:was|am) wrong|i(?:['’]m| am| do)? (?:apologi[sz]e|sorry)|(?:my )?apologies|i misread (?:it|that|(?:my )?(?:notes?|list|file))|that(?:['’]s| is| was) wrong|"
    r"i(?:['’]ve| have)? (?:made a mistake|mistaken(?: myself)?|mixed (?:it|that|them) up)|"
    r"i(?:['’]ve| have) changed my mind|too (?:late|early|much|little|expensive|soon|long|short)|wrong(?: one)?|now)\b(?!\s+(?:the|a|our)\b)\W*)+",
    re.IGNORECASE,
)
#: How a thing spoken of before is to be: "it must be qualified", "he is lost", "make that 9", "the end is 3 May".
_TO_BE = re.compile(
    r"^\W*(?:please\s+)?(?:(?:it|that|this|he|she|they|him|her|its \w+|his \w+|her \w+)(?:['’]s)?\s+(?:is|are|was|must|should|shall|has to|needs to|ought to|gets?|becomes?|goes|to)\b"
    r"|(?:set|put|move|change|switch|turn|give) (?:it|that|this|him|her|them)\b)",
    re.IGNORECASE,
)
#: A message of so few words that hold a value answers or varies what was just done ("Friday then").
_BARE = 4


def negated_head(text: str) -> bool:
    """Whether these words only take something back ("No, don't delete it")."""
    return _TAKEN_BACK.match(text) is not None


def continues(
    tool: Tool, sentence: Sentence, pending: Pending, ranking: Ranking, focus: Focus, now: datetime, current: Current
) -> Filled | None:
    """The pending request with what the message adds, or None where the message asks for something else."""
    if _is_new_order(tool, sentence, ranking):
        return None
    chosen = _candidate(sentence, pending)
    if chosen is not None:
        field, name, evidence = chosen
        rest = fill(tool, sentence, Focus(), now, known={**pending.arguments, field: name}, current=current)
        return Filled(rest.arguments, {field: evidence, **rest.rests_on})
    sentence = _on_its_day(sentence, pending)
    filled = fill(tool, sentence, focus, now, known=pending.arguments, current=current)
    asked = [field for field in pending.fields if field in filled.arguments]
    new = [name for name in filled.arguments if name not in pending.arguments]
    if asked or (new and not pending.fields):
        return filled
    if new and ranking.best.label != NONE and len(sentence.text.split()) <= 12:
        return filled
    texts = [a for a in tool.arguments if a.name in pending.fields and a.role and a.role.name in TEXT_ROLES]
    if len(texts) == 1 and not texts[0].enum and not (ranking.best.label == NONE and ranking.best.score > 0.55):
        value = sentence.text.strip(" .!\"'“”‘’")
        return Filled(
            {**pending.arguments, texts[0].name: value},
            {texts[0].name: sentence.evidence(0, len(sentence.text))},
        )
    return None


def elliptic(
    tool: Tool, last: Call, sentence: Sentence, ranking: Ranking, focus: Focus, now: datetime, current: Current
) -> Filled | None:
    """The last call again with what the message changes; None where the message stands by itself."""
    other = ranking.best.label not in (tool.name, NONE)
    if ranking.own or negated_head(sentence.text) or not _varies(tool, sentence, other=other):
        return None
    same = _THE_SAME.search(sentence.text) is not None and tool.effect != "gated"
    stripped = _ELLIPTIC.sub("", sentence.text)
    corrects = _CORRECTS.match(sentence.text) is not None and not begins_with_order(stripped)
    if ranking.sure and other and not same and not corrects and len(sentence.text.split()) > 3:
        return None
    if ranking.best.label not in (tool.name, NONE) and begins_with_order(stripped) and ranking.best.score > 0.5:
        return None
    known = _fixed(tool, last, sentence)
    sentence = _in_its_month(sentence, last)
    filled = fill(tool, sentence, Focus(), now, known=known, current=current)
    changed = {
        name: value for name, value in filled.arguments.items()
        if name in filled.rests_on and last.arguments.get(name) != value
    }  # fmt: skip
    changed = _where_it_was(tool, last, changed, filled)
    if not changed or not _is_grounded(tool, filled, changed):
        return None
    kept = last.arguments
    other_record = any(a.noun for a in tool.required if a.name in changed)
    if tool.name.startswith("update_") and not other_record:  # what was changed before is changed already
        kept = {a.name: last.arguments[a.name] for a in tool.required if a.name in last.arguments}
    return Filled(
        {**kept, **changed},
        {name: filled.rests_on.get(name, Evidence(words="", origin="conversation")) for name in changed},
    )


def renamed(last: Call) -> Call:
    """The last call with the record under the name that it has now, where the call renamed it."""
    noun = last.tool.removeprefix("update_")
    if last.tool == noun or noun not in last.arguments or "name" not in last.arguments or last.waiting or last.error:
        return last
    arguments = {key: value for key, value in last.arguments.items() if key != "name"}
    return last.model_copy(update={"arguments": {**arguments, noun: last.arguments["name"]}})


def says_anew(text: str) -> bool:
    """Whether the words say how the thing spoken of before is to be ("it must be qualified", "Now: it gets 3,600")."""
    clauses = re.split(r"(?:[,.;:!]\s+)", text)
    return any(_TO_BE.match(_ASIDE.sub("", clause)) for clause in clauses)


def _varies(tool: Tool, sentence: Sentence, *, other: bool) -> bool:
    """Whether a message changes what was just asked for."""
    text = _ASIDE.sub("", sentence.text)
    if _is_elliptic(sentence.text) or _is_elliptic(text):
        return True
    if begins_with_order(text):
        return False
    field = _field_of(tool).match(text) is not None
    return says_anew(sentence.text) or field or (not other and 0 < len(text.split()) <= _BARE)


def _field_of(tool: Tool) -> re.Pattern[str]:
    """A sentence that says a value of the tool: "Flight dates are ...", "the budget: ..."."""
    words = {word for a in tool.arguments if not a.noun for word in a.name.split("_") if len(word) > 2}
    said = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(
        rf"^\W*(?:and\s+)?(?:the\s+|our\s+|its\s+)?(?:\w+\s+)?(?:{said})s?\s*(?::|=|\b(?:is|are|will be|should be|must be)\b)",
        re.IGNORECASE,
    )


def _is_elliptic(text: str) -> bool:
    """Whether the words only change what was asked: by how they begin, or by an "instead" at their end."""
    return _ELLIPTIC.match(text) is not None or re.search(r"\binstead\W*$", text, re.IGNORECASE) is not None


def _is_new_order(tool: Tool, sentence: Sentence, ranking: Ranking) -> bool:
    other = ranking.best.label not in (tool.name, NONE)
    return (other and ranking.own) or (
        other
        and begins_with_order(sentence.text)
        and (ranking.sure or ranking.best.score > 0.6)
        and len(sentence.text.split()) > 2
    )


def _fixed(tool: Tool, last: Call, sentence: Sentence) -> dict[str, object]:
    """What a correction may not read anew: free texts that it can only blur ("Only five please" holds no topic)."""
    about = re.search(
        r"\b(?:about|on the topic|regarding|announcing|called|named|titled)\b", sentence.text, re.IGNORECASE
    )
    return {
        argument.name: last.arguments[argument.name]
        for argument in tool.arguments
        if argument.name in last.arguments and argument.role and argument.role.name in TEXT_ROLES
        and not (about or sentence.of_kind("quoted")) and argument.role.name not in ("audience", "tone")
    }  # fmt: skip


def _in_its_month(sentence: Sentence, last: Call) -> Sentence:
    """A bare day of the month ("till the 24th") is of the month that was spoken of before."""
    given = [date.fromisoformat(v) for v in last.arguments.values() if isinstance(v, str) and _DAY.fullmatch(v)]
    if len(given) != 1:
        return sentence

    def moved(mention: Mention) -> Mention:
        bare = mention.kind == "date" and isinstance(mention.value, date) and _BARE_DAY.fullmatch(mention.text.strip())
        if not bare or mention.value.day > monthrange(given[0].year, given[0].month)[1]:
            return mention
        return replace(mention, value=given[0].replace(day=mention.value.day))

    return replace(sentence, mentions=[moved(mention) for mention in sentence.mentions])


def _on_its_day(sentence: Sentence, pending: Pending) -> Sentence:
    """A time alone is of the day that was said before ("on Friday" - "at what time?" - "9 am")."""
    times = sentence.of_kind("time")
    if not pending.day or not times or sentence.of_kind("date", "moment"):
        return sentence
    day = replace(times[0], kind="date", value=date.fromisoformat(pending.day), grain="day")
    return replace(sentence, mentions=[*sentence.mentions, day])


def _where_it_was(tool: Tool, last: Call, changed: dict[str, object], filled: Filled) -> dict[str, object]:
    """A day without a cue replaces the day that was given before ("Sorry, I meant 30 May")."""
    dates = [a.name for a in tool.arguments if a.kind == "date"]
    given = [name for name in dates if name in last.arguments]
    said = [name for name in dates if name in changed]
    if len(given) == 1 and len(said) == 1 and given != said:
        changed = dict(changed)
        changed[given[0]] = changed.pop(said[0])
        filled.rests_on[given[0]] = filled.rests_on.pop(said[0])
    return changed


def _is_grounded(tool: Tool, filled: Filled, changed: dict[str, object]) -> bool:
    """Whether at least one change is more than a free text (which any sentence yields)."""

    def plain(argument: Argument | None) -> bool:
        return argument is not None and not (argument.role and argument.role.name in TEXT_ROLES)

    texts = [name for name in changed if not plain(tool.argument(name))]
    return len(texts) < len(changed) or any(
        name in ("topic", "product", "query", "audience", "tone", "name") for name in texts
    )


def _candidate(sentence: Sentence, pending: Pending) -> tuple[str, str, Evidence] | None:
    """The candidate that the answer names: by its name or part of it, or as "the second one"."""
    if not pending.candidates or not pending.fields:
        return None
    field = pending.fields[0]
    names = [RecordName(c.noun, c.id, c.name) for c in pending.candidates]
    said = fold(sentence.text)
    number = re.fullmatch(r"\W*#?(\d+)\W*", sentence.text)
    for name in names:
        if fold(name.name) == said or (number and int(number.group(1)) == name.id):
            return field, name.name, sentence.evidence(0, len(sentence.text))
    for word, at in _NTH.items():
        hit = re.search(rf"\b{word}\b", sentence.text, re.IGNORECASE)
        if hit and -len(names) <= at < len(names) and not any(word in fold(n.name).split() for n in names):
            return field, names[at].name, sentence.evidence(hit.start(), hit.end())
    return _by_words(sentence, names, field)


def _by_words(sentence: Sentence, names: Sequence[RecordName], field: str) -> tuple[str, str, Evidence] | None:
    """By the words that tell the candidates apart: "the EU one", "not the EU one"."""
    words = [re.sub(r"['’]s$", "", w) for w in fold(sentence.text).split()]
    excluded = re.search(r"\b(?:not|without|except)\b.*", sentence.text, re.IGNORECASE)
    scores = []
    shared: set[str] = set.intersection(*[set(fold(name.name).split()) for name in names])
    for name in names:
        own = set(fold(name.name).split()) - shared
        hits = sum(word in own for word in words)
        scores.append(-hits if excluded and hits else hits)
    best = max(scores)
    if best > 0 and scores.count(best) == 1:
        name = names[scores.index(best)]
    elif excluded and min(scores) < 0 and len(names) == 2:
        name = names[1 - scores.index(min(scores))]
    else:
        exact = [m for m in find_records(sentence.text, names) if m.record and m.certainty >= 0.8]
        shared_only = {m.record.id for m in exact if m.record}
        plain = re.search(
            r"\b(?:plain|just|without|original|main|normal|shorter|other)\b", sentence.text, re.IGNORECASE
        )
        if len(shared_only) != 1 and not plain:
            return None
        name = (
            next(n for n in names if n.id in shared_only)
            if len(shared_only) == 1
            else min(names, key=lambda n: len(n.name))
        )
    return field, name.name, sentence.evidence(0, len(sentence.text))
