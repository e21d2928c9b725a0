"""Tf-idf of single sentences: a fitted vectoriser of scikit-learn applied without its checks, which take longer than it.

The weights are scikit-learn's own: (1 + ln count) · idf, rows of length 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer


class Tfidf:
    """Learns its terms from the first texts; then turns any text into their weights (32 bits, a row a text)."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._vectorizer = vectorizer

    def learn(self, texts: Sequence[str]) -> csr_matrix:
        """Take these texts' terms as all that there are; their weights."""
        found = self._vectorizer.fit_transform(texts)
        self._analyze = self._vectorizer.build_analyzer()
        self._places: dict[str, int] = self._vectorizer.vocabulary_
        self._idf = np.asarray(self._vectorizer.idf_, dtype=np.float64)
        return found.astype(np.float32)

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """The weights of the known terms of each text."""
        columns, weights, ends = [], [], [0]
        for text in texts:
            counts = Counter(place for term in self._analyze(text) if (place := self._places.get(term)) is not None)
            places = np.array(sorted(counts), dtype=np.int32)
            row = (1.0 + np.log([counts[place] for place in places])) * self._idf[places] if counts else np.zeros(0)
            columns.append(places)
            weights.append(row / (np.linalg.norm(row) or 1.0))
            ends.append(ends[-1] + len(places))
        data = np.concatenate(weights).astype(np.float32) if weights else np.zeros(0, np.float32)
        indices = np.concatenate(columns) if columns else np.zeros(0, np.int32)
        return csr_matrix((data, indices, np.array(ends, dtype=np.int32)), shape=(len(texts), len(self._places)))
