"""The letters of a mailing: what each recipient reads, with their own links in it, ready to be put into a message."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.ab_tests import variant_test
from memory.campaigns import Campaign
from memory.lead_lookup import custom_fields_of
from memory.leads import Lead
from memory.mail_hits import HIDDEN_LINK
from memory.mailings import EmailCampaign
from memory.outbox import Due
from tools.delivering.links import Links
from tools.delivering.message import Envelope, message_bytes
from tools.delivering.setup import MailSetup
from tools.delivering.signing import DkimKey
from tools.experimenting.letters import texts_of
from tools.mailing.sample import campaign_values, house_values, values_of_lead
from tools.rendering import RenderedLetter, render_letter

_LINK = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)
_PIXEL = '<img src="{url}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">'
#: Nobody sees it, so whoever follows it is a machine that tests links (see tools.receiving.judging).
_HIDDEN = '<a href="{url}" rel="nofollow" tabindex="-1" aria-hidden="true" style="display:none"></a>'
_FOOTER = (
    '<p style="font-size:12px;color:#666;text-align:center;margin:24px 0 0">'
    '<a href="{url}" style="color:#666">Unsubscribe</a></p>'
)


@dataclass(frozen=True)
class Text:
    """What a variant of a mailing says, before it is filled in."""

    subject: str
    preview_text: str | None
    content: str


@dataclass(frozen=True)
class Reader:
    """A claimed message with what fills its letter: the values behind the merge fields."""

    due: Due
    name: str | None
    text: Text
    lead: Mapping[str, Any]
    company: Mapping[str, Any]
    campaign: Mapping[str, Any]
    campaign_id: int | None


@dataclass(frozen=True)
class Outgoing:
    """A letter that is filled in; its links are not tracked yet. `link_urls` are the addresses of the web it leads to."""

    due: Due
    name: str | None
    campaign_id: int | None
    letter: RenderedLetter
    unsubscribe_url: str
    link_urls: frozenset[str]


def text_of(session: Session, mailing: EmailCampaign, variant: int | None) -> Text:
    """What a mailing says to those of a variant (None: no test). The one place where variants of a test differ."""
    subject, content = mailing.subject_line, mailing.content
    test = variant_test(session, mailing.id) if variant is not None else None
    if test is not None and variant is not None:
        subject, content = texts_of(mailing, test, variant)
    return Text(subject or "", mailing.preview_text, content or subject or "")


def readers_of(session: Session, mailing: EmailCampaign, due: Sequence[Due]) -> list[Reader]:
    """What fills the letters of claimed messages of one mailing."""
    ids = [one.lead_id for one in due if one.lead_id is not None]
    leads = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(ids)))}
    custom = custom_fields_of(session, ids)
    company = house_values(session)
    campaign = campaign_values(session.get(Campaign, mailing.campaign_id) if mailing.campaign_id else None)
    texts = {variant: text_of(session, mailing, variant) for variant in {one.variant for one in due}}
    made = []
    for one in due:
        lead = leads.get(one.lead_id) if one.lead_id is not None else None
        values = values_of_lead(lead, one.recipient, custom.get(lead.id, {}) if lead else {})
        name = lead.name if lead else None
        made.append(Reader(one, name, texts[one.variant], values, company, campaign, mailing.campaign_id))
    return made


def letter_for(reader: Reader, setup: MailSetup, links: Links) -> Outgoing:
    """The letter as this recipient reads it. Raises BrokenMerge or BadInput where the mailing's text cannot work."""
    unsubscribe, preferences = personal_links(reader.due.id, setup, links)
    confirm = links.confirm(reader.due.id)  # meant for the letters of sign-up forms
    letter = render_letter(
        reader.text.content,
        reader.lead,
        subject=reader.text.subject,
        preview_text=reader.text.preview_text,
        company=reader.company,
        campaign=reader.campaign,
        links={"unsubscribe_url": unsubscribe, "preferences_url": preferences, "confirm_url": confirm},
    )
    letter = with_way_out(letter, unsubscribe)
    found = {unescape(double or single).strip() for _, double, single in _LINK.findall(letter.html)}
    urls = frozenset(url for url in found if _is_web(url)) - {unsubscribe, preferences, confirm}
    return Outgoing(reader.due, reader.name, reader.campaign_id, letter, unsubscribe, urls)


def personal_links(delivery_id: int, setup: MailSetup, links: Links) -> tuple[str, str]:
    """The recipient's links to unsubscribe and to the preferences; by mail where the hub has no public address."""
    if setup.tracks:
        return links.unsubscribe(delivery_id), links.preferences(delivery_id)
    by_mail = unsubscribe_mailto(delivery_id, setup, links)
    return by_mail, by_mail


def unsubscribe_mailto(delivery_id: int, setup: MailSetup, links: Links) -> str:
    """A mailto link to unsubscribe: its subject names the message, so that the mail that comes in can be believed."""
    token = links.message_id(delivery_id, setup.domain).strip("<>").partition("@")[0]
    return f"mailto:{setup.unsubscribe_email}?subject=unsubscribe%20{token}"


def with_way_out(letter: RenderedLetter, unsubscribe: str) -> RenderedLetter:
    """The letter with a link to unsubscribe at its end, unless its author put one in."""
    html, text = letter.html, letter.text
    if escape(unsubscribe) not in html and unsubscribe not in html:
        html = _before_end(html, _FOOTER.format(url=escape(unsubscribe)))
    if unsubscribe not in text:
        text = f"{text.rstrip()}\n\n-- \nUnsubscribe: {unsubscribe}\n"
    return RenderedLetter(letter.subject, html, text, letter.preview_text)


def tracked(one: Outgoing, ids: Mapping[str, int], links: Links) -> str:
    """The letter's HTML with its links led over the hub, and with what tells of an open and of machines: an invisible picture,
    an invisible link."""

    def over_the_hub(found: re.Match[str]) -> str:
        url = unescape(found[2] or found[3] or "").strip()
        known = ids.get(url)
        return f'{found[1]}"{escape(links.click(one.due.id, known))}"' if known is not None else found[0]

    marks = _HIDDEN.format(url=escape(links.click(one.due.id, HIDDEN_LINK)))
    marks += _PIXEL.format(url=escape(links.open(one.due.id)))
    return _before_end(_LINK.sub(over_the_hub, one.letter.html), marks)


def message_of(
    one: Outgoing,
    setup: MailSetup,
    links: Links,
    link_numbers: Mapping[str, int],
    keys: Sequence[DkimKey],
    at: datetime,
) -> bytes:
    """The whole message to one recipient, signed."""
    ways = [one.unsubscribe_url] if setup.tracks else []
    if setup.unsubscribe_email:
        ways.append(unsubscribe_mailto(one.due.id, setup, links))
    envelope = Envelope(
        sender=setup.sender,
        recipient=one.due.recipient,
        recipient_name=one.name,
        reply_to=setup.reply_to,
        message_id=links.message_id(one.due.id, setup.domain),
        at=at,
        unsubscribe=tuple(ways),
        one_click=one.unsubscribe_url.startswith("https://"),
        feedback_id=f"{one.due.email_campaign_id}:{one.campaign_id or 0}:mailing:{setup.domain.replace('.', '-')}",
    )
    html = tracked(one, link_numbers, links) if setup.tracks else one.letter.html
    return message_bytes(envelope, one.letter.subject, one.letter.text, html, keys)


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _before_end(html: str, added: str) -> str:
    ends = list(_END.finditer(html))
    return f"{html[: ends[-1].start()]}{added}{html[ends[-1].start() :]}" if ends else html + added
