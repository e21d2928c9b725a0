"""The Automation page: the workflows, and the builder of one."""

from ui.web.page import Page
from ui.web.pages.automation.layout import build

PAGE = Page("/automation", "Automation", build)
