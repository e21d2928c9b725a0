"""The fixtures of these tests, which a module of its own name holds."""

from house_fixtures import house

__all__ = ["house"]
