"""Fixtures of the tests of A/B tests that run."""

from runtime_house import house

__all__ = ["house"]
