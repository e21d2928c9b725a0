"""All pages, in the order of the navigation. A new page is a module here with a `PAGE`, named in this tuple."""

from ui.web.page import Page
from ui.web.pages import (
    analytics,
    automation,
    campaigns,
    chat,
    content,
    dashboard,
    email,
    experiments,
    knowledge,
    leads,
    segments,
    settings,
    social,
    templates,
)

PAGES: tuple[Page, ...] = (
    chat.PAGE,
    dashboard.PAGE,
    social.PAGE,
    automation.PAGE,
    campaigns.PAGE,
    analytics.PAGE,
    settings.PAGE,
    content.PAGE,
    templates.PAGE,
    knowledge.PAGE,
    email.PAGE,
    experiments.PAGE,
    leads.PAGE,
    segments.PAGE,
)
