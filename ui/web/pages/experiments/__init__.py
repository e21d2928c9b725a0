"""A/B tests: what a test could see, what came of it, and the winner."""

from ui.web.pages.experiments.layout import PAGE

__all__ = ["PAGE"]
