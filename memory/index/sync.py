"""How the cache of vectors catches up with the entries in the database.

The cache remembers a horizon: all changes before it are in. What comes later is read, compared with what the cache
holds, and embedded. Nothing is written to the database, so a search never waits for the database's write lock, and a
process that dies in the middle leaves work that the next one finds again.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import groupby

import numpy as np

from memory.database import Database
from memory.index import entries
from memory.index.chroma import ChromaAccess, IndexUnavailable
from memory.index.embedders import Embedder, Vectors
from memory.index.entries import Change, Entry
from memory.index.passages import split
from memory.index.vectors import CacheState, Document, Near, VectorCache

#: Records that are embedded and written together.
BATCH = 128

_REMOVED = "removed"


class CacheSync:
    """Keeps one cache in step with one database. `catch_up` and `start_anew` are for one thread at a time."""

    def __init__(self, database: Database, access: ChromaAccess, embedder: Embedder) -> None:
        self._database = database
        self._access = access
        self._embedder = embedder
        self._state: CacheState | None = None
        # What this process has seen in the cache of the changes after the horizon: the hash of each record's text.
        self._known: dict[tuple[str, int], str] = {}
        self._doubtful: set[tuple[str, int]] = set()
        self._lock = threading.Lock()

    def catch_up(self, at_most: int | None = None, progress: Callable[[int, int], None] | None = None) -> int:
        """Embed changed records (about `at_most`, the oldest first) and forget removed ones; how many there were."""
        state, horizon, changes = self._changes()
        written = 0
        for start in range(0, len(changes), BATCH):
            if at_most is not None and written >= at_most:
                return written
            batch = changes[start : start + BATCH]
            missing = self._missing(batch)
            self._write(missing)
            self._settle(batch)
            written += len(missing)
            if progress:
                progress(start + len(batch), len(changes))
        if horizon > state.horizon and (changes or not state.horizon):
            self._state = self._cache.set_horizon(state, horizon)
            self._known.clear()
        return written

    def _settle(self, batch: Sequence[Change]) -> None:
        """Remember that these are in the cache, and clear up after those that were found with another text."""
        self._known.update({change.key: _known_as(change) for change in batch})
        with self._lock:
            doubtful = [change for change in batch if change.key in self._doubtful]
            self._doubtful.difference_update(change.key for change in batch)
        for change in doubtful:
            self._cache.delete_outdated(*change.key, change.content_hash)

    def pending(self) -> int:
        """How many records wait to be embedded. Compares every entry with the cache, whatever the horizon says."""
        with self._database.session() as session:
            self._current_state(entries.horizon(session))
            everything = entries.changes_since(session, 0)
        missing = [
            change
            for start in range(0, len(everything), BATCH)
            for change in self._missing(everything[start : start + BATCH])
        ]
        self.look_again([change.key for change in missing])
        return sum(change.content_hash is not None for change in missing)

    def start_anew(self) -> None:
        """Empty the cache, also one that is broken or of another model."""
        try:
            self._begin()
        except IndexUnavailable:
            self._access.wipe()
            self._begin()

    def nearest(self, query: str, kinds: Sequence[str] | None, limit: int) -> list[Near]:
        """The passages nearest to the query, nearest first."""
        state = self._cache.state()
        if state is None:
            return []
        self._refuse_other_model(state)
        vector = self.embed([query])[0]
        return self._cache.nearest(vector, kinds, limit) if vector.any() else []

    def look_again(self, keys: Collection[tuple[str, int]]) -> None:
        """These records were found with a text that is not theirs (any more): compare them at the next catch-up."""
        with self._lock:
            self._doubtful.update(keys)

    def embed(self, texts: list[str]) -> Vectors:
        """The model's vectors; IndexUnavailable where it fails or has another dimension than it says."""
        try:
            vectors = np.asarray(self._embedder.embed(texts), dtype=np.float32)
        except Exception as error:
            raise IndexUnavailable(f"The embedding model {self._embedder.name} does not answer: {error}") from error
        expected = (len(texts), self._embedder.dimension)
        if vectors.shape != expected or not np.isfinite(vectors).all():
            raise IndexUnavailable(
                f"The embedding model {self._embedder.name} gave vectors of shape {vectors.shape}, not {expected}."
            )
        return vectors

    def close(self) -> None:
        self._access.close()

    def _changes(self) -> tuple[CacheState, int, list[Change]]:
        """The cache's state, the horizon it can move to, and the changes not yet seen in the cache."""
        with self._database.session() as session:
            # The horizon first: what is committed in between comes after it and is read again the next time.
            horizon = entries.horizon(session)
            state = self._current_state(horizon)
            changes = {change.key: change for change in entries.changes_since(session, state.horizon)}
            with self._lock:
                doubtful = set(self._doubtful)
            hashes = entries.current_hashes(session, doubtful)
            changes |= {key: Change(*key, hashes.get(key)) for key in doubtful}
        unsettled = [
            change for key, change in changes.items() if key in doubtful or self._known.get(key) != _known_as(change)
        ]
        return state, horizon, unsettled

    def _current_state(self, horizon: int) -> CacheState:
        state = self._cache.state()
        if state is None or state.horizon > horizon:
            # New, or of a later state of the database than the one that was restored from a backup.
            if state is not None:
                self._refuse_other_model(state)
            return self._begin()
        self._refuse_other_model(state)
        if self._state is None or self._state.built != state.built:
            self._known.clear()
        self._state = state
        return state

    def _refuse_other_model(self, state: CacheState) -> None:
        name, dimension = self._embedder.name, self._embedder.dimension
        if (state.model, state.dimension) != (name, dimension):
            raise IndexUnavailable(
                f"The search index was built with the model {state.model} ({state.dimension} numbers a text), but"
                f" {name} ({dimension}) is set now: run `marketing-hub reindex`, or set the former model again."
            )

    @cached_property
    def _cache(self) -> VectorCache:
        with self._database.session() as session:
            return VectorCache(self._access, entries.source_name(session))

    def _begin(self) -> CacheState:
        self._known.clear()
        self._state = self._cache.reset(self._embedder.name, self._embedder.dimension)
        return self._state

    def _missing(self, changes: Sequence[Change]) -> list[Change]:
        """Those changes that are not in the cache yet."""
        missing: list[Change] = []
        for kind, group in _by_kind(changes):
            stored = self._cache.hashes(kind, [change.record_id for change in group])
            missing += [change for change in group if stored.get(change.record_id) != change.content_hash]
        return missing

    def _write(self, changes: Sequence[Change]) -> None:
        with self._database.session() as session:
            texts = entries.load_entries(session, [change.key for change in changes])
        for kind, group in _by_kind(changes):
            gone = [change.record_id for change in group if change.key not in texts]
            if gone:
                self._cache.remove(kind, gone)
            found = [texts[change.key] for change in group if change.key in texts]
            if found:
                self._cache.put(kind, self._documents(found))

    def _documents(self, found: Sequence[Entry]) -> list[Document]:
        passages = [split(entry.body) for entry in found]
        # The title is part of each passage: "it opens at nine" alone does not say what does.
        texts = [
            f"{entry.title}\n{entry.body[passage.start : passage.end]}"
            for entry, of_entry in zip(found, passages, strict=True)
            for passage in of_entry
        ]
        vectors = self.embed(texts)
        documents, start = [], 0
        for entry, of_entry in zip(found, passages, strict=True):
            end = start + len(of_entry)
            documents.append(Document(entry.record_id, entry.content_hash, of_entry, vectors[start:end]))
            start = end
        return documents


def _known_as(change: Change) -> str:
    return change.content_hash or _REMOVED


def _by_kind(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    ordered = sorted(changes, key=lambda change: change.kind)
    return [(kind, list(group)) for kind, group in groupby(ordered, key=lambda change: change.kind)]
