"""What `generate_insights` and `recommend_actions` answer: findings, and what to do about them, one tool call each."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.enums import Channel, EmailStatus, LeadStatus
from memory.lead_counts import count_waiting_leads
from memory.mailings import list_email_campaigns
from tools.analysing.definitions import label
from tools.analysing.figures import CAMPAIGN
from tools.analysing.findings import Finding, Looked, campaign_advice, findings, untapped_segments
from tools.analysing.waiting import Waiting, waiting
from tools.campaigning.findings import Finding as CampaignFinding
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import bullets, count, day, words

SHOWN = 8
MOST_DRAFTS = 2
#: Idle leads are counted up to here: more of them ask for the same.
MOST_COUNTED = 1_000
#: A new lead that nobody has contacted for so long waits too long.
UNTOUCHED = timedelta(days=7)


class Insights(Result):
    """The findings of some days, the weightiest first."""

    period: str
    channel: Channel | None
    findings: tuple[Finding, ...]
    measured: bool
    imported: bool

    @property
    def text(self) -> str:
        about = f" for {words(self.channel)}" if self.channel else ""
        if not self.findings:
            if not self.measured:
                return f"Nothing was measured{about}, {self.period}, so there is nothing to find in it."
            return f"Nothing stands out{about}, {self.period}: every figure is within what chance explains."
        shown = bullets(inert(one.text) for one in self.findings[:SHOWN])
        more = f"\n\n… and {len(self.findings) - SHOWN} more." if len(self.findings) > SHOWN else ""
        said = f"**{count(len(self.findings), 'finding').capitalize()}{about}, {self.period}**\n\n{shown}{more}"
        return said + ("\n\n*These figures hold imported history.*" if self.imported else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(dict.fromkeys(link for one in self.findings for link in one.links))


class Action(BaseModel):
    """Something to do: why, the sentence that has it done in the chat, and the tool call that this sentence means
    (None for a plan, which only a person decides on)."""

    model_config = ConfigDict(frozen=True)

    why: str
    say: str
    tool: str | None
    arguments: dict[str, Any] = {}
    links: tuple[RecordLink, ...] = ()


class Recommendations(Result):
    """What to do next, the most pressing first. `open` waits for a person without a sentence that would settle it."""

    period: str
    actions: tuple[Action, ...]
    open: tuple[Waiting, ...]

    @property
    def text(self) -> str:
        if not self.actions and not self.open:
            return (
                f"Nothing presses, going by the figures of {self.period}: nothing waits, nothing failed, and no campaign "
                "or segment stands out."
            )
        parts = [f"**What to do next** (by the figures of {self.period})"]
        if self.actions:
            lines = [
                f"{n}. {inert(one.why)} Say: “{inert(one.say)}”" for n, one in enumerate(self.actions[:SHOWN], start=1)
            ]
            parts.append("\n".join(lines))
        if self.open:
            parts.append("Also to be looked at:\n\n" + bullets(inert(one.what) for one in self.open[:SHOWN]))
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        found = [link for one in self.actions for link in one.links]
        return tuple(dict.fromkeys(found + [one.link for one in self.open if one.link]))


def insights(about: Looked) -> Insights:
    """What stands out in these days."""
    found = findings(about)
    return Insights(
        period=about.span.text,
        channel=about.channel,
        findings=tuple(found),
        measured=bool(about.now.facts),
        imported=any(fact.imported for fact in about.now.facts),
    )


def recommendations(about: Looked) -> Recommendations:
    """What to do next: what waits first, then what the campaigns' figures ask for, then what lies idle."""
    waits = waiting(about.ctx)
    actions = [_of_waiting(one) for one in waits if one.say]
    told = {link for one in actions for link in one.links}
    for campaign, finding in campaign_advice(about):
        action = _of_campaign(campaign, finding)
        if action is not None and action.links[0] not in told:
            actions.append(action)
            told.add(action.links[0])
    actions += [*_odd(about), *_idle(about), *_drafts(about)]
    return Recommendations(
        period=about.span.text, actions=tuple(actions), open=tuple(one for one in waits if not one.say)
    )


def _of_waiting(one: Waiting) -> Action:
    tool: str | None = None
    arguments: dict[str, Any] = {}
    if one.link is not None and one.link.noun == CAMPAIGN:
        status = "completed" if (one.say or "").endswith("completed") else "active"
        tool, arguments = "update_campaign", {"campaign": one.link.name, "status": status}
    elif one.link is not None:
        tool, arguments = "send_email_campaign", {"email_campaign": one.link.name}
    links = (one.link,) if one.link else ()
    return Action(why=one.what, say=one.say or "", tool=tool, arguments=arguments, links=links)


def _of_campaign(campaign: Campaign, finding: CampaignFinding) -> Action | None:
    link = RecordLink(noun=CAMPAIGN, id=campaign.id, name=campaign.name)
    why = f"{campaign.name}: {finding.evidence}"
    if finding.subject == "return" and finding.evidence.startswith("It has cost more"):
        if campaign.status != "active":
            return None
        arguments = {"campaign": campaign.name, "status": "paused"}
        return Action(why=why, say=f"Pause the {campaign.name} campaign", tool="update_campaign", arguments=arguments,
                      links=(link,))  # fmt: skip
    if campaign.status == "draft":
        return None
    say = f"Optimize the {campaign.name} campaign"
    return Action(why=why, say=say, tool="optimize_campaign", arguments={"campaign": campaign.name}, links=(link,))


def _idle(about: Looked) -> list[Action]:
    ctx, found = about.ctx, []
    amount = count_waiting_leads(ctx.session, ctx.now - UNTOUCHED, MOST_COUNTED)
    or_more = " or more" if amount == MOST_COUNTED else ""
    if amount:
        found.append(
            Action(
                why=f"{amount:,}{or_more} {'lead' if amount == 1 else 'leads'} came in more than {UNTOUCHED.days} days ago and "
                f"{'is' if amount == 1 else 'are'} still {LeadStatus.NEW.value}.",
                say="Score our new leads",
                tool="analyze_lead_batch",
                arguments={"status": LeadStatus.NEW.value},
            )
        )
    for link, people in untapped_segments(about)[:2]:
        found.append(
            Action(
                why=f"{count(people, 'person', 'people').capitalize()} of the segment {link.name} may be mailed, and "
                "no mailing has gone to it.",
                say=f"Suggest a personalization for the segment {link.name}",
                tool="suggest_personalization",
                arguments={"segment": link.name},
                links=(link,),
            )
        )
    return found


def _drafts(about: Looked) -> list[Action]:
    """Mailings that are written for somebody and not planned yet: their subject lines can learn from past ones."""
    drafts = [one for one in list_email_campaigns(about.ctx.session, status=EmailStatus.DRAFT) if one.send_time is None]
    return [
        Action(
            why=f"The mailing {one.name} is a draft without a time.",
            say=f"Suggest subject lines for the mailing {one.name}",
            tool="optimize_subject_lines",
            arguments={"email_campaign": one.name},
            links=(RecordLink(noun="email_campaign", id=one.id, name=one.name),),
        )
        for one in drafts[:MOST_DRAFTS]
    ]


def _odd(about: Looked) -> list[Action]:
    odd = [one for one in about.anomalies if one.score < 0]
    return [
        Action(
            why=f"{label(one.metric)} fell out of line on {day(one.day)}"
            + (f", most at {one.cause.name}." if one.cause else "."),
            say=f"Were there anomalies in {one.metric.value} in {about.span.text}?",
            tool="detect_anomalies",
            arguments={"metric": one.metric.value, "period": f"{about.span.start} to {about.span.end}"},
            links=(one.cause.link,) if one.cause and one.cause.link else (),
        )
        for one in odd[:1]
    ]
