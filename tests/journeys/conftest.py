"""Fixtures of the tests of running workflows."""

from journeys_house import house, url

__all__ = ["house", "url"]
