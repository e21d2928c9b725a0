"""Requests that may arrive twice: with the same idempotency key the first one's answer is given again.

How a request is carried out at most once, whatever stops the process:

1. A row with the key (unique per token) is inserted and committed before anything is done. Whoever loses that insert
   is told the stored answer, or that the first one is still in flight, or that the key belongs to another request.
2. The tool is called under a `call_id` made from the token and the key. Its effect and its row in the audit log, which
   holds that id under a unique constraint, are one transaction.
3. The answer is stored in the first row.

A process that dies between 1 and 3 leaves the row in flight. After LEASE it may be tried again under the same
`call_id`: if the effect was committed, the door finds its row in the audit log and gives that outcome again; if not,
nothing had happened and it happens now. Should the first one only have been slow, both reach step 2, and the unique
constraint lets one of them commit; the other is rolled back and reads what the first one did. So the lease decides
only when a repetition is worth trying: that nothing is done twice rests on the constraint.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from memory import idempotency as stored
from memory.database import Database
from tools.core.context import Clock
from tools.core.errors import BadInput, Conflict

KEPT = timedelta(hours=24)
#: Longer than any call takes that does not wait for a model, and than a model is waited for by default.
LEASE = timedelta(minutes=2)


class KeyReused(BadInput):
    """The key came with another request."""

    title = "This idempotency key belongs to another request"


class InFlight(Conflict):
    """The first request with this key is still being carried out; `seconds` until it makes sense to ask again."""

    title = "The first request is still being carried out"

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


@dataclass(frozen=True)
class Begun:
    """A request to be carried out now, under `call_id`."""

    id: int
    call_id: str


@dataclass(frozen=True)
class Stored:
    """The answer that was given to the first request; `headers` and `body` are as the surface stored them."""

    status: int
    headers: str
    body: str


class Repeats:
    """The keyed requests of a house. May be used from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, token_id: int, key: str, fingerprint: str) -> Begun | Stored:
        """Take the request on, or give its stored answer. Raises KeyReused, InFlight."""
        now = self._clock.now()
        with self._database.session(write=True) as session:
            stored.forget_expired(session, now)
            call_id = _call_id(token_id, key, now)
            inserted = stored.insert_first(
                session,
                {
                    "token_id": token_id, "key": key, "fingerprint": fingerprint, "call_id": call_id,
                    "created_at": now, "expires_at": now + KEPT, "lease_until": now + LEASE,
                },
            )  # fmt: skip
            if inserted is not None:
                return Begun(inserted, call_id)
            found = stored.request_with_key(session, token_id, key)
            if found is None:  # its 24 hours ended between the two statements
                raise InFlight("The first request with this Idempotency-Key just came to its end. Send it again.", 1)
            return self._again(session, found, fingerprint, now)

    def _again(
        self, session: Session, found: stored.IdempotentRequest, fingerprint: str, now: datetime
    ) -> Begun | Stored:
        if found.fingerprint != fingerprint:
            raise KeyReused(
                "This Idempotency-Key was sent with another request before. Take a new key for a new request.",
                "Idempotency-Key",
            )
        if found.status is not None:
            return Stored(found.status, found.headers or "{}", found.body or "")
        if found.lease_until > now or not stored.take_over(session, found, now + LEASE):
            wait = max(1, int((found.lease_until - now).total_seconds()))
            raise InFlight(
                "The first request with this Idempotency-Key is still being carried out. Ask again soon.", wait
            )
        return Begun(found.id, found.call_id)

    def finish(self, begun: Begun, answer: Stored) -> None:
        """Keep the answer for whoever sends the request again."""
        with self._database.session(write=True) as session:
            stored.store_answer(session, begun.id, answer.status, answer.headers, answer.body)

    def give_back(self, begun: Begun) -> None:
        """A fault of the hub ended the request: it may be tried again at once, under the same `call_id`, since nobody
        knows whether the fault came before the effect or after it."""
        with self._database.session(write=True) as session:
            stored.end_lease(session, begun.id, self._clock.now())


def _call_id(token_id: int, key: str, now: datetime) -> str:
    # With the moment: a key that is used again after its 24 hours is a new call.
    return f"http:{hashlib.sha256(f'{token_id} {now.isoformat()} {key}'.encode()).hexdigest()}"
