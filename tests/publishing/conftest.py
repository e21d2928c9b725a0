"""Fixtures of all tests of publishing."""

from publishing_fixtures import empty_file, fake, house, postgres_server, postgres_url

__all__ = ["empty_file", "fake", "house", "postgres_server", "postgres_url"]
