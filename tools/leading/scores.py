"""What the scoring tools return: one lead's score with every reason, and many leads ranked."""

from pydantic import BaseModel, ConfigDict

from memory.enums import Channel, ConsentState, LeadStatus
from memory.lead_lookup import consents_of
from memory.leads import Lead
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.leading.entry import LEAD, lead_name
from tools.quoting import inert
from tools.scoring.learned import Likelihood, likelihoods
from tools.scoring.rules import points_of, score_of, temperature
from tools.show import bullets, count, listing, percent, table, words


class Reason(BaseModel):
    """Points that a rule gave or took, and for what."""

    model_config = ConfigDict(frozen=True)

    group: str
    reason: str
    points: int


class LearnedShare(BaseModel):
    """A likelihood (share from 0 to 1) of being a customer, with what it was learned from and how well it ranks."""

    model_config = ConfigDict(frozen=True)

    share: float
    leads: int
    customers: int
    auc: float

    def sentence(self) -> str:
        """The likelihood with its basis."""
        return (
            f"Likelihood of being a customer: {percent(round(self.share, 3))}, learned from {self.leads:,} of your own "
            f"leads ({self.customers:,} customers) by logistic regression on visits, opens, clicks, company and address; "
            f"it ranks unseen leads with an AUC of {self.auc:.2f} (0.5 is chance, 1 is perfect)."
        )


class LeadScore(Result):
    """A lead's score from 0 to 100 with every reason; hot from 60, warm from 30. `likelihood` only where it was learned
    from enough own leads."""

    id: int
    name: str
    email: str
    status: LeadStatus
    score: int
    temperature: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    next_step: str
    likelihood: LearnedShare | None

    @property
    def text(self) -> str:
        groups = {
            group: [one for one in self.reasons if one.group == group] for group in ("behaviour", "recency", "fit")
        }
        lines = [
            f"{group.capitalize()} {sum(one.points for one in found):+d}: "
            + ", ".join(f"{inert(one.reason)} ({one.points:+d})" for one in found)
            for group, found in groups.items()
            if found
        ]
        parts = [f"**{inert(self.name)}** scores **{self.score} of 100** ({self.temperature}, {words(self.status)})."]
        parts.append(bullets(lines) if lines else "Nothing is known yet that gives points.")
        if self.missing:
            parts.append(f"Not known: {listing(self.missing)}.")
        parts.append(f"Next step: {self.next_step}")
        parts.append(
            self.likelihood.sentence()
            if self.likelihood
            else "The score ranks leads by fixed rules; it is no probability (too few customers to learn one from)."
        )
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=LEAD, id=self.id, name=self.name),)


class LeadRanking(Result):
    """Leads by score, the best first. `total` is how many were scored; hot, warm and cold count all of them."""

    leads: tuple[LeadScore, ...]
    total: int
    hot: int
    warm: int
    cold: int
    filters: str

    @property
    def text(self) -> str:
        if not self.total:
            return (
                f"There are no leads {self.filters} to score." if self.filters else "There are no leads to score yet."
            )
        rows = [
            (place, inert(one.name), f"{one.score} ({one.temperature})", words(one.status), _main_reasons(one))
            for place, one in enumerate(self.leads, 1)
        ]
        head = f"{count(self.total, 'lead').capitalize()}{f' {self.filters}' if self.filters else ''} scored: "
        head += f"{self.hot:,} hot, {self.warm:,} warm, {self.cold:,} cold."
        if len(self.leads) < self.total:
            head += f" The best {len(self.leads)}:"
        return f"{head}\n\n{table(('', 'Lead', 'Score', 'Status', 'Mainly for'), rows)}"

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(link for one in self.leads for link in one.links)


def scores_of(ctx: Context, leads: list[Lead]) -> list[LeadScore]:
    """The scores of these leads with their reasons, in their order."""
    learned = likelihoods(ctx.session, leads)
    return [_score(ctx, lead, learned) for lead in leads]


def _score(ctx: Context, lead: Lead, learned: Likelihood | None) -> LeadScore:
    consents = {one.channel: one.state for one in consents_of(ctx.session, lead.id)}
    withdrawn = frozenset(channel for channel, state in consents.items() if state == ConsentState.WITHDRAWN)
    points = points_of(lead, withdrawn, ctx.now)
    score = score_of(points)
    share = None
    if learned and lead.status != LeadStatus.CUSTOMER:
        share = LearnedShare(
            share=learned.shares[lead.id], leads=learned.leads, customers=learned.customers, auc=round(learned.auc, 3)
        )
    return LeadScore(
        id=lead.id,
        name=lead_name(lead),
        email=lead.email,
        status=lead.status,
        score=score,
        temperature=temperature(score),
        reasons=tuple(Reason(group=one.group, reason=one.reason, points=one.points) for one in points),
        missing=tuple(_missing(lead, consents)),
        next_step=_next_step(lead, score, withdrawn),
        likelihood=share,
    )


def _missing(lead: Lead, consents: dict[Channel, ConsentState]) -> list[str]:
    unknown = [
        label
        for label, value in (("company", lead.company), ("job title", lead.job_title), ("phone", lead.phone))
        if not value
    ]
    if lead.last_activity_at is None and (lead.visits or lead.opens or lead.clicks or lead.orders):
        unknown.append("when the imported activity was")
    if Channel.EMAIL not in consents:
        unknown.append("consent to email")
    return unknown


def _next_step(lead: Lead, score: int, withdrawn: frozenset[Channel]) -> str:
    """By rule, from the status and the score; nothing is guessed."""
    by = "phone" if Channel.EMAIL in withdrawn else "email or phone"
    if lead.status == LeadStatus.CUSTOMER:
        return "a customer already: ask for a review or referral, or make a follow-up offer."
    if lead.status == LeadStatus.LOST:
        return "lost: leave it, unless they come back by themselves."
    if score >= 60:
        return f"get in touch today, by {by}."
    if score >= 30:
        return f"send something useful and follow up within the week, by {by}."
    return "too early to call: keep in the newsletter and look again when there is activity."


def _main_reasons(score: LeadScore) -> str:
    best = sorted((one for one in score.reasons if one.points > 0), key=lambda one: -one.points)[:3]
    return inert(", ".join(one.reason for one in best)) or "-"
