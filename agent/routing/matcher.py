"""The matcher: how much a sentence looks like each tool's examples, without a model.

A kernel ridge classifier (least-squares support vector machine; Suykens & Vandewalle 1999) over the examples: the kernel
adds three likenesses: shared words and word pairs (tf-idf), shared letter groups (which forgives typing errors), and
nearness of static word vectors. It is solved in closed form in well under a second, so a house's own example counts at
once, and leave-one-out scores come for free (Rifkin & Lippert 2007, eq. 5): the threshold above which a match counts as
sure is read off them, from the examples alone.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer

from agent.routing.examples import NONE, Example

Matrix = NDArray[np.float32]
#: Static word vectors of some texts, one row each.
Embed = Callable[[Sequence[str]], Matrix]

#: Weights of the three likenesses (words, letters, vectors) and the ridge; chosen by leave-one-out over the examples.
WORDS, LETTERS, VECTORS = 0.5, 0.2, 0.3
RIDGE = 0.4
#: How steeply scores turn into shares; only the order and the margin matter, this makes them readable.
STEEPNESS = 12.0
#: Of the examples left out in turn, this share of those counted as sure must be right.
SURE_PRECISION = 0.985

#: What a placeholder is to the word vectors: an ordinary thing of its kind.
SPOKEN = {
    "campaign": "campaign", "email_campaign": "mailing", "template": "template", "workflow": "workflow",
    "ab_test": "A/B test", "segment": "segment", "lead": "customer", "post": "post", "name": "name",
    "money": "5000 euros", "date": "20 May", "moment": "Friday at 9", "period": "last month", "number": "five",
    "percent": "10 percent", "duration": "two days", "quoted": "quoted text", "email": "email address",
    "file": "file", "url": "link", "platform": "Instagram",
}  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A tool (or "none") and how well it fits: `score` is the classifier's (about 1 for a clear fit, 0 for none),
    `share` the softmax over all labels."""

    label: str
    score: float
    share: float


@dataclass(frozen=True)
class Ranking:
    """All labels, best first; `sure` when the best is far enough ahead to need no model."""

    matches: tuple[Match, ...]
    margin: float
    sure: bool

    @property
    def best(self) -> Match:
        return self.matches[0]

    def among(self, count: int) -> list[str]:
        return [match.label for match in self.matches[:count]]


class Matcher:
    """Ranks tools for a masked sentence. Build it once; it is immutable and safe to share."""

    def __init__(self, examples: Sequence[Example], embed: Embed) -> None:
        self.examples = tuple(examples)
        self._embed = embed
        texts = [tokens(example.text) for example in examples]
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\S+", lowercase=False)
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, lowercase=False)
        self._seen_words = self._words.fit_transform(texts)
        self._seen_letters = self._letters.fit_transform(texts)
        self._seen_vectors = self._vectors([example.text for example in examples])
        self.labels = tuple(dict.fromkeys(plain_label(example.label) for example in examples))
        self._fit()

    def rank(self, masked: str) -> Ranking:
        """Rank all labels for a sentence in which what was recognised is replaced by placeholders."""
        scores = (self._kernel(masked) @ self._alpha)[0]
        return self._ranking(scores)

    def nearest(self, masked: str, labels: Sequence[str], count: int) -> list[Example]:
        """The examples of these labels that are most like the sentence, best first, at most three a label."""
        likeness = self._kernel(masked)[0]
        found: list[Example] = []
        for at in np.argsort(-likeness):
            example = self.examples[at]
            label = plain_label(example.label)
            if label in labels and sum(plain_label(other.label) == label for other in found) < 3:
                found.append(example)
            if len(found) == count:
                break
        return found

    def _fit(self) -> None:
        n = len(self.examples)
        kernel = (
            WORDS * (self._seen_words @ self._seen_words.T).toarray()
            + LETTERS * (self._seen_letters @ self._seen_letters.T).toarray()
            + VECTORS * self._seen_vectors @ self._seen_vectors.T
        )
        column = {label: at for at, label in enumerate(self.labels)}
        self.truth = np.array([column[plain_label(example.label)] for example in self.examples])
        wanted = np.zeros((n, len(self.labels)))
        wanted[np.arange(n), self.truth] = 1.0
        inverse = np.linalg.inv(kernel + RIDGE * np.eye(n))
        self._alpha = inverse @ wanted
        # A left-out example's score: the fitted value less its own pull.
        self.left_out = wanted - self._alpha / np.diag(inverse)[:, None]
        self._sure_margin = self._threshold()

    def _threshold(self) -> float:
        """The smallest margin at which the left-out examples above it are right often enough."""
        order = np.sort(self.left_out, axis=1)
        margins = order[:, -1] - order[:, -2]
        right = self.left_out.argmax(axis=1) == self.truth
        by_margin = np.argsort(-margins)
        precision = np.cumsum(right[by_margin]) / np.arange(1, len(by_margin) + 1)
        good = np.nonzero(precision >= SURE_PRECISION)[0]
        return float(margins[by_margin[good[-1]]]) if len(good) else float("inf")

    def _ranking(self, scores: NDArray[np.float64]) -> Ranking:
        shares = softmax(scores * STEEPNESS)
        order = np.argsort(-scores)
        matches = tuple(Match(self.labels[at], float(scores[at]), float(shares[at])) for at in order)
        margin = matches[0].score - matches[1].score
        return Ranking(matches, margin, margin >= self._sure_margin)

    def _kernel(self, masked: str) -> NDArray[np.float64]:
        text = tokens(masked)
        words = (self._words.transform([text]) @ self._seen_words.T).toarray()
        letters = (self._letters.transform([text]) @ self._seen_letters.T).toarray()
        kernel = WORDS * words + LETTERS * letters + VECTORS * self._vectors([masked]) @ self._seen_vectors.T
        return np.asarray(kernel, dtype=np.float64)

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        spoken = [_PLACEHOLDER.sub(lambda m: SPOKEN.get(m.group(1), m.group(1)), text) for text in texts]
        vectors = np.asarray(self._embed(spoken), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1.0)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TOKEN = re.compile(r"\{\w+\}|a/b|[a-z0-9äöüéèß]+(?:['’][a-z]+)?|[?]")


def tokens(text: str) -> str:
    """A sentence as the matcher counts it: lower case, words and placeholders only, kept apart by blanks."""
    return " ".join(_TOKEN.findall(text.casefold().replace("’", "'")))


def plain_label(label: str) -> str:
    """All kinds of asking nothing are one label."""
    return NONE if label.startswith(f"{NONE}:") else label
