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
    campaigns.PAGE,
    email.PAGE,
    social.PAGE,
    automation.PAGE,
    experiments.PAGE,
    analytics.PAGE,
    leads.PAGE,
    segments.PAGE,
    templates.PAGE,
    content.PAGE,
    knowledge.PAGE,
    settings.PAGE,
)
