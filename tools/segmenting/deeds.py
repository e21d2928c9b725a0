"""Conditions on what a lead did: "opened an email in the last 30 days", "never ordered", "visited more than 5 times"."""

from dataclasses import dataclass
from datetime import datetime

from memory.enums import EventType
from tools.segmenting.amounts import Comparison, comparison, number, plus_behind, window
from tools.segmenting.fields import compared
from tools.segmenting.lookup import Lookup
from tools.segmenting.tokens import Phrase, Read, UnclearConditions
from tools.segmenting.tree import AllOf, Condition, Happened, Window, joined, negated

VERBS: dict[str, EventType] = {
    **dict.fromkeys(("opened", "open", "read", "opening"), EventType.OPENED),
    **dict.fromkeys(("clicked", "click", "clicking"), EventType.CLICKED),
    **dict.fromkeys(("visited", "visit", "visiting"), EventType.VISITED),
    **dict.fromkeys(
        (
            "ordered",
            "order",
            "bought",
            "buy",
            "purchased",
            "purchase",
            "booked",
            "stayed",
            "donated",
            "ordering",
            "buying",
            "placed an order",
        ),
        EventType.ORDERED,
    ),
    **dict.fromkeys(("replied", "reply", "answered"), EventType.REPLIED),
    **dict.fromkeys(("unsubscribed", "unsubscribe"), EventType.UNSUBSCRIBED),
    **dict.fromkeys(("bounced", "bounce"), EventType.BOUNCED),
    **dict.fromkeys(("complained", "complain"), EventType.COMPLAINED),
    **dict.fromkeys(
        ("submitted a form", "submitted", "filled in a form", "filled out a form"), EventType.SUBMITTED_FORM
    ),
    **dict.fromkeys(("converted", "convert"), EventType.CONVERTED),
    **dict.fromkeys(("was sent", "were sent", "been sent", "got", "received"), EventType.SENT),
}
_OBJECTS: dict[EventType, frozenset[str]] = {
    EventType.OPENED: frozenset("an a any one of our the my email emails e-mail e-mails mail mails mailing mailings newsletter newsletters message messages it them anything something".split()),
    EventType.CLICKED: frozenset("an a any one of our the link links email emails e-mail mail mails mailing mailings newsletter it something anything on".split()),
    EventType.VISITED: frozenset("the our a any site website page pages shop webshop us homepage it".split()),
    EventType.ORDERED: frozenset("anything something a an any product products from us again order".split()),
    EventType.REPLIED: frozenset("to an a any our email emails mail us".split()),
    EventType.UNSUBSCRIBED: frozenset("from the our newsletter emails email list".split()),
    EventType.SUBMITTED_FORM: frozenset("a the form any our".split()),
    EventType.SENT: frozenset("an a any our the email emails mail mails mailing mailings newsletter".split()),
}  # fmt: skip
_TIMES = (
    "times",
    "time",
    "x",
    "emails",
    "mails",
    "links",
    "orders",
    "newsletters",
    "mailings",
    "pages",
    "visits",
    "products",
)
_OFTEN = {"once": 1, "twice": 2, "thrice": 3, "repeatedly": 2, "several times": 2}
NOUNS: dict[str, tuple[str, EventType]] = {
    **dict.fromkeys(("visits", "visit"), ("visits", EventType.VISITED)),
    **dict.fromkeys(("opens", "email opens"), ("opens", EventType.OPENED)),
    **dict.fromkeys(("clicks", "click", "link clicks"), ("clicks", EventType.CLICKED)),
    **dict.fromkeys(
        ("orders", "order", "purchases", "purchase", "bookings", "booking", "sales", "stays", "donations"),
        ("orders", EventType.ORDERED),
    ),
}


@dataclass
class _Deed:
    event: EventType
    often: Comparison | None = None
    window: Window | None = None
    mailing: str | None = None
    mailing_id: int | None = None

    def condition(self) -> Condition:
        how = self.often
        if how is None:
            return self._at_least(1)
        least = int(how.value)
        if how.upper is not None:
            return joined([self._at_least(max(1, least)), negated(self._at_least(int(how.upper) + 1))], AllOf)
        if how.op == "=" and how.said:  # "exactly twice"; a mere "twice" is at least twice
            if least == 0:
                return negated(self._at_least(1))
            return joined([self._at_least(least), negated(self._at_least(least + 1))], AllOf)
        if how.op in ("<", "<="):
            return negated(self._at_least(least + (how.op == "<=")))
        least += how.op == ">"
        return self._at_least(least) if least else negated(self._at_least(1))

    def _at_least(self, times: int) -> Condition:
        if times < 1:
            raise UnclearConditions("How often something happened must be a whole number from 1 on.")
        return Happened(
            event=self.event, at_least=times, window=self.window, mailing=self.mailing, mailing_id=self.mailing_id
        )


def deed_condition(phrase: Phrase, i: int, now: datetime, lookup: Lookup) -> Read | None:
    """A condition that begins with what was done."""
    verb = phrase.choose(i, VERBS)
    if verb is None:
        return None
    deed, at = _Deed(verb[0]), verb[1]
    while at < phrase.size:
        when = window(phrase, at, now) if deed.window is None else None
        if when:
            deed.window, at = when
            continue
        often = _often(phrase, at) if deed.often is None else None
        if often:
            deed.often, at = often
            continue
        named = phrase.skip(at, "in", "on", "from", "mailing")
        if phrase.quoted(named) and deed.mailing is None and deed.event in _MAILED:
            found = lookup.mailing(phrase.tokens[named].text)
            if found is None:
                raise UnclearConditions(f"There is no mailing “{phrase.tokens[named].text}” to look for.")
            (deed.mailing_id, deed.mailing), at = found, named + 1
            continue
        if not phrase.is_(at, *_OBJECTS.get(deed.event, ())):
            break
        at += 1
    return deed.condition(), at


def amount_condition(phrase: Phrase, i: int, now: datetime, has: bool) -> Read | None:
    """ "at least 5 orders", "more than 3 visits in the last month", "orders" behind "with" or "no", "spent over 500"."""
    spent = phrase.after(i, ("spent", "spending", "worth", "paid"))
    if spent is not None:
        amount = comparison(phrase, spent)
        return (compared("revenue", amount), amount.end) if amount else None
    found = comparison(phrase, i)
    if found and not found.said and plus_behind(phrase, found.end):
        found = Comparison(">=", found.value, found.end)
    start = found.end if found else phrase.skip(i, "any", "an", "a", "some")
    noun = phrase.choose(start, NOUNS)
    if noun is None or (found is None and not has):
        return None
    (field, event), at = noun
    behind = {"or more": ">=", "or less": "<=", "or fewer": "<="}
    later = phrase.choose(at, behind)
    if found and later and not found.said:
        found, at = Comparison(later[0], found.value, later[1]), later[1]
    when = window(phrase, at, now)
    if when:
        how = found if found is None or found.said else Comparison("=", found.value, found.end)
        return _Deed(event, how, when[0]).condition(), when[1]
    return compared(field, found or Comparison(">=", 1, at)), at


def _often(phrase: Phrase, at: int) -> tuple[Comparison, int] | None:
    """ "twice", "at least 3 times", "more than 5 emails"."""
    word = phrase.choose(at, _OFTEN)
    if word:
        return Comparison(">=", word[0], word[1], said=False), word[1]
    start = phrase.after(at, ("at least", "more than", "at most", "exactly", "less than", "only"))
    said = phrase.choose(start, _OFTEN) if start is not None else None
    if start is not None and said:
        op = comparison(Phrase(f"{phrase.text(at, start).replace('only', 'exactly')} {said[0]}"), 0)
        return (op, said[1]) if op else None
    found = comparison(phrase, at)
    if found is None or not (phrase.is_(found.end, *_TIMES) or number(phrase, at) is None):
        return None
    return found, phrase.skip(found.end, *_TIMES)


_MAILED = frozenset({EventType.OPENED, EventType.CLICKED, EventType.REPLIED, EventType.SENT})
