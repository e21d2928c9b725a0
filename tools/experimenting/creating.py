"""Creating a test: what is tried is checked, the sample plan is made before anything is sent."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import floor

from memory.ab_tests import AbTest, AbVariant, ab_test_named, running_test
from memory.enums import AbElement, AbMetric, AbStatus, EmailStatus
from memory.mailings import EmailCampaign
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.experimenting.cards import AbTestCreated, PlanFacts, card_fields
from tools.experimenting.letters import content_with, piece_in
from tools.experimenting.planning import plan
from tools.mailing.checks import check_subject, check_time
from tools.mailing.figures import all_figures, summed
from tools.mailing.sending import audience_of
from tools.quoting import inert
from tools.rendering import check_letter
from tools.show import moment, shorten, words
from tools.words import UnclearWords, resolve_moment

LEAST_VARIANTS, MOST_VARIANTS = 2, 6
LEAST_SHARE, MOST_SHARE = 0.05, 1.0
LONGEST_NAME = 200


def create(
    ctx: Context,
    mailing: EmailCampaign,
    variants: Sequence[str],
    element: AbElement,
    metric: AbMetric,
    test_share: float,
    name: str | None,
) -> AbTestCreated:
    """Store a running test of a mailing that has not gone out. Raises where it cannot be made; then nothing is stored."""
    check_mailing(ctx, mailing)
    texts, times = _check_variants(ctx, mailing, variants, element)
    share = check_share(test_share)
    name = _check_name(ctx, name) if name else _free_name(ctx, mailing, element)
    recipients = audience_of(ctx, mailing).receiving
    facts, concentration = sample_plan(recipients, usual_rate(ctx, metric, mailing.id), len(texts), share)
    now = ctx.now.astimezone(UTC)
    test = AbTest(
        name=name,
        email_campaign_id=mailing.id,
        element=element,
        metric=metric,
        status=AbStatus.RUNNING,
        test_share=share,
        concentration=concentration,
        planned_recipients=facts.in_test,
        planned_rate=facts.rate if facts.rate_from else None,
        planned_effect=facts.effect,
        variants=[
            AbVariant(position=at, text=text, send_time=time)
            for at, (text, time) in enumerate(zip(texts, times, strict=True))
        ],
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(test)
    ctx.session.flush()
    return AbTestCreated(**card_fields(ctx, test), plan=facts, notes=tuple(_notes(mailing, texts, element, metric)))


def usual_rate(ctx: Context, metric: AbMetric, besides: int) -> tuple[float | None, int]:
    """The rate of all mailings so far together (people who did it / delivered), and how many mailings tell it."""
    told = [
        figures
        for mailing_id, figures in all_figures(ctx.session).items()
        if mailing_id != besides and figures.delivered and getattr(figures, metric.value) is not None
    ]
    if not told:
        return None, 0
    together = summed(told)
    return getattr(together, metric.value) / (together.delivered or 1.0), len(told)


def sample_plan(
    recipients: int, usual: tuple[float | None, int], variants: int, share: float
) -> tuple[PlanFacts, float]:
    """What a test of `share` of the recipients can see, `usual` being the rate so far and how many mailings tell it (see
    `usual_rate`); and the concentration of the decision rule's prior that suits it."""
    rate, told_by = usual
    in_test = floor(recipients * share + 1e-9)
    made = plan(in_test, variants, rate)
    facts = PlanFacts(
        recipients=recipients,
        in_test=in_test,
        each=made.each,
        rate=made.rate,
        rate_from=told_by,
        effect=made.effect,
        effect_once=made.effect_once,
    )
    return facts, made.concentration


def check_mailing(ctx: Context, mailing: EmailCampaign) -> None:
    """That a test can be made of the mailing. Raises Conflict where it went out or has a running test."""
    if mailing.status not in (EmailStatus.DRAFT, EmailStatus.SCHEDULED) or mailing.laid_at is not None:
        done = {
            EmailStatus.SENT: "was sent already",
            EmailStatus.CANCELLED: "was cancelled",
        }.get(mailing.status, "is being sent already")
        raise Conflict(
            f"“{inert(mailing.name)}” {done}, so no test can be made on it. Test a mailing that has not gone out yet."
        )
    running = running_test(ctx.session, mailing.id)
    if running is not None:
        raise Conflict(
            f"“{inert(mailing.name)}” has a running test already: “{inert(running.name)}”. Choose its winner first."
        )


def _check_variants(
    ctx: Context, mailing: EmailCampaign, variants: Sequence[str], element: AbElement
) -> tuple[list[str], list[datetime | None]]:
    texts = [one.strip() for one in variants if one.strip()]
    if not LEAST_VARIANTS <= len(texts) <= MOST_VARIANTS:
        raise BadInput(
            f"A test compares {LEAST_VARIANTS} to {MOST_VARIANTS} variants; you gave {len(texts)}.", "variants"
        )
    times: list[datetime | None] = [None] * len(texts)
    if element == AbElement.SEND_TIME:
        moments = [_moment(ctx, one) for one in texts]
        texts = [moment(one) for one in moments]
        times = [one.astimezone(UTC) for one in moments]
    elif element == AbElement.SUBJECT:
        texts = [check_subject(one) for one in texts]
    else:
        texts = [check_letter(one).content for one in texts]
        for at in range(len(texts)):
            check_letter(content_with(mailing.content, texts, at))
    seen: dict[str, str] = {}
    for one in texts:
        key = " ".join(one.split()).casefold()
        if key in seen:
            raise BadInput(
                f"Two variants are the same (“{inert(shorten(one, 60))}”); a test needs different ones.", "variants"
            )
        seen[key] = one
    return texts, times


def _moment(ctx: Context, said: str) -> datetime:
    try:
        found = resolve_moment(said, ctx.now, ctx.clock.zone.key, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(f"The variants of a send time test are times. {error}", "variants") from error
    try:
        return check_time(ctx, found).astimezone(ctx.clock.zone)
    except BadInput as error:
        raise BadInput(f"“{inert(said)}”: {error.sentence}", "variants") from error


def check_share(share: float) -> float:
    """The share of the recipients in a test, as given. Raises BadInput where it is out of bounds."""
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise BadInput(
            f"The test share is {share:g}; it must lie between {LEAST_SHARE:g} and {MOST_SHARE:g} (0.2 means that 20% of "
            "the recipients are in the test).",
            "test_share",
        )
    return share


def _check_name(ctx: Context, name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name has {len(name)} characters; please use at most {LONGEST_NAME}.", "name")
    if ab_test_named(ctx.session, name) is not None:
        raise Conflict(f"There is already an A/B test called “{inert(name)}”. Choose another name.")
    return name


def _free_name(ctx: Context, mailing: EmailCampaign, element: AbElement) -> str:
    base = f"{shorten(mailing.name, 160)}: {words(element)} test"
    name, number = base, 1
    while ab_test_named(ctx.session, name) is not None:
        number += 1
        name = f"{base} ({number})"
    return name


def _notes(mailing: EmailCampaign, texts: Sequence[str], element: AbElement, metric: AbMetric) -> list[str]:
    notes = []
    if element == AbElement.CONTENT:
        piece = piece_in(mailing.content, texts)
        notes.append(
            f"In the text of the mail, “{shorten(piece, 60)}” is what changes; the rest stays."
            if piece
            else "Each variant is the whole text of the mail."
        )
    if element == AbElement.SUBJECT and metric != AbMetric.OPENS:
        notes.append(
            f"A subject line moves opens first; judged by {words(metric)}, a difference shows later and needs more people."
        )
    if element == AbElement.SEND_TIME and mailing.send_time is not None:
        notes.append("The times of the variants replace the mailing's own send time for those in the test.")
    return notes
