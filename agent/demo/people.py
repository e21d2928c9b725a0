"""The people of the demo company: made up, the same every time, with addresses of reserved domains only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from memory.enums import Channel, ConsentState, LeadStatus
from memory.lead_changes import new_lead, put_consent, put_tag

PEOPLE, CAFES = 780, 40
#: Days over which they became known; later ones are more.
DAYS = 330
_FIRST = (
    "Noor Daan Emma Sem Julia Lucas Mila Levi Sara Finn Lotte Bram Fatima Youssef Anouk Jesse Eva Thijs Sanne Ruben "
    "Lina Milan Yara Hugo Iris Omar Femke Stijn Amina Gijs Roos Tobias Nina Kofi Vera Mats Elif Joris Zoë Pim"
).split()
_LAST = (
    "Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Vermeulen Kok Jacobs Vink Schouten "
    "Willems Hoekstra Koster Prins Huisman Postma Kuiper Veenstra Kramer Idrissi Yilmaz Silva Mensah Blom Evers Haas Lont"
).split()
_CAFES = (
    "Zuid Linde Kade Haven Ster Brug Tram Molen Zolder Atelier Vonk Peper Regen Maan Noord Lantaarn Hoek Tuin Spoor Katoen"
).split()
_CITIES = (
    "Rotterdam",
    "Rotterdam",
    "Rotterdam",
    "Delft",
    "The Hague",
    "Utrecht",
    "Leiden",
    "Amsterdam",
    "Breda",
    "Gouda",
)
_SOURCES = ("web shop", "web shop", "newsletter form", "open day", "instagram", "friend")


@dataclass(frozen=True)
class Person:
    """A lead as the history needs it: since when it is known, its tags, how often it orders (orders a week)."""

    lead_id: int
    email: str
    since: datetime
    tags: frozenset[str]
    appetite: float


def lay_people(session: Session, now: datetime, chance: Random) -> list[Person]:
    """Store everybody with tags and consents, the earliest first."""
    found = []
    for number, (first, last) in enumerate(_names(chance)):
        # The square root makes the later days the busier ones.
        since = now - timedelta(days=DAYS * (1 - chance.random() ** 0.6), hours=chance.uniform(1, 12))
        cafe = number < CAFES
        tags = {"wholesale"} if cafe else _tags(chance)
        email = f"{first}.{last}{number}@{'cafe' if cafe else 'mail'}.example".lower().replace("ë", "e")
        lead = new_lead(
            session, email, since, name=f"{first} {last}", city=chance.choice(_CITIES), country="NL",
            source="trade fair" if cafe else chance.choice(_SOURCES),
            company=f"Café {_CAFES[number % len(_CAFES)]}{' II' if number >= len(_CAFES) else ''}" if cafe else None,
            job_title="Owner" if cafe else None, phone=f"+31 10 555 {number:04d}" if cafe else None,
            status=chance.choice((LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)) if cafe else LeadStatus.NEW,
        )  # fmt: skip
        for tag in sorted(tags):
            put_tag(session, lead.id, tag, since, event=False)
        if cafe or "newsletter" in tags or chance.random() < 0.8:
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, since, "the form of the web shop")
        appetite = chance.choice((0.0, 0.03, 0.06, 0.1)) if not cafe else 0.0
        found.append(Person(lead.id, email, since, frozenset(tags), 0.4 if "subscription" in tags else appetite))
    return sorted(found, key=lambda person: person.since)


def _names(chance: Random) -> Iterator[tuple[str, str]]:
    pairs = [(first, last) for first in _FIRST for last in _LAST]
    yield from chance.sample(pairs, PEOPLE)


def _tags(chance: Random) -> set[str]:
    tags = {"newsletter"} if chance.random() < 0.78 else set()
    if chance.random() < 0.14:
        tags.add("subscription")
    if chance.random() < 0.08:
        tags.add("workshop")
    return tags
