"""What an answer says when something is not done: problem details (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ui.api.messages import Answer

if TYPE_CHECKING:
    from agent import HubError

PREFIX = "/api/marketing"
MEDIA_TYPE = "application/problem+json"

#: Problems that the API itself tells, by the last word of their type: status and title. Those of the hub's own error
#: tree come on top, named after their class.
OWN = {
    "malformed": (400, "The request cannot be read"),
    "no-token": (401, "A valid token is needed"),
    "scope": (403, "The token does not allow this"),
    "origin": (403, "The request came from another site's page"),
    "no-route": (404, "There is nothing at this address"),
    "method": (405, "This address takes another method"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The body is not JSON"),
    "too-many": (429, "Too many wrong tokens"),
    "too-many-turns": (429, "Too many turns at once"),
    "broken": (500, "Something went wrong inside the hub"),
}
#: Those of the hub, for the reference: type, status, title.
OF_HUB = {
    "bad-input": (422, "A value is not right"),
    "missing": (422, "Something is missing"),
    "key-reused": (422, "This idempotency key belongs to another request"),
    "not-found": (404, "There is no such record"),
    "ambiguous": (409, "Several records fit"),
    "conflict": (409, "This does not fit the record's state"),
    "plan-changed": (409, "The plan changed"),
    "in-flight": (409, "The first request is still being carried out"),
    "not-allowed": (403, "Not allowed"),
    "unavailable": (503, "A part is not available"),
}


@dataclass
class Problem(Exception):
    """Ends a request. `detail` is a sentence for a person: what is wrong and what to do."""

    kind: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0
    title: str = ""

    def __post_init__(self) -> None:
        if not self.status:
            self.status, self.title = OWN.get(self.kind) or OF_HUB[self.kind]

    def answer(self, request_id: str) -> Answer:
        body = {
            "type": f"{PREFIX}/docs#problem-{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id,
            **self.more,
        }
        return Answer(self.status, body, dict(self.headers), MEDIA_TYPE)


def of_hub(error: HubError) -> Problem:
    """The problem that says what a refusal of the hub says: its status and sentence, and what else it knows."""
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if getattr(error, "field", None):
        more["field"] = error.field  # type: ignore[attr-defined]
    if getattr(error, "fields", None):
        more["fields"] = list(error.fields)  # type: ignore[attr-defined]
    if getattr(error, "candidates", None):
        more["candidates"] = [{"noun": c.noun, "id": c.id, "name": c.name} for c in error.candidates]  # type: ignore[attr-defined]
    if getattr(error, "plan_id", None):
        more["plan"] = error.plan_id  # type: ignore[attr-defined]
    if getattr(error, "seconds", None):
        headers["Retry-After"] = str(error.seconds)  # type: ignore[attr-defined]
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    return Problem(kind, error.sentence, headers, more, error.status, error.title)
