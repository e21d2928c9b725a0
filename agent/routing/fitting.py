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
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix

Matrix = NDArray[np.float32]
#: Fits kept on disk: of a few versions of the examples side by side.
_KEPT = 4


@dataclass(frozen=True)
class Features:
    """Features of some texts, one row each; each kind is already multiplied by the root of its weight.

    All of 32 bits: SciPy would copy the fit's weights, a hundred times larger, to match a sentence of 64.
    """

    words: csr_matrix
    letters: csr_matrix
    vectors: Matrix

    def likeness(self, others: "Features") -> Matrix:
        """The kernel: how like each of these texts is to each of the others."""
        found: Matrix = (
            (self.words @ others.words.T).toarray()
            + (self.letters @ others.letters.T).toarray()
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
    rows = len(truth)
    wanted = np.zeros((rows, labels), dtype=np.float32)
    wanted[np.arange(rows), truth] = 1.0
    # 32 bits: the ridge keeps the matrix well conditioned, and half the digits take half the time.
    kernel = seen.likeness(seen)
    kernel[np.diag_indices(rows)] += ridge
    alpha = cho_solve(cho_factor(kernel, overwrite_a=True, check_finite=False), wanted)
    return Fit(
        np.asarray(seen.words.T @ alpha, dtype=np.float32),
        np.asarray(seen.letters.T @ alpha, dtype=np.float32),
        np.asarray(seen.vectors.T @ alpha, dtype=np.float32),
    )


def kept_fit(folder: Path | None, seen: Features, truth: Sequence[int], labels: int, ridge: float) -> Fit:
    """The fit of these examples from the folder; solved and kept there where it is not yet."""
    if folder is None:
        return fit(seen, truth, labels, ridge)
    digest = hashlib.sha256(repr((list(truth), labels, ridge, np.__version__)).encode())
    for part in (seen.words.data, seen.words.indices, seen.letters.data, seen.letters.indices, seen.vectors):
        digest.update(np.ascontiguousarray(part).tobytes())
    file = folder / f"fit-{digest.hexdigest()[:32]}.npz"
    try:
        with np.load(file) as kept:
            found = Fit(kept["words"], kept["letters"], kept["vectors"])
        os.utime(file)
        return found
    except (OSError, ValueError, EOFError, KeyError, BadZipFile):  # not there, or cut off by a full disk
        found = fit(seen, truth, labels, ridge)
    folder.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as out:
        np.savez(out, words=found.words, letters=found.letters, vectors=found.vectors)
    partial.replace(file)
    for old in sorted(folder.glob("fit-*.npz"), key=lambda f: f.stat().st_mtime_ns, reverse=True)[_KEPT:]:
        old.unlink(missing_ok=True)
    return found
