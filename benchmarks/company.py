"""A company of any size to measure with: leads, campaigns, mailings, what people did, and what it cost.

    from benchmarks.company import build
    database = build("sqlite:///big.db", leads=1_000_000, events=5_000_000, seed=7)

Random, but the same for the same seed. Half of all events belong to a tenth of the leads; there are more of them on
weekdays, in office hours, and every year; mailings are opened within hours; machines open too. Lead counters, the
delivery ledger and the search words agree with the events and leads, as the hub's own code would have written them.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from benchmarks.bulk import Loader, loading
from benchmarks.happened import Happened, draw_events, write_deliveries, write_events
from benchmarks.people import write_leads
from memory.campaigns import Campaign
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import CampaignStatus, CampaignType, Channel, EmailStatus, TemplateKind
from memory.events import LeadEvent
from memory.leads import Lead, LeadConsent, LeadField, LeadTag, LeadWord
from memory.mailings import EmailCampaign
from memory.metrics import MetricPoint
from memory.segments import Segment
from memory.suppression import Suppression
from memory.templates import Template
from tools.segmenting import in_words, read_conditions, store_tree

#: The moment at which the company is looked at. Everything happened in the two years before.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
DAYS = 730
CAMPAIGNS, MAILINGS = 60, 120
SEGMENTS = {
    "Regulars": "status is customer and orders at least 2",
    "Berlin readers": "status is customer and city is Berlin and opened an email in the last 30 days",
    "Sleeping VIPs": "tag is vip and consent is newsletter and not ordered in the last 180 days",
    "Keen openers": "opened an email at least 3 times in the last 60 days",
    "French clickers": "(city is Lyon or city is Paris) and status is not lost and clicked a link in the last 90 days",
}
_KINDS = (
    (CampaignType.EMAIL, [Channel.EMAIL]),
    (CampaignType.SOCIAL, [Channel.SOCIAL]),
    (CampaignType.ADS, [Channel.ADS]),
    (CampaignType.MULTI_CHANNEL, [Channel.EMAIL, Channel.SOCIAL, Channel.ADS]),
)


def build(
    url: str, leads: int, events: int, seed: int = 7, *, say: Callable[[str], None] = lambda said: None
) -> Database:
    """Fill the EMPTY database at `url` and return it, open. `say` is told what was stored and how long it took.

    On PostgreSQL the user must be a superuser (keys are not checked row by row while loading).
    """
    chance = np.random.default_rng(seed)
    database = Database.open(url)
    mailings = _plan(database, chance)
    began = time.perf_counter()
    campaigns = np.array([campaign_of(number) for number in range(MAILINGS)])
    happened = draw_events(chance, leads, events, mailings, campaigns, NOW, DAYS)
    models = (Lead, LeadWord, LeadTag, LeadField, LeadConsent, LeadEvent, Suppression, Delivery, MetricPoint)
    with loading(database, models) as loader:
        _store(loader, chance, leads, happened, say, began)
        began = time.perf_counter()
    say(f"indexes built in {time.perf_counter() - began:,.0f} s")
    return database


def _store(
    loader: Loader, chance: Any, leads: int, happened: Happened, say: Callable[[str], None], began: float
) -> None:
    emails = write_leads(loader, chance, leads, happened, NOW)
    stored = time.perf_counter()
    say(f"{leads:,} leads with words, tags, fields and consents stored in {stored - began:,.0f} s")
    write_events(loader, happened)
    ledger = write_deliveries(loader, chance, happened, emails)
    _costs(loader, chance)
    say(f"{happened.size:,} events and {ledger:,} deliveries stored in {time.perf_counter() - stored:,.0f} s")


def _plan(database: Database, chance: Any) -> "np.ndarray[Any, np.dtype[np.datetime64]]":
    """Store campaigns, mailings, a template and segments; returns when each mailing was sent."""
    first = NOW - timedelta(days=DAYS)
    sent = np.sort(chance.integers(0, DAYS - 3, MAILINGS))
    moments = [(first + timedelta(days=int(day))).replace(hour=9, minute=30) for day in sent]
    with database.session(write=True) as session:
        for number in range(CAMPAIGNS):
            type, channels = _KINDS[number % len(_KINDS)]
            start = (first + timedelta(days=int(number * DAYS / CAMPAIGNS))).date()
            end = start + timedelta(days=60)
            over = end < NOW.date()
            session.add(
                Campaign(
                    name=f"{type.value.capitalize()} {start:%B %Y} {number + 1}", type=type, start_date=start,
                    end_date=end, budget=float(chance.integers(2, 40) * 500), channels=[channel.value for channel in channels],
                    status=CampaignStatus.COMPLETED if over else CampaignStatus.ACTIVE,
                )
            )  # fmt: skip
        session.flush()
        body = "Hello {{ lead.first_name }}, this is what is new."
        session.add(Template(name="News", kind=TemplateKind.EMAIL, content=body))
        for name, said in SEGMENTS.items():
            tree = read_conditions(said, NOW)
            session.add(Segment(name=name, conditions=in_words(tree), tree=store_tree(tree)))
        session.flush()
        for number, moment in enumerate(moments):
            session.add(
                EmailCampaign(
                    name=f"News {number + 1}", campaign_id=campaign_of(number), template_id=1,
                    subject_line=f"What is new, number {number + 1}", content=body, segment_id=1 + number % len(SEGMENTS),
                    status=EmailStatus.SENT, send_time=moment, laid_at=moment, sent_at=moment + timedelta(hours=1),
                )
            )  # fmt: skip
    return np.array([moment.replace(tzinfo=None) for moment in moments], dtype="datetime64[s]")


def campaign_of(mailing: int) -> int:
    """The id of the campaign that the mailing of this number (from 0) belongs to: one of those with mail."""
    with_mail = [number + 1 for number in range(CAMPAIGNS) if Channel.EMAIL in _KINDS[number % len(_KINDS)][1]]
    return with_mail[mailing * len(with_mail) // MAILINGS]


def _costs(loader: Loader, chance: Any) -> None:
    """What each campaign cost: a figure a day and channel while it ran."""
    rows: list[tuple[int, str, str, float]] = []
    first = (NOW - timedelta(days=DAYS)).date()
    for number in range(CAMPAIGNS):
        start = first + timedelta(days=int(number * DAYS / CAMPAIGNS))
        days = [start + timedelta(days=day) for day in range(60) if start + timedelta(days=day) <= NOW.date()]
        for channel in _KINDS[number % len(_KINDS)][1]:
            spent = chance.gamma(4.0, 20.0, len(days)).round(2)
            rows += [
                (number + 1, day.isoformat(), channel.value, float(cost)) for day, cost in zip(days, spent, strict=True)
            ]
    ids, on, channels, costs = (list(column) for column in zip(*rows, strict=True))
    loader.write(
        MetricPoint,
        len(rows),
        {
            "id": np.arange(1, len(rows) + 1), "kind": "campaign", "record_id": ids, "metric": "spend", "value": costs,
            "day": on, "channel": channels, "imported": False, "created_at": np.full(len(rows), NOW.replace(tzinfo=None), dtype="datetime64[s]"),
        },
    )  # fmt: skip
