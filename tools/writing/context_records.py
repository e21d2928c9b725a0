"""Past mailings and posts that are like what is asked for, with their outcomes."""

from collections.abc import Collection

from memory.enums import Platform
from memory.mailings import EmailCampaign, list_email_campaigns
from tools.core.context import Context
from tools.core.result import PastResult
from tools.knowing.grouping import telling_words
from tools.mailing.entry import MAILING
from tools.mailing.figures import MailingFigures, all_figures
from tools.posting.entry import KIND as POST
from tools.posting.entry import called
from tools.posting.results import PublishedPost, published
from tools.show import number, shorten
from tools.writing.context_results import MOST, PEOPLE, POSTS, Measure, medians, past_result, ranked

#: Of a mailing's text, so much says what it is about.
READ = 400


def stems(text: str) -> set[str]:
    """The words of a text that say what it is about, without their endings."""
    return set(telling_words(text).stems)


def past_mailings(
    ctx: Context, about: str, *, campaigns: Collection[int] = (), besides: int | None = None, opens_first: bool = False
) -> tuple[PastResult, ...]:
    """Mailings with results that share a telling word with `about`, or belong to one of these campaigns; the likeliest
    best first: by clicks, or where they matter most (`opens_first`) by opens.

    The medians are those of all mailings with results.
    """
    figures = all_figures(ctx.session)
    sent = [
        one for one in list_email_campaigns(ctx.session)
        if one.id != besides and (found := figures.get(one.id)) and found.delivered and found.opens is not None
    ]  # fmt: skip
    if not sent:
        return ()
    usual = medians(_of_mailing(figures[one.id], opens_first) for one in sent)
    wanted = stems(about)
    alike = [one for one in sent if one.campaign_id in campaigns or wanted & stems(_said(one))]
    results = [
        past_result(MAILING, one.id, one.name, _how_sent(ctx, one), _of_mailing(figures[one.id], opens_first), usual)
        for one in alike
    ]
    return ranked(results)[:MOST]


def past_posts(ctx: Context, about: str, platform: Platform | None) -> tuple[PastResult, ...]:
    """Published posts with engagement that share a telling word with `about`, on the platform (or any), best first."""
    known = [one for one in published(ctx, platform) if one.engagement is not None]
    if not known:
        return ()
    usual, wanted = medians(_of_post(one) for one in known), stems(about)
    results = [
        past_result(POST, one.post.id, called(one.post.content), _how_posted(one), _of_post(one), usual)
        for one in known
        if wanted & stems(f"{one.post.topic or ''} {one.post.content}")
    ]
    return ranked(results)[:MOST]


def _of_mailing(figures: MailingFigures, opens_first: bool) -> tuple[Measure, ...]:
    delivered = figures.delivered
    opened = Measure("open rate", "opened by {value} of {of}", figures.open_rate, delivered, PEOPLE)
    clicked = Measure("click rate", "clicked by {value} of {of}", figures.click_rate, delivered, PEOPLE)
    converted = figures.conversions / delivered if figures.conversions is not None and delivered else None
    bought = Measure("conversion rate", "{value} of {of} converted", converted, delivered, PEOPLE)
    # What is written decides on clicks; a mailing without them still tells whether it was opened.
    by_clicks = clicked.value is not None and not opens_first
    return (clicked, opened, bought) if by_clicks else (opened, clicked, bought)


def _of_post(one: PublishedPost) -> tuple[Measure, ...]:
    return (Measure("engagement", "{value} likes, shares and comments", one.engagement, None, POSTS, shown=number),)


def _said(one: EmailCampaign) -> str:
    return f"{one.name} {one.subject_line or ''} {(one.content or '')[:READ]}"


def _how_sent(ctx: Context, one: EmailCampaign) -> str:
    at = one.sent_at.astimezone(ctx.clock.zone) if one.sent_at else None
    when = f"sent on a {at:%A} at {at:%H}:00" if at else ""
    subject = f"subject line “{shorten(one.subject_line, 60)}”" if one.subject_line else ""
    return ", ".join(part for part in (subject, when) if part)


def _how_posted(one: PublishedPost) -> str:
    return f"on {one.post.platform.value}, on a {one.at:%A} at {one.at:%H}:00"
