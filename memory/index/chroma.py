"""Access to Chroma: a folder shared by several processes, or a server.

Chroma's embedded client must not be used by two processes on one folder: each holds its own copy of the index in
memory, misses what the other writes and may write its copy over the other's. So every use is under a lock on the
folder, and a file names the last write: who sees a name that is not its own opens the folder anew (about 20 ms).
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)

#: Seconds that a search waits for another process that is writing, and for a Chroma server's answer.
PATIENCE = 10.0


class IndexUnavailable(Exception):
    """The search by meaning does not work at the moment; the message says why and what to do. Full text still does."""


class ChromaAccess(Protocol):
    """Gives out a Chroma client; turns whatever goes wrong in the block into IndexUnavailable."""

    def client(self, *, write: bool = False) -> AbstractContextManager[Any]: ...

    def version(self) -> str | None:
        """Inside `client()`: a name that changes with every write of anybody; None where that is not known."""

    def wipe(self) -> None:
        """Throw away what is there, even where it cannot be opened any more."""

    def close(self) -> None: ...


def open_access(folder_or_url: Path | str) -> ChromaAccess:
    """Access to the Chroma server at an http(s) URL, or to the folder of that path."""
    if isinstance(folder_or_url, str) and folder_or_url.startswith(("http://", "https://")):
        return ServerAccess(folder_or_url)
    return FolderAccess(Path(folder_or_url))


@contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except IndexUnavailable:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of Chroma's Rust part is no Exception
        log.warning("Chroma failed", exc_info=True)
        raise IndexUnavailable(f"{where}: {type(error).__name__}: {str(error)[:300]}") from error


class _Folder:
    """The one client of this process for a folder: Chroma shares its state between clients of one path anyway."""

    opened: "dict[Path, _Folder]" = {}  # noqa: RUF012 - shared on purpose
    registry_lock = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.path = path
        self.users = 0
        self._client: Any = None
        self.seen = ""
        self._thread_lock = threading.Lock()

    @contextmanager
    def client(self, *, write: bool) -> Iterator[Any]:
        with self._locked():
            written = self._last_write()
            if self._client is None or written != self.seen:
                self._reopen()
                self.seen = written
            if write:
                self._note_write()
            try:
                yield self._client
            except BaseException:
                self.shut()  # what failed once may be in any state: the next use opens the files anew
                raise

    def wipe(self) -> None:
        with self._locked():
            self.shut()
            self._note_write()
            for path in self.path.iterdir():
                if path.is_dir() and _is_uuid(path.name):
                    shutil.rmtree(path)
                elif path.name.startswith("chroma.sqlite3"):
                    path.unlink()

    def shut(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.mkdir(parents=True, exist_ok=True)
        with self._thread_lock:
            try:
                with FileLock(self.path / "index.lock", timeout=PATIENCE):
                    yield
            except Timeout:
                raise IndexUnavailable("Another process is writing the search index; try again in a moment.") from None

    def _reopen(self) -> None:
        import chromadb  # takes seconds: only who searches by meaning waits for it
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        self.shut()
        # Chroma keeps a client that failed to start and would hand it out again, also once the files are in order.
        SharedSystemClient._identifier_to_system.pop(str(self.path), None)
        SharedSystemClient._identifier_to_refcount.pop(str(self.path), None)
        self._client = chromadb.PersistentClient(str(self.path), settings=Settings(anonymized_telemetry=False))

    def _last_write(self) -> str:
        try:
            return (self.path / "last-write").read_text()
        except FileNotFoundError:
            return ""

    def _note_write(self) -> None:
        # Before the write: whoever dies in the middle of it has told the others already.
        self.seen = str(uuid4())
        (self.path / "last-write").write_text(self.seen)


class FolderAccess:
    """Chroma inside this process, its files in a folder; safe for several threads and processes."""

    def __init__(self, path: Path) -> None:
        path = path.absolute()
        self._where = f"The search index in {path} cannot be used (`marketing-hub reindex` builds it anew)"
        with _Folder.registry_lock:
            self._folder = _Folder.opened.setdefault(path, _Folder(path))
            self._folder.users += 1
        self._closed = False

    @contextmanager
    def client(self, *, write: bool = False) -> Iterator[Any]:
        with _told(self._where), self._folder.client(write=write) as client:
            yield client

    def version(self) -> str | None:
        return self._folder.seen

    def wipe(self) -> None:
        with _told(self._where):
            self._folder.wipe()

    def close(self) -> None:
        with _Folder.registry_lock:
            if self._closed:
                return
            self._closed = True
            self._folder.users -= 1
            if self._folder.users == 0:
                self._folder.shut()
                del _Folder.opened[self._folder.path]


class ServerAccess:
    """A Chroma server: it keeps its clients apart by itself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._where = f"The Chroma server at {url} does not do its part (is it running, is the address right?)"
        self._client: Any = None
        self._lock = threading.Lock()

    @contextmanager
    def client(self, *, write: bool = False) -> Iterator[Any]:
        with _told(self._where):
            with self._lock:
                if self._client is None:
                    self._client = self._connect()
            yield self._client

    def version(self) -> str | None:
        return None

    def wipe(self) -> None:
        """A server repairs itself; `VectorCache.reset` deletes the collections."""

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connect(self) -> Any:
        import chromadb
        from chromadb.config import Settings

        parts = urlsplit(self._url)
        secure = parts.scheme == "https"
        client = chromadb.HttpClient(
            parts.hostname or "127.0.0.1",
            parts.port or (443 if secure else 80),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
        # Chroma's own client waits for ever; a server that hangs must not hold up a conversation.
        session = getattr(getattr(client, "_server", None), "_session", None)
        if session is not None:
            session.timeout = PATIENCE
        return client


def _is_uuid(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True
