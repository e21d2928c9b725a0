"""Tf-idf of single sentences: the same weights as the library's own, term by term."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from agent.routing.tfidf import Tfidf

TEXTS = [
    "set the budget of {campaign} to {money} ^set",
    "list all leads ? ^list",
    "a a a b a b",
    "pause {campaign}",
    "",
]
ASKED = ["pause the {campaign} the the", "words that nobody said", "", "a b a b c"]


@pytest.mark.parametrize(
    "kind",
    [
        {"ngram_range": (1, 2), "token_pattern": r"\S+"},
        {"analyzer": "char_wb", "ngram_range": (3, 5)},
    ],
    ids=["words", "letters"],
)
def test_weights_are_those_of_the_library(kind: dict[str, object]) -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, lowercase=False, **kind)
    tfidf = Tfidf(vectorizer)
    learned = tfidf.learn(TEXTS)
    np.testing.assert_allclose(learned.toarray(), vectorizer.transform(TEXTS).toarray(), atol=1e-6)
    found = tfidf(ASKED)
    assert found.dtype == np.float32
    assert found.shape == (len(ASKED), len(vectorizer.vocabulary_))
    np.testing.assert_allclose(found.toarray(), vectorizer.transform(ASKED).toarray(), atol=1e-6)
    assert found[0].nnz > 0
    assert found[1:3].nnz == (0 if kind.get("token_pattern") else found[1].nnz)
