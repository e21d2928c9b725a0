"""Fixtures of all tests of publishing."""

from publishing_fixtures import fake, house

__all__ = ["fake", "house"]
