"""The dashboard: key figures against the period before, conversions by channel, what needs a person, what to do next."""

from ui.web.pages.dashboard.layout import PAGE

__all__ = ["PAGE"]
