"""A mailing filled in for one recipient: what the merge fields stand for, and the text as that person would read it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.house import COMPANY_NAME, INDUSTRY, house_fact
from memory.lead_attributes import lead_to_show
from memory.lead_lookup import custom_fields_of
from memory.leads import Lead
from memory.mailings import EmailCampaign
from tools import merge
from tools.merge.known import NAMESPACES
from tools.rendering import render_letter
from tools.show import day

#: What stands for the personal links in a sample: a real one is made when the message is sent.
SAMPLE_LINKS = {"unsubscribe_url": "(link to unsubscribe)", "preferences_url": "(link to the preferences)"}


class Sample(BaseModel):
    """The mail as one person would read it. `person` says whose data filled it in.

    `content` is the text part; `html` the whole page where the mailing's text is HTML or MJML.
    """

    model_config = ConfigDict(frozen=True)

    person: str
    subject_line: str
    preview_text: str | None
    content: str
    html: str | None = None


def lead_values(session: Session, lead: Lead | None, email: str | None = None) -> dict[str, Any]:
    """The values of `lead.…`; of an address without a lead only the address."""
    return values_of_lead(lead, email, custom_fields_of(session, [lead.id]).get(lead.id, {}) if lead else {})


def values_of_lead(lead: Lead | None, email: str | None, custom: Mapping[str, str]) -> dict[str, Any]:
    """The same, where the custom fields were looked up already."""
    if lead is None:
        return {"email": email} if email else {}
    plain = [name for name in NAMESPACES["lead"] if name not in ("custom", "score", "status")]
    values: dict[str, Any] = {name: getattr(lead, name) for name in plain}
    values["status"] = lead.status.value
    values["custom"] = custom
    return values


def house_values(session: Session) -> dict[str, Any]:
    """The values of `company.…`, as far as they are known."""
    known = {"name": house_fact(session, COMPANY_NAME), "industry": house_fact(session, INDUSTRY)}
    return {name: value for name, value in known.items() if value}


def campaign_values(campaign: Campaign | None) -> dict[str, Any]:
    """The values of `campaign.…`, for a mailing that belongs to one."""
    if campaign is None:
        return {}
    return {
        "name": campaign.name,
        "description": campaign.description,
        "goal": campaign.goal.value.replace("_", " ") if campaign.goal else None,
        "target_audience": campaign.target_audience,
        "start_date": day(campaign.start_date) if campaign.start_date else None,
        "end_date": day(campaign.end_date) if campaign.end_date else None,
    }


def sample_of(session: Session, mailing: EmailCampaign, lead: Lead | None, email: str | None = None) -> Sample:
    """The mailing as `lead` (or a bare address) would read it; a mailing without a text of its own shows its subject.

    Raises BrokenMerge where a slot is not filled or a merge field cannot work.
    """
    campaign = session.get(Campaign, mailing.campaign_id) if mailing.campaign_id else None
    content = mailing.content or mailing.subject_line or ""
    letter = render_letter(
        content,
        lead_values(session, lead, email),
        subject=mailing.subject_line or "",
        preview_text=mailing.preview_text,
        company=house_values(session),
        campaign=campaign_values(campaign),
        links=SAMPLE_LINKS,
    )
    person = (lead.name or lead.email) if lead else email
    return Sample(
        person=person or "somebody of whom nothing is known",
        subject_line=letter.subject,
        preview_text=letter.preview_text,
        content=letter.text,
        html=letter.html if merge.is_html(content) else None,
    )


def shown_to_a_lead(session: Session, content: str, *, letter: bool = True) -> tuple[str, str] | tuple[None, None]:
    """Whose name stands for a reader, and a template's text as that lead would read it; slots stand as [their name].

    `letter` is False for a text that is no mail (an SMS). (None, None) without leads. Raises BrokenMerge or BadInput
    where the text cannot work.
    """
    lead = lead_to_show(session)
    if lead is None:
        return None, None
    slots = {one.path: f"[{one.path}]" for one in merge.fields(content) if one.kind == "slot"}
    if not letter:
        values = {**slots, **SAMPLE_LINKS, "lead": lead_values(session, lead), "company": house_values(session)}
        return lead.name or lead.email, merge.render(content, values)
    rendered = render_letter(
        content,
        lead_values(session, lead),
        subject="",
        company=house_values(session),
        links=SAMPLE_LINKS,
        slots=slots,
    )
    return lead.name or lead.email, rendered.text
