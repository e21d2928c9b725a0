"""Subject lines for a mail, with what past ones show: which were opened, and by how many."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.mailings import EmailCampaign, list_email_campaigns
from tools.core.context import Context
from tools.core.errors import BadInput, Missing
from tools.core.result import Drafted, Source
from tools.mailing.entry import MAILING
from tools.mailing.figures import all_figures, wilson
from tools.quoting import inert
from tools.show import bullets, number, percent, shorten
from tools.show import count as counted
from tools.writing.background import Background, company
from tools.writing.compose import Part, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered
from tools.writing.emails import SUBJECT_LENGTH
from tools.writing.limits import fit
from tools.writing.voice import about, heading

MOST = 10
#: Past subject lines that the writer is shown, and the answer lists.
MOST_PAST = 6
TASK = (
    "Write {amount} different subject lines for the email below. Each has at most 8 words and another angle: what is in "
    "it for the reader, curiosity, a question, plain news, a time. Learn from how the past subject lines were taken, but "
    "repeat none of them. Keep to the brand voice. No numbers, prices or dates that are not in the facts."
)


class PastSubject(BaseModel):
    """A past subject line with its open rate and the 95 % interval of it."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    subject_line: str
    delivered: float
    open_rate: float
    low: float
    high: float


class SubjectLines(Drafted):
    """Subject lines as a draft, and the evidence of past ones, best opened first."""

    topic: str | None
    email_campaign_id: int | None
    present: str | None
    subject_lines: tuple[str, ...]
    evidence: tuple[PastSubject, ...]

    @property
    def text(self) -> str:
        what = f" instead of “{inert(self.present)}”" if self.present else ""
        listed = "\n".join(
            f"{number}. {inert(line)} ({len(line)})" for number, line in enumerate(self.subject_lines, start=1)
        )
        head = f"{counted(len(self.subject_lines), 'subject line').capitalize()}{what} (characters in brackets; about {SUBJECT_LENGTH} are shown by most inboxes):"
        return f"{head}\n\n{listed}\n\n{self._evidence()}{self.closing()}"

    def _evidence(self) -> str:
        if not self.evidence:
            return (
                "No past mailing has results yet, so nothing here tells which kind of subject line your readers open."
            )
        lines = [
            f"“{inert(one.subject_line)}”: opened by {percent(one.open_rate)} of {number(one.delivered)} "
            f"({percent(one.low)} to {percent(one.high)})"
            for one in self.evidence
        ]
        few = "" if len(self.evidence) > 5 else " So few do not prove what makes a subject line work: test two of them."
        return f"Past subject lines, the best opened first:\n\n{bullets(lines)}\n\nOther lists, days and offers play a part in these.{few}"


def subject_lines(ctx: Context, topic: str | None, mailing: EmailCampaign | None, amount: int) -> SubjectLines:
    """Write `amount` subject lines for a topic or a mailing, and store them as a draft."""
    if not 1 <= amount <= MOST:
        raise BadInput(f"The count must be 1 to {MOST}; {amount} is not.", "count")
    if not topic and mailing is None:
        raise Missing("What is the mail about, or which mailing needs a subject line?", ["topic", "email_campaign"])
    evidence = past_subjects(ctx, besides=mailing.id if mailing else None)
    subject = topic or (mailing and (mailing.subject_line or mailing.name)) or ""
    campaign = ctx.session.get(Campaign, mailing.campaign_id) if mailing and mailing.campaign_id else None
    present = mailing.subject_line if mailing else None
    request = {
        "Topic": topic,
        "The mailing": mailing.name if mailing else None,
        "Its present subject line": present,
        "Its text": shorten(mailing.content, 600) if mailing and mailing.content else None,
        "Campaign is about": campaign.description if campaign else None,
    }
    past = sorted({present, *(one.subject_line for one in evidence)} - {None}, key=str)
    piece = write(
        ctx,
        TASK.format(amount=amount),
        request,
        gathered(ctx, subject, "email", besides_mailing=mailing.id if mailing else None, opens_first=True)
        + _as_background(evidence),
        numbered(amount, Part("subject", 80)),
        lambda: as_numbered(("subject",), [(line,) for line in _template(subject, amount)]),
        signer=company(ctx),
    )
    lines = _distinct(
        [texts[0] for texts in rows(piece.texts, amount, "subject")], [str(one) for one in past], subject, amount
    )
    body: dict[str, Any] = {
        "topic": topic,
        "email_campaign_id": mailing.id if mailing else None,
        "present": present,
        "subject_lines": lines,
        "evidence": [one.model_dump() for one in evidence],
    }
    kept = keep(
        ctx, piece, "subject_lines", f"Subject lines: {shorten(subject, 80)}", body, campaign.id if campaign else None
    )
    own = (Source(noun=MAILING, id=mailing.id, name=mailing.name, used="its text"),) if mailing else ()
    return SubjectLines(**{**body, **kept, "sources": (*own, *kept["sources"])})


def past_subjects(ctx: Context, besides: int | None = None) -> tuple[PastSubject, ...]:
    """The subject lines of mailings with results, best opened first."""
    figures = all_figures(ctx.session)
    found = []
    for one in list_email_campaigns(ctx.session):
        rates = figures.get(one.id)
        if one.id == besides or not one.subject_line or rates is None or rates.open_rate is None or not rates.delivered:
            continue
        bounds = wilson(rates.opens or 0, rates.delivered)
        if bounds is None:
            continue
        found.append(
            PastSubject(
                id=one.id,
                name=one.name,
                subject_line=one.subject_line,
                delivered=rates.delivered,
                open_rate=rates.open_rate,
                low=bounds[0],
                high=bounds[1],
            )
        )
    return tuple(sorted(found, key=lambda past: -past.open_rate)[:MOST_PAST])


def _as_background(evidence: tuple[PastSubject, ...]) -> Background:
    """Past subject lines for the writer, in order and without figures: a rate has no business in a subject line."""
    if not evidence:
        return Background()
    lines = "; ".join(f"“{one.subject_line}”" for one in evidence)
    links = tuple(
        Source(noun=MAILING, id=one.id, name=one.name, used=f"its subject line, opened by {percent(one.open_rate)}")
        for one in evidence
    )
    return Background((("Past subject lines, best opened first", lines),), links)


def _distinct(written: list[str], past: list[str], subject: str, amount: int) -> list[str]:
    """The lines in their length, without repeats and old ones; what is missing then comes from the template."""
    known = {line.casefold() for line in past}
    lines: list[str] = []
    for line in (*written, *_template(subject, MOST)):
        short, _ = fit(line.strip().strip('"“”').rstrip(" ."), SUBJECT_LENGTH)
        if short and short.casefold() not in known:
            known.add(short.casefold())
            lines.append(short)
    return lines[:amount]


def _template(subject: str, amount: int) -> list[str]:
    name = about(subject)
    plain = [
        heading(name, SUBJECT_LENGTH),
        f"For you: {name}",
        f"News: {name}",
        f"Have you seen this? {heading(name)}",
        f"{heading(name)}: what is in it for you",
        f"A word about {name}",
        f"{heading(name)}, in short",
        f"Curious about {name}?",
        f"All about {name}",
        f"{heading(name)}: take a look",
    ]
    return [heading(line, SUBJECT_LENGTH) for line in plain[:amount]]
