"""What pages show that no tool tells: reads (and small writes) of the engine in `tools`, in one transaction each.

Every page's views stand in a class of their own in `agent/viewing/`; `hub.views` holds one of each.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.settings import Settings
    from agent.viewing.analytics import AnalyticsViews
    from agent.viewing.chat import ChatViews
    from agent.viewing.content import CampaignViews, KnowledgeViews, StudioViews, TemplateViews
    from agent.viewing.experiments import ExperimentViews
    from agent.viewing.house import HouseViews
    from agent.viewing.mail import MailViews
    from agent.viewing.people import LeadViews, SegmentViews
    from agent.viewing.posts import PostViews
    from agent.viewing.workflows import WorkflowViews
    from tools.core.door import Door
    from tools.delivering.setup import MailSetup


class Views:
    """`hub.views`: one attribute for each page. Loaded when first used."""

    def __init__(self, door: Door, mail_setup: MailSetup, settings: Settings) -> None:
        self._door = door
        self._mail_setup = mail_setup
        self._settings = settings

    @cached_property
    def chat(self) -> ChatViews:
        """What the chat page shows and does beside the turns."""
        from agent.viewing.chat import ChatViews

        return ChatViews(self._door)

    @cached_property
    def mail(self) -> MailViews:
        """What the Email page shows beside the tools' results."""
        from agent.viewing.mail import MailViews

        return MailViews(self._door, self._mail_setup)

    @cached_property
    def leads(self) -> LeadViews:
        """What the Leads page shows and changes beside the tools."""
        from agent.viewing.people import LeadViews

        return LeadViews(self._door)

    @cached_property
    def segments(self) -> SegmentViews:
        """What the Segments page shows and changes beside the tools."""
        from agent.viewing.people import SegmentViews

        return SegmentViews(self._door)

    @cached_property
    def campaigns(self) -> CampaignViews:
        """What belongs to a campaign, and what happened around it."""
        from agent.viewing.content import CampaignViews

        return CampaignViews(self._door)

    @cached_property
    def templates(self) -> TemplateViews:
        """A template's text while it is being written."""
        from agent.viewing.content import TemplateViews

        return TemplateViews(self._door)

    @cached_property
    def studio(self) -> StudioViews:
        """The drafts of the Content Studio, and the voice of the house."""
        from agent.viewing.content import StudioViews

        return StudioViews(self._door)

    @cached_property
    def knowledge(self) -> KnowledgeViews:
        """Articles and tickets as a person browses them."""
        from agent.viewing.content import KnowledgeViews

        return KnowledgeViews(self._door)

    @cached_property
    def workflows(self) -> WorkflowViews:
        """The drawing of a workflow while it is edited, and its live counts."""
        from agent.viewing.workflows import WorkflowViews

        return WorkflowViews(self._door)

    @cached_property
    def posts(self) -> PostViews:
        """A post's text as a platform counts it."""
        from agent.viewing.posts import PostViews

        return PostViews(self._door)

    @cached_property
    def house(self) -> HouseViews:
        """The facts of the house, its accounts, and how it is set up."""
        from agent.viewing.house import HouseViews

        return HouseViews(self._door, self._settings)

    @cached_property
    def analytics(self) -> AnalyticsViews:
        """A metric day by day, the funnel, the reports that were made."""
        from agent.viewing.analytics import AnalyticsViews

        return AnalyticsViews(self._door)

    @cached_property
    def experiments(self) -> ExperimentViews:
        """What a test could see before it is made, and how it goes on by itself."""
        from agent.viewing.experiments import ExperimentViews

        return ExperimentViews(self._door)
