"""Embeddings from an Ollama server, where an embedding model is named in the settings."""

from functools import cached_property

import numpy as np
import ollama
from numpy.typing import NDArray

from agent.models.startup import base_url
from tools.core.errors import Unavailable


class OllamaEmbedder:
    """memory.index.Embedder over `/api/embed`. The dimension is asked of the model once.

    Raises Unavailable where the server or the model does not answer.
    """

    #: Below this cosine similarity a passage is not about the query; nomic-embed-text puts unrelated texts under it.
    least_similarity = 0.5

    def __init__(self, host: str, model: str, timeout: float = 60.0) -> None:
        self._client = ollama.Client(base_url(host), timeout=timeout)
        self._model = model

    @property
    def name(self) -> str:
        return self._model

    @cached_property
    def dimension(self) -> int:
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        try:
            answer = self._client.embed(self._model, texts)
        except (ollama.ResponseError, ConnectionError) as error:
            raise Unavailable(f"The embedding model {self._model} does not answer: {error}") from error
        return np.asarray(answer.embeddings, dtype=np.float32)
