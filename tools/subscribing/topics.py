"""Topics: what a mailing is about, as far as readers may choose. A mailing belongs to the first topic that it is named after.

The house names its topics once (setting `mail_topics`: Newsletter, Offers); “October newsletter” and whatever belongs to a
campaign “Newsletter 2026” are of the topic Newsletter. What is named after none can be refused only with all mail.
"""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.mailings import EmailCampaign

_WORD = re.compile(r"[^\W_]+")


def topic_of(topics: Sequence[str], *names: str | None) -> str | None:
    """The house's topic that stands in one of the names (singular or plural, whatever the case); the first name counts first."""
    for name in names:
        stems = [_stem(word) for word in _WORD.findall(name or "")]
        for topic in topics:
            wanted = [_stem(word) for word in _WORD.findall(topic)]
            if wanted and any(stems[at : at + len(wanted)] == wanted for at in range(len(stems))):
                return topic
    return None


def topic_of_mailing(session: Session, mailing: EmailCampaign, topics: Sequence[str]) -> str | None:
    """The topic that a mailing is named after, or else its campaign."""
    campaign = session.get(Campaign, mailing.campaign_id) if mailing.campaign_id is not None else None
    return topic_of(topics, mailing.name, campaign.name if campaign else None)


def _stem(word: str) -> str:
    folded = word.casefold()
    return folded[:-1] if len(folded) > 3 and folded.endswith("s") else folded
