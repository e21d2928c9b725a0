"""Sentence vectors: they are the released model's, and those of the examples are computed once."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from agent.models.minilm import DIMENSION, Matrix, MiniLM, WrongWeights, installed_weights
from agent.models.sentences import SentenceVectors

TEXTS = [f"Sentence number {n} about tea" for n in range(200)]


@pytest.fixture(scope="module")
def model() -> MiniLM:
    folder = installed_weights()
    assert folder is not None
    return MiniLM(folder)


def test_likeness_is_what_the_models_authors_publish(model: MiniLM) -> None:
    """The figures of the quick start at sbert.net, for the same model and sentences."""
    vectors = model.embed(["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."])
    expected = [[1.0, 0.6660, 0.1046], [0.6660, 1.0, 0.1411], [0.1046, 0.1411, 1.0]]
    assert np.allclose(vectors @ vectors.T, expected, atol=1e-3)


def test_a_text_has_the_same_vector_alone_and_among_others(model: MiniLM) -> None:
    alone = model.embed(["Pause the spring campaign"])
    among = model.embed(["Hi", "Pause the spring campaign", "Stop the summer campaign"])
    assert np.allclose(alone[0], among[1], atol=1e-5)


def test_long_and_empty_texts_have_a_vector_too(model: MiniLM) -> None:
    vectors = model.embed(["", "tea " * 5000, "茶 🍵"])
    assert vectors.shape == (3, DIMENSION)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    folder = installed_weights()
    assert folder is not None
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    damaged = bytearray((folder / "model.safetensors").read_bytes())
    damaged[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(damaged)
    with pytest.raises(WrongWeights, match="reinstall"):
        MiniLM(tmp_path).embed(["anything"])


def test_vectors_of_many_texts_are_computed_once(model: MiniLM, tmp_path: Path) -> None:
    told: list[float | None] = []
    first = SentenceVectors(model, tmp_path, lambda _, share: told.append(share))(TEXTS)
    assert told[-1] == 1.0
    told.clear()
    again = SentenceVectors(model, tmp_path, lambda _, share: told.append(share))(TEXTS)
    assert np.array_equal(first, again)
    assert told == []


def test_only_new_texts_are_computed(model: MiniLM, tmp_path: Path) -> None:
    SentenceVectors(model, tmp_path)(TEXTS)
    computed: list[str] = []

    class Counting(MiniLM):
        def embed(self, texts: Sequence[str]) -> Matrix:
            computed.extend(texts)
            return super().embed(texts)

    folder = installed_weights()
    assert folder is not None
    more = SentenceVectors(Counting(folder), tmp_path)([*TEXTS[:100], "A new one", *TEXTS[100:]])
    assert computed == ["A new one"]
    assert np.allclose(more[100], model.embed(["A new one"])[0], atol=1e-5)


def test_a_file_that_was_cut_off_is_computed_anew(model: MiniLM, tmp_path: Path) -> None:
    first = SentenceVectors(model, tmp_path)(TEXTS)
    [file] = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:1000])
    assert np.array_equal(SentenceVectors(model, tmp_path)(TEXTS), first)
