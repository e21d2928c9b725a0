"""The Content Studio: emails, text messages, call scripts and ads in the brand voice; keep, compare, save as template."""

from ui.web.pages.content.layout import PAGE

__all__ = ["PAGE"]
