"""Fixtures of the tests of the night's work."""

from night_house import house

__all__ = ["house"]
