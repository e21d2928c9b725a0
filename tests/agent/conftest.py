"""The fixtures of these tests, which a module of its own name holds."""

from agent_fixtures import hub, matcher, model_hub, now, ollama, opened

__all__ = ["hub", "matcher", "model_hub", "now", "ollama", "opened"]
