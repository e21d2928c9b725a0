"""What the A/B testing page shows beside the tools' results: what a test could see, and how it goes on by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from memory.ab_tests import AbTest, is_imported, mailing_of, rest_counts, running_test
from memory.enums import AbElement, AbMetric, AbStatus, EmailStatus
from memory.mailings import EmailCampaign, list_email_campaigns
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.experimenting.cards import PlanFacts
from tools.experimenting.creating import (
    LEAST_VARIANTS,
    MOST_VARIANTS,
    check_mailing,
    check_share,
    sample_plan,
    usual_rate,
)
from tools.experimenting.deciding import FALSE_WINNERS
from tools.experimenting.results import WINDOW, results, said
from tools.experimenting.running import LOOK, PATIENCE, patience_ends
from tools.mailing.sending import audience_of

#: Shares beside the one that is asked for, to choose by.
SHARES = (0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Prospect:
    """What a test could see before it is made. `others` are the plans of other shares, by the share."""

    facts: PlanFacts
    sentence: str
    others: tuple[tuple[float, PlanFacts], ...]


@dataclass(frozen=True)
class Course:
    """How a test stands and goes on by itself. Moments are in the hub's zone.

    `sentence` is the evidence in words (Markdown). `to_begin`: its mailing is not being sent yet, at `begins_at` where
    that is known. `ends_at` is when it ends without a winner if none is found before (None: nothing decides it by itself).
    `rest_to_go` and `rest_gone` are the messages outside the test. `planned_*` is the sample plan as it stood when the
    test was made. `look`, `patience` and `window` (for tests of send times) are how the hub decides, `level` the
    p-value from which down it names a winner.
    """

    sentence: str
    mailing_status: EmailStatus
    to_begin: bool
    begins_at: datetime | None
    divided: bool
    ends_at: datetime | None
    rest_to_go: int
    rest_gone: int
    planned_recipients: int | None
    planned_rate: float | None
    planned_effect: float | None
    look: timedelta = LOOK
    patience: timedelta = PATIENCE
    window: timedelta | None = None
    level: float = FALSE_WINNERS


def testable(ctx: Context) -> Sequence[EmailCampaign]:
    """The mailings of which a test can be made now, newest first."""
    found = [
        one
        for status in (EmailStatus.DRAFT, EmailStatus.SCHEDULED)
        for one in list_email_campaigns(ctx.session, status=status)
        if one.laid_at is None and running_test(ctx.session, one.id) is None
    ]
    return sorted(found, key=lambda one: -one.id)


def prospect(ctx: Context, mailing: EmailCampaign, metric: AbMetric, variants: int, share: float) -> Prospect:
    """What a test of the mailing could see. Raises Conflict for a mailing that cannot be tested, BadInput for a share or
    a number of variants that no test may have."""
    check_mailing(ctx, mailing)
    check_share(share)
    if not LEAST_VARIANTS <= variants <= MOST_VARIANTS:
        raise BadInput(f"A test compares {LEAST_VARIANTS} to {MOST_VARIANTS} variants, not {variants}.", "variants")
    recipients, usual = audience_of(ctx, mailing).receiving, usual_rate(ctx, metric, mailing.id)
    facts, _ = sample_plan(recipients, usual, variants, share)
    others = tuple((one, sample_plan(recipients, usual, variants, one)[0]) for one in SHARES) if recipients else ()
    return Prospect(facts, facts.said(metric), others)


def course(ctx: Context, test: AbTest) -> Course:
    """How a test stands, and what happens next without anybody."""
    mailing, zone = mailing_of(ctx.session, test), ctx.clock.zone
    divided = test.divided_at is not None
    itself = test.status == AbStatus.RUNNING and not is_imported(test)
    end = patience_ends(ctx.session, test) if itself else None
    to_go, gone = rest_counts(ctx.session, mailing.id) if divided else (0, 0)
    return Course(
        sentence=said(results(ctx, test)),
        mailing_status=mailing.status,
        to_begin=mailing.laid_at is None and mailing.status in (EmailStatus.DRAFT, EmailStatus.SCHEDULED),
        begins_at=mailing.send_time.astimezone(zone)
        if mailing.send_time and mailing.status == EmailStatus.SCHEDULED
        else None,
        divided=divided,
        ends_at=end.astimezone(zone) if end else None,
        rest_to_go=to_go,
        rest_gone=gone,
        planned_recipients=test.planned_recipients,
        planned_rate=test.planned_rate,
        planned_effect=test.planned_effect,
        window=WINDOW if test.element == AbElement.SEND_TIME else None,
    )
