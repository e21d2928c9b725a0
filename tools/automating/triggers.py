"""Reading a trigger out of one clause: "a lead is created", "somebody joins the segment VIPs", "event cart_abandoned"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from memory.enums import EventType, LeadStatus
from tools.automating.graph import (
    DateCame,
    EventHappened,
    LeadCreated,
    MailAnswered,
    SegmentMoved,
    Trigger,
    WebhookCalled,
    Where,
)
from tools.automating.phrases import Names, Q, Request, length_at
from tools.segmenting import UnclearConditions, in_words, read_conditions, store_tree
from tools.segmenting.fields import status_named
from tools.segmenting.lookup import Lookup
from tools.words import UnclearWords, resolve_date, resolve_moment

_PERSON = (
    r"(?:lead|contact|customer|client|buyer|person|people|subscriber|user|visitor|guest|member|patient|prospect|reader|donor|"
    r"trial user|rider|student|one)s?"
)
_WHO = re.compile(
    rf"^(?P<who>(?:someone|somebody|anyone|anybody|everyone|everybody|everybody else|people|they|he|she|who|that|which|those who|you|"
    rf"(?:(?:a|an|the|any|each|every|one of our|our|all|some)\s+)?(?:existing\s+|our\s+)?{_PERSON})"
    rf"(?P<filter>\s+(?:from|in|with|tagged|at|based in|living in)\s+(?!the webhook)[^,;:\n]+?)?)\s+(?="
    r"(?:is|are|was|has|have|had|no longer|hasn'?t|haven'?t|didn'?t|did|does|doesn'?t|gets?|got|will)\b|[a-z]+s\b|[a-z]+(?:ed|ing)\b|"
    r"(?:open|click|sign|join|enter|leave|buy|order|visit|reply|become|fill|submit|attend|come|ask|abandon|drop"
    r"|go|register|subscribe|book|came|bought|went|left|became)\b)",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"^(?:(?:a|an|the|any|each|every|one of our|our|all|some|existing)\s+)*(?:lead|contact|person|people|user|visitor|one)s?\b\s*",
    re.I,
)
_CREATED = re.compile(
    r"^(?:(?:a|an|the|any|each|every)\s+)?(?:(?P<new>new\s+)(?:lead|contact|person|people)s?|(?:lead"
    r"|contact)s?)(?P<filter>\s+(?:from|in|with|tagged)\s+[^,;:\n]+?)?"
    r"(?:\s+(?:(?:is|are|gets?|was|has been|have been|'s)\s+)?(?:newly\s+)?(?:created|added|imported|captured"
    r"|entered|saved|comes? in|come in|arrives?|appears?|in|is in))?$",
    re.IGNORECASE,
)
_CREATED_VERB = re.compile(
    r"^(?:(?:is|are|gets?|was|has been)\s+)?(?:newly\s+)?(?:created|added|imported|captured|comes? in|arrives?|appears?)(?: to the (?:hub|list|database))?$",
    re.I,
)
_ENTERED = re.compile(
    rf"^(?:(?:enter|join|get into|come into|move into|fall into|go into)(?:s|ed|ing)?|(?:enters|gets into"
    rf"|comes into|moves into|falls into)|(?:is|are|was|gets?)\s+(?:added|moved)\s+to)\s+(?:(?:the"
    rf"|our)\s+)?(?P<word>segment\s+)?(?:called\s+)?(?P<name>{Q}|.+?)(?:\s+segment)?$",
    re.IGNORECASE,
)
_LEFT = re.compile(
    rf"^(?:leave(?:s)?|left|leaving|exits?|drops? out of|falls? out of|(?:is|are"
    rf"|gets?)\s+removed\s+from)\s+(?:(?:the|our)\s+)?(?P<word>segment\s+)?(?P<name>{Q}|.+?)(?:\s+segment)?$",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"^(?:(?:become|turn(?: into)?|is marked as|is set to|moves? to|becoming|became|gets? (?:the )?status"
    r"|has (?:the )?status|status (?:is|becomes|changes to|is set to|turns(?: to)?))(?:s|ed)?)\s+(?:a\s+|an\s+|the\s+)?(?P<status>[\w ]+)$",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    rf"^(?:(?:gets?|receives?|is given|has)\s+(?:the\s+|a\s+)?tag\s+(?P<a>{Q}|[\w -]+)|(?:is"
    rf"|gets?)\s+tagged\s+(?:as\s+|with\s+)?(?P<b>{Q}|[\w -]+)|(?:the\s+)?tag\s+(?P<c>{Q}|[\w-]+)(?:\s+(?:is\s+)?(?:added|given|set))?)$",
    re.IGNORECASE,
)
_MAIL_THING = (
    rf"(?P<thing>{Q}|(?:(?:any|one|some|all)\s+of\s+)?(?:the|our|an?|any|my)?\s*(?:first\s+)?(?:e-?mails?|mails?"
    rf"|mailings?|newsletters?|messages?|it)(?:\s+(?P<named>{Q}))?)"
)
_OPENED = re.compile(
    rf"^(?:opens?|opened|opening|reads?|(?:an?\s+)?open(?:ing)?\s+(?:of|in))\s+{_MAIL_THING}$", re.IGNORECASE
)
_CLICKED = re.compile(
    rf"^(?:(?:an?\s+)?click(?:s|ed|ing)?)(?:\s+on)?(?:\s+(?:an?|the|any|some)?\s*links?)?(?:\s+(?:in|of|from|on))?(?:\s+{_MAIL_THING})?$",
    re.IGNORECASE,
)
_DATE_FIELD = re.compile(
    rf"^(?:(?P<each>(?:each|every)\s+year)\s+)?(?:on\s+)?(?:(?P<length>[\w ]+?)\s+(?P<side>before"
    rf"|after)\s+)?(?:the\s+date\s+of\s+(?:field\s+)?|(?:their|the|a|his|her)\s+)?(?:(?P<field>custom\.[\w-]+"
    rf"|{Q})|(?P<birthday>birthdays?))(?:\s+at\s+(?P<time>[\w: ]+))?$",
    re.IGNORECASE,
)
_WEBHOOK = re.compile(
    rf"^(?:(?:our|the|a|an|incoming)\s+)*webhook(?:\s+(?P<name>{Q}|(?!is\b|arrives\b|fires\b|comes\b|gets\b"
    rf"|call\b)[\w.-]+))?(?:\s+(?:is|gets|was)?\s*(?:called|arrives?|fires?|fired|comes? in|triggered|received|call))?$",
    re.IGNORECASE,
)
_EVENT = re.compile(
    rf"^(?:the\s+|an?\s+)?(?:custom\s+)?event\s+(?P<name>{Q}|[\w.:-]+(?: [\w.:-]+){{0,4}}?)(?:\s+(?:happens"
    rf"|occurs|fires|is recorded|comes in|is received|arrives))?$",
    re.I,
)
_FULFILS = re.compile(r"^(?:(?P<no>no longer)\s+fulfils|(?:comes? to )?fulfils?)\s+\((?P<cond>.+)\)$", re.I)
_QUIET = re.compile(
    r"^(?:(?:has|have|did|does|do|is)(?:n'?t| not)|hasnt|havent)\s+(?:been\s+)?(?P<verb>ordered|order|bought|buy"
    r"|purchased|visited|visit|been here|come back|opened|open|clicked|click|active|logged in"
    r"|seen)\b[^,;]*?\s+(?:for|in|within|since)\s+(?:the last\s+|over\s+|more than\s+)?(?P<length>[\w ]+)$|"
    r"^(?:is|goes|has been|was)\s+(?:inactive|quiet|silent|asleep)\s+(?:for|since)\s+(?P<idle>[\w ]+)$",
    re.IGNORECASE,
)
_QUIET_FIELD = {
    "order": "last order", "ordered": "last order", "bought": "last order", "buy": "last order", "purchased": "last order",
    "visited": "last visit", "visit": "last visit", "been here": "last visit", "come back": "last visit", "opened": "last open",
    "open": "last open", "clicked": "last click", "click": "last click",
}  # fmt: skip
#: What a lead does, as a recorded event of a type of its own.
_DEEDS: tuple[tuple[EventType, str], ...] = (
    (EventType.SIGNED_UP, r"(?:sign(?:s|ed|ing)?[ -]?up|signups?|subscrib(?:es?|ed|ing)|regist(?:er|ers|ered|ering|ration)|opts? in"
    r"|new (?:subscriber|sign-?up|registration|subscription)s?)(?: (?:to|for|on|in)(?: (?:the|our"
    r"|my))? (?:newsletter|list|mailing list|site|website|hub|service|app|us))?(?: with us| in)?"),
    (EventType.ORDERED, r"(?:(?:buys?|bought|buying|orders?|ordered|ordering|purchases?|purchased|purchasing)(?: (?:something"
    r"|anything|from us|again))?|(?:places?|placed|makes?|made)(?: an?| their(?: first)?)? (?:order|purchase)"
    r"|(?:an?|every|each|the|their) (?:order|purchase)|new orders?|order placed)"),
    (EventType.SUBMITTED_FORM, r"(?:(?:fill(?:s|ed|ing)? (?:in|out)|submit(?:s|ted|ting)?|send(?:s|ing)? in|complete(?:s|d)?) (?:an?|the"
    r"|our|any) (?:\w+ )?form|(?:an?|the|our|every|each)? ?forms? (?:is |gets )?(?:submit(?:ted|s)?|submission"
    r"|filled(?: in| out)?|comes in|sent in|arrives)|form submissions?)"),
    (EventType.VISITED, r"(?:visit(?:s|ed|ing)?|comes to) (?:the|our|my) (?:site|website|shop|web ?page|page|home ?page|webshop)"),
    (EventType.REPLIED, r"(?:repl(?:y|ies|ied)|answers?|writes back)(?: to (?:us|(?:any|an?|one|our|the)(?: of our)? e?-?mails?))?"),
    (EventType.UNSUBSCRIBED, r"unsubscrib(?:es?|ed|ing)(?: from (?:the|our|my) (?:newsletter|list|e?-?mails?|mailings?))?"),
    (EventType.CONVERTED, r"converts?|converted"),
    (EventType.BOUNCED, r"bounces?|bounced"),
    (EventType.COMPLAINED, r"complains?|complained"),
    (EventType.CALLED, r"calls?|called"),
    (EventType.MET, r"meets us|met us"),
    (EventType.CONSENTED, r"consents?|consented"),
    (EventType.CONSENT_WITHDRAWN, r"(?:withdraws?|withdrew) consent"),
    (EventType.SENT, r"(?:is|was) sent an e?-?mail"),
    (EventType.DELIVERED, r"receive[sd] an e?-?mail"),
)  # fmt: skip
_DEED_PATTERNS = [(type, re.compile(rf"^{pattern}$", re.IGNORECASE)) for type, pattern in _DEEDS]
_NAME_LIKE = re.compile(r"^[\w][\w '/&.-]{1,60}$")
_ARTICLES = re.compile(r"^(?:the|a|an|each|every|any|their|our|for|of)\s+", re.IGNORECASE)
_ONLY = re.compile(r"\s*\((?:only|just)\s+(?:leads\s+)?(?:if\s+)?(?P<cond>.+)\)$", re.IGNORECASE)
_IN_SEGMENT = re.compile(rf"^(?:leads?\s+)?(?:in|of)\s+(?:the\s+)?segment\s+(?P<name>{Q}|.+)$", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What words are read with: the request, the clock, and what exists in the house."""

    request: Request
    now: datetime
    names: Names
    lookup: Lookup


def read_trigger(clause: str, reading: Reading, *, free: bool = True) -> Trigger | None:
    """The trigger that a clause (without "when") means; with `free`, other words become the name of an event.

    None where the clause is none.
    """
    text = " ".join(clause.split()).strip(" .!?,;:")
    only = _ONLY.search(text)
    where = where_of(only["cond"], reading) if only else None
    if only:
        text = text[: only.start()]
    found = _known(text, reading)
    if found is None:
        who = _WHO.match(text)
        if who:
            found = _known(text[who.end() :], reading) or _segment(text[who.end() :], reading, sure=False)
            where = where or _who_where(who["who"], reading)
            text = text[who.end() :]
    if found is None and free:
        named = _ARTICLES.sub("", text)
        if _NAME_LIKE.match(named) and len(named.split()) <= 8:
            found = EventHappened(name=reading.request.unquoted(named).casefold()[:64])
    return found.model_copy(update={"where": where}) if found and where else found


def deed_event(text: str) -> EventType | None:
    """The type of event that words such as "they ordered" or "buys" mean."""
    text = re.sub(
        r"^(?:they|he|she|it|someone|somebody|people|the (?:lead|person|customer))(?:'ve| have| has| did| do)?\s+",
        "",
        text.strip(),
        flags=re.I,
    )
    return next((type for type, pattern in _DEED_PATTERNS if pattern.match(text)), None)


def where_of(words: str, reading: Reading) -> Where | None:
    """Which leads words mean: a segment by its name, or conditions. None where they cannot be read."""
    plain = reading.request.unquoted(words).strip(" .,;")
    in_segment = _IN_SEGMENT.match(words.strip())
    known = reading.names.segment(reading.request.unquoted(in_segment["name"]) if in_segment else plain)
    if known:
        return Where(segment=known[1], segment_id=known[0])
    if in_segment:
        return Where(segment=reading.request.unquoted(in_segment["name"]))
    try:
        tree = read_conditions(reading.request.requoted(words).strip(), reading.now, reading.lookup)
    except UnclearConditions:
        return None
    return Where(words=in_words(tree), tree=store_tree(tree))


def _who_where(who: str, reading: Reading) -> Where | None:
    """ "a customer in Berlin": which leads a subject means; None for anybody."""
    rest = _GENERIC.sub("", who, count=1).strip()
    rest = re.sub(r"^(?:(?:a|an|the|any|each|every|one of our|our|all|some)\s+)+", "", rest, flags=re.I)
    if not re.match(r"(?:from|in|with|tagged|at|based|living|customer|client|buyer)", rest, re.I):
        return None
    return where_of(rest, reading)


def _known(text: str, reading: Reading) -> Trigger | None:
    for rule in _RULES:
        found = rule(text, reading)
        if found is not None:
            return found
    return None


def _created(text: str, reading: Reading) -> Trigger | None:
    if _CREATED_VERB.match(text):
        return LeadCreated()
    found = _CREATED.match(text)
    if not found or not (
        found["new"] or re.search(r"created|added|imported|captured|saved|in$|arrives?$|appears?$", text, re.I)
    ):
        return None
    return LeadCreated(where=where_of(found["filter"], reading) if found["filter"] else None)


def _deed(text: str, reading: Reading) -> Trigger | None:
    event = next((type for type, pattern in _DEED_PATTERNS if pattern.match(text)), None)
    return EventHappened(event=event) if event else None


def _segment(text: str, reading: Reading, *, sure: bool = True) -> Trigger | None:
    """A segment entered or left; where it is not called one (`sure`), only a known or quoted name will do."""
    for pattern, move in ((_ENTERED, "entered"), (_LEFT, "left")):
        found = pattern.match(text)
        if not found:
            continue
        name = reading.request.unquoted(found["name"])
        known = reading.names.segment(name)
        if known:
            return SegmentMoved(move=move, target=Where(segment=known[1], segment_id=known[0]))
        if found["word"] or re.fullmatch(Q, found["name"]) or text.casefold().endswith(" segment"):
            return SegmentMoved(move=move, target=Where(segment=name))
    return None


def _status(text: str, reading: Reading) -> Trigger | None:
    found = _STATUS.match(text)
    status: LeadStatus | None = status_named(found["status"].strip()) if found else None
    return EventHappened(event=EventType.STATUS_CHANGED, name=status.value) if status else None


def _tagged(text: str, reading: Reading) -> Trigger | None:
    found = _TAGGED.match(text)
    if not found:
        return None
    tag = reading.request.unquoted(found["a"] or found["b"] or found["c"])
    return EventHappened(event=EventType.TAGGED, name=tag.casefold())


def _mail(text: str, reading: Reading) -> Trigger | None:
    for pattern, deed in ((_OPENED, "opened"), (_CLICKED, "clicked")):
        found = pattern.match(text)
        if not found:
            continue
        thing = found["thing"] or ""
        named = found["named"] or (thing if re.fullmatch(Q, thing) else None)
        if not named:
            return MailAnswered(deed=deed)
        name = reading.request.unquoted(named)
        known = reading.names.mailing(name)
        return MailAnswered(deed=deed, mailing=known[1] if known else name, mailing_id=known[0] if known else None)
    return None


def _date(text: str, reading: Reading) -> Trigger | None:
    found = _DATE_FIELD.match(text)
    if found:
        length = length_at(found["length"].strip(), 0) if found["length"] else None
        days = _days(length[0]) if length else 0
        if found["length"] and days is None:
            return None
        field = (
            "birthday"
            if found["birthday"]
            else reading.request.unquoted(found["field"]).casefold().removeprefix("custom.")
        )
        time = time_of(found["time"], reading) if found["time"] else None
        sign = -1 if found["side"] and found["side"].casefold() == "before" else 1
        return DateCame(
            field=field, days=sign * (days or 0), yearly=bool(found["each"] or found["birthday"]), time=time
        )
    on = re.match(r"^(?:on|at)\s+(?P<day>.+?)(?:,?\s+at\s+(?P<time>[\w: ]+))?$", text, re.IGNORECASE)
    if not on or not re.search(r"\d", on["day"]):
        return None
    try:
        day = resolve_date(on["day"], reading.now)
    except UnclearWords:
        return None
    time = time_of(on["time"], reading) if on["time"] else None
    return DateCame(day=day, time=time) if time or not on["time"] else None


def _webhook(text: str, reading: Reading) -> Trigger | None:
    found = _WEBHOOK.match(text)
    return WebhookCalled(name=reading.request.unquoted(found["name"]) if found["name"] else None) if found else None


def _event(text: str, reading: Reading) -> Trigger | None:
    found = _EVENT.match(text.removeprefix("on "))
    if not found:
        return None
    name = reading.request.unquoted(found["name"])[:64]
    known = name.casefold()
    if known in EventType._value2member_map_ and known != EventType.OTHER.value:
        return EventHappened(event=EventType(known))
    return EventHappened(name=name)


def _fulfils(text: str, reading: Reading) -> Trigger | None:
    found = _FULFILS.match(text)
    target = where_of(found["cond"], reading) if found else None
    return SegmentMoved(move="left" if found and found["no"] else "entered", target=target) if target else None


def _quiet(text: str, reading: Reading) -> Trigger | None:
    found = _QUIET.match(text)
    if not found:
        return None
    length = length_at((found["length"] or found["idle"]).strip(), 0)
    if length is None or length[0].unit not in ("day", "week", "month"):
        return None
    field = _QUIET_FIELD.get((found["verb"] or "").casefold(), "last activity")
    amount, unit = length[0].amount, length[0].unit
    target = where_of(f"{field} older than {amount} {unit}s", reading)
    return SegmentMoved(target=target) if target else None


def _days(span: object) -> int | None:
    unit, amount = getattr(span, "unit", ""), getattr(span, "amount", 0)
    times = {"day": 1, "week": 7, "month": 30}.get(unit)
    return amount * times if times else None


def time_of(words: str, reading: Reading) -> str | None:
    """A time of day as HH:MM: "9am", "half past nine", "17:30"."""
    try:
        return f"{resolve_moment(words.strip(), reading.now, str(reading.now.tzinfo)):%H:%M}"
    except UnclearWords:
        return None


_RULES: tuple[Callable[[str, Reading], Trigger | None], ...] = (
    _created, _fulfils, _event, _webhook, _quiet, _status, _tagged, _mail, _date, _deed, _segment,
)  # fmt: skip
