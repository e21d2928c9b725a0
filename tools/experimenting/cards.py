"""What the experiment tools return: a test, what was created, the list."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.ab_tests import AbTest, mailing_of
from memory.enums import AbElement, AbMetric, AbStatus
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.experimenting.entry import AB_TEST, LETTERS
from tools.mailing.entry import MAILING
from tools.quoting import inert
from tools.show import bullets, count, moment, number, percent, shorten, words

MOST_LISTED = 50
#: What people of a metric did, behind a number of people.
DID = {AbMetric.OPENS: "opened", AbMetric.CLICKS: "clicked", AbMetric.CONVERSIONS: "converted"}


class VariantCard(BaseModel):
    """One variant: its letter, its words, and for a test of send times the moment in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    letter: str
    text: str
    send_time: datetime | None = None

    def called(self) -> str:
        """The variant in a sentence."""
        said = moment(self.send_time) if self.send_time else f"“{inert(shorten(self.text, 80))}”"
        return f"{self.letter} {said}"


class AbTestCard(Result):
    """One test. `winner` is the letter of the variant that was chosen; a decided test without one has no winner."""

    id: int
    name: str
    email_campaign_id: int
    email_campaign: str
    element: AbElement
    metric: AbMetric
    status: AbStatus
    test_share: float
    variants: tuple[VariantCard, ...]
    winner: str | None
    decided_at: datetime | None

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (
            RecordLink(noun=AB_TEST, id=self.id, name=self.name),
            RecordLink(noun=MAILING, id=self.email_campaign_id, name=self.email_campaign),
        )

    def variant(self, letter: str) -> VariantCard:
        return next(one for one in self.variants if one.letter == letter)

    def outcome(self) -> str:
        """The state in words."""
        if self.status != AbStatus.DECIDED:
            return words(self.status)
        return f"decided: {self.variant(self.winner).called()}" if self.winner else "decided: no winner"

    def line(self) -> str:
        """The test in one line."""
        return (
            f"**{inert(self.name)}** ({self.outcome()}): {words(self.element)} of {inert(self.email_campaign)}, "
            f"by {words(self.metric)}, {count(len(self.variants), 'variant')}"
        )


class PlanFacts(BaseModel):
    """The sample plan: people in the test and in each variant, the usual rate and where it is from, and the smallest rise
    over it (a share; 0.03 are 3 points) that the test finds in four of five cases; `effect_once` if looked at only once.
    """

    model_config = ConfigDict(frozen=True)

    recipients: int
    in_test: int
    each: int
    rate: float
    rate_from: int
    effect: float | None
    effect_once: float | None

    def said(self, metric: AbMetric) -> str:
        """The plan in a sentence or two."""
        if not self.recipients:
            return "Nobody would receive the mailing now, so it cannot be told what the test will be able to see."
        share = f"{count(self.in_test, 'recipient')} in the test, {self.each:,} for each variant"
        if self.each == 0 or self.effect is None:
            return f"With {share}, no difference can be seen: make the list or the share of the test larger."
        usual = (
            f"usually {percent(self.rate)} ({words(metric)} of {count(self.rate_from, 'mailing')} so far)"
            if self.rate_from
            else "for whatever rate (there are no mailings to tell the usual one)"
        )
        once = f"; looked at only once, at its end, {_points(self.effect_once)}" if self.effect_once else ""
        return (
            f"With {share}, you can see a difference of {_points(self.effect)} or more, {usual}, in four of five cases, "
            f"however often you look{once}."
        )


class AbTestCreated(AbTestCard):
    """The test that was just created, with its sample plan; `notes` are what the person should know."""

    plan: PlanFacts
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        rest = self.plan.recipients - self.plan.in_test
        lines = [
            f"Created the A/B test **{inert(self.name)}** on the mailing {inert(self.email_campaign)}: its "
            f"{words(self.element)}, judged by {words(self.metric)}.",
            bullets(one.called() for one in self.variants),
            self.plan.said(self.metric),
        ]
        if self.plan.recipients:
            lines.append(
                f"The other {count(rest, 'recipient')} will wait for the winner."
                if rest > 0
                else "All recipients are in the test; nobody waits for the winner."
            )
        lines += [inert(note) for note in self.notes]
        lines.append("Nothing has been sent: the test begins when the mailing is sent.")
        return "\n\n".join(lines)


class AbTestList(Result):
    """Tests, newest first. `status` is what they were chosen by; `in_all` how many there are without that."""

    tests: tuple[AbTestCard, ...]
    status: AbStatus | None
    in_all: int

    @property
    def text(self) -> str:
        if not self.in_all:
            return (
                "There are no A/B tests yet. Create one with, for example: “test the subjects “Spring is here” and "
                "“Hello, spring” for the March newsletter”."
            )
        chosen = f" that {'is' if len(self.tests) == 1 else 'are'} {words(self.status)}" if self.status else ""
        if not self.tests:
            return f"There are no A/B tests{chosen}; {count(self.in_all, 'test')} in all."
        more = len(self.tests) - MOST_LISTED
        head = f"{count(len(self.tests), 'A/B test')}{chosen}:"
        shown = bullets(one.line() for one in self.tests[:MOST_LISTED])
        return f"{head}\n\n{shown}" + (f"\n\n… and {more} more." if more > 0 else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(one.links[0] for one in self.tests)


def card_fields(ctx: Context, test: AbTest) -> dict[str, Any]:
    """The fields of an AbTestCard; moments in the hub's zone."""
    zone = ctx.clock.zone
    return {
        "id": test.id,
        "name": test.name,
        "email_campaign_id": test.email_campaign_id,
        "email_campaign": mailing_of(ctx.session, test).name,
        "element": test.element,
        "metric": test.metric,
        "status": test.status,
        "test_share": test.test_share,
        "variants": tuple(
            VariantCard(
                letter=LETTERS[one.position],
                text=one.text,
                send_time=one.send_time.astimezone(zone) if one.send_time else None,
            )
            for one in test.variants
        ),
        "winner": LETTERS[test.winner] if test.winner is not None else None,
        "decided_at": test.decided_at.astimezone(zone) if test.decided_at else None,
    }


def _points(effect: float | None) -> str:
    points = (effect or 0.0) * 100
    return f"{number(round(points, 1))} {'point' if round(points, 1) == 1 else 'points'}"
