"""The Segments page: the list, the builder in words and as conditions, suggestions."""

from ui.web.pages.segments.layout import PAGE

__all__ = ["PAGE"]
