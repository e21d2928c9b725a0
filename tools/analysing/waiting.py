"""What waits for a person: plans at the gate, drafts that are due, what failed, what should have ended."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign, list_campaigns
from memory.deliveries import unknown_of_all
from memory.enums import CampaignStatus, EmailStatus, PostStatus
from memory.mailings import EmailCampaign, list_email_campaigns
from memory.plans import Plan, waiting_plans
from memory.posts import SocialPost, list_posts
from tools.analysing.figures import CAMPAIGN, MAILING, POST
from tools.core.context import Context
from tools.core.result import RecordLink
from tools.posting.entry import called
from tools.posting.limits import platform_name
from tools.show import count, day, moment, words

#: Arguments of gated tools that name the record which they would change.
RECORDS = ("email_campaign", "social_post", "workflow", "campaign", "template", "ab_test", "lead")
#: So soon is due.
SOON = timedelta(days=7)


class Waiting(BaseModel):
    """One thing that waits; `say` is a sentence for the chat (or the command) that goes on with it."""

    model_config = ConfigDict(frozen=True)

    what: str
    link: RecordLink | None = None
    plan_id: int | None = None
    say: str | None = None


def waiting(ctx: Context, campaigns: Iterable[Campaign] | None = None) -> tuple[Waiting, ...]:
    """Everything that waits now, what is most pressing first. `campaigns`: all of them, newest first, where they were read."""
    mailings, posts = list_email_campaigns(ctx.session), list_posts(ctx.session)
    return (
        *_failed(ctx, mailings, posts),
        *_plans(ctx),
        *_mailings(ctx, mailings),
        *_posts(ctx, posts),
        *_campaigns(ctx, list_campaigns(ctx.session) if campaigns is None else campaigns),
    )


def _plans(ctx: Context) -> list[Waiting]:
    return [
        Waiting(
            what=f"Plan {plan.id} waits for approval: {_called(plan)}. Asked for by {plan.asked_by}.",
            plan_id=plan.id,
            say=f"/approve {plan.id}",
        )
        for plan in waiting_plans(ctx.session)
    ]


def _called(plan: Plan) -> str:
    """What a plan would do, and to which record: "send email campaign “October letter”"."""
    noun = words(plan.tool)
    record = next((plan.arguments[name] for name in RECORDS if plan.arguments.get(name)), None)
    return f"{noun} “{record}”" if isinstance(record, str) else noun


def _failed(ctx: Context, mailings: Sequence[EmailCampaign], posts: Sequence[SocialPost]) -> list[Waiting]:
    found = [
        Waiting(
            what=f"A post on {platform_name(post.platform)} failed: “{called(post.content)}”"
            + (f" ({post.failure})." if post.failure else "."),
            link=RecordLink(noun=POST, id=post.id, name=called(post.content)),
        )
        for post in posts
        if post.status == PostStatus.FAILED
    ]
    in_doubt = unknown_of_all(ctx.session)
    for mailing in mailings:
        link = RecordLink(noun=MAILING, id=mailing.id, name=mailing.name)
        unknown = in_doubt.get(mailing.id, 0)
        why = mailing.status_reason
        if mailing.status == EmailStatus.PAUSED:
            told = f" ({why})" if why else ""
            found.append(
                Waiting(what=f"The mailing {mailing.name} is paused in the middle of sending{told}.", link=link)
            )
        if mailing.status in (EmailStatus.SENDING, EmailStatus.SCHEDULED) and why:  # it is due, and cannot go on
            found.append(Waiting(what=f"The mailing {mailing.name} does not go out at present: {why}.", link=link))
        if unknown:
            of = count(unknown, "message")
            found.append(
                Waiting(
                    what=f"Whether {of} of {mailing.name} went out is unknown; they are never sent again.", link=link
                )
            )
    return found


def _mailings(ctx: Context, mailings: Sequence[EmailCampaign]) -> list[Waiting]:
    found = []
    for mailing in mailings:
        if (
            mailing.status == EmailStatus.DRAFT
            and mailing.send_time is not None
            and mailing.send_time <= ctx.now + SOON
        ):
            when = moment(mailing.send_time.astimezone(ctx.clock.zone))
            late = mailing.send_time <= ctx.now
            found.append(
                Waiting(
                    what=f"The mailing {mailing.name} is still a draft, though it "
                    f"{'should have gone' if late else 'is to go'} out on {when}.",
                    link=RecordLink(noun=MAILING, id=mailing.id, name=mailing.name),
                    say=f"Send the mailing {mailing.name}",
                )
            )
    return found


def _posts(ctx: Context, posts: Sequence[SocialPost]) -> list[Waiting]:
    found = []
    for post in posts:
        at = post.scheduled_time
        link = RecordLink(noun=POST, id=post.id, name=called(post.content))
        text = f"“{called(post.content)}” for {platform_name(post.platform)}"
        if at is None:
            continue
        if post.status == PostStatus.SCHEDULED and at <= ctx.now:
            found.append(Waiting(what=f"The post {text} was due on {moment(at.astimezone(ctx.clock.zone))}, and did not go out.",
                                 link=link))  # fmt: skip
        elif post.status == PostStatus.DRAFT and at <= ctx.now + SOON:
            when = moment(at.astimezone(ctx.clock.zone))
            found.append(Waiting(what=f"The post {text} is planned for {when}, and still a draft.", link=link))
    return found


def _campaigns(ctx: Context, campaigns: Iterable[Campaign]) -> list[Waiting]:
    found = []
    for one in campaigns:
        link = RecordLink(noun=CAMPAIGN, id=one.id, name=one.name)
        if one.status == CampaignStatus.ACTIVE and one.end_date and one.end_date < ctx.today:
            what = f"The campaign {one.name} is still active, though its last day was {day(one.end_date)}."
            found.append(Waiting(what=what, link=link, say=f"Mark the {one.name} campaign as completed"))
        if one.status == CampaignStatus.DRAFT and one.start_date and one.start_date <= ctx.today + SOON:
            verb = "should have started" if one.start_date < ctx.today else "is to start"
            what = f"The campaign {one.name} is still a draft, though it {verb} on {day(one.start_date)}."
            found.append(Waiting(what=what, link=link, say=f"Set the {one.name} campaign to active"))
    return found
