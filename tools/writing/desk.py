"""The Content Studio's desk: the texts that were written, with what each rests on, and the voice they are written in."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.drafts import Draft, DraftState, drafts_on_show
from memory.house import BRAND_VOICE, COMPANY_NAME, INDUSTRY, house_fact
from tools.core.context import Context
from tools.core.errors import NotFound

#: What the studio writes.
KINDS = ("email", "sms", "call_script", "ad")


class DraftShown(BaseModel):
    """One draft. `body` holds its parts as the tool's result names them, `sources` what the writer was shown (kind, id,
    title); `at` in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: str
    title: str
    body: dict[str, Any]
    sources: tuple[dict[str, Any], ...]
    campaign_id: int | None
    ai_generated: bool
    state: DraftState
    at: datetime


class Voice(BaseModel):
    """How the house is called and sounds, as far as somebody said."""

    model_config = ConfigDict(frozen=True)

    company: str | None
    industry: str | None
    brand_voice: str | None


def drafts(
    ctx: Context, kind: str | None = None, *, discarded: bool = False, limit: int = 60
) -> tuple[DraftShown, ...]:
    """The studio's drafts, kept ones first; or those that were put aside."""
    kinds = [kind] if kind else list(KINDS)
    return tuple(_shown(ctx, one) for one in drafts_on_show(ctx.session, kinds, discarded=discarded, limit=limit))


def draft(ctx: Context, draft_id: int) -> DraftShown:
    """One draft. Raises NotFound."""
    found = ctx.session.get(Draft, draft_id)
    if found is None:
        raise NotFound(f"There is no draft {draft_id}.", "draft")
    return _shown(ctx, found)


def voice(ctx: Context) -> Voice:
    """The brand voice as it is now."""
    names = (COMPANY_NAME, INDUSTRY, BRAND_VOICE)
    company, industry, brand_voice = (house_fact(ctx.session, name) for name in names)
    return Voice(company=company, industry=industry, brand_voice=brand_voice)


def plain_text(kind: str, body: dict[str, Any]) -> str:
    """A draft as one text with the merge fields in it, as a template would hold it. Shapes: the tools' results."""
    if kind == "ad":
        return "\n\n".join(f"{one['headline']}\n{one['description']}" for one in body.get("ads", ()))
    if kind == "call_script":
        replies = zip(body["objections"], body["answers"], strict=False)
        parts = [
            ("Opening", body["opening"]),
            ("Ask", "\n".join(f"- {one}" for one in body["questions"])),
            ("Offer", body["offer"]),
            ("If they say", "\n".join(f"- “{objection}” {answer}" for objection, answer in replies)),
            ("Close", body["close"]),
        ]
        return "\n\n".join(f"{name}\n{text}" for name, text in parts)
    return str(body.get("content", ""))


def _shown(ctx: Context, one: Draft) -> DraftShown:
    return DraftShown(
        id=one.id,
        kind=one.kind,
        title=one.title,
        body=one.body,
        sources=tuple(one.sources),
        campaign_id=one.campaign_id,
        ai_generated=one.ai_generated,
        state=one.state,
        at=one.created_at.astimezone(ctx.clock.zone),
    )
