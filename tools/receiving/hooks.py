"""Events that other systems tell by webhook: signed, told again without harm, stored as events of leads.

Signed as Standard Webhooks (https://www.standardwebhooks.com) say: `webhook-id`, `webhook-timestamp` (seconds since 1970)
and `webhook-signature` (`v1,` and the base64 of HMAC-SHA256 over "id.timestamp.body"); the secret is `whsec_` and base64.
"""

import base64
import binascii
import hashlib
import hmac
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.enums import Channel, EventType
from memory.events import record_event
from memory.lead_changes import new_lead
from memory.lead_lookup import lead_with_email
from memory.mailings import EmailCampaign
from tools.core.errors import BadInput
from tools.receiving.statuses import follow_event
from tools.subscribing.forms import readable_address

#: How far the sender's clock may be off, and how many events one call may hold.
TOLERANCE, MOST = timedelta(minutes=5), 500
#: What may be told; any other word is an event of that name, for triggers of workflows.
KINDS: Mapping[str, EventType] = {
    **{type.value: type for type in (
        EventType.VISITED, EventType.SUBMITTED_FORM, EventType.SIGNED_UP, EventType.ORDERED, EventType.CONVERTED,
        EventType.REPLIED, EventType.CALLED, EventType.MET,
    )},
    "purchase": EventType.ORDERED, "order": EventType.ORDERED, "signup": EventType.SIGNED_UP,
    "conversion": EventType.CONVERTED,
}  # fmt: skip
#: Events of people who were not known make them leads; a mere visit or a word of one's own does not.
MAKES_LEADS = frozenset({EventType.SIGNED_UP, EventType.ORDERED, EventType.CONVERTED, EventType.SUBMITTED_FORM})


#: Begins the names of events that start workflows “when the webhook … is called” (see tools.journeys.by_event).
WEBHOOK = "webhook:"


class NotSigned(Exception):
    """The call is not signed with the house's secret, or is older than TOLERANCE."""


@dataclass(frozen=True)
class Told:
    """What came of a call: stored events, those known already, and people nobody knows."""

    stored: int = 0
    repeated: int = 0
    unknown: int = 0


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a call that is signed as it should be. Raises NotSigned. `headers` have names in lower case."""
    call_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        told = datetime.fromtimestamp(int(moment), UTC)
    except (ValueError, OverflowError, OSError):
        raise NotSigned("webhook-timestamp is missing, or no number of seconds since 1970") from None
    if abs(now - told) > TOLERANCE:
        raise NotSigned(
            "webhook-timestamp is more than five minutes off; send each call when it is made, and set the clock"
        )
    expected = (
        "v1,"
        + base64.b64encode(
            hmac.new(key_of(secret), f"{call_id}.{moment}.".encode() + body, hashlib.sha256).digest()
        ).decode()
    )
    given = headers.get("webhook-signature", "").split(" ")
    if not call_id or not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise NotSigned(
            "webhook-signature does not fit: is it made with the hub's hook_secret over “id.timestamp.body”?"
        )
    return call_id


def key_of(secret: str) -> bytes:
    """The bytes of a secret: those behind `whsec_` in base64, any other text as it stands."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def read_events(body: bytes) -> list[dict[str, Any]]:
    """The events of a call: one as an object, or many as a list. Raises BadInput."""
    try:
        found = json.loads(body)
    except ValueError:
        raise BadInput("The body is no JSON. Send one event as an object, or a list of events.", "body") from None
    events = found if isinstance(found, list) else [found]
    if not events or len(events) > MOST or not all(isinstance(one, dict) for one in events):
        raise BadInput(f"Send one event as an object, or a list of 1 to {MOST} events.", "body")
    return events


def store_events(
    session: Session, events: Sequence[Mapping[str, Any]], call_id: str, now: datetime, currency: str
) -> Told:
    """Store events, each once: by its `id`, or by the call's and its place. All or none. Raises BadInput."""
    stored = repeated = unknown = 0
    for place, told in enumerate(events):
        key = f"hook:{_text(told, 'id', place) or f'{call_id}:{place}'}"
        found = _store(session, told, _short(key), place, now, currency)
        stored, repeated, unknown = stored + (found is True), repeated + (found is False), unknown + (found is None)
    return Told(stored, repeated, unknown)


def _store(
    session: Session, told: Mapping[str, Any], key: str, place: int, now: datetime, currency: str
) -> bool | None:
    """True: stored; False: known already; None: a person nobody knows."""
    said = _text(told, "type", place)
    if not said:
        raise _bad(
            place,
            "type",
            "says nothing of what happened; write ordered, signed_up, converted, visited or a name of your own",
        )
    type = KINDS.get(said.lower(), EventType.OTHER)
    name = _text(told, "name", place) or None
    if type == EventType.OTHER:
        name = f"{WEBHOOK}{name or ''}"[:64] if said.lower() == "webhook" else said.lower()
    try:
        email = readable_address(_text(told, "email", place) or "")
    except BadInput:
        raise _bad(place, "email", "has no email address") from None
    at = _moment(told, place, now)
    lead = lead_with_email(session, email)
    if lead is None:
        if type not in MAKES_LEADS and not (name or "").startswith(WEBHOOK):
            return None
        lead = new_lead(session, email, now, name=_text(told, "name_of_person", place), source="webhook")
    mailing, campaign_id = _origin(session, told, place)
    event = record_event(
        session, lead.id, type, at, channel=_channel(told, place), key=key, value=_value(told, place, currency),
        name=name, campaign_id=campaign_id,
        email_campaign_id=mailing.id if mailing else None, data=_data(told, place),
    )  # fmt: skip
    if event is None:
        return False
    follow_event(session, lead, event)
    return True


def _origin(session: Session, told: Mapping[str, Any], place: int) -> tuple[EmailCampaign | None, int | None]:
    """Where the event says it comes from: a mailing's or a campaign's number. Without, attribution looks at what went before."""
    mailing, campaign = (told.get(name) for name in ("mailing", "campaign"))
    found = session.get(EmailCampaign, mailing) if isinstance(mailing, int) and 0 < mailing < 2**31 else None
    if mailing is not None and found is None:
        raise _bad(place, "mailing", "names a mailing that there is not; give its number")
    if campaign is not None and (
        not isinstance(campaign, int) or not 0 < campaign < 2**31 or session.get(Campaign, campaign) is None
    ):
        raise _bad(place, "campaign", "names a campaign that there is not; give its number")
    return found, campaign if campaign is not None else found.campaign_id if found else None


def _value(told: Mapping[str, Any], place: int, currency: str) -> float | None:
    value = told.get("value")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e12:
        raise _bad(place, "value", "has a value that is no amount; write a number such as 49.9")
    given = _text(told, "currency", place)
    if given and given.upper() != currency.upper():
        raise _bad(place, "currency", f"is in {given.upper()}; the hub counts in {currency.upper()}: convert it first")
    return float(value)


def _moment(told: Mapping[str, Any], place: int, now: datetime) -> datetime:
    said = told.get("at")
    if said is None:
        return now
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        raise _bad(place, "at", "has a moment that cannot be read; write 2026-05-04T12:00:00+02:00") from None
    if at.tzinfo is None:
        raise _bad(place, "at", "has a moment without a time zone; write 2026-05-04T12:00:00+02:00, or Z for UTC")
    if at > now + TOLERANCE:
        raise _bad(place, "at", "has a moment that is yet to come")
    return at.astimezone(UTC)


def _channel(told: Mapping[str, Any], place: int) -> Channel | None:
    said = _text(told, "channel", place)
    try:
        return Channel(said.lower()) if said else None
    except ValueError:
        raise _bad(place, "channel", f"has a channel that is none of {', '.join(Channel)}") from None


def _data(told: Mapping[str, Any], place: int) -> dict[str, Any] | None:
    data = told.get("data")
    if data is not None and (not isinstance(data, dict) or len(json.dumps(data)) > 4_000):
        raise _bad(place, "data", "has data that are no object of at most 4,000 characters")
    return data


def _text(told: Mapping[str, Any], name: str, place: int) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or len(str(value)) > 200:
        raise _bad(place, name, "is longer than 200 characters, or no text")
    return str(value).strip()[: 64 if name in ("type", "name") else 200]


def _short(key: str) -> str:
    """The key as its column holds it: a long id by its hash."""
    return key if len(key) <= 120 else f"hook:{hashlib.sha256(key.encode()).hexdigest()}"


def _bad(place: int, name: str, said: str) -> BadInput:
    return BadInput(f"Event {place + 1} ({name}) {said}. None of the call's events was stored.", name)
