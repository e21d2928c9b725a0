"""Finding leads: by email, by the words people use for them, by a free query, page by page; and what hangs on them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from memory.enums import LeadStatus
from memory.leads import Lead, LeadConsent, LeadField, LeadTag, LeadWord

#: Columns that a free query looks into, beside tags and custom fields.
_SEARCHED = (Lead.email, Lead.name, Lead.company, Lead.city, Lead.country, Lead.source, Lead.job_title, Lead.phone)
#: Those columns as one text; a word, which holds no line break, cannot begin in one of them and end in another.
_LINES: ColumnElement[str] = literal("")
for _column in _SEARCHED:
    _LINES = _LINES + func.coalesce(_column, "") + "\n"
#: Below so many leads, all of them may be compared with what somebody said (misspelt names included).
SMALL_TABLE = 2_000
_MOST_PER_WORD = 300
_WORD = re.compile(r"[^\W_]+")
#: Words of a sentence that name nobody; looked up in a big table they would only cost time.
_COMMON = frozenset(
    """a an the our my me of from at in on to for with and or is are was it this that these lead leads contact contacts
    customer customers please show mark set as who what score analyse analyze add status new com net org www mail email
    gmbh inc ltd llc co company him her his their find open record details about""".split()
)


def lead_with_email(session: Session, email: str) -> Lead | None:
    """The lead of this address, if there is one."""
    return session.scalars(select(Lead).where(Lead.email == email.strip().lower())).first()


def leads_with_emails(session: Session, emails: Iterable[str]) -> dict[str, Lead]:
    """Leads by address, of those addresses (in lower case) that are known."""
    return {lead.email: lead for lead in session.scalars(select(Lead).where(Lead.email.in_(list(emails))))}


def count_leads(session: Session, *conditions: ColumnElement[bool]) -> int:
    """How many leads fulfil all conditions."""
    return session.scalar(select(func.count()).select_from(Lead).where(*conditions)) or 0


def page_of_leads(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> Sequence[Lead]:
    """The leads that fulfil all conditions, the newest first."""
    statement = select(Lead).where(*conditions).order_by(Lead.id.desc()).offset(offset)
    return session.scalars(statement.limit(limit) if limit is not None else statement).all()


def page_and_count(
    session: Session, *conditions: ColumnElement[bool], limit: int, offset: int = 0
) -> tuple[Sequence[Lead], int]:
    """`page_of_leads` and `count_leads` in one look at the leads: for conditions that no index answers."""
    total = func.count().over()
    statement = select(Lead.id, total).where(*conditions).order_by(Lead.id.desc()).limit(limit).offset(offset)
    rows = session.execute(statement).all()
    if not rows:  # nothing fits, or the page lies behind the end
        return (), count_leads(session, *conditions) if offset else 0
    page = session.scalars(select(Lead).where(Lead.id.in_([row[0] for row in rows])).order_by(Lead.id.desc()))
    return page.all(), rows[0][1]


def count_by_status(session: Session) -> dict[LeadStatus, int]:
    """How many leads each status has."""
    statement = select(Lead.status, func.count()).group_by(Lead.status)
    return dict(session.execute(statement).all())


def holds_query(query: str) -> ColumnElement[bool]:
    """A condition: each word of `query` stands in some field, tag or custom field of the lead."""
    parts = []
    for word in query.split():
        tagged = select(LeadTag.lead_id).where(LeadTag.tag == word.casefold())
        custom = select(LeadField.lead_id).where(LeadField.value.icontains(word, autoescape=True))
        # All columns are looked into at once: one by one, a million leads take several times as long.
        found = _LINES.icontains(word, autoescape=True)
        parts.append(or_(found, Lead.id.in_(tagged), Lead.id.in_(custom)))
    return and_(*parts)


def leads_named(session: Session, text: str | None) -> Sequence[Lead]:
    """The leads that `text` could name: all of a small table, of a big one those sharing a word (or its beginning)
    with it, those sharing most first. For a big table and no text: none.
    """
    number = re.fullmatch(r"\s*#?(\d{1,15})\s*", text or "")
    lead = session.get(Lead, int(number.group(1))) if number else None
    if lead is not None:
        return (lead,)
    if len(session.scalars(select(Lead.id).limit(SMALL_TABLE + 1)).all()) <= SMALL_TABLE:
        return session.scalars(select(Lead).order_by(Lead.id)).all()
    if not text or number:
        return ()
    words = [word for word in dict.fromkeys(words_of(text)) if len(word) > 1 and word not in _COMMON][:12]
    shared = _sharing(session, words)
    best = sorted(shared, key=lambda lead_id: (-shared[lead_id], lead_id))[:SMALL_TABLE]
    found = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(best)))}
    return [found[lead_id] for lead_id in best if lead_id in found]


def called(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """What some leads are called: the name, else the address."""
    rows = session.execute(select(Lead.id, Lead.name, Lead.email).where(Lead.id.in_(list(ids))))
    return {id: name or email for id, name, email in rows}


def words_of(*texts: str | None) -> list[str]:
    """The words of texts as they are compared: runs of letters and digits, in lower case."""
    return [word.casefold()[:64] for text in texts if text for word in _WORD.findall(text)]


def tags_of(session: Session, lead_ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of these leads, in alphabetical order."""
    found: dict[int, list[str]] = defaultdict(list)
    statement = select(LeadTag.lead_id, LeadTag.tag).where(LeadTag.lead_id.in_(lead_ids)).order_by(LeadTag.tag)
    for lead_id, tag in session.execute(statement):
        found[lead_id].append(tag)
    return found


def custom_fields_of(session: Session, lead_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The custom fields of these leads: {lead id: {name: value}}."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    statement = select(LeadField.lead_id, LeadField.name, LeadField.value).where(LeadField.lead_id.in_(lead_ids))
    for lead_id, name, value in session.execute(statement.order_by(LeadField.name)):
        found[lead_id][name] = value
    return found


def consents_of(session: Session, lead_id: int) -> Sequence[LeadConsent]:
    """The consents of a lead, by channel."""
    statement = select(LeadConsent).where(LeadConsent.lead_id == lead_id).order_by(LeadConsent.channel)
    return session.scalars(statement).all()


def tag_counts(session: Session, *, limit: int = 20) -> list[tuple[str, int]]:
    """The most used tags with how many leads have each."""
    amount = func.count()
    statement = select(LeadTag.tag, amount).group_by(LeadTag.tag).order_by(amount.desc(), LeadTag.tag).limit(limit)
    return [(tag, number) for tag, number in session.execute(statement)]


def value_counts(session: Session, field: str, *, limit: int = 20) -> list[tuple[str, int]]:
    """The most frequent values of a text column ("city", "source") with how many leads have each."""
    column, amount = getattr(Lead, field), func.count()
    statement = (
        select(column, amount)
        .where(column.is_not(None), column != "")
        .group_by(column)
        .order_by(amount.desc(), column)
        .limit(limit)
    )
    return [(value, number) for value, number in session.execute(statement)]


def _sharing(session: Session, words: Sequence[str]) -> dict[int, int]:
    """How many of the words each lead shares, of those leads that could be meant.

    A word that few leads have names them; what the common ones ("Anna") add is counted for those few only. Where all
    words are common, the leads with the most of them are meant.
    """
    with_word = {word: _with_word(session, word) for word in words}
    shared: dict[int, int] = defaultdict(int)
    for ids in with_word.values():
        for lead_id in ids:
            shared[lead_id] += 1
    common = [word for word, ids in with_word.items() if len(ids) == _MOST_PER_WORD]
    rare = {lead_id for ids in with_word.values() if len(ids) < _MOST_PER_WORD for lead_id in ids}
    if rare and common:
        statement = select(LeadWord.lead_id).where(LeadWord.lead_id.in_(rare), LeadWord.word.in_(common))
        for lead_id in rare:
            shared[lead_id] = sum(lead_id in with_word[word] for word in words if word not in common)
        for lead_id in session.scalars(statement):
            shared[lead_id] += 1
    elif len(common) > 1:
        shared |= _with_most(session, common)
    return shared


def _with_word(session: Session, word: str) -> Sequence[int]:
    exact = session.scalars(select(LeadWord.lead_id).where(LeadWord.word == word).limit(_MOST_PER_WORD)).all()
    if exact or len(word) < 4:
        return exact
    start = word[: max(3, len(word) - 2)]  # misspelt near its end, or only begun
    near = select(LeadWord.lead_id).where(LeadWord.word >= start, LeadWord.word < start + "\U0010ffff")
    return session.scalars(near.limit(_MOST_PER_WORD)).all()


def _with_most(session: Session, words: Sequence[str]) -> dict[int, int]:
    """The leads that have the most of these words, and how many: the words of a sentence are not all a name."""
    amount = func.count()
    statement = (
        select(LeadWord.lead_id, amount)
        .where(LeadWord.word.in_(words))
        .group_by(LeadWord.lead_id)
        .having(amount > 1)
        .order_by(amount.desc(), LeadWord.lead_id)
        .limit(_MOST_PER_WORD)
    )
    return dict(session.execute(statement).all())
