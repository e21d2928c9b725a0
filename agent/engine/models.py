"""The two models that the engine serves, under the names and with the descriptions that Ollama would give them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.engine import wire
from agent.engine.errors import ApiError
from agent.engine.weights import QWEN_CODER

CHAT_MODEL = "qwen2.5-coder:1.5b"
EMBEDDING_MODEL = "wordllama:latest"


@dataclass(frozen=True)
class Model:
    """`name` is listed; `aliases` are answered too; `capability` is "completion" or "embedding"."""

    name: str
    aliases: frozenset[str]
    capability: str
    size: int
    digest: str
    details: dict[str, Any]
    info: dict[str, Any] = field(default_factory=dict)
    modified_at: str = field(default_factory=wire.now)

    def listing(self) -> dict[str, Any]:
        """The entry of /api/tags and /api/ps."""
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": self.modified_at,
            "size": self.size,
            "digest": self.digest,
            "details": self.details,
        }


def _details(family: str, parameters: str, quantization: str, file_format: str) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": file_format,
        "family": family,
        "families": [family],
        "parameter_size": parameters,
        "quantization_level": quantization,
    }


def chat_model(n_ctx: int) -> Model:
    """Qwen2.5-Coder-1.5B-Instruct; its parameter count includes the output matrix that this file stores separately."""
    return Model(
        name=CHAT_MODEL,
        aliases=frozenset(
            {
                CHAT_MODEL,
                "qwen2.5-coder:latest",
                "qwen2.5-coder:1.5b-instruct",
                "qwen2.5-coder:1.5b-instruct-q4_k_m",
            }
        ),
        capability="completion",
        size=QWEN_CODER.size,
        digest=QWEN_CODER.sha256,
        details=_details("qwen2", "1.5B", "Q4_K_M", "gguf"),
        info={
            "general.architecture": "qwen2",
            "general.basename": "Qwen2.5-Coder",
            "general.license": "apache-2.0",
            "qwen2.context_length": n_ctx,
            "qwen2.embedding_length": 1536,
        },
    )


def embedding_model(weights: Path, dimensions: int) -> Model:
    """wordllama, described from the weights file of its installed package."""
    return Model(
        name=EMBEDDING_MODEL,
        aliases=frozenset({EMBEDDING_MODEL}),
        capability="embedding",
        size=weights.stat().st_size,
        digest=hashlib.sha256(weights.read_bytes()).hexdigest(),
        details=_details("wordllama", f"{weights.stat().st_size // 2 / 1e6:.1f}M", "F16", "safetensors"),
        info={"general.architecture": "wordllama", "wordllama.embedding_length": dimensions},
    )


class Registry:
    """The models by name; a name without a tag means `:latest`, as in Ollama, and case does not matter."""

    def __init__(self, *models: Model) -> None:
        self.models = models

    def find(self, name: Any) -> Model:
        """Raises ApiError 400 without a name, 404 for a model that is not served."""
        if not name or not isinstance(name, str):
            raise ApiError(400, "model is required")
        wanted = name.lower() if ":" in name else f"{name.lower()}:latest"
        for model in self.models:
            if wanted in model.aliases:
                return model
        raise ApiError(404, f"model '{name}' not found")
