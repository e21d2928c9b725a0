"""The Social page: the calendar, one post, the list, best times, results."""

from ui.web.page import Page
from ui.web.pages.social.layout import build

PAGE = Page("/social", "Social", build)
