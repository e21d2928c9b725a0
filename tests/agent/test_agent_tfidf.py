"""Tf-idf of single sentences: the same weights as the library's own, term by term."""

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from agent.routing.examples import load_examples
from agent.routing.matcher import tokens
from agent.routing.tfidf import Terms, Tfidf, letter_groups, words_and_pairs

TEXTS = [
    "set the budget of {campaign} to {money} ^set",
    "list all leads ? ^list",
    "a a a b a b",
    "pause {campaign}",
    "",
]
ASKED = ["pause the {campaign} the the", "words that nobody said", "", "a b a b c"]


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        (words_and_pairs, {"ngram_range": (1, 2), "token_pattern": r"\S+"}),
        (letter_groups, {"analyzer": "char_wb", "ngram_range": (3, 5)}),
    ],
    ids=["words", "letters"],
)
def test_weights_are_those_of_the_library(terms: Terms, kind: dict[str, Any]) -> None:
    vectorizer = TfidfVectorizer(sublinear_tf=True, lowercase=False, **kind)
    said = [tokens(example.text) for example in load_examples()]
    for texts in (TEXTS, said):
        tfidf = Tfidf(terms)
        learned, wanted = tfidf.learn(texts), vectorizer.fit_transform(texts).astype(np.float32)
        wanted.sort_indices()
        assert learned.width == len(vectorizer.vocabulary_)
        np.testing.assert_array_equal(learned.indices, wanted.indices)
        np.testing.assert_array_equal(learned.ends, wanted.indptr)
        np.testing.assert_allclose(learned.data, wanted.data, rtol=1e-6)
        found, asked = tfidf(ASKED), vectorizer.transform(ASKED)
        assert found.data.dtype == np.float32
        np.testing.assert_allclose(found.as_scipy().toarray(), asked.toarray(), atol=1e-6)
    assert found.ends[1] > 0, "some of it is known"


def test_a_product_is_scipys_to_the_last_digit() -> None:
    tfidf = Tfidf(letter_groups)
    tfidf.learn([tokens(example.text) for example in load_examples()])
    rows = tfidf(ASKED)
    dense = np.random.default_rng(7).normal(size=(rows.width, 77)).astype(np.float32)
    np.testing.assert_array_equal(rows @ dense, rows.as_scipy() @ dense)
