"""Campaigns: the list, one campaign with its content, timeline and performance, its form, ideas for new ones."""

from ui.web.pages.campaigns.layout import PAGE

__all__ = ["PAGE"]
