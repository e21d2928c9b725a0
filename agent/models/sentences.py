"""Sentence vectors with a memory: those of the example sentences are computed once and kept on disk."""

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from filelock import FileLock

from agent.models.minilm import NAME, Matrix, MiniLM
from agent.models.startup import Progress

#: From this many texts on they are the examples, whose vectors are kept on disk.
_MANY = 200
#: Texts computed at a time, between two reports of progress.
_CHUNK = 256
#: Vectors kept on disk at most: of a few versions of the examples, 1.5 KB each.
_KEPT = 20_000
#: Vectors of what was said last, kept in memory.
_RECENT = 2_048
_READING = "Reading the example sentences (once)"


class SentenceVectors:
    """Vectors of texts by MiniLM; `folder` keeps those of the examples between starts, so that only new ones cost time."""

    def __init__(self, model: MiniLM, folder: Path, progress: Progress | None = None) -> None:
        self._model = model
        self._file = folder / f"{NAME}.npz"
        self._progress = progress
        self._recent: dict[str, Matrix] = {}
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> Matrix:
        """One row for each text."""
        if len(texts) < _MANY:
            return np.stack(self._few(texts))
        keys = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts]
        known = self._read()
        if not known.keys() >= set(keys):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._file.with_suffix(".lock")):  # of two processes that start, one computes
                known = self._read()
                new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
                known |= dict(zip(new, self._compute(list(new.values())), strict=True))
                if new:
                    self._write(known, keys)
        return np.stack([known[key] for key in keys])

    def _few(self, texts: Sequence[str]) -> list[Matrix]:
        """Vectors of a message's parts; together they take less time than one by one."""
        with self._lock:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if new:
            known |= dict(zip(new, self._model.embed(new), strict=True))
            with self._lock:
                self._recent.update({text: known[text] for text in new})
                for old in list(self._recent)[:-_RECENT]:
                    del self._recent[old]
        return [known[text] for text in texts]

    def _compute(self, texts: Sequence[str]) -> Iterator[Matrix]:
        for start in range(0, len(texts), _CHUNK):
            if self._progress:
                self._progress(_READING, start / len(texts))
            yield from self._model.embed(texts[start : start + _CHUNK])
        if self._progress:
            self._progress(_READING, 1.0)

    def _read(self) -> dict[str, Matrix]:
        try:
            with np.load(self._file) as kept:
                return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        except (OSError, ValueError, EOFError, KeyError, BadZipFile):  # not there, or cut off by a full disk
            return {}

    def _write(self, known: dict[str, Matrix], used: Sequence[str]) -> None:
        """Keep the vectors, those in use for sure."""
        kept = dict.fromkeys([*used, *reversed(known)])
        keys = list(kept)[:_KEPT]
        partial = self._file.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as out:
            np.savez(out, keys=np.array(keys), vectors=np.stack([known[key] for key in keys]))
        partial.replace(self._file)
