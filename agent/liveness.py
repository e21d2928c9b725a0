"""Which processes of this house still live: each holds a lock on a file of its own, which its death releases."""

import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class Liveness:
    """This process' sign of life."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.id = str(uuid.uuid4())
        self._lock = FileLock(self._file(self.id))
        self._lock.acquire(timeout=0)

    def lives(self, owner: str | None) -> bool:
        """Whether the process with this id still runs. A dead one's file is removed."""
        if owner is None:
            return False
        if owner == self.id:
            return True
        file = self._file(owner)
        if not file.exists():
            return False
        try:
            with FileLock(file, timeout=0):
                pass
        except Timeout:
            return True
        file.unlink(missing_ok=True)
        return False

    def close(self) -> None:
        self._lock.release()
        self._file(self.id).unlink(missing_ok=True)

    def _file(self, owner: str) -> Path:
        return self._folder / f"{uuid.UUID(owner)}.lock"
