"""The chat page: the conversations, the messages with their steps, the plans that wait, the line to type in."""

from ui.web.page import Page
from ui.web.pages.chat.wiring import build

PAGE = Page("/", "Chat", build)
