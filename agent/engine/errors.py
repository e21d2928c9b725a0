"""What can go wrong in the embedded engine, as sentences for a person."""

from __future__ import annotations


class EngineError(RuntimeError):
    """The embedded model cannot start or cannot be reached; the text says what to do."""


class WeightsError(EngineError):
    """The weights are missing, incomplete or not the expected bytes."""


class ApiError(Exception):
    """A refused request: `status` is the HTTP status, `message` goes into Ollama's `{"error": ...}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
