"""What happened between a made-up company and its leads, as arrays: drawn, counted by lead, written in bulk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from benchmarks.bulk import Loader
from memory.deliveries import Delivery
from memory.enums import Channel, DeliveryState, EventType
from memory.events import ACTIVITY, COUNTED, LeadEvent

#: How the events of people divide up, each lead's own `created` left out.
SHARES = {
    EventType.SENT: 0.38, EventType.OPENED: 0.22, EventType.CLICKED: 0.07, EventType.VISITED: 0.24,
    EventType.SUBMITTED_FORM: 0.02, EventType.SIGNED_UP: 0.01, EventType.ORDERED: 0.03, EventType.CONVERTED: 0.02,
    EventType.UNSUBSCRIBED: 0.01,
}  # fmt: skip
TYPES = (*SHARES, EventType.CREATED)
#: Events that belong to a mailing.
MAILED = (EventType.SENT, EventType.OPENED, EventType.CLICKED, EventType.UNSUBSCRIBED)
#: Median hours from a mailing to its events.
DELAYS = {EventType.SENT: 0.05, EventType.OPENED: 3.0, EventType.CLICKED: 5.0, EventType.UNSUBSCRIBED: 12.0}
CHANNELS = (Channel.SOCIAL, Channel.ADS, Channel.EMAIL, None)
#: How busy an hour of the day is, and a day of the week (from Monday).
_HOURS = np.array([1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 9, 11, 12, 11, 10, 8, 7, 6, 5, 4, 3, 2], dtype=float)
_WEEKDAYS = np.array([1.1, 1.15, 1.1, 1.05, 0.95, 0.55, 0.6])

Array = Any


@dataclass(frozen=True)
class Happened:
    """Events ordered by time, one array a column. `type` counts in TYPES, `mailing` and `campaign` are 0 for none,
    `channel` counts in CHANNELS; `created` is when each lead came, lead 1 first."""

    lead: Array
    type: Array
    at: Array
    machine: Array
    mailing: Array
    campaign: Array
    channel: Array
    value: Array
    created: Array

    @property
    def size(self) -> int:
        return len(self.lead)

    def counters(self, leads: int) -> dict[str, Array]:
        """The leads' counters and latest moments, as memory.events would have kept them."""
        columns: dict[str, Array] = {}
        human = ~self.machine
        for type, (count, latest) in COUNTED.items():
            own = human & (self.type == TYPES.index(type))
            columns[count] = np.bincount(self.lead[own], minlength=leads + 1)[1:]
            columns[latest] = self._latest(own, leads)
        ordered = human & (self.type == TYPES.index(EventType.ORDERED))
        columns["revenue"] = np.bincount(self.lead[ordered], self.value[ordered], minlength=leads + 1)[1:].round(2)
        active = human & np.isin(self.type, [place for place, type in enumerate(TYPES) if type in ACTIVITY])
        columns["last_activity_at"] = self._latest(active, leads)
        return columns

    def _latest(self, own: Array, leads: int) -> Array:
        moments = np.full(leads + 1, np.datetime64("NaT"), dtype="datetime64[s]")
        moments[self.lead[own]] = self.at[own]  # in order of time: the last one stays
        return moments[1:]


def draw_events(
    chance: Any, leads: int, events: int, mailings: Array, campaigns: Array, now: datetime, days: int
) -> Happened:
    """Draw `events` of them; up to a fifth are leads' own `created`. Of each mailing: when it was sent, and the id of its
    campaign (`campaigns`)."""
    end = np.datetime64(now.replace(tzinfo=None), "s")
    first = end - np.timedelta64(days, "D")
    arrivals = min(leads, events // 5)
    size = events - arrivals
    lead = np.where(np.arange(size) % 2, chance.integers(1, leads + 1, size), chance.integers(1, leads // 10 + 2, size))
    lead = np.minimum(lead, leads)
    type = chance.choice(len(SHARES), size, p=list(SHARES.values())).astype(np.int8)
    at = _moments(chance, size, first, days)
    mailing, campaign = np.zeros(size, dtype=np.int64), chance.integers(0, 61, size)
    channel = chance.integers(0, len(CHANNELS), size).astype(np.int8)
    for kind in MAILED:
        own = np.flatnonzero(type == TYPES.index(kind))
        mailing[own] = chance.integers(1, len(mailings) + 1, len(own))
        hours = chance.exponential(DELAYS[kind] / np.log(2), len(own))
        at[own] = mailings[mailing[own] - 1] + (hours * 3600).astype("timedelta64[s]")
        campaign[own] = campaigns[mailing[own] - 1]
        channel[own] = CHANNELS.index(Channel.EMAIL)
    np.minimum(at, end - np.timedelta64(1, "m"), out=at)
    earned = np.isin(type, [TYPES.index(EventType.ORDERED), TYPES.index(EventType.CONVERTED)])
    channel[earned] = CHANNELS.index(None)
    campaign[earned] = 0
    value = np.where(earned, chance.lognormal(4.0, 0.8, size).round(2), np.nan)
    opened, clicked = (type == TYPES.index(kind) for kind in (EventType.OPENED, EventType.CLICKED))
    machine = (opened & (chance.random(size) < 0.2)) | (clicked & (chance.random(size) < 0.05))
    created = _moments(chance, leads, first, days)
    np.minimum.at(created, lead - 1, at)  # nobody does anything before they are there
    none = np.zeros(arrivals, dtype=np.int64)
    new = np.full(arrivals, TYPES.index(EventType.CREATED), dtype=np.int8)
    columns = {
        "lead": (lead, np.arange(1, arrivals + 1)), "type": (type, new), "at": (at, created[:arrivals]),
        "machine": (machine, none.astype(bool)), "mailing": (mailing, none), "campaign": (campaign, none),
        "channel": (channel, np.full(arrivals, CHANNELS.index(None), dtype=np.int8)),
        "value": (value, np.full(arrivals, np.nan)),
    }  # fmt: skip
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    order = np.argsort(joined["at"], kind="stable")
    return Happened(**{name: column[order] for name, column in joined.items()}, created=created)


def write_events(loader: Loader, happened: Happened) -> None:
    """Store the events, numbered in order of time as a hub that ran for two years would have."""
    types, channels = [type.value for type in TYPES], [channel and channel.value for channel in CHANNELS]
    loader.write(
        LeadEvent,
        happened.size,
        {
            "id": np.arange(1, happened.size + 1), "lead_id": happened.lead, "at": happened.at,
            "type": [types[i] for i in happened.type.tolist()], "channel": [channels[i] for i in happened.channel.tolist()],
            "campaign_id": np.ma.masked_equal(happened.campaign, 0),
            "email_campaign_id": np.ma.masked_equal(happened.mailing, 0), "value": happened.value,
            "machine": happened.machine, "imported": False,
        },
    )  # fmt: skip


def write_deliveries(loader: Loader, chance: Any, happened: Happened, emails: list[str]) -> int:
    """Store the ledger's row of every message that was sent; returns how many. One in fifty bounced."""
    sent = np.flatnonzero(happened.type == TYPES.index(EventType.SENT))
    pair = happened.mailing[sent] * (len(emails) + 1) + happened.lead[sent]
    sent = np.sort(sent[np.unique(pair, return_index=True)[1]])  # one message a person and mailing
    states = np.where(chance.random(len(sent)) < 0.02, DeliveryState.BOUNCED.value, DeliveryState.SENT.value)
    leads, at = happened.lead[sent], happened.at[sent]
    loader.write(
        Delivery,
        len(sent),
        {
            "id": np.arange(1, len(sent) + 1), "email_campaign_id": happened.mailing[sent], "lead_id": leads,
            "recipient": [emails[i - 1] for i in leads.tolist()], "state": states.tolist(), "due_at": at,
            "sent_at": at, "changed_at": at, "attempts": 1, "enrolment_id": 0, "visit": 0,
        },
    )  # fmt: skip
    return len(sent)


def _moments(chance: Any, size: int, first: Any, days: int) -> Array:
    """Moments by how busy hours and weekdays are, half as many again at the end as at the beginning."""
    grown = np.linspace(1.0, 1.5, days)
    weekday = (first.astype("datetime64[D]").astype(int) + 3 + np.arange(days)) % 7  # 1 January 1970 was a Thursday
    weights = np.outer(grown * _WEEKDAYS[weekday], _HOURS).ravel()
    hour = chance.choice(days * 24, size, p=weights / weights.sum())
    midnight = first.astype("datetime64[D]").astype("datetime64[s]")
    return midnight + hour.astype("timedelta64[h]") + chance.integers(0, 3600, size).astype("timedelta64[s]")
