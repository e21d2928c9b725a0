"""One real engine for all tests of it: llama.cpp with the real weights, over real HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import ollama
import platformdirs
import pytest

from agent.engine import EmbeddedEngine, ensure_weights
from agent.engine.weights import QWEN_CODER


@pytest.fixture(scope="session")
def weights() -> Path:
    """The joined weights in the folder that all runs share."""
    folder = os.environ.get("HUB_MODEL_CACHE")
    return ensure_weights(Path(folder) if folder else platformdirs.user_cache_path("marketing-hub") / "models")


def linked_cache(folder: Path, weights: Path) -> Path:
    """A cache folder of its own that shares the 1.1 GB, so that a test's engine is no other run's engine."""
    folder.mkdir(parents=True)
    for name in (QWEN_CODER.filename, QWEN_CODER.filename + ".verified.json"):
        (folder / name).symlink_to(weights.with_name(name))
    return folder


@pytest.fixture
def cache(weights: Path, tmp_path: Path) -> Path:
    """A cache folder with the weights and no engine."""
    return linked_cache(tmp_path / "models", weights)


@pytest.fixture(scope="session")
def engine(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(linked_cache(tmp_path_factory.mktemp("engine") / "models", weights)) as running:
        yield running


@pytest.fixture(scope="session")
def base_url(engine: EmbeddedEngine) -> str:
    assert engine.base_url is not None
    return engine.base_url


@pytest.fixture(scope="session")
def client(base_url: str) -> ollama.Client:
    return ollama.Client(base_url)


@pytest.fixture(scope="session")
def http(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, timeout=120) as connection:
        yield connection
