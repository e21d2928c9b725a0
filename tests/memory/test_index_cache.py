"""The cache of vectors: another model, a broken folder, a model or server that fails, a restored backup, threads."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from memory.database import Database, sqlite_url
from memory.index import FoundBy, Hit, IndexUnavailable, SearchIndex, WordLlamaEmbedder, put_entry, remove_entry
from memory.index.chroma import FolderAccess
from memory.index.embedders import Vectors
from memory.index.sync import BATCH
from tests.memory.shop import TEXTS

QUESTION = "do we need permission to email someone"
ANSWER = "Consent and privacy"


class HalfEmbedder(WordLlamaEmbedder):
    """Another model: the first half of each vector."""

    name = "half-128"
    dimension = 128

    def embed(self, texts: list[str]) -> Vectors:
        return super().embed(texts)[:, :128]


class FailingEmbedder(WordLlamaEmbedder):
    """The same model behind a server that does not always answer."""

    works = True
    embedded = 0

    def embed(self, texts: list[str]) -> Vectors:
        if not self.works:
            raise ConnectionError("connection refused")
        self.embedded += len(texts)
        return super().embed(texts)


@pytest.fixture
def shop(lite: Database) -> Database:
    put(lite)
    return lite


@pytest.fixture
def failing(shop: Database, tmp_path: Path) -> Iterator[tuple[SearchIndex, FailingEmbedder]]:
    embedder = FailingEmbedder()
    index = SearchIndex(shop, tmp_path / "index", embedder)
    yield index, embedder
    index.close()


def put(database: Database) -> None:
    with database.session(write=True) as session:
        for number, (title, body) in enumerate(TEXTS.items(), start=1):
            put_entry(session, "article", number, title, body)


def search(database: Database, index: SearchIndex, query: str) -> list[Hit]:
    with database.session() as session:
        return index.search(session, query)


def by_meaning(database: Database, index: SearchIndex) -> bool:
    return [(hit.title, hit.found_by) for hit in search(database, index, QUESTION)][:1] == [(ANSWER, FoundBy.MEANING)]


def by_words_only(database: Database, index: SearchIndex) -> bool:
    return [(hit.title, hit.found_by) for hit in search(database, index, "unsubscribe")] == [(ANSWER, FoundBy.WORDS)]


def test_the_health_of_a_new_and_of_a_finished_index(shop: Database, lite_index: SearchIndex) -> None:
    before = lite_index.check()
    assert (before.entries, before.embedded, before.pending, before.problem) == (len(TEXTS), 0, len(TEXTS), None)
    assert (before.model, before.dimension) == ("wordllama-l2_supercat-256", 256)
    assert lite_index.refresh() == len(TEXTS)
    after = lite_index.check()
    assert (after.entries, after.embedded, after.pending, after.problem) == (len(TEXTS), len(TEXTS), 0, None)


def test_vectors_that_were_lost_are_noticed_and_made_again(
    shop: Database, lite_index: SearchIndex, tmp_path: Path
) -> None:
    lite_index.refresh()
    with FolderAccess(tmp_path / "index").client(write=True) as client:
        for collection in client.list_collections():
            if collection.name.endswith("-article"):
                collection.delete(ids=["4:0", "5:0"])
    assert lite_index.refresh() == 0
    assert (lite_index.check().pending, lite_index.check().embedded) == (2, len(TEXTS) - 2)
    assert lite_index.refresh() == 2
    assert lite_index.check().pending == 0


def test_only_what_changed_is_embedded(shop: Database, failing: tuple[SearchIndex, FailingEmbedder]) -> None:
    index, embedder = failing
    assert index.refresh() == len(TEXTS)
    embedder.embedded = 0
    put(shop)  # the same texts again
    assert (index.refresh(), embedder.embedded) == (0, 0)
    with shop.session(write=True) as session:
        put_entry(session, "article", 1, "Refunds", "Short.")
        put_entry(session, "ticket", 1, "New", "A ticket.")
        remove_entry(session, "article", 2)
    assert (index.refresh(), embedder.embedded) == (3, 2)
    assert index.refresh() == 0


def test_another_process_later_need_not_embed_again(shop: Database, tmp_path: Path) -> None:
    first, second = FailingEmbedder(), FailingEmbedder()
    index = SearchIndex(shop, tmp_path / "index", first)
    index.refresh()
    index.close()
    again = SearchIndex(shop, tmp_path / "index", second)
    assert (again.refresh(), second.embedded) == (0, 0)
    assert by_meaning(shop, again)
    again.close()


def test_a_lost_folder_is_built_anew(shop: Database, lite_index: SearchIndex, tmp_path: Path) -> None:
    assert by_meaning(shop, lite_index)
    shutil.rmtree(tmp_path / "index")
    assert by_meaning(shop, lite_index)
    assert lite_index.check().pending == 0


def test_another_model_is_refused_until_reindexed(shop: Database, lite_index: SearchIndex, tmp_path: Path) -> None:
    lite_index.refresh()
    other = SearchIndex(shop, tmp_path / "index", HalfEmbedder())
    with pytest.raises(IndexUnavailable, match="marketing-hub reindex"):
        other.refresh()
    problem = other.check().problem
    assert problem is not None
    assert "wordllama-l2_supercat-256" in problem
    assert "half-128" in problem
    assert by_words_only(shop, other)
    seen: list[tuple[int, int]] = []
    assert other.rebuild(lambda done, total: seen.append((done, total))) == len(TEXTS)
    assert seen == [(len(TEXTS), len(TEXTS))]
    assert other.check().problem is None
    assert search(shop, other, "watering orchids")[0].found_by is FoundBy.BOTH
    assert "marketing-hub reindex" in str(lite_index.check().problem)
    other.close()


def test_progress_of_a_long_rebuild(lite: Database, lite_index: SearchIndex) -> None:
    total = 2 * BATCH + 1
    with lite.session(write=True) as session:
        for number in range(total):
            put_entry(session, "article", number, f"Title {number}", "Body")
    seen: list[tuple[int, int]] = []
    assert lite_index.rebuild(lambda *progress: seen.append(progress)) == total
    assert seen == [(BATCH, total), (2 * BATCH, total), (total, total)]


@pytest.mark.parametrize("what", ["garbage", "truncated", "emptied"])
def test_a_broken_folder_costs_only_the_meaning_until_reindexed(
    shop: Database, tmp_path: Path, embedder: WordLlamaEmbedder, what: str
) -> None:
    folder = tmp_path / "index"
    index = SearchIndex(shop, folder, embedder)
    index.refresh()
    index.close()
    store = folder / "chroma.sqlite3"
    content = store.read_bytes()
    store.write_bytes(
        {"garbage": b"garbage " * 10_000, "truncated": content[: len(content) // 3], "emptied": b""}[what]
    )
    broken = SearchIndex(shop, folder, embedder)
    if what != "emptied":  # an empty file is a new store to Chroma
        assert by_words_only(shop, broken)
        assert "marketing-hub reindex" in str(broken.check().problem)
    assert broken.rebuild() == len(TEXTS)
    assert broken.check().problem is None
    assert by_meaning(shop, broken)
    broken.close()


def test_broken_vectors_cost_only_the_meaning_until_reindexed(
    lite: Database, tmp_path: Path, embedder: WordLlamaEmbedder
) -> None:
    put(lite)
    with lite.session(write=True) as session:  # Chroma writes its vector files at every thousandth vector
        for number in range(100, 1500):
            put_entry(session, "article", number, f"Orchid {number}", "Water it.")
    folder = tmp_path / "index"
    index = SearchIndex(lite, folder, embedder)
    index.refresh()
    index.close()
    files = list(folder.glob("*/*.bin"))
    assert files
    for file in files:
        file.write_bytes(b"\x00garbage" * 10)
    broken = SearchIndex(lite, folder, embedder)
    assert by_words_only(lite, broken)
    assert broken.rebuild() == len(TEXTS) + 1400
    assert broken.check().problem is None
    assert by_meaning(lite, broken)
    broken.close()


def test_a_folder_that_cannot_be_made(shop: Database, tmp_path: Path, embedder: WordLlamaEmbedder) -> None:
    (tmp_path / "file").write_text("not a folder")
    index = SearchIndex(shop, tmp_path / "file" / "index", embedder)
    assert by_words_only(shop, index)
    health = index.check()
    assert health.problem is not None
    assert (health.entries, health.embedded, health.pending) == (len(TEXTS), 0, len(TEXTS))


def test_a_server_that_is_not_there(shop: Database, embedder: WordLlamaEmbedder) -> None:
    index = SearchIndex(shop, "http://127.0.0.1:1", embedder)
    assert by_words_only(shop, index)
    assert "http://127.0.0.1:1" in str(index.check().problem)
    with pytest.raises(IndexUnavailable, match="Chroma server"):
        index.refresh()
    index.close()


def test_a_model_that_fails_and_comes_back(shop: Database, failing: tuple[SearchIndex, FailingEmbedder]) -> None:
    index, embedder = failing
    index.refresh()
    embedder.works = False
    assert by_words_only(shop, index)
    assert "connection refused" in str(index.check().problem)
    embedder.works = True
    assert by_words_only(shop, index)  # left alone for a while after a failure, so that no turn waits for it twice
    index.refresh()
    assert by_meaning(shop, index)


def test_a_restored_backup(tmp_path: Path, embedder: WordLlamaEmbedder) -> None:
    path, backup = tmp_path / "hub.db", tmp_path / "backup.db"
    database = Database.open(sqlite_url(path))
    put(database)
    database.close()
    shutil.copy(path, backup)
    database = Database.open(sqlite_url(path))
    with database.session(write=True) as session:
        put_entry(session, "article", 99, "Zanzibar", "Cloves, nutmeg and cinnamon come from spice islands.")
        put_entry(session, "article", 4, "Changed", "Another text about something else.")
    index = SearchIndex(database, tmp_path / "index", embedder)
    assert search(database, index, "spices")
    index.close()
    database.close()
    for file in tmp_path.glob("hub.db*"):
        file.unlink()
    shutil.copy(backup, path)
    database = Database.open(sqlite_url(path))
    index = SearchIndex(database, tmp_path / "index", embedder)
    assert search(database, index, "spices") == []
    assert by_meaning(database, index)
    assert (index.check().entries, index.check().pending) == (len(TEXTS), 0)
    index.close()
    database.close()


def test_a_vector_of_an_older_text_is_cleared_away(shop: Database, lite_index: SearchIndex) -> None:
    lite_index.refresh()
    with shop.session(write=True) as session:
        put_entry(session, "article", 4, "Changed", "Something else entirely.")
        # Embedded already as it was: the old vector is found, does not fit the text, and is not shown.
        assert lite_index.search(session, QUESTION) == []
    assert search(shop, lite_index, QUESTION) == []
    with shop.session(write=True) as session:
        put_entry(session, "article", 4, ANSWER, TEXTS[ANSWER])
    assert by_meaning(shop, lite_index)


def test_searching_inside_a_writing_transaction_does_not_wait(shop: Database, lite_index: SearchIndex) -> None:
    with shop.session(write=True) as session:
        put_entry(session, "article", 99, "Zanzibar", "Cloves.")
        hits = lite_index.search(session, "cloves")
        assert [hit.title for hit in hits] == ["Zanzibar"]
        assert [hit.title for hit in lite_index.search(session, QUESTION)][:1] == [ANSWER]


def test_a_long_backlog_is_worked_off_by_searches(lite: Database, lite_index: SearchIndex) -> None:
    with lite.session(write=True) as session:
        for number in range(600):
            put_entry(session, "article", number, f"Title {number}", "Body")
    pending = []
    for _ in range(4):
        search(lite, lite_index, "anything")
        pending.append(lite_index.check().pending)
    assert pending == [344, 88, 0, 0]


def test_threads_that_write_and_search(lite: Database, tmp_path: Path, embedder: WordLlamaEmbedder) -> None:
    indexes = [SearchIndex(lite, tmp_path / "index", embedder) for _ in range(2)]  # two on one folder, one process
    start = threading.Barrier(4)

    def work(thread: int) -> None:
        start.wait()
        for turn in range(8):
            with lite.session(write=True) as session:
                put_entry(
                    session, "article", thread * 100 + turn, "Refund policy", "We pay the money back to your card."
                )
            assert search(lite, indexes[thread % 2], "refund")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    for index in indexes:
        index.refresh()
        assert (index.check().entries, index.check().pending, index.check().problem) == (32, 0, None)
        with lite.session() as session:
            hits = index.search(session, "money returned to my credit card", limit=50)
            assert [hit.found_by for hit in hits] == [FoundBy.MEANING] * 32
        index.close()


def test_transactions_that_commit_in_another_order_than_they_began(
    postgres_url: str, tmp_path: Path, embedder: WordLlamaEmbedder
) -> None:
    database = Database.open(postgres_url)
    index = SearchIndex(database, tmp_path / "index", embedder)
    with Session(database.engine) as first, Session(database.engine) as second:
        put_entry(first, "article", 4, ANSWER, TEXTS[ANSWER])
        put_entry(second, "article", 10, "Orchids", TEXTS["How to care for orchids"])
        second.commit()
        assert index.refresh() == 1
        assert index.refresh() == 0
        first.commit()
    assert index.refresh() == 1
    assert by_meaning(database, index)
    assert index.refresh() == 0
    index.close()
    database.close()


_CONNECTS = """
import sys
from pathlib import Path
from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder, put_entry
reached = []
ONLINE = ("socket.connect", "socket.getaddrinfo")
sys.addaudithook(lambda event, arguments: event in ONLINE and reached.append(arguments))
database = Database.open(sys.argv[1])
index = SearchIndex(database, Path(sys.argv[2]), WordLlamaEmbedder())
with database.session(write=True) as session:
    put_entry(session, "article", 1, "Refunds", "Money back.")
with database.session() as session:
    print(len(index.search(session, "refund")), reached)
import logging
print(logging.getLogger().handlers)
"""


def test_nothing_goes_online_and_no_log_handler_is_left_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _CONNECTS, sqlite_url(tmp_path / "hub.db"), str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "1 []\n[]\n", done.stderr
