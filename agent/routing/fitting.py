"""The matcher's fit: one weight a feature and tool, solved once for a set of examples and kept on disk.

Kernel ridge regression gives every example a weight for every tool; since the kernel is a sum of inner products, these
fold into one weight a feature (a word, a letter group, a place of a vector), so that a sentence is scored without
comparing it with every example.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.routing.tfidf import Rows

Matrix = NDArray[np.float32]
#: Fits kept on disk: of a few versions of the examples side by side.
_KEPT = 4


@dataclass(frozen=True)
class Features:
    """Features of some texts, one row each; each kind is already multiplied by the root of its weight.

    All of 32 bits: a product with 64 would copy the fit's weights, a hundred times larger than a sentence's.
    """

    words: Rows
    letters: Rows
    vectors: Matrix

    def likeness(self, others: "Features") -> Matrix:
        """The kernel: how like each of these texts is to each of the others."""
        found: Matrix = (
            (self.words.as_scipy() @ others.words.as_scipy().T).toarray()
            + (self.letters.as_scipy() @ others.letters.as_scipy().T).toarray()
            + self.vectors @ others.vectors.T
        ).astype(np.float32)
        return found


@dataclass(frozen=True)
class Fit:
    """The weights of all features for all labels."""

    words: Matrix
    letters: Matrix
    vectors: Matrix

    def scores(self, features: Features) -> NDArray[np.float64]:
        """One row of scores for each text: about 1 for a clear fit, 0 for none."""
        found = features.words @ self.words + features.letters @ self.letters + features.vectors @ self.vectors
        return np.asarray(found, dtype=np.float64)


def fit(seen: Features, truth: Sequence[int], labels: int, ridge: float) -> Fit:
    """Solve for the weights. `truth` is the column of each example's label."""
    from scipy.linalg import cho_factor, cho_solve  # only where a fit is solved: once for a set of examples

    rows = len(truth)
    wanted = np.zeros((rows, labels), dtype=np.float32)
    wanted[np.arange(rows), truth] = 1.0
    # 32 bits: the ridge keeps the matrix well conditioned, and half the digits take half the time.
    kernel = seen.likeness(seen)
    kernel[np.diag_indices(rows)] += ridge
    alpha = cho_solve(cho_factor(kernel, overwrite_a=True, check_finite=False), wanted)
    return Fit(
        np.asarray(seen.words.as_scipy().T @ alpha, dtype=np.float32),
        np.asarray(seen.letters.as_scipy().T @ alpha, dtype=np.float32),
        np.asarray(seen.vectors.T @ alpha, dtype=np.float32),
    )


def kept_fit(folder: Path | None, seen: Features, truth: Sequence[int], labels: int, ridge: float) -> Fit:
    """The fit of these examples from the folder; solved and kept there where it is not yet."""
    if folder is None:
        return fit(seen, truth, labels, ridge)
    digest = hashlib.sha256(repr((list(truth), labels, ridge, np.__version__)).encode())
    for part in (seen.words.data, seen.words.indices, seen.letters.data, seen.letters.indices, seen.vectors):
        digest.update(np.ascontiguousarray(part).tobytes())
    file = folder / f"fit-{digest.hexdigest()[:32]}.npy"
    try:
        found = _mapped(file, seen)
        os.utime(file)
        return found
    except (OSError, ValueError, EOFError):  # not there, or cut off by a full disk
        found = fit(seen, truth, labels, ridge)
    folder.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as out:
        np.save(out, np.concatenate([found.words, found.letters, found.vectors]))
    partial.replace(file)
    for old in sorted(folder.glob("fit-*.np[yz]"), key=lambda f: f.stat().st_mtime_ns, reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
    return _mapped(file, seen)


def _mapped(file: Path, seen: Features) -> Fit:
    """The fit in a file, not read but mapped: of the terms' rows a sentence needs some hundred, of ten thousands."""
    rows = np.load(file, mmap_mode="r")
    ends = np.cumsum([seen.words.width, seen.letters.width, seen.vectors.shape[1]])
    if rows.ndim != 2 or len(rows) != ends[-1]:
        raise ValueError(f"{file} is not the fit of these examples")
    return Fit(rows[: ends[0]], rows[ends[0] : ends[1]], np.array(rows[ends[1] :]))
