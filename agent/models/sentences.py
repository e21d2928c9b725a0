"""Sentence vectors with a memory: those of the example sentences are computed once and kept on disk."""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from agent.models.minilm import NAME, Matrix, MiniLM
from agent.models.startup import Progress

#: From this many texts on they are the examples, which are kept on disk.
_MANY = 200
#: Texts computed at a time, between two reports of progress.
_CHUNK = 256
#: Sets of examples kept on disk: of a few versions of the program side by side.
_KEPT = 4


class SentenceVectors:
    """Vectors of texts by MiniLM; `folder` holds those of the examples between starts."""

    def __init__(self, model: MiniLM, folder: Path, progress: Progress | None = None) -> None:
        self._model = model
        self._folder = folder
        self._progress = progress
        self._one = lru_cache(maxsize=2048)(lambda text: model.embed([text])[0])

    def __call__(self, texts: Sequence[str]) -> Matrix:
        """One row for each text."""
        if len(texts) < _MANY:
            return np.stack([self._one(text) for text in texts])
        key = hashlib.sha256("\n".join([NAME, *texts]).encode()).hexdigest()[:24]
        file = self._folder / f"examples-{key}.npy"
        kept = self._read(file, len(texts))
        if kept is not None:
            return kept
        vectors = self._compute(texts)
        self._write(file, vectors)
        return vectors

    def _compute(self, texts: Sequence[str]) -> Matrix:
        rows = []
        for start in range(0, len(texts), _CHUNK):
            if self._progress:
                self._progress("Reading the example sentences (once)", start / len(texts))
            rows.append(self._model.embed(texts[start : start + _CHUNK]))
        if self._progress:
            self._progress("Reading the example sentences (once)", 1.0)
        return np.concatenate(rows)

    def _read(self, file: Path, count: int) -> Matrix | None:
        try:
            vectors: Matrix = np.load(file)
            file.touch()
        except (OSError, ValueError, EOFError):  # not there, or cut off by a full disk: computed anew
            return None
        return vectors if vectors.shape[0] == count else None

    def _write(self, file: Path, vectors: Matrix) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as out:
            np.save(out, vectors)
        partial.replace(file)
        kept = sorted(self._folder.glob("examples-*.npy"), key=lambda f: f.stat().st_mtime_ns, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
