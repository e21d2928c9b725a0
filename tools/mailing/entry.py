"""How mailings are found by what people call them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from memory.mailings import EmailCampaign, called_mailings, mailings_with_template
from tools import templates
from tools.core.context import Context
from tools.core.records import Noun, RecordName, register, resolve
from tools.core.result import RecordLink

MAILING = "email_campaign"


def mailing_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every mailing, also by its subject line and by the campaign it belongs to."""
    return [
        RecordName(MAILING, id, name, tuple(alias for alias in (subject, campaign) if alias))
        for id, name, subject, campaign in called_mailings(session)
    ]


def the_mailing(ctx: Context, email_campaign: str) -> EmailCampaign:
    """The mailing that `email_campaign` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(EmailCampaign, resolve(ctx, MAILING, email_campaign, "email_campaign").id)


def mailing_link(mailing: EmailCampaign) -> RecordLink:
    return RecordLink(noun=MAILING, id=mailing.id, name=mailing.name)


def _users_of_template(session: Session, template_id: int) -> Sequence[RecordLink]:
    return [mailing_link(one) for one in mailings_with_template(session, template_id)]


register(
    Noun(
        MAILING,
        "mailing",
        "mailings",
        ("mailing", "mailings", "mail", "email", "emails", "e-mail", "campaign"),
        mailing_names,
    )
)
templates.USERS.append(_users_of_template)
