"""Sign-up forms: who asks is kept as unconfirmed and gets one letter; only the answer to that is consent (double opt-in).

What was agreed to is kept word for word, with when and from where it was asked for and confirmed (GDPR, article 7 (1)).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, EmailStatus, EventType
from memory.events import record_event
from memory.house import COMPANY_NAME, house_fact
from memory.lead_changes import new_lead, put_consent, put_tag
from memory.lead_lookup import consents_of, lead_with_email
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.outbox import OPEN
from memory.signups import Signup, SignupForm, SignupState, all_forms, asked_since, form_called, newest_signup
from memory.suppression import suppression_of
from tools.core.errors import BadInput
from tools.receiving.statuses import follow_event
from tools.subscribing.recipients import OWN_NO, subscribe_again

__all__ = ["DEFAULT", "Asked", "Person", "all_forms", "ask", "confirm", "confirmable", "open_form", "put_form"]

#: The form that every house has without making one.
DEFAULT = "newsletter"
#: For how long a confirmation can be given.
VALID = timedelta(days=7)
#: Requests of one address of the net within an hour, and letters to one address of mail within a day, at most.
MOST_PER_CALLER, MOST_PER_ADDRESS = 20, 3
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_EMAIL = re.compile(r"[^\s<>@\"(),:;\\\[\]]{1,64}@[^\s<>@\"(),:;\\\[\]]+\.[^\s<>@\"(),:;\\\[\].]{2,63}")
_SUBJECT = "Please confirm: {title}"
_LETTER = """<p>Hello{{% if lead.first_name %}} {{{{ lead.first_name }}}}{{% endif %}},</p>
<p>somebody, probably you, asked for “{title}” to be sent to this address. Please confirm that it was you:</p>
<p><a href="{{{{ confirm_url }}}}">Yes, write to me</a></p>
<p>With that you agree: {wording}</p>
<p>It was not you? Then do nothing, and you will hear no more of this.</p>"""


class Asked(StrEnum):
    """What became of a request. To the person all but TOO_MANY look the same: nobody learns who is on the list."""

    LETTER = "letter"
    ALREADY = "already"
    NOT_NOW = "not_now"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Person:
    """Who asks: the address of mail, a name if it was told, and from which address of the net."""

    email: str
    name: str | None = None
    caller: str | None = None


def put_form(
    session: Session, slug: str, title: str, wording: str, now: datetime, *, tag: str | None = None
) -> SignupForm:
    """Make a form, or change it (letters that were sent keep what stood in them). Raises BadInput."""
    slug = slug.strip().lower()
    if not _SLUG.fullmatch(slug):
        raise BadInput("A form's name is letters, digits and dashes, such as summer-news.", "form")
    if not title.strip() or not wording.strip():
        raise BadInput("A form needs a title and the words that people agree to.", "wording")
    form = form_called(session, slug)
    if form is None:
        form = SignupForm(slug=slug, title=title.strip(), wording=wording.strip(), tag=tag, created_at=now)
        session.add(form)
    form.title, form.wording, form.tag, form.updated_at = title.strip()[:200], wording.strip(), tag, now
    session.flush()
    mailing = session.get(EmailCampaign, form.email_campaign_id) if form.email_campaign_id else None
    if mailing is not None:
        mailing.subject_line, mailing.content = _texts(form)
    return form


def open_form(session: Session, slug: str, now: datetime) -> SignupForm | None:
    """The form, if there is one that takes requests; the default one is made when it is first asked for."""
    form = form_called(session, slug)
    if form is None and slug.strip().lower() == DEFAULT:
        company = house_fact(session, COMPANY_NAME) or "us"
        wording = f"I want to get emails with news and offers from {company}. I can end this at any time by the link in each email."
        form = put_form(session, DEFAULT, "Newsletter", wording, now, tag=DEFAULT)
    return form if form is not None and form.open else None


def readable_address(email: str) -> str:
    """The address in lower case. Raises BadInput where it is none."""
    email = email.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email) or not email.rpartition("@")[0].isascii():
        raise BadInput("This is no email address that we could write to. Please check it.", "email")
    return email


def ask(session: Session, form: SignupForm, person: Person, now: datetime) -> Asked:
    """Take a request: the lead is kept as unconfirmed, and the letter that asks for a confirmation is laid in the ledger.

    The session must be a writing one. Raises BadInput for what is no address.
    """
    email = readable_address(person.email)
    if person.caller and asked_since(session, now - timedelta(hours=1), address=person.caller) >= MOST_PER_CALLER:
        return Asked.TOO_MANY
    lead = lead_with_email(session, email) or new_lead(
        session, email, now, name=_name(person.name), source=f"form {form.slug}"
    )
    blocked = suppression_of(session, email)
    consents = {one.channel: one.state for one in consents_of(session, lead.id)}
    signup = Signup(
        form_id=form.id, email=email, lead_id=lead.id, wording=form.wording, asked_at=now, asked_from=person.caller,
        state=SignupState.ASKED,
    )  # fmt: skip
    if blocked is not None and blocked.reason not in OWN_NO:
        return Asked.NOT_NOW
    if blocked is None and consents.get(Channel.EMAIL) == ConsentState.GRANTED:
        if form.tag:
            put_tag(session, lead.id, form.tag, now)
        return Asked.ALREADY
    too_many = asked_since(session, now - timedelta(days=1), email=email) >= MOST_PER_ADDRESS
    session.add(signup)
    record_event(session, lead.id, EventType.SUBMITTED_FORM, now, channel=Channel.EMAIL, name=form.slug)
    if too_many:
        return Asked.NOT_NOW
    if consents.get(Channel.EMAIL) is None:
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.PENDING, now, f"form {form.slug}, not confirmed")
    session.flush()
    signup.delivery_id = _lay_letter(session, form, lead, signup, now)
    session.flush()
    return Asked.LETTER


def confirmable(session: Session, delivery_id: int | None, now: datetime) -> tuple[Signup, SignupForm] | None:
    """The request that a confirmation link belongs to; None for no link of the house, or one that is too old."""
    signup = newest_signup(session, delivery_id) if delivery_id is not None else None
    if signup is None or (signup.state == SignupState.ASKED and signup.asked_at < now - VALID):
        return None
    return signup, session.get_one(SignupForm, signup.form_id)


def confirm(session: Session, delivery_id: int | None, now: datetime, caller: str | None) -> SignupForm | None:
    """The person said yes on the page that the letter led to: from now on there is consent, with its proof."""
    found = confirmable(session, delivery_id, now)
    if found is None:
        return None
    signup, form = found
    if signup.state == SignupState.CONFIRMED:
        return form
    signup.state, signup.confirmed_at, signup.confirmed_from = SignupState.CONFIRMED, now, caller
    lead = lead_with_email(session, signup.email)
    if lead is None:  # deleted meanwhile; the person asks to be written to nevertheless
        lead = new_lead(session, signup.email, now, source=f"form {form.slug}")
    signup.lead_id = lead.id
    subscribe_again(session, signup.email, now, f"form {form.slug}, confirmed (sign-up {signup.id})")
    event = record_event(
        session, lead.id, EventType.SIGNED_UP, now, channel=Channel.EMAIL, name=form.slug, key=f"signup:{signup.id}",
        data={"wording": signup.wording, "form": form.slug},
    )  # fmt: skip
    if event is not None:
        follow_event(session, lead, event)
    if form.tag:
        put_tag(session, lead.id, form.tag, now)
    return form


def _lay_letter(session: Session, form: SignupForm, lead: Lead, signup: Signup, now: datetime) -> int:
    """The letter to this person in the ledger of the form's mailing; one that still waits is enough."""
    mailing = _mailing(session, form, now)
    waiting = select(Delivery.id).where(
        Delivery.email_campaign_id == mailing.id, Delivery.recipient == lead.email, Delivery.state.in_(OPEN)
    )
    found = session.scalars(waiting).first()
    if found is not None:
        return found
    letter = Delivery(
        email_campaign_id=mailing.id, recipient=lead.email, lead_id=lead.id, due_at=now, changed_at=now,
        enrolment_id=-signup.id,  # a row for each request; those of workflows count upwards
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return letter.id


def _mailing(session: Session, form: SignupForm, now: datetime) -> EmailCampaign:
    mailing = session.get(EmailCampaign, form.email_campaign_id) if form.email_campaign_id else None
    if mailing is None:
        subject, content = _texts(form)
        mailing = EmailCampaign(
            name=f"Confirmations of the form {form.slug} ({form.id})", subject_line=subject, content=content,
            confirms=True, recipients=[], created_at=now,
        )  # fmt: skip
        session.add(mailing)
        session.flush()
        form.email_campaign_id = mailing.id
    mailing.status, mailing.laid_at, mailing.updated_at = EmailStatus.SENDING, mailing.laid_at or now, now
    session.flush()
    return mailing


def _texts(form: SignupForm) -> tuple[str, str]:
    title, wording = (_plain(text) for text in (form.title, form.wording))
    return _SUBJECT.format(title=title), _LETTER.format(title=title, wording=wording)


def _plain(text: str) -> str:
    """The text without what a letter would take for a merge field or for HTML."""
    return re.sub(r"[{}<>%]", " ", text)


def _name(name: str | None) -> str | None:
    cleaned = " ".join(_plain(name or "").split())[:200]
    # A name that is an advertisement would be mailed to a stranger.
    return cleaned if cleaned and not re.search(r"https?:|www\.|/|@|\.\w{2,}", cleaned, re.IGNORECASE) else None
