"""What came of campaigns that ended: counted from the ledger, the events and the tests, and put into the search index."""

from sqlalchemy import or_, select

from memory.ab_tests import tests_of_mailing
from memory.campaigns import Campaign
from memory.deliveries import states_of
from memory.enums import AbStatus, CampaignStatus, DeliveryState, EventType, PostStatus
from memory.mailings import EmailCampaign, mailings_of_campaign, people_by_event, step_letters_of_campaign
from memory.metrics import totals
from memory.posts import SocialPost
from tools.campaigning.entry import index_campaign
from tools.core.context import Context
from tools.posting.entry import called
from tools.show import number, percent, words

Counts = dict[tuple[EventType, bool], int]


def keep_outcomes(ctx: Context) -> int:
    """Bring the index entries of all ended campaigns up to date; returns how many there are. A campaign is over when it
    is completed, or when its last day is past. To be done in a writing transaction; doing it again changes nothing."""
    over = or_(
        Campaign.status == CampaignStatus.COMPLETED,
        (Campaign.end_date < ctx.today) & (Campaign.status != CampaignStatus.DRAFT),
    )
    ended = ctx.session.scalars(select(Campaign).where(over).order_by(Campaign.id)).all()
    people = people_by_event(ctx.session) if ended else {}
    for campaign in ended:
        index_campaign(ctx.session, campaign, ctx.currency, outcome_lines(ctx, campaign, people))
    return len(ended)


def outcome_lines(ctx: Context, campaign: Campaign, people: dict[int, Counts]) -> list[str]:
    """A line for each mailing, test and post of a campaign."""
    lines = []
    for mailing in mailings_of_campaign(ctx.session, campaign.id):
        told = _of_mailing(ctx, mailing, people.get(mailing.id, {}))
        if told:
            lines.append(told)
        lines += _of_tests(ctx, mailing)
    for letter in step_letters_of_campaign(ctx.session, campaign.id):
        told = _of_mailing(ctx, letter, people.get(letter.id, {}))
        if told:
            lines.append(told.replace("Mailing", "Letter of a workflow", 1))
    posts = select(SocialPost).where(SocialPost.campaign_id == campaign.id, SocialPost.status == PostStatus.PUBLISHED)
    lines += [_of_post(ctx, post) for post in ctx.session.scalars(posts.order_by(SocialPost.id))]
    return lines


def _of_mailing(ctx: Context, mailing: EmailCampaign, counts: Counts) -> str | None:
    sent = states_of(ctx.session, mailing.id).get(DeliveryState.SENT, 0)
    if not sent:
        return None
    told = [
        f"{percent(counts.get((type, False), 0) / sent)} {said}"
        for type, said in ((EventType.OPENED, "opened"), (EventType.CLICKED, "clicked"))
    ]
    gone = counts.get((EventType.UNSUBSCRIBED, False), 0)
    return f"Mailing “{mailing.name}” (subject “{mailing.subject_line}”): {sent:,} sent, {', '.join(told)}, {gone:,} unsubscribed."


def _of_tests(ctx: Context, mailing: EmailCampaign) -> list[str]:
    lines = []
    for test in tests_of_mailing(ctx.session, mailing.id):
        if test.status == AbStatus.DECIDED:
            won = "no winner" if test.winner is None else f"the winner was “{test.variants[test.winner].text}”"
            others = [f"“{one.text}”" for one in test.variants if one.position != test.winner]
            lines.append(
                f"A/B test of its {words(test.element)} by {words(test.metric)}: {won}, against {', '.join(others)}."
            )
    return lines


def _of_post(ctx: Context, post: SocialPost) -> str:
    figures = totals(ctx.session, "social_post", post.id)
    told = ", ".join(f"{number(value)} {words(name)}" for name, value in sorted(figures.items()))
    return f"Post on {post.platform.value} “{called(post.content)}”: {told or 'no figures were recorded'}."
