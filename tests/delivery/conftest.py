"""Fixtures of all tests of sending."""

from delivery_fixtures import certificate, database, mail

__all__ = ["certificate", "database", "mail"]
