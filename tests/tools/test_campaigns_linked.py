"""Deleting a campaign that mailings and posts belong to: they stay, and while they go out it stays too."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from memory.campaigns import Campaign, campaign_named
from memory.enums import CampaignType, EmailStatus, Platform, PostStatus
from memory.mailings import EmailCampaign, email_campaign_named
from memory.posts import SocialPost, list_posts
from tools import campaigns  # noqa: F401 - declares the tools
from tools.core.door import Door
from tools.core.errors import Conflict

Writing = Callable[[], AbstractContextManager[Session]]


def plant(writing: Writing, mailing: EmailStatus, post: PostStatus) -> None:
    with writing() as session:
        campaign = Campaign(name="Bloom", type=CampaignType.EMAIL, channels=["email"])
        session.add(campaign)
        session.flush()
        session.add(EmailCampaign(name="Teaser", status=mailing, campaign_id=campaign.id))
        session.add(SocialPost(platform=Platform.MASTODON, content="It blooms.", status=post, campaign_id=campaign.id))


def test_what_belongs_to_it_is_named_and_stays(door: Door, writing: Writing) -> None:
    plant(writing, EmailStatus.SENT, PostStatus.DRAFT)
    plan = door.call("delete_campaign", {"campaign": "Bloom"})
    said = "The mailing “Teaser” and the post “It blooms.” stay, but no longer belong to a campaign."
    assert said in plan.text
    assert [(one.noun, one.name) for one in plan.result.links] == [
        ("campaign", "Bloom"),
        ("email_campaign", "Teaser"),
        ("social_post", "It blooms."),
    ]
    assert plan.plan_id is not None
    assert said in door.approve(plan.plan_id).text
    with writing() as session:
        assert campaign_named(session, "Bloom") is None
        mailing = email_campaign_named(session, "Teaser")
        assert mailing is not None
        assert mailing.campaign_id is None
        (post,) = list_posts(session)
        assert post.campaign_id is None


@pytest.mark.parametrize(
    ("mailing", "post", "said"),
    [
        (EmailStatus.SCHEDULED, PostStatus.DRAFT, "the mailing “Teaser” (scheduled) is still to go out for it"),
        (EmailStatus.SENDING, PostStatus.PUBLISHED, "the mailing “Teaser” (sending) is still to go out"),
        (EmailStatus.SENT, PostStatus.SCHEDULED, "the post “It blooms.” (scheduled) is still to go out"),
        (
            EmailStatus.PAUSED,
            PostStatus.SCHEDULED,
            "(paused) and the post “It blooms.” (scheduled) are still to go out",
        ),
    ],
)
def test_it_is_not_deleted_while_something_goes_out_for_it(
    door: Door, writing: Writing, mailing: EmailStatus, post: PostStatus, said: str
) -> None:
    plant(writing, mailing, post)
    with pytest.raises(Conflict) as caught:
        door.call("delete_campaign", {"campaign": "Bloom"})
    assert said in caught.value.sentence
    with writing() as session:
        assert campaign_named(session, "Bloom") is not None


def test_what_is_scheduled_after_the_plan_was_shown_stops_it(door: Door, writing: Writing) -> None:
    plant(writing, EmailStatus.DRAFT, PostStatus.DRAFT)
    plan = door.call("delete_campaign", {"campaign": "Bloom"})
    with writing() as session:
        mailing = email_campaign_named(session, "Teaser")
        assert mailing is not None
        mailing.status = EmailStatus.SCHEDULED
    assert plan.plan_id is not None
    with pytest.raises(Conflict, match="can no longer be carried out"):
        door.approve(plan.plan_id)
    with writing() as session:
        assert campaign_named(session, "Bloom") is not None
