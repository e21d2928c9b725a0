"""Analytics: channels, trends with unusual days, a forecast with its band, attribution models, the funnel, reports."""

from ui.web.pages.analytics.layout import PAGE

__all__ = ["PAGE"]
