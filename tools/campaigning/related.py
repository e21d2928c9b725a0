"""What belongs to a campaign (mailings, posts, workflows, tests, drafts) and what happened around it, in order."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from memory.ab_tests import tests_of_mailing
from memory.audit import AuditEntry, entries_of_record
from memory.campaigns import Campaign
from memory.drafts import Draft, DraftState, drafts_of_campaign
from memory.mailings import EmailCampaign, mailings_of_campaign
from memory.posts import posts_of_campaign
from memory.workflows import list_workflows
from tools.campaigns import the_campaign
from tools.core.context import Context
from tools.core.errors import NotFound
from tools.show import shorten, words

#: The tools that are told in a campaign's timeline, with what they did, in words: those whose result is the campaign,
#: and others that name it.
OWN = {
    "create_campaign": "created it",
    "update_campaign": "changed it",
    "edit_campaign": "changed it",
    "generate_campaign_content": "had its texts written",
    "optimize_campaign": "asked how it could do better",
    "delete_campaign": "asked to delete it",
}
BESIDE = {
    "generate_email": "had an email written for it",
    "create_email_campaign": "made a mailing for it",
}

When = Literal["past", "planned"]


class Belonging(BaseModel):
    """A record of the campaign. `at` is when it goes or went out (in the hub's zone); `noun` names its kind."""

    model_config = ConfigDict(frozen=True)

    noun: str
    id: int
    name: str
    status: str
    at: datetime | None = None
    note: str | None = None


class DraftBelonging(BaseModel):
    """A draft that was written for the campaign; `body` holds its parts as the tool's result names them."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: str
    title: str
    body: dict[str, Any]
    ai_generated: bool
    at: datetime


class Happening(BaseModel):
    """One line of the timeline; `at` in the hub's zone (of a `whole_day`, its beginning or end). `changes` are a change's fields as (field, before, after)."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    when: When
    what: str
    whole_day: bool = False
    person: str | None = None
    noun: str | None = None
    id: int | None = None
    changes: tuple[tuple[str, str, str], ...] = ()


class CampaignRelated(BaseModel):
    """All of it; the timeline has the newest first."""

    model_config = ConfigDict(frozen=True)

    mailings: tuple[Belonging, ...]
    posts: tuple[Belonging, ...]
    workflows: tuple[Belonging, ...]
    tests: tuple[Belonging, ...]
    drafts: tuple[DraftBelonging, ...]
    timeline: tuple[Happening, ...]


def related(ctx: Context, campaign_id: int) -> CampaignRelated:
    """What belongs to the campaign. Raises NotFound where there is none of this number."""
    if ctx.session.get(Campaign, campaign_id) is None:
        raise NotFound(f"There is no campaign {campaign_id}; perhaps somebody deleted it.", "campaign")
    campaign = the_campaign(ctx, str(campaign_id))
    zone = ctx.clock.zone
    mailings = mailings_of_campaign(ctx.session, campaign.id)
    sent = tuple(
        Belonging(
            noun="email_campaign", id=one.id, name=one.name, status=one.status.value,
            at=_local(one.sent_at or one.send_time, zone), note=one.subject_line,
        )
        for one in mailings
    )  # fmt: skip
    posts = tuple(
        Belonging(
            noun="social_post", id=one.id, name=shorten(one.content, 90), status=one.status.value,
            at=_local(one.published_at or one.scheduled_time, zone), note=one.platform.value,
        )
        for one in posts_of_campaign(ctx.session, campaign.id)
    )  # fmt: skip
    tests = tuple(
        Belonging(noun="ab_test", id=test.id, name=test.name, status=test.status.value, note=one.name)
        for one in mailings
        for test in tests_of_mailing(ctx.session, one.id)
    )
    drafts = tuple(
        _draft(one, zone) for one in drafts_of_campaign(ctx.session, campaign.id) if one.state != DraftState.DISCARDED
    )
    happened = sorted(_timeline(ctx, campaign, (*sent, *posts)), key=lambda one: one.at, reverse=True)
    return CampaignRelated(
        mailings=sent,
        posts=posts,
        workflows=_workflows(ctx, mailings),
        tests=tests,
        drafts=drafts,
        timeline=tuple(happened),
    )


def _workflows(ctx: Context, mailings: Sequence[EmailCampaign]) -> tuple[Belonging, ...]:
    """The workflows that send one of the mailings, or begin when somebody opens or clicks one."""
    ids = {one.id: one for one in mailings}
    found = []
    for workflow in list_workflows(ctx.session) if ids else ():
        named = [ids[number] for number in _mailing_ids([workflow.trigger, *workflow.steps]) if number in ids]
        if named:
            note = ", ".join(dict.fromkeys(one.name for one in named))
            found.append(
                Belonging(noun="workflow", id=workflow.id, name=workflow.name, status=workflow.status.value, note=note)
            )
    return tuple(found)


def _mailing_ids(value: Any) -> Iterator[int]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("email_campaign_id", "mailing_id") and isinstance(inner, int):
                yield inner
            else:
                yield from _mailing_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _mailing_ids(inner)


def _draft(draft: Draft, zone: ZoneInfo) -> DraftBelonging:
    return DraftBelonging(
        id=draft.id,
        kind=draft.kind,
        title=draft.title,
        body=draft.body,
        ai_generated=draft.ai_generated,
        at=draft.created_at.astimezone(zone),
    )


def _timeline(ctx: Context, campaign: Campaign, out: tuple[Belonging, ...]) -> Iterator[Happening]:
    zone, now = ctx.clock.zone, ctx.now
    called = (str(campaign.id), f"#{campaign.id}", campaign.name, campaign.name.lower())
    entries = entries_of_record(ctx.session, tuple(OWN), tuple(BESIDE), "campaign", called)
    for entry in entries:
        yield _told(entry, zone)
    if not any(entry.tool == "create_campaign" for entry in entries):  # imported, or laid with a world
        yield Happening(at=campaign.created_at.astimezone(zone), when="past", what="The campaign was created")
    for noun, date, what in (("start", campaign.start_date, "First day"), ("end", campaign.end_date, "Last day")):
        if date is not None:
            at = datetime(date.year, date.month, date.day, 0 if noun == "start" else 23, 0, tzinfo=zone)
            yield Happening(at=at, when="past" if at <= now else "planned", what=what, whole_day=True)
    for one in out:
        if one.at is not None:
            kind = "Mailing" if one.noun == "email_campaign" else "Post"
            yield Happening(
                at=one.at, when="past" if one.at <= now else "planned",
                what=f"{kind} “{one.name}” ({words(one.status)})", noun=one.noun, id=one.id,
            )  # fmt: skip


def _told(entry: AuditEntry, zone: ZoneInfo) -> Happening:
    what = (OWN | BESIDE)[entry.tool]
    if entry.outcome == "approved":
        what = f"approved: {what}"
    elif entry.outcome == "rejected":
        what = f"rejected: {what}"
    listed = (entry.result or {}).get("changes") or []
    changes = tuple((words(one["field"]), str(one["before"]), str(one["after"])) for one in listed)
    return Happening(at=entry.at.astimezone(zone), when="past", what=what, person=entry.person, changes=changes)


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None
