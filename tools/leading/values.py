"""A lead as the merge fields of a text see it: `{{ lead.first_name }}`, `{{ lead.custom.plan }}`."""

from collections.abc import Sequence
from typing import Any

from memory.enums import Channel, ConsentState
from memory.lead_lookup import consents_of, custom_fields_of
from memory.leads import Lead
from tools.core.context import Context
from tools.scoring.rules import points_of, score_of

_PLAIN = (
    "first_name", "last_name", "name", "email", "phone", "company", "job_title", "city", "country", "language", "source",
)  # fmt: skip


def lead_values(ctx: Context, leads: Sequence[Lead], *, scored: bool = False) -> dict[int, dict[str, Any]]:
    """What stands behind `lead.…` for each of these leads, by id; `score` is None unless asked for (a query a lead)."""
    custom = custom_fields_of(ctx.session, [lead.id for lead in leads])
    return {
        lead.id: {
            **{name: getattr(lead, name) for name in _PLAIN},
            "status": lead.status.value,
            "score": _score(ctx, lead) if scored else None,
            "custom": dict(custom.get(lead.id, {})),
        }
        for lead in leads
    }


def _score(ctx: Context, lead: Lead) -> int:
    states = consents_of(ctx.session, lead.id)
    withdrawn = frozenset[Channel](one.channel for one in states if one.state == ConsentState.WITHDRAWN)
    return score_of(points_of(lead, withdrawn, ctx.now))
