"""Knowledge: articles and support tickets, searched by words and meaning, and what the assistant used them for."""

from ui.web.pages.knowledge.layout import PAGE

__all__ = ["PAGE"]
