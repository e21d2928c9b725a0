"""Parts of the house that are built from the settings: the matcher and the store of checkpoints."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from agent.models.minilm import MiniLM, installed_weights
from agent.models.sentences import SentenceVectors
from agent.models.startup import Progress
from agent.routing.examples import load_examples
from agent.routing.matcher import Matcher
from agent.settings import Settings
from memory.index import WordLlamaEmbedder


def build_matcher(tools: tuple[str, ...], cache: Path, progress: Progress | None = None) -> Matcher:
    """The matcher over the examples of these tools; `cache` keeps the examples' vectors and the fit between starts.

    Without the sentence model (an optional package) it compares words and static vectors only.
    """
    embedder = WordLlamaEmbedder()
    known = [e for e in load_examples() if e.label in tools or ":" in e.label]
    weights = installed_weights()
    sentences = SentenceVectors(MiniLM(weights), cache, progress) if weights else None
    return Matcher(known, lambda texts: embedder.embed(list(texts)), sentences, cache)


def open_saver(settings: Settings) -> tuple[BaseCheckpointSaver[Any], Callable[[], None]]:
    """The store of checkpoints (its own file, or schema tables on PostgreSQL) and how to close it."""
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        return _postgres_saver(settings.database_url)
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(settings.home / "turns.sqlite3", check_same_thread=False, timeout=30)
    saver = SqliteSaver(connection)
    saver.setup()
    return saver, connection.close


def _postgres_saver(url: str) -> tuple[BaseCheckpointSaver[Any], Callable[[], None]]:
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    plain = url.replace("postgresql+psycopg://", "postgresql://")
    pool: ConnectionPool[Any] = ConnectionPool(
        plain, max_size=10, kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}, open=True
    )
    saver = PostgresSaver(pool)
    saver.setup()
    return saver, pool.close
