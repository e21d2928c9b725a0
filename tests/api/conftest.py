"""The fixtures of these tests, which a module of its own name holds."""

from api_fixtures import address, fresh_house, house, program

__all__ = ["address", "fresh_house", "house", "program"]
