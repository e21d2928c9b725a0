"""Files dropped into the chat: kept in a hidden folder of the import folder until they are imported or taken away.

They come by a route of their own, not by Gradio's, which would take files for every page and keep them for good: so
Gradio's stays closed. A file belongs to the conversation that it was dropped into; what nobody imports within an hour
is deleted.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from agent import Hub

ADDRESS = "/dropped"
FOLDER = ".dropped"
LEAD_ENDINGS = (".csv", ".tsv")
ARTICLE_ENDINGS = (".txt", ".md", ".markdown", ".pdf", ".html", ".htm", ".docx")
ENDINGS = (*LEAD_ENDINGS, *ARTICLE_ENDINGS)
#: Bytes of one file, and of all that wait; files that wait in one conversation.
LARGEST = 20_000_000
MOST_BYTES = 200_000_000
MOST_FILES = 10
#: Seconds after which a file that nobody imported is deleted.
LONGEST_KEPT = 3600
_PLACE = re.compile(r"(?<=\")\.dropped/[\w-]+/")
_CONVERSATION = re.compile(r"[A-Za-z0-9-]{8,64}")


class Refused(Exception):
    """A file that is not taken; the sentence says why and what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


@dataclass(frozen=True)
class Dropped:
    """One file that waits. `source` is how the import tools name it."""

    name: str
    size: int
    source: str

    @property
    def holds_leads(self) -> bool:
        return Path(self.name).suffix.lower() in LEAD_ENDINGS


class DroppedFiles:
    """The files that wait, by conversation. What there is stands on the disk; any number of these see the same."""

    def __init__(self, hub: Hub) -> None:
        self._imports = hub.settings.home / "imports"
        self._root = self._imports / FOLDER

    def waiting(self, conversation: str) -> list[Dropped]:
        """The files of a conversation, by name."""
        folder = self._folder(conversation)
        if folder is None or not folder.is_dir():
            return []
        files = [file for file in sorted(folder.iterdir()) if file.is_file() and not file.name.startswith(".")]
        return [Dropped(file.name, file.stat().st_size, str(file.relative_to(self._imports))) for file in files]

    def find(self, conversation: str, name: str) -> Dropped | None:
        """The file of this name; None where it was imported or taken away meanwhile."""
        return next((one for one in self.waiting(conversation) if one.name == name), None)

    def forget(self, conversation: str, name: str | None = None) -> None:
        """Delete a file, or all files of a conversation."""
        folder = self._folder(conversation)
        if folder is None:
            return
        if name is None:
            shutil.rmtree(folder, ignore_errors=True)
        elif self.find(conversation, name) is not None:
            (folder / name).unlink(missing_ok=True)
            with suppress(OSError):  # others wait in it
                folder.rmdir()

    async def take(self, conversation: str, name: str, data: AsyncIterator[bytes]) -> None:
        """Keep a file. Raises Refused where it is too large, of no kind that can be read, or one too many."""
        folder = self._folder(conversation)
        if folder is None:
            raise Refused(400, "This page does not know its conversation. Load it again, then drop the file again.")
        plain = plain_name(name)
        await asyncio.to_thread(self._make_room, folder, plain)
        part = folder / f".{secrets.token_hex(8)}"
        size = 0
        try:
            with part.open("wb") as file:
                async for piece in data:
                    size += len(piece)
                    if size > LARGEST:
                        raise Refused(413, too_large(plain))
                    await asyncio.to_thread(file.write, piece)
            if not size:
                raise Refused(400, f"{plain} is empty.")
            part.replace(folder / plain)
        finally:
            part.unlink(missing_ok=True)

    def _make_room(self, folder: Path, name: str) -> None:
        self._sweep()
        there = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        if name not in there and len(there) >= MOST_FILES:
            raise Refused(409, f"{MOST_FILES} files wait here already. Import them or take them away first.")
        held = (
            sum(file.stat().st_size for file in self._root.rglob("*") if file.is_file()) if self._root.is_dir() else 0
        )
        if held > MOST_BYTES:
            raise Refused(507, "Too many files wait for their import. Import them or take them away, then try again.")
        folder.mkdir(parents=True, exist_ok=True)

    def _sweep(self) -> None:
        """Delete what nobody imported in time."""
        if not self._root.is_dir():
            return
        for folder in self._root.iterdir():
            for file in folder.iterdir():
                if time.time() - file.stat().st_mtime > LONGEST_KEPT:
                    file.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()

    def _folder(self, conversation: str) -> Path | None:
        return self._root / conversation if _CONVERSATION.fullmatch(conversation) else None


def plain_name(name: str) -> str:
    """The file's own name, without folders and signs that mean something to a command. Raises Refused by its kind."""
    own = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")[-1]
    own = re.sub(r"[^\w.,()+ -]+", "_", own).strip(" .")
    stem, ending = Path(own).stem[:80].strip(" .") or "file", Path(own).suffix.lower()
    if ending not in ENDINGS:
        raise Refused(
            415,
            f"{own[:80] or 'This file'} is of a kind that cannot be read here. Drop a CSV file of leads, or articles as "
            "txt, md, html, pdf or docx.",
        )
    return f"{stem}{ending}"


def without_place(text: str) -> str:
    """A message with the files' own names only: where they lie until they are imported is nobody's concern."""
    return _PLACE.sub("", text)


def too_large(name: str) -> str:
    return (
        f"{name} is larger than {LARGEST // 1_000_000} MB. Split it up, or put it into the import folder of the hub and "
        "say “import” and its name."
    )


def add_route(app: FastAPI, hub: Hub) -> None:
    """The route by which files come: `POST /dropped?conversation=…&name=…`, the file itself as the body."""
    files = DroppedFiles(hub)

    @app.post(ADDRESS)
    async def drop(request: Request, conversation: str = "", name: str = "") -> JSONResponse:
        try:
            declared = request.headers.get("content-length", "")
            if declared.isdigit() and int(declared) > LARGEST:
                raise Refused(413, too_large(plain_name(name)))
            await files.take(conversation, name, request.stream())
        except Refused as refused:
            return JSONResponse({"problem": refused.sentence}, status_code=refused.status)
        return JSONResponse({"problem": None})
