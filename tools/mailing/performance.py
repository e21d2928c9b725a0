"""How mailings did: one against the median of the others, or all of a period together."""

from collections.abc import Callable
from datetime import date, datetime
from statistics import median

from pydantic import BaseModel, ConfigDict

from memory.deliveries import states_of
from memory.enums import DeliveryState, EmailStatus
from memory.mailings import EmailCampaign, list_email_campaigns
from memory.metrics import has_imported
from tools.analysing.periods import LONG_AGO
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import RecordLink, Result
from tools.mailing.entry import MAILING
from tools.mailing.figures import MailingFigures, all_figures, summed, wilson
from tools.quoting import inert
from tools.show import NOTHING, count, days, moment, number, percent, table, words
from tools.words import UnclearWords, resolve_period


class MailingResult(BaseModel):
    """One mailing with its figures; `sent_at` in the hub's zone, None where it is not finished."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    subject_line: str | None
    status: EmailStatus
    sent_at: datetime | None
    figures: MailingFigures


class Usual(BaseModel):
    """The median rates of the other mailings that were sent, and how many these are."""

    model_config = ConfigDict(frozen=True)

    mailings: int
    open_rate: float | None
    click_rate: float | None


class EmailPerformance(Result):
    """What came of one mailing (`mailing`), or of all that were sent in a period; `figures` are theirs together.

    The ranges are 95 % Wilson intervals of the rates; `waiting` are messages of the mailing that have not gone out.
    """

    mailing: MailingResult | None
    mailings: tuple[MailingResult, ...]
    period: str | None
    start: date | None
    end: date | None
    figures: MailingFigures
    open_range: tuple[float, float] | None
    click_range: tuple[float, float] | None
    usual: Usual | None
    imported: bool
    waiting: int

    @property
    def text(self) -> str:
        return self._of_one(self.mailing) if self.mailing else self._of_all()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        shown = (self.mailing,) if self.mailing else self.mailings
        return tuple(RecordLink(noun=MAILING, id=one.id, name=one.name) for one in shown)

    def _of_one(self, one: MailingResult) -> str:
        when = f", {moment(one.sent_at)}" if one.sent_at else ""
        parts = [f"**{inert(one.name)}** ({words(one.status)}{when}): “{inert(one.subject_line or NOTHING)}”"]
        if not self.figures.recorded:
            parts.append(self._nothing(one))
        else:
            parts.append(table(("Figure", "Value", "How"), self.figures.shown()))
            parts += self._judged()
        if self.waiting:
            parts.append(f"{count(self.waiting, 'message').capitalize()} of it are still waiting to go out.")
        return "\n\n".join(parts)

    def _nothing(self, one: MailingResult) -> str:
        if self.period:
            return f"It was not sent in this period ({self.period}), or nothing is recorded for it."
        if one.status == EmailStatus.SENT:
            return "Nothing is recorded for it, so there is nothing to judge it by."
        return f"It is {words(one.status)}, so there are no results yet."

    def _judged(self) -> list[str]:
        said = []
        ranges = [
            f"{label} {percent(bounds[0])} to {percent(bounds[1])}"
            for label, bounds in (("open rate", self.open_range), ("click rate", self.click_range))
            if bounds
        ]
        if ranges:
            said.append(f"With so many people, the true rates may be: {' and '.join(ranges)} (95% interval).")
        if self.usual:
            said.append(self._against(self.usual))
        if self.imported:
            said.append(
                "*These figures hold imported history, in which opens of machines cannot be told from those of people.*"
            )
        return said

    def _against(self, usual: Usual) -> str:
        many = usual.mailings > 1
        who = f"the median of the {usual.mailings} other mailings" if many else "the only other mailing that was sent"
        parts = []
        for label, own, other in (
            ("open rate", self.figures.open_rate, usual.open_rate),
            ("click rate", self.figures.click_rate, usual.click_rate),
        ):
            if own is not None and other is not None:
                judged = "above" if own > other else "below" if own < other else "equal to"
                parts.append(f"its {label} of {percent(own)} is {judged} {percent(other)}")
        return f"Against {who}: {' and '.join(parts)}." if parts else ""

    def _of_all(self) -> str:
        when = f" {days(self.start, self.end)}" if self.start else ""
        if not self.mailings:
            return (
                f"No mailing was sent{when}, so there is nothing to judge." if when else "No mailing has been sent yet."
            )
        head = f"**{count(len(self.mailings), 'mailing').capitalize()} sent{when}**"
        rows = [
            (
                inert(one.name),
                moment(one.sent_at),
                number(one.figures.delivered),
                percent(one.figures.open_rate),
                percent(one.figures.click_rate),
                percent(one.figures.bounce_rate),
                percent(one.figures.unsubscribe_rate),
            )
            for one in self.mailings
        ]
        listed = table(("Mailing", "Sent", "Delivered", "Open rate", "Click rate", "Bounce rate", "Unsubscribed"), rows)
        parts = [head, listed]
        if len(self.mailings) > 1 and self.figures.recorded:
            parts.append("Together:\n\n" + table(("Figure", "Value", "How"), self.figures.shown()))
        if self.imported:
            parts.append(
                "*Part of this is imported history, in which opens of machines cannot be told from those of people.*"
            )
        return "\n\n".join(parts)


def performance(ctx: Context, mailing: EmailCampaign | None, period: str | None) -> EmailPerformance:
    """Of one mailing, or of all; with a period, only of those sent in it. Raises BadInput for words that are none."""
    start, end = _period(ctx, period)
    figures = all_figures(ctx.session)
    sent = [_result(ctx, one, figures) for one in list_email_campaigns(ctx.session) if _counts(one, figures)]
    chosen = sent if mailing is None else [_result(ctx, mailing, figures)]
    if start is not None and end is not None:
        chosen = [one for one in chosen if one.sent_at and start <= one.sent_at.date() <= end]
    together = summed([one.figures for one in chosen])
    others = [one.figures for one in sent if mailing is not None and one.id != mailing.id]
    return EmailPerformance(
        mailing=_result(ctx, mailing, figures) if mailing else None,
        mailings=tuple(chosen),
        period=period if start else None,
        start=start,
        end=end,
        figures=together,
        open_range=wilson(together.opens or 0, together.delivered)
        if together.open_rate is not None and together.delivered
        else None,
        click_range=wilson(together.clicks or 0, together.delivered)
        if together.click_rate is not None and together.delivered
        else None,
        usual=_usual(others),
        imported=any(has_imported(ctx.session, MAILING, one.id) for one in chosen),
        waiting=states_of(ctx.session, mailing.id).get(DeliveryState.PENDING, 0) if mailing else 0,
    )


def _counts(mailing: EmailCampaign, figures: dict[int, MailingFigures]) -> bool:
    """Whether a mailing went out: finished, or with results already."""
    found = figures.get(mailing.id)
    return mailing.status == EmailStatus.SENT or bool(found and found.delivered)


def _result(ctx: Context, mailing: EmailCampaign, figures: dict[int, MailingFigures]) -> MailingResult:
    begun = mailing.sent_at or (mailing.laid_at if mailing.status != EmailStatus.DRAFT else None)
    return MailingResult(
        id=mailing.id,
        name=mailing.name,
        subject_line=mailing.subject_line,
        status=mailing.status,
        sent_at=begun.astimezone(ctx.clock.zone) if begun else None,
        figures=figures.get(mailing.id, MailingFigures()),
    )


def _usual(others: list[MailingFigures]) -> Usual | None:
    if not others:
        return None
    return Usual(
        mailings=len(others),
        open_rate=_median(others, lambda one: one.open_rate),
        click_rate=_median(others, lambda one: one.click_rate),
    )


def _median(others: list[MailingFigures], figure: Callable[[MailingFigures], float | None]) -> float | None:
    known = [value for value in map(figure, others) if value is not None]
    return median(known) if known else None


def _period(ctx: Context, period: str | None) -> tuple[date | None, date | None]:
    if period is None:
        return None, None
    try:
        start, end = resolve_period(period, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    return (None, None) if start <= LONG_AGO else (start, end)
