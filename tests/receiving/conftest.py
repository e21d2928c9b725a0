"""Fixtures of the tests of what comes in."""

from tests.delivery.delivery_fixtures import database, mail
from tests.public.public_fixtures import house, site

__all__ = ["database", "house", "mail", "site"]
