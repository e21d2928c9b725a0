"""Grouping short texts by what they are about: deterministic, without a model call, and explainable.

Two texts are as similar as the mean of two cosines: of their word vectors (the search index's embedder, on the words
that say something) and of their TF-IDF weights. Groups are made by average linkage (UPGMA) until no two groups are
similar enough. The words that tell a group from the others are found by c-TF-IDF (Grootendorst, "BERTopic: Neural topic
modeling with a class-based TF-IDF procedure", arXiv:2203.05794, 2022).
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.index.full_text import EMPTY_WORDS

Matrix = NDArray[np.float32]

#: Mean similarity from which two groups become one. Measured on three hand-labelled sets of 13 to 17 tickets (bicycle
#: shop, software, gym): of thresholds from 0 to 0.4 this one gave groups that were right without being crumbs.
LEAST_SIMILARITY = 0.15
#: The same where there are no vectors and the words have to do alone.
LEAST_SIMILARITY_BY_WORDS = 0.1
#: Words of politeness, time and amount that any ticket may hold, besides the search's own empty words.
_COMMON_WORDS = """
    after always anyone back before best cheers customer day days dear ever first four getting got greetings hey hi
    hour hours issue kind last later long madam minute minutes month months never next nobody nothing old question
    really regards second several sincerely since sir some somebody sorry still take takes team ten third three ticket
    time times today tomorrow took twice two use used using went week weeks within year years yesterday yet again
    problem
"""
COMMON_WORDS = frozenset(_COMMON_WORDS.split())
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS = ("ings", "ing", "edly", "ed", "ly", "s")


@dataclass(frozen=True)
class Words:
    """The telling words of one text: their stems in order, and how each stem was written."""

    stems: tuple[str, ...]
    written: tuple[str, ...]


def telling_words(text: str) -> Words:
    """The words of a text that say something about its subject."""
    written = [word for word in _WORD.findall(text.casefold()) if word not in EMPTY_WORDS and word not in COMMON_WORDS]
    return Words(tuple(map(stem, written)), tuple(written))


def stem(word: str) -> str:
    """A word without its English ending: "refunds" and "refunded", "invoice" and "invoices", "cancel" and "cancelled"
    count as one. Crude, and only for comparing."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
                word = word[:-1]
            break
    return re.sub(r"(?<=\w{3})(ie|[eiy]|(?<=l)l)$", "", word)


def similarities(words: Sequence[Words], embed: Callable[[list[str]], Matrix] | None) -> Matrix:
    """How similar each text is to each, from about 0 (nothing in common) to 1; shape (n, n).

    Without `embed` only the words count.
    """
    by_words = _tf_idf(words)
    if embed is None:
        return by_words
    vectors = embed([" ".join(each.written) for each in words])
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray((vectors @ vectors.T + by_words) / 2, dtype=np.float32)


def group(similar: Matrix, least: float = LEAST_SIMILARITY) -> list[list[int]]:
    """Groups of indices by average linkage, cut where the mean similarity of two groups falls below `least`.

    Nearest-neighbour chain, O(n²): Müllner, "Modern hierarchical, agglomerative clustering algorithms",
    arXiv:1109.2378, 2011, figure 3. Average linkage is reducible, so merging mutual neighbours early and cutting
    by height gives the same groups as merging the most similar pair each time (ties aside).
    """
    size = len(similar)
    nearness = similar.astype(np.float64)
    np.fill_diagonal(nearness, -np.inf)
    members: dict[int, list[int]] = {index: [index] for index in range(size)}
    closed: list[list[int]] = []
    chain: list[int] = []
    while members:
        if not chain:
            chain.append(min(members))
        tip = chain[-1]
        near = int(np.argmax(nearness[tip]))
        if len(chain) > 1 and nearness[tip, chain[-2]] >= nearness[tip, near]:
            near = chain[-2]
        if not nearness[tip, near] >= least:
            # No neighbour is similar enough, and merging others cannot bring one nearer: this group is complete.
            closed.append(sorted(members.pop(tip)))
            nearness[tip, :] = nearness[:, tip] = -np.inf
            chain.pop()
        elif len(chain) > 1 and near == chain[-2]:
            _merge(nearness, members, near, tip)
            del chain[-2:]
        else:
            chain.append(near)
    return sorted(closed, key=lambda group: (-len(group), group[0]))


def labels(words: Sequence[Words], groups: Sequence[Sequence[int]], most: int = 3) -> list[list[str]]:
    """For each group its most telling words, by c-TF-IDF: W(t, c) = tf(t, c) · log(1 + A / f(t)).

    tf is the word's share in the group, f its frequency in all groups, A the mean number of words in a group. A word
    counts for a group where at least two of its texts hold it (or, in a group of one, that one).
    """
    counts = [Counter(stem for index in group for stem in words[index].stems) for group in groups]
    total: Counter[str] = sum(counts, Counter())
    mean = sum(total.values()) / max(len(groups), 1)
    named = []
    for group, count in zip(groups, counts, strict=True):
        spread = Counter(stem for index in group for stem in set(words[index].stems))
        shared = [word for word in count if spread[word] >= min(2, len(group))] or list(count)
        size = max(sum(count.values()), 1)
        weight = {word: count[word] / size * np.log(1 + mean / total[word]) for word in shared}
        best = sorted(shared, key=lambda word: (-weight[word], word))[:most]
        named.append([_as_written(words, group, word) for word in best])
    return named


def _merge(nearness: NDArray[np.float64], members: dict[int, list[int]], keep: int, gone: int) -> None:
    """Join two groups; the mean similarity to any other is the mean of theirs, weighted by their sizes (UPGMA)."""
    here, there = len(members[keep]), len(members[gone])
    row = (here * nearness[keep] + there * nearness[gone]) / (here + there)
    nearness[keep, :] = nearness[:, keep] = row
    nearness[gone, :] = nearness[:, gone] = -np.inf
    nearness[keep, keep] = -np.inf
    members[keep] += members.pop(gone)


def _tf_idf(words: Sequence[Words]) -> Matrix:
    """Cosines of (1 + log tf) · log(1 + n / df), the usual weights."""
    frequency = Counter(stem for each in words for stem in set(each.stems))
    # A word of one text alone makes that text longer, but has no column of its own: it meets nothing.
    column = {stem: number for number, stem in enumerate(sorted(s for s, texts in frequency.items() if texts > 1))}
    weights = np.zeros((len(words), max(len(column), 1)), dtype=np.float32)
    for row, each in enumerate(words):
        counts = Counter(each.stems)
        full = {s: (1 + np.log(n)) * np.log(1 + len(words) / frequency[s]) for s, n in counts.items()}
        length = float(np.sqrt(sum(weight**2 for weight in full.values()))) or 1.0
        for stem_, weight in full.items():
            if stem_ in column:
                weights[row, column[stem_]] = weight / length
    return weights @ weights.T


def _as_written(words: Sequence[Words], group: Sequence[int], wanted: str) -> str:
    forms = Counter(
        form
        for index in group
        for stem_, form in zip(words[index].stems, words[index].written, strict=True)
        if stem_ == wanted
    )
    return min(forms, key=lambda form: (-forms[form], len(form), form))
