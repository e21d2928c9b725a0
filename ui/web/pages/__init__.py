"""All pages, in the order of the navigation. A new page is a module here with a `PAGE`, named in this tuple."""

from ui.web.page import Page
from ui.web.pages import automation, campaigns, chat, dashboard

PAGES: tuple[Page, ...] = (
    chat.PAGE,
    dashboard.PAGE,
    automation.PAGE,
    campaigns.PAGE,
)
