"""The matcher: how much a sentence looks like each tool's examples, without a model.

A kernel ridge classifier (least-squares support vector machine; Suykens & Vandewalle 1999) over the examples: the kernel
adds three likenesses: shared words and word pairs (tf-idf), shared letter groups (which forgives typing errors), and
nearness of static word vectors. It is solved in closed form in about a second. A house's own examples are not fitted in:
they would move the scores of other sentences too; they decide for what says the same (see `agent.routing.own`).
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.routing.examples import NONE, Example
from agent.routing.fitting import Features, kept_fit
from agent.routing.masking import plain
from agent.routing.own import OwnExamples
from agent.routing.splitting import without_politeness
from agent.routing.tfidf import Tfidf, letter_groups, words_and_pairs

Matrix = NDArray[np.float32]
#: Static word vectors of some texts, one row each.
Embed = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True)
class Weights:
    """How much each likeness counts."""

    words: float
    letters: float
    vectors: float
    sentences: float = 0.0


#: Chosen on the project's own eval set; the sentence vectors take a fifth of what was wrong there without them.
PLAIN = Weights(words=0.5, letters=0.2, vectors=0.3)
WHOLE = Weights(words=0.4, letters=0.2, vectors=0.1, sentences=0.5)
RIDGE = 0.4
#: How steeply scores turn into shares; only the order and the margin matter, this makes them readable.
STEEPNESS = 12.0
#: From this lead of the best over the second on, no model is asked. Of the project's own eval cases (tests/evals, written
#: to be hard) 96 % above it are right, of plainer ones 99 %; half as much would spare few more calls of the model.
SURE_MARGIN = 0.2

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
    """All labels, best first; `sure` when the best is far enough ahead to need no model; `own` where one of the
    house's own examples says so."""

    matches: tuple[Match, ...]
    margin: float
    sure: bool
    own: bool = False

    @property
    def best(self) -> Match:
        return self.matches[0]

    def among(self, count: int) -> list[str]:
        return [match.label for match in self.matches[:count]]


class Matcher:
    """Ranks tools for a masked sentence. Build it once; it is immutable and safe to share."""

    def __init__(
        self, examples: Sequence[Example], embed: Embed, sentences: Embed | None = None, cache: Path | None = None
    ) -> None:
        self.examples = tuple(Example(plain(e.text), e.label, e.own) for e in examples)
        self._weights = WHOLE if sentences else PLAIN
        self._embed = embed
        self._sentences = sentences
        self._words, self._letters = Tfidf(words_and_pairs), Tfidf(letter_groups)
        self._seen = self._features([example.text for example in self.examples], first=True)
        self.labels = tuple(dict.fromkeys(plain_label(example.label) for example in self.examples))
        self._own = OwnExamples()
        column = {label: at for at, label in enumerate(self.labels)}
        truth = [column[plain_label(example.label)] for example in self.examples]
        self._fit = kept_fit(cache, self._seen, truth, len(self.labels), RIDGE)

    def taught(self, own: Sequence[Example]) -> "Matcher":
        """This matcher with a house's own examples (masked); all else is shared, so that it costs next to nothing."""
        other = copy.copy(self)
        other._own = OwnExamples([example for example in own if example.label in self.labels])
        return other

    def rank(self, masked: str, corrections: Mapping[str, float] | None = None) -> Ranking:
        """Rank all labels for a sentence in which what was recognised is replaced by placeholders.

        `corrections` are added to the scores of some labels (see `agent.routing.priors`).
        """
        return self.rank_each([masked], corrections)[0]

    def rank_each(
        self, masked: Sequence[str], corrections: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None
    ) -> list[Ranking]:
        """`rank` for several sentences, in less time than one by one; the corrections of all, or of each."""
        scores = self._fit.scores(self._features(masked))
        if corrections:
            each = [corrections] if isinstance(corrections, Mapping) else corrections
            scores = scores + np.array([[some.get(label, 0.0) for label in self.labels] for some in each])
        known = [self._own.find(text) for text in masked]
        return [
            self._ranking(row) if own is None else self._known(row, own.label)
            for row, own in zip(scores, known, strict=True)
        ]

    def nearest(self, masked: str, labels: Sequence[str], count: int) -> list[Example]:
        """The examples of these labels that are most like the sentence, best first, at most three a label."""
        likeness = self._features([masked]).likeness(self._seen)[0]
        found: list[Example] = []
        for at in np.argsort(-likeness):
            example = self.examples[at]
            label = plain_label(example.label)
            if label in labels and sum(plain_label(other.label) == label for other in found) < 3:
                found.append(example)
            if len(found) == count:
                break
        return found

    def _ranking(self, scores: NDArray[np.float64]) -> Ranking:
        shares = _softmax(scores * STEEPNESS)
        order = np.argsort(-scores)
        matches = tuple(Match(self.labels[at], float(scores[at]), float(shares[at])) for at in order)
        margin = matches[0].score - matches[1].score
        return Ranking(matches, margin, margin >= SURE_MARGIN)

    def _known(self, scores: NDArray[np.float64], label: str) -> Ranking:
        """The ranking where the house's own example has settled the label."""
        others = np.delete(scores, self.labels.index(label))
        scores = scores.copy()
        scores[self.labels.index(label)] = max(1.0, float(others.max()) + SURE_MARGIN)
        ranking = self._ranking(scores)
        return Ranking(ranking.matches, ranking.margin, sure=True, own=True)

    def _features(self, texts: Sequence[str], *, first: bool = False) -> Features:
        """What the texts are compared by; the first ones say which words and letter groups there are."""
        said = [tokens(text) for text in texts]
        words = self._words.learn(said) if first else self._words(said)
        letters = self._letters.learn(said) if first else self._letters(said)
        weights = self._weights
        return Features(words.scaled(weights.words**0.5), letters.scaled(weights.letters**0.5), self._vectors(texts))

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        spoken = [_PLACEHOLDER.sub(lambda m: SPOKEN.get(m.group(1), m.group(1)), text) for text in texts]
        parts = [_unit(self._embed(spoken)) * np.float32(self._weights.vectors**0.5)]
        if self._sentences:
            parts.append(_unit(self._sentences(spoken)) * np.float32(self._weights.sentences**0.5))
        return np.concatenate(parts, axis=1)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares that add up to 1, each in the ratio of the exponentials."""
    raised = np.exp(scores - scores.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def _unit(vectors: Matrix) -> Matrix:
    """The rows with length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (np.asarray(vectors) / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TOKEN = re.compile(r"\{\w+\}|a/b|[a-z0-9äöüéèß]+(?:['’][a-z]+)?|[?]")


def tokens(text: str) -> str:
    """A sentence as the matcher counts it: lower case, words and placeholders only, kept apart by blanks; the word it
    begins with (after any politeness) once more, marked, since an order begins with what is to be done."""
    words = _words(text)
    head = next((word for word in _words(without_politeness(text)) if word != "?"), None)
    return " ".join([*words, f"^{head}"] if head else words)


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold().replace("’", "'"))


def plain_label(label: str) -> str:
    """All kinds of asking nothing are one label."""
    return NONE if label.startswith(f"{NONE}:") else label
