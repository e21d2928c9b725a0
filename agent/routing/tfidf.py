"""Tf-idf of short texts: which terms a text holds, each weighed by how often it says it and how few texts do.

The weights are (1 + ln count) · idf with rows of length 1, idf = ln((1 + n) / (1 + texts with the term)) + 1 (Manning,
Raghavan, Schütze, "Introduction to Information Retrieval", 2008, 6.2 and 6.4.1): scikit-learn's own, digit for digit,
without scikit-learn, which with what it needs takes 80 MB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The terms of a text, each as often as it stands there.
Terms = Callable[[str], list[str]]


def words_and_pairs(text: str) -> list[str]:
    """The words, which blanks keep apart, and each two that follow each other."""
    words = text.split()
    return [*words, *(f"{first} {second}" for first, second in pairwise(words))]


def letter_groups(text: str, shortest: int = 3, longest: int = 5) -> list[str]:
    """The groups of 3 to 5 letters of each word, which counts with a blank before and behind it."""
    found: list[str] = []
    for word in text.split():
        padded = f" {word} "
        for size in range(shortest, longest + 1):
            if len(padded) <= size:  # the word whole, once
                found.append(padded)
                break
            found += [padded[start : start + size] for start in range(len(padded) - size + 1)]
    return found


@dataclass(frozen=True)
class Rows:
    """A matrix of which most numbers are 0, row by row: those of row r are `data[ends[r]:ends[r + 1]]`, 32 bits each, in
    the columns `indices[ends[r]:ends[r + 1]]`, in their order."""

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    ends: NDArray[np.int32]
    width: int

    def __len__(self) -> int:
        return len(self.ends) - 1

    def scaled(self, factor: float) -> Rows:
        """Every number multiplied by a factor."""
        return Rows((self.data * factor).astype(np.float32), self.indices, self.ends, self.width)

    def __matmul__(self, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """The product with a matrix of which each row is given whole; only the rows that count are looked at."""
        found = np.zeros((len(self), dense.shape[1]), dtype=np.float32)
        for row, (start, end) in enumerate(pairwise(self.ends)):
            if start < end:
                # Summed in the order of the columns, one row after the other, as SciPy does.
                np.add.reduce(self.data[start:end, None] * dense[self.indices[start:end]], axis=0, out=found[row])
        return found

    def as_scipy(self) -> Any:
        """The same as a matrix of SciPy, for products of two such matrices (30 MB, where nothing else loads it)."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.ends), shape=(len(self), self.width))


class Tfidf:
    """Learns its terms from the first texts; then turns any text into their weights."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def learn(self, texts: Sequence[str]) -> Rows:
        """Take these texts' terms as all that there are; their weights."""
        counted = [Counter(self._terms(text)) for text in texts]
        within = Counter(term for counts in counted for term in counts)
        self._places = {term: place for place, term in enumerate(sorted(within))}
        texts_with = np.array([within[term] for term in self._places], dtype=np.float64)
        self._idf = np.log((1.0 + len(texts)) / (1.0 + texts_with)) + 1.0
        return self._rows(counted)

    def __call__(self, texts: Sequence[str]) -> Rows:
        """The weights of the known terms of each text."""
        return self._rows(Counter(self._terms(text)) for text in texts)

    def _rows(self, counted: Iterable[Counter[str]]) -> Rows:
        columns, weights, ends = [np.zeros(0, np.int32)], [np.zeros(0)], [0]
        for counts in counted:
            known = sorted((self._places[term], count) for term, count in counts.items() if term in self._places)
            places = np.array([place for place, _ in known], dtype=np.int32)
            row = (1.0 + np.log([count for _, count in known])) * self._idf[places] if known else np.zeros(0)
            columns.append(places)
            weights.append(row / (np.linalg.norm(row) or 1.0))
            ends.append(ends[-1] + len(places))
        data = np.concatenate(weights).astype(np.float32)
        return Rows(data, np.concatenate(columns), np.array(ends, dtype=np.int32), len(self._places))
