"""Fixtures of all tests of publishing."""

from publishing_fixtures import fake, house, postgres_server, postgres_url

__all__ = ["fake", "house", "postgres_server", "postgres_url"]
