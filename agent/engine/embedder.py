"""Sentence embeddings by wordllama: static token vectors of its wheel, averaged. Needs no network and no GPU."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

DIMENSIONS = 256
MODEL = "wordllama"


class Embedder:
    """wordllama's 256-dimensional vectors, normalised to length 1 as Ollama's /api/embed returns them."""

    def __init__(self) -> None:
        package: Any = import_module("wordllama")
        folder = Path(package.__file__).parent
        # Without its own folder as the cache, wordllama looks for its tokenizer online.
        self._model: Any = package.WordLlama.load(cache_dir=folder, disable_download=True)
        self.weights = folder / "weights" / f"l2_supercat_{DIMENSIONS}.safetensors"

    def embed(self, texts: Sequence[str], dimensions: int | None = None) -> tuple[list[list[float]], int]:
        """Unit vectors, one a text, and the number of tokens read.

        `dimensions` keeps the first that many numbers (the vectors were trained so that prefixes are useful) and
        normalises again. A text without any known token gets the zero vector.
        """
        if not texts:
            return [], 0
        import numpy as np

        tokens = sum(sum(encoded.attention_mask) for encoded in self._model.tokenize(list(texts)))
        vectors = np.asarray(self._model.embed(list(texts)), dtype=np.float64)[:, : dimensions or DIMENSIONS]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return unit.tolist(), tokens
