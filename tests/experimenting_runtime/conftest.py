"""Fixtures of the tests of A/B tests that run."""

from runtime_house import house, postgres_server, postgres_url

__all__ = ["house", "postgres_server", "postgres_url"]
