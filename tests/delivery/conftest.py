"""Fixtures of all tests of sending."""

from delivery_fixtures import certificate, database, mail, postgres_server, postgres_url

__all__ = ["certificate", "database", "mail", "postgres_server", "postgres_url"]
