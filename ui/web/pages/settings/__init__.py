"""Settings: health with fixes, the house and its voice, people, accounts, and how everything is set up."""

from ui.web.pages.settings.layout import PAGE

__all__ = ["PAGE"]
