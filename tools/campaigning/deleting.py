"""Deleting a campaign: what goes with it, what stays, and when it may not be deleted yet."""

from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.enums import EmailStatus, PostStatus
from memory.mailings import mailings_of_campaign
from memory.posts import posts_of_campaign
from tools.core.errors import Conflict
from tools.core.result import RecordLink
from tools.quoting import inert
from tools.show import listing, shorten, words

#: What is on its way out of the house: it would lose the campaign that it is counted for.
_UNDER_WAY = (EmailStatus.SCHEDULED, EmailStatus.SENDING, EmailStatus.PAUSED)
_NAME_LENGTH = 60


def linked(session: Session, campaign_id: int) -> tuple[RecordLink, ...]:
    """The mailings and posts of a campaign: they stay when it is deleted, without it."""
    mailings = [
        RecordLink(noun="email_campaign", id=one.id, name=one.name)
        for one in mailings_of_campaign(session, campaign_id)
    ]
    posts = [
        RecordLink(noun="social_post", id=one.id, name=shorten(one.content, _NAME_LENGTH))
        for one in posts_of_campaign(session, campaign_id)
    ]
    return (*mailings, *posts)


def check_deletable(session: Session, campaign: Campaign) -> None:
    """Raises Conflict, naming them, while mailings or posts of the campaign are scheduled or on their way."""
    going = [
        f"the mailing “{inert(one.name)}” ({words(one.status)})"
        for one in mailings_of_campaign(session, campaign.id)
        if one.status in _UNDER_WAY
    ]
    going += [
        f"the post “{inert(shorten(one.content, _NAME_LENGTH))}” ({words(one.status)})"
        for one in posts_of_campaign(session, campaign.id)
        if one.status == PostStatus.SCHEDULED
    ]
    if going:
        them = "it" if len(going) == 1 else "them"
        raise Conflict(
            f"“{inert(campaign.name)}” cannot be deleted yet: {listing(going)} "
            f"{'is' if len(going) == 1 else 'are'} still to go out for it. Cancel {them} first, or let {them} finish."
        )


def staying(kept: tuple[RecordLink, ...]) -> str:
    """What becomes of the linked records, in a sentence; empty where there are none."""
    if not kept:
        return ""
    named = [f"{'the mailing' if one.noun == 'email_campaign' else 'the post'} “{inert(one.name)}”" for one in kept[:5]]
    more = [f"{len(kept) - 5} more"] if len(kept) > 5 else []
    verb = "stays, but no longer belongs" if len(kept) == 1 else "stay, but no longer belong"
    said = listing([*named, *more])
    return f" {said[:1].upper()}{said[1:]} {verb} to a campaign."
