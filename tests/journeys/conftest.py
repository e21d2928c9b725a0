"""Fixtures of the tests of running workflows."""

from journeys_house import house, postgres_server, postgres_url, url

__all__ = ["house", "postgres_server", "postgres_url", "url"]
