"""The Leads page: the list, a lead with its timeline, editing, consent, deleting, importing."""

from ui.web.pages.leads.layout import PAGE

__all__ = ["PAGE"]
