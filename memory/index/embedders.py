"""Embedders: what turns texts into vectors for the search by meaning."""

import logging
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """A model that gives each text a vector.

    `name` tells models apart: vectors of two models must never meet in one index. `dimension` is a vector's length.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def least_similarity(self) -> float:
        """The cosine below which two texts have nothing to do with each other, for this model."""
        ...

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension). Raises where the model does not answer."""
        ...


class WordLlamaEmbedder:
    """WordLlama: static word vectors that come with the package. Needs no server, no download, no GPU."""

    name = "wordllama-l2_supercat-256"
    dimension = 256
    # Measured on 20 texts of a shop (articles, tickets, campaigns), 40 questions that one of them answers, mostly in
    # other words, and 71 that have nothing to do with them, half of these sharing a word. Of the answers 88, 80, 78,
    # 72 and 50 % lie above 0.25, 0.3, 0.325, 0.35 and 0.4; of the unrelated questions' best texts 23, 10, 6, 4, 1 %.
    least_similarity = 0.325

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors of shape (len(texts), 256)."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # A text without a single token has the mean of nothing; a zero vector is near to nothing.
        with np.errstate(invalid="ignore", divide="ignore"):
            vectors = _word_vectors().embed(texts)
        return np.nan_to_num(np.asarray(vectors, dtype=np.float32))


@cache
def _word_vectors() -> Any:
    """The model, once for the search and the matcher together."""
    wordllama = _import_quietly()
    # Its tokenizer is only looked for in the cache folder, so the package is named as its own cache;
    # a file that is missing is an error then, not a download.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


def _import_quietly() -> Any:
    # The package calls logging.basicConfig(level=INFO) when it is imported, which would print every library's
    # messages; with a handler in place that call does nothing.
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)
    try:
        return import_module("wordllama")
    finally:
        root.removeHandler(placeholder)
