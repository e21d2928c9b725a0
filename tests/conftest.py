"""What every folder's tests share, once a process: the PostgreSQL server, the sentence vectors."""

from __future__ import annotations

import pytest

from memory.index import WordLlamaEmbedder
from tests.support.postgres import empty_postgres_url, postgres_server, postgres_tables, postgres_url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_tables", "postgres_url"]


@pytest.fixture(scope="session")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()
