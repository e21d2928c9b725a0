"""The Email page: mailings with what came of them, the editor with preview and check, sending, series."""

from ui.web.pages.email.layout import PAGE

__all__ = ["PAGE"]
