"""The search index: records found by their words and by their meaning.

A tool calls `put_entry` and `remove_entry` in the transaction that changes the record: the full text is in step at
once, the vectors (a cache in Chroma) catch up before the next search.
"""

from memory.index.chroma import IndexUnavailable
from memory.index.embedders import Embedder, WordLlamaEmbedder
from memory.index.entries import IndexEntry, IndexSource, put_entry, remove_entry
from memory.index.search import FoundBy, Hit, IndexHealth, SearchIndex

__all__ = [
    "Embedder",
    "FoundBy",
    "Hit",
    "IndexEntry",
    "IndexHealth",
    "IndexSource",
    "IndexUnavailable",
    "SearchIndex",
    "WordLlamaEmbedder",
    "put_entry",
    "remove_entry",
]
