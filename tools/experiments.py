"""The experiment tools: A/B tests of mailings, what they say, and the winner."""

from memory import ab_tests as stored
from memory.enums import AbElement, AbMetric, AbStatus
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import AbTestRef, EmailCampaignRef, Name, Prose, Share
from tools.experimenting.cards import AbTestCard, AbTestCreated, AbTestList, card_fields
from tools.experimenting.choosing import WinnerChosen, WinnerPlan, choose, plan_choice
from tools.experimenting.creating import create
from tools.experimenting.entry import the_test
from tools.experimenting.results import AbTestResults, results
from tools.mailing.entry import the_mailing


@tool(effect="write", route="POST /experiments/create")
def create_ab_test(
    ctx: Context,
    email_campaign: EmailCampaignRef,
    variants: list[Prose],
    element: AbElement = AbElement.SUBJECT,
    metric: AbMetric = AbMetric.CLICKS,
    test_share: Share = 0.2,
    name: Name | None = None,
) -> AbTestCreated:
    """Set up an A/B test of a mailing that has not gone out yet, and say which difference it can see. Nothing is sent.

    Args:
        email_campaign: The mailing, by its id or by (part of) its name.
        variants: Two to six subject lines, texts or send times, all different.
        element: What is tested.
        metric: What decides.
        test_share: The share of the recipients in the test, 0.05 to 1; the others get the winner.
        name: What the test is called; without it, named after the mailing.
    """
    return create(ctx, the_mailing(ctx, email_campaign), variants, element, metric, test_share, name)


@tool(effect="read", route="GET /experiments/list")
def list_ab_tests(ctx: Context, status: AbStatus | None = None) -> AbTestList:
    """List the A/B tests, newest first.

    Args:
        status: Only tests with this status.
    """
    found = stored.list_ab_tests(ctx.session, status=status)
    return AbTestList(
        tests=tuple(AbTestCard(**card_fields(ctx, one)) for one in found),
        status=status,
        in_all=len(stored.list_ab_tests(ctx.session)),
    )


@tool(effect="read", route="GET /experiments/{ab_test}/results")
def get_ab_test_results(ctx: Context, ab_test: AbTestRef) -> AbTestResults:
    """Show what an A/B test says now: the rates with their ranges, and whether there is a winner.

    Args:
        ab_test: The test, by its id or by (part of) its name.
    """
    return results(ctx, the_test(ctx, ab_test))


def preview_choose_ab_winner(ctx: Context, ab_test: AbTestRef, variant: Prose | None = None) -> WinnerPlan:
    """What choosing the winner would do: which variant goes to how many people, and what the evidence says."""
    return plan_choice(ctx, the_test(ctx, ab_test), variant)


@tool(effect="gated", route="POST /experiments/{ab_test}/winner", preview=preview_choose_ab_winner)
def choose_ab_winner(ctx: Context, ab_test: AbTestRef, variant: Prose | None = None) -> WinnerChosen:
    """End an A/B test: the winner goes to the recipients who waited for it.

    Args:
        ab_test: The test, by its id or by (part of) its name.
        variant: The variant to choose, by its words or its letter; without it, the one that the evidence names.
    """
    return choose(ctx, the_test(ctx, ab_test), variant)
