"""The cache of passage vectors: Chroma in a folder, or a Chroma server by URL. Everything in it can be rebuilt.

One collection for each kind of record (a filter on metadata costs five times what the search itself does), and one
whose metadata says what the cache is: the model, and how far it has read. Their names begin with the name of the
database that they belong to, so that several hubs can share one server.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from memory.index.chroma import ChromaAccess
from memory.index.embedders import Vectors
from memory.index.passages import Passage

#: The graph that Chroma searches is denser, and searched further, than by default: among 1,400 nearly equal texts the
#: default missed the one other text in 5 of 15 builds (the ways to it are pruned); this one in none, for a tenth more
#: time to build.
_COSINE: Any = {"hnsw": {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}}


@dataclass(frozen=True)
class CacheState:
    """What the cache holds: vectors of `model`, of all changes before `horizon`. `built` names this build of it."""

    built: str
    model: str
    dimension: int
    horizon: int = 0


class Document(NamedTuple):
    """A record's passages with their vectors, shape (len(passages), dimension)."""

    record_id: int
    content_hash: str
    passages: Sequence[Passage]
    vectors: Vectors


class Near(NamedTuple):
    """A passage near to a query; `similarity` is the cosine of the two vectors."""

    kind: str
    record_id: int
    content_hash: str
    passage: Passage
    similarity: float


class VectorCache:
    """The cache of one database. Every method raises IndexUnavailable where Chroma does not do its part."""

    def __init__(self, access: ChromaAccess, source: str) -> None:
        self._access = access
        self._state_name = f"marketing-hub-{source}"
        self._prefix = f"{self._state_name}-"
        self._version: str | None = None
        self._known: dict[str, Any] = {}

    def state(self) -> CacheState | None:
        """What the cache holds; None where it is new."""
        with self._collections() as collections:
            found = collections.get(self._state_name)
            return None if found is None else CacheState(**found.metadata)

    def reset(self, model: str, dimension: int) -> CacheState:
        """Empty the cache and begin it anew."""
        state = CacheState(str(uuid4()), model, dimension)
        with self._access.client(write=True) as client:
            for collection in client.list_collections():
                if collection.name.startswith(self._state_name):
                    client.delete_collection(collection.name)
            client.create_collection(self._state_name, embedding_function=None, metadata=asdict(state))
        return state

    def set_horizon(self, state: CacheState, horizon: int) -> CacheState:
        """Remember that all changes before `horizon` are in the cache. A cache begun anew meanwhile is left alone."""
        moved = replace(state, horizon=horizon)
        with self._collections(write=True) as collections:
            found = collections.get(self._state_name)
            if found is not None and found.metadata.get("built") == state.built:
                found.modify(metadata=asdict(moved))
        return moved

    def hashes(self, kind: str, record_ids: Sequence[int]) -> dict[int, str]:
        """The content hashes of the records whose vectors are here."""
        with self._collections() as collections:
            return {
                found["record"]: found["hash"]
                for found in _first_passages(collections.get(self._prefix + kind), record_ids)
            }

    def put(self, kind: str, documents: Sequence[Document]) -> None:
        """Write the vectors of records, in place of older ones."""
        ids, metadatas, vectors = [], [], []
        for record_id, content_hash, passages, of_record in documents:
            for number, passage in enumerate(passages):
                ids.append(f"{record_id}:{number}")
                metadatas.append(
                    {"record": record_id, "hash": content_hash, "start": passage.start, "end": passage.end}
                    | ({"passages": len(passages)} if number == 0 else {})
                )
            vectors.append(of_record)
        kept = {document.record_id: len(document.passages) for document in documents}
        with self._access.client(write=True) as client:
            collection = client.get_or_create_collection(
                self._prefix + kind, embedding_function=None, configuration=_COSINE
            )
            # Surplus passages go first: after a crash in between, the first one still tells how many there were.
            _delete(collection, kept)
            everything = np.concatenate(vectors)
            most = client.get_max_batch_size()
            for start in range(0, len(ids), most):
                part = slice(start, start + most)
                collection.upsert(ids=ids[part], embeddings=everything[part], metadatas=metadatas[part])

    def remove(self, kind: str, record_ids: Sequence[int]) -> None:
        """Delete the vectors of records; no error where there are none."""
        with self._collections(write=True) as collections:
            collection = collections.get(self._prefix + kind)
            if collection is not None:
                _delete(collection, dict.fromkeys(record_ids, 0))

    def delete_outdated(self, kind: str, record_id: int, content_hash: str | None) -> None:
        """Delete whatever is left of other texts of a record (of any, where the hash is None)."""
        others: dict[str, Any] = {"record": record_id}
        if content_hash is not None:
            others = {"$and": [others, {"hash": {"$ne": content_hash}}]}
        with self._collections(write=True) as collections:
            collection = collections.get(self._prefix + kind)
            if collection is not None:
                collection.delete(where=others)

    def nearest(self, vector: Vectors, kinds: Sequence[str] | None, limit: int) -> list[Near]:
        """The `limit` passages of each kind that are nearest to a vector of shape (dimension,), nearest first."""
        with self._collections() as collections:
            names = (
                [name for name in collections if name.startswith(self._prefix)]
                if kinds is None
                else [self._prefix + kind for kind in kinds]
            )
            found = [
                near
                for name in names
                if name in collections
                for near in _query(collections[name], name.removeprefix(self._prefix), vector, limit)
            ]
        return sorted(found, key=lambda near: -near.similarity)

    @contextmanager
    def _collections(self, *, write: bool = False) -> Iterator[dict[str, Any]]:
        with self._access.client(write=write) as client:
            version = self._access.version()
            if version is None or self._version != version:
                self._known = {collection.name: collection for collection in client.list_collections()}
                self._version = version
            yield self._known


def _query(collection: Any, kind: str, vector: Vectors, limit: int) -> Iterator[Near]:
    answer = collection.query(query_embeddings=[vector], n_results=limit, include=["metadatas", "distances"])
    for found, distance in zip(answer["metadatas"][0], answer["distances"][0], strict=True):
        passage = Passage(found["start"], found["end"])
        yield Near(kind, found["record"], found["hash"], passage, 1.0 - distance)


def _first_passages(collection: Any | None, record_ids: Sequence[int]) -> list[dict[str, Any]]:
    if collection is None or not record_ids:
        return []
    ids = [f"{record_id}:0" for record_id in record_ids]
    return list(collection.get(ids=ids, include=["metadatas"])["metadatas"])


def _delete(collection: Any, kept: dict[int, int]) -> None:
    """Delete the passages of these records from the given number on."""
    surplus = [
        f"{found['record']}:{number}"
        for found in _first_passages(collection, list(kept))
        for number in reversed(range(kept[found["record"]], found["passages"]))
    ]
    if surplus:
        collection.delete(ids=surplus)
