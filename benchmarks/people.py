"""The leads of a made-up company: names, firms, places, statuses, tags, custom fields, consents, search words."""

import unicodedata
from datetime import datetime
from typing import Any

import numpy as np

from benchmarks.bulk import Loader
from benchmarks.happened import Happened
from memory.enums import Channel, ConsentState, LeadStatus, SuppressionReason
from memory.lead_changes import lead_words
from memory.leads import Lead, LeadConsent, LeadField, LeadTag, LeadWord
from memory.suppression import Suppression

FIRST = (
    "Ana Ines Jonas Lena Paul Marie Luca Sofia Noah Emma Hugo Clara Felix Nora Emil Ida Oskar Mia Anton Lea Theo Zoe Max Eva "
    "Tom Julia Ben Laura Tim Sara Jan Hanna Leo Lisa Finn Alma Karl Greta Moritz Frieda"
).split()
_HEADS = "Al Ber Cor Dan El Fal Gar Hol Ing Jar Kel Lor Mor Nor Ost Pel Quin Ros Sil Tor".split()
_TAILS = (
    "berg dorf feld hardt lund mann quist ricci sen stein strom thal vale wald wick worth ström nière eau ez".split()
)
LAST = [head + tail for head in _HEADS for tail in _TAILS]
FIRMS = "Works Foods Travel Media Textiles Logistics Energy Design Clinics Schools".split()
CITIES = {
    "Berlin": "Germany", "Hamburg": "Germany", "Munich": "Germany", "Vienna": "Austria", "Zürich": "Switzerland",
    "Paris": "France", "Lyon": "France", "Milan": "Italy", "Madrid": "Spain", "Porto": "Portugal",
}  # fmt: skip
STATUSES = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.CUSTOMER, LeadStatus.LOST)
SOURCES = ("webinar", "website", "fair", "ads", "referral")
PER_FIRM = 20


def write_leads(loader: Loader, chance: Any, leads: int, happened: Happened, now: datetime) -> list[str]:
    """Store the leads and all that hangs on them; returns their addresses, the first one's at place 0."""
    ids = np.arange(1, leads + 1)
    first, last = chance.integers(0, len(FIRST), leads), chance.integers(0, len(LAST), leads)
    firms = ids * 7919 % max(1, leads // PER_FIRM)  # a prime, so that a firm's people do not stand next to each other
    plain = [unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower() for name in LAST]
    given, family = [FIRST[i] for i in first.tolist()], [LAST[i] for i in last.tolist()]
    emails = [
        f"{g.lower()}.{plain[f]}{number}@firm{firm}.example"
        for g, f, number, firm in zip(given, last.tolist(), ids.tolist(), firms.tolist(), strict=True)
    ]
    companies = [f"{FIRMS[firm % len(FIRMS)]} {firm}" for firm in firms.tolist()]
    cities = [list(CITIES)[i] for i in chance.integers(0, len(CITIES), leads).tolist()]
    status = chance.choice(len(STATUSES), leads, p=(0.5, 0.2, 0.1, 0.15, 0.05))
    loader.write(
        Lead,
        leads,
        {
            "id": ids, "email": emails, "name": [f"{g} {f}" for g, f in zip(given, family, strict=True)],
            "first_name": given, "last_name": family, "company": companies, "city": cities,
            "country": [CITIES[city] for city in cities], "status": [STATUSES[i].value for i in status.tolist()],
            "source": [SOURCES[i] for i in chance.integers(0, len(SOURCES), leads).tolist()],
            "created_at": happened.created, "updated_at": happened.created, "version": 1,
            **happened.counters(leads),
        },
    )  # fmt: skip
    _write_words(loader, ids, first, last, firms, emails)
    _check_words(emails, given, family, companies, loader)
    _write_marks(loader, chance, ids, emails, now)
    return emails


def _write_words(loader: Loader, ids: Any, first: Any, last: Any, firms: Any, emails: list[str]) -> None:
    """The words by which leads are found, in runs of the word: else every row would go to another page of the key."""

    def run(words: Any, lead_ids: Any) -> None:
        order = np.argsort(words, kind="stable")
        loader.write(LeadWord, len(order), {"word": words[order].tolist(), "lead_id": lead_ids[order]})

    run(np.array([name.casefold() for name in FIRST])[first], ids)
    run(np.array([name.casefold() for name in LAST])[last], ids)
    run(np.array([email.partition("@")[0].partition(".")[2] for email in emails]), ids)
    run(np.char.add("firm", firms.astype(str)), ids)
    run(firms.astype(str), ids)
    run(np.array([name.casefold() for name in FIRMS])[firms % len(FIRMS)], ids)
    run(np.full(len(ids), "example"), ids)


def _check_words(emails: list[str], given: list[str], family: list[str], companies: list[str], loader: Loader) -> None:
    """The words made here in bulk must be those that the hub itself would store."""
    for place in range(0, len(emails), max(1, len(emails) // 20)):
        name = f"{given[place]} {family[place]}"
        lead = Lead(
            email=emails[place], name=name, first_name=given[place], last_name=family[place], company=companies[place]
        )
        stored = loader.texts("SELECT word FROM lead_words WHERE lead_id = ", place + 1)
        if stored != lead_words(lead):
            raise AssertionError(f"the words of {emails[place]} are {stored}, not {lead_words(lead)}")


def _write_marks(loader: Loader, chance: Any, ids: Any, emails: list[str], now: datetime) -> None:
    """Tags for a fifth of the leads, a field for a quarter, consent for half, one in a hundred suppressed."""
    moment = np.datetime64(now.replace(tzinfo=None), "s")
    tagged = ids[chance.random(len(ids)) < 0.2]
    tags = np.array(["vip", "trial", "fair"])[chance.integers(0, 3, len(tagged))]
    loader.write(LeadTag, len(tagged), {"lead_id": tagged, "tag": tags.tolist()})
    aged = ids[chance.random(len(ids)) < 0.25]
    ages = chance.integers(18, 80, len(aged))
    columns = {"lead_id": aged, "name": "age", "value": ages.astype(str).tolist(), "number": ages.astype(float)}
    loader.write(LeadField, len(aged), columns)
    agreed = ids[chance.random(len(ids)) < 0.5]
    withdrawn = chance.random(len(agreed)) < 0.04
    states = np.where(withdrawn, ConsentState.WITHDRAWN.value, ConsentState.GRANTED.value)
    columns = {
        "lead_id": agreed, "channel": Channel.EMAIL.value, "state": states.tolist(),
        "at": np.full(len(agreed), moment), "source": "form",
    }  # fmt: skip
    loader.write(LeadConsent, len(agreed), columns)
    gone = ids[chance.random(len(ids)) < 0.01]
    columns = {
        "email": [emails[i - 1] for i in gone.tolist()], "reason": SuppressionReason.BOUNCED.value,
        "at": np.full(len(gone), moment), "source": "delivery",
    }  # fmt: skip
    loader.write(Suppression, len(gone), columns)
