"""Templates: the list by kind, and the editor with a preview for a real lead."""

from ui.web.pages.templates.layout import PAGE

__all__ = ["PAGE"]
