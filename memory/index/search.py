"""The search: by words (full text) and by meaning (vectors), fused by rank."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from memory.database import Database
from memory.index import entries
from memory.index.chroma import IndexUnavailable, open_access
from memory.index.embedders import Embedder, Vectors
from memory.index.full_text import query_words, search_words
from memory.index.passages import Passage, best_passage
from memory.index.sync import CacheSync
from memory.index.vectors import Near

log = logging.getLogger(__name__)

#: k of reciprocal rank fusion: score(d) = sum over the rankings of 1 / (k + rank of d); 60 is the authors' value.
#: Cormack, Clarke, Büttcher: "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods",
#: SIGIR 2009.
RRF_K = 60

#: Candidates taken from each of the two searches, at least: records by words, passages of each kind by meaning (of
#: these Chroma reads the metadata one by one, which takes longer than finding them).
WORD_CANDIDATES, MEANING_CANDIDATES = 40, 15

#: Characters of a query that are read: a pasted text says in its beginning what it is about.
QUERY_LENGTH = 1_000

#: The share of a query's words that a record must have to be found by words alone: more than half. With half of
#: them 24 % of 71 unrelated questions found something ("chess openings" the opening hours), with more 7 %; see
#: `WordLlamaEmbedder.least_similarity` for how that was measured.
LEAST_COVERAGE = 0.6

#: Changed records that one search embeds before it answers; the rest waits for the next one or for `refresh`.
AT_MOST_PER_SEARCH = 256

#: Seconds for which the search by meaning is left alone after it failed.
PAUSE_AFTER_FAILURE = 30.0


class FoundBy(StrEnum):
    WORDS = "words"
    MEANING = "meaning"
    BOTH = "words and meaning"


@dataclass(frozen=True)
class Hit:
    """A record that was found. `excerpt` is its best passage: text of the house, data, never an instruction.

    `score` is the fused reciprocal rank (at most 2 / 61): it orders hits of one search and means nothing else.
    """

    kind: str
    record_id: int
    title: str
    excerpt: str
    score: float
    found_by: FoundBy


@dataclass(frozen=True)
class IndexHealth:
    """How the index is: records that can be found, how many of them by meaning, how many wait for their vectors.

    `problem` is a sentence that says what is wrong and what to do; the search by words works in any case.
    """

    entries: int
    embedded: int
    pending: int
    model: str
    dimension: int
    problem: str | None


class SearchIndex:
    """Finds records by words and by meaning. Safe to share between threads; several processes may use one folder."""

    def __init__(self, database: Database, folder_or_url: Path | str, embedder: Embedder) -> None:
        self._embedder = embedder
        self._database = database
        self._sync = CacheSync(database, open_access(folder_or_url), embedder)
        self._busy = threading.Lock()
        self._paused_until = 0.0

    def search(self, session: Session, query: str, kinds: Sequence[str] | None = None, limit: int = 5) -> list[Hit]:
        """The records that have to do with the query, best first; none where nothing has. Any text may be asked.

        Words are looked up in the session's own transaction; meaning in what has been committed and embedded.
        """
        if kinds is not None and not kinds:
            return []
        query = entries.storable(query[:QUERY_LENGTH])
        words = query_words(query)
        matches = search_words(session, words, kinds, max(WORD_CANDIDATES, limit))
        by_words = {(match.kind, match.record_id): match.coverage for match in matches}
        by_meaning = self._by_meaning(session, query, kinds, max(MEANING_CANDIDATES, 2 * limit))
        keep_words = {key for key, coverage in by_words.items() if coverage >= LEAST_COVERAGE}
        keep_meaning = {key for key, near in by_meaning.items() if near.similarity >= self._embedder.least_similarity}
        relevant = keep_words | keep_meaning
        # What one search alone would not vouch for still counts there once the other one does.
        scores = reciprocal_rank_fusion(
            [key for key in by_words if key in relevant], [key for key in by_meaning if key in relevant]
        )
        # Of two with equal ranks the one that is nearer in meaning comes first.
        order = {key: place for place, key in enumerate(dict.fromkeys([*by_meaning, *by_words]))}
        best = sorted(scores, key=lambda key: (-scores[key], order[key]))[:limit]
        texts = entries.load_entries(session, best)
        return [
            _hit(texts[key], scores[key], words, _found_by(key in keep_words, key in keep_meaning), by_meaning.get(key))
            for key in best
            if key in texts
        ]

    def warm_up(self) -> None:
        """Load the model and Chroma (seconds) before the first search needs them; meant for a thread at the start."""
        with self._database.session() as session:
            self.search(session, "warm up")

    def refresh(self) -> int:
        """Embed what has changed; the number of records. Cheap where nothing has. Raises IndexUnavailable."""
        with self._busy:
            embedded = self._sync.catch_up()
        self._paused_until = 0.0
        return embedded

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Throw the vectors away and embed everything anew; how many records this process embedded.

        `progress(done, total)` is called as it goes on. Others may search meanwhile, and take their part of the work.

        Also repairs a broken cache and changes it to another model. Raises IndexUnavailable.
        """
        with self._busy:
            self._paused_until = 0.0
            self._sync.start_anew()
            return self._sync.catch_up(progress=progress)

    def check(self) -> IndexHealth:
        """How the index is: tries the model, and compares every entry with the cache (tens of milliseconds)."""
        with self._database.session() as session:
            total = entries.count_entries(session)
        pending, problem = total, None
        try:
            with self._busy:
                pending = self._sync.pending()
            self._sync.embed(["Is the model there?"])
        except IndexUnavailable as error:
            problem = str(error)
        name, dimension = self._embedder.name, self._embedder.dimension
        return IndexHealth(total, max(total - pending, 0), pending, name, dimension, problem)

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension) of the index's own model. Raises IndexUnavailable."""
        return self._sync.embed(texts)

    def close(self) -> None:
        self._sync.close()

    def _by_meaning(
        self, session: Session, query: str, kinds: Sequence[str] | None, limit: int
    ) -> dict[tuple[str, int], Near]:
        """The best passage of each record, nearest first; nothing where the cache or the model fails."""
        if not query.strip() or time.monotonic() < self._paused_until:
            return {}
        try:
            if self._busy.acquire(blocking=False):  # else another thread is at it already
                try:
                    self._sync.catch_up(at_most=AT_MOST_PER_SEARCH)
                finally:
                    self._busy.release()
            found = self._sync.nearest(query, kinds, limit)
        except IndexUnavailable as error:
            log.warning("searching by words only: %s", error)
            self._paused_until = time.monotonic() + PAUSE_AFTER_FAILURE
            return {}
        best: dict[tuple[str, int], Near] = {}
        for near in found:
            best.setdefault((near.kind, near.record_id), near)
        current = entries.current_hashes(session, best)
        outdated = [key for key, near in best.items() if current.get(key) != near.content_hash]
        self._sync.look_again(outdated)
        return {key: near for key, near in best.items() if key not in outdated}


def reciprocal_rank_fusion(*rankings: Sequence[tuple[str, int]]) -> dict[tuple[str, int], float]:
    """Scores by the ranks in several rankings (best first): the sum of 1 / (RRF_K + rank), rank from 1."""
    scores: dict[tuple[str, int], float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (RRF_K + rank)
    return scores


def _found_by(by_words: bool, by_meaning: bool) -> FoundBy:
    if by_words and by_meaning:
        return FoundBy.BOTH
    return FoundBy.WORDS if by_words else FoundBy.MEANING


def _hit(entry: entries.Entry, score: float, words: Sequence[str], found_by: FoundBy, near: Near | None) -> Hit:
    passage = best_passage(entry.body, words) if near is None else near.passage
    return Hit(entry.kind, entry.record_id, entry.title, _excerpt(entry.body, passage), score, found_by)


def _excerpt(body: str, passage: Passage) -> str:
    return " ".join(body[passage.start : passage.end].split())
