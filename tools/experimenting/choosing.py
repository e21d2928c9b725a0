"""Choosing the winner: what the evidence says of it, who gets it, and what happens after the approval."""

from datetime import UTC, datetime

from pydantic import Field
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from memory.ab_tests import AbTest, held_back, mailing_of, release_held
from memory.enums import AbElement, AbStatus, EmailStatus
from memory.mailings import EmailCampaign
from tools.core.context import Context
from tools.core.errors import Conflict
from tools.experimenting.cards import DID, AbTestCard, card_fields
from tools.experimenting.entry import LETTERS, the_variant
from tools.experimenting.letters import content_with
from tools.experimenting.results import AbTestResults, Verdict, results, said, still_needed
from tools.mailing.sending import obstacle_of
from tools.quoting import inert
from tools.show import count, percent, words


class WinnerPlan(AbTestCard):
    """What choosing would do. `chosen` is a variant's letter (None: the test ends without a winner); `named` the winner
    that the evidence names; `remaining` are the recipients who wait and would get it; `not_sent_yet`: nothing went out.

    `found` are the figures as they are shown. They stay out of the data: with every click that comes in they change, and
    an approval rests on what would happen and on what the evidence names, not on them.
    """

    chosen: str | None
    verdict: Verdict
    named: str | None
    remaining: int
    not_sent_yet: bool
    obstacle: str | None
    found: AbTestResults | None = Field(default=None, exclude=True, repr=False)

    @property
    def text(self) -> str:
        lines = [self._head(), self._who(), *self._evidence()]
        if self.remaining and self.obstacle:
            lines.append(f"{self.obstacle}: the messages would wait.")
        return "\n\n".join(lines)

    def _head(self) -> str:
        if self.chosen is not None:
            return f"Choose {self.variant(self.chosen).called()} as the winner of the A/B test **{inert(self.name)}**."
        why = said(self.found).removeprefix("**No winner yet.** ") if self.found else ""
        return (
            f"**No winner yet** in the A/B test **{inert(self.name)}**. {why}\n\n"
            "Approving this ends the test without a winner."
        )

    def _who(self) -> str:
        its = ("this " if self.chosen else "its own ") + words(self.element)
        if self.not_sent_yet:
            return (
                f"The mailing {inert(self.email_campaign)} is not sent yet: all its recipients would get it with {its}."
            )
        if not self.remaining:
            return "Nobody waits for the winner, so nothing would be sent."
        whom = f"the {count(self.remaining, 'remaining recipient')} of {inert(self.email_campaign)} at once"
        return (
            f"It would go to {whom}." if self.element == AbElement.SEND_TIME else f"It would go to {whom}, with {its}."
        )

    def _evidence(self) -> list[str]:
        if self.found is None:
            return []
        parts = [
            f"{one.called()} {percent(one.rate)} ({one.successes:,} of {one.sent:,})"
            for one in self.found.results
            if one.sent
        ]
        lines = [f"People who {DID[self.metric]} so far: {'; '.join(parts)}."] if parts else []
        return lines if self.chosen is None else [*lines, self._judged(self.found)]

    def _judged(self, found: AbTestResults) -> str:
        if self.named == self.chosen:
            return f"The evidence names it. {said(found)}"
        if self.named:
            return f"**Warning:** the evidence names another variant. {said(found)}"
        if self.verdict != "no winner yet":
            return f"**Warning:** there is no evidence for it. {said(found)}"
        leader = found.evidence.leader
        leads = f" {found.variant(leader).called()} leads at the moment." if leader and leader != self.chosen else ""
        return (
            "**Warning:** the evidence names no winner: the difference may be chance."
            f"{leads} {still_needed(found)} You may choose it all the same."
        )


class WinnerChosen(AbTestCard):
    """The test that was decided; `released` are the recipients who get the mailing now."""

    released: int
    not_sent_yet: bool
    obstacle: str | None

    @property
    def text(self) -> str:
        named = f"the winner is {self.variant(self.winner).called()}" if self.winner else "there is no winner"
        said = f"The A/B test **{inert(self.name)}** is decided: {named}."
        if self.not_sent_yet:
            return f"{said} The mailing {inert(self.email_campaign)} has not been sent yet; send it when you are ready."
        if not self.released:
            return f"{said} Nobody was waiting for it, so nothing is sent."
        verb = "gets" if self.released == 1 else "get"
        done = f"{said} {count(self.released, 'remaining recipient').capitalize()} {verb} it now."
        return f"{done} {self.obstacle}: the messages wait." if self.obstacle else done


def plan_choice(ctx: Context, test: AbTest, variant: str | None) -> WinnerPlan:
    """What choosing `variant` (or the winner that the evidence names) would do. Raises Conflict for a decided test."""
    _check_running(test)
    found = results(ctx, test)
    wanted = LETTERS[the_variant(test, variant)] if variant else found.evidence.named
    return WinnerPlan(
        **card_fields(ctx, test),
        chosen=wanted,
        verdict=found.evidence.verdict,
        named=found.evidence.named,
        remaining=held_back(ctx.session, test.email_campaign_id),
        not_sent_yet=_not_sent_yet(ctx, test),
        obstacle=obstacle_of(ctx),
        found=found,
    )


def choose(ctx: Context, test: AbTest, variant: str | None) -> WinnerChosen:
    """Carry the approved plan out: the test is decided, and whoever waited gets the mailing with the winner."""
    planned = plan_choice(ctx, test, variant)
    now = ctx.now.astimezone(UTC)
    position = LETTERS.index(planned.chosen) if planned.chosen else None
    released = settle(ctx.session, test, position, now, now)
    return WinnerChosen(
        **card_fields(ctx, test),
        released=released,
        not_sent_yet=planned.not_sent_yet,
        obstacle=obstacle_of(ctx),
    )


def settle(session: Session, test: AbTest, winner: int | None, now: datetime, due_at: datetime) -> int:
    """Decide a test for the variant at `winner` (None: for none): the mailing says what the winner says, and whoever
    waited gets it at `due_at` (UTC). Returns how many they are."""
    mailing = mailing_of(session, test)
    test.winner, test.status, test.decided_at, test.updated_at = winner, AbStatus.DECIDED, now, now
    flag_modified(test, "updated_at")
    if winner is not None and mailing.status not in (EmailStatus.SENT, EmailStatus.CANCELLED):
        chosen = test.variants[winner]
        if test.element == AbElement.SUBJECT:
            mailing.subject_line = chosen.text
        elif test.element == AbElement.CONTENT:
            mailing.content = content_with(mailing.content, [one.text for one in test.variants], winner)
        elif _is_not_sent_yet(mailing):
            mailing.send_time = chosen.send_time
        mailing.updated_at = now
        flag_modified(mailing, "updated_at")
    session.flush()
    return release_held(session, mailing.id, due_at, now)


def _not_sent_yet(ctx: Context, test: AbTest) -> bool:
    return _is_not_sent_yet(mailing_of(ctx.session, test))


def _is_not_sent_yet(mailing: EmailCampaign) -> bool:
    return mailing.laid_at is None and mailing.status in (EmailStatus.DRAFT, EmailStatus.SCHEDULED)


def _check_running(test: AbTest) -> None:
    if test.status == AbStatus.RUNNING:
        return
    if test.status == AbStatus.STOPPED:
        raise Conflict(f"The A/B test “{inert(test.name)}” was stopped; there is nothing to choose any more.")
    named = (
        f"its winner is “{inert(test.variants[test.winner].text)}”" if test.winner is not None else "without a winner"
    )
    raise Conflict(f"The A/B test “{inert(test.name)}” is decided already: {named}. Nothing was changed.")
