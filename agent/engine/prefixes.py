"""Long prompt beginnings, evaluated once and kept on disk, so that a cold start answers as fast as a warm one.

Reading a prompt is what costs on a CPU (about 60 tokens a second on two cores); putting back the state that llama.cpp
saved for it takes a fraction of a second. A stored prefix takes about 28 KiB a token (Qwen2.5-1.5B: 28 layers, keys and
values of 2 heads of 128 numbers, 2 bytes each).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from agent.engine import wire
from agent.engine.errors import ApiError
from agent.engine.llama import Llama

Json = dict[str, Any]
_KEPT = 4


class Prefixes:
    """The stored prefixes of one model in one folder; the four used last are kept."""

    def __init__(self, llama: Llama, free_slots: asyncio.Semaphore, model_digest: str) -> None:
        self._llama, self._free_slots, self._folder = llama, free_slots, llama.slot_dir
        # Another model or another build of llama.cpp may lay the state out differently.
        self._origin = hashlib.sha256(f"{model_digest} {llama.build}".encode()).hexdigest()[:12]
        self._known: set[Path] = set()
        self._turn = asyncio.Lock()

    async def restore_newest(self) -> None:
        """Fill the slots with the prefixes used last. To be called before the first request."""
        for file in (*self._folder.glob("*.slot"), *self._folder.glob("*.partial")):
            if not file.name.startswith(self._origin) or file.suffix == ".partial":
                file.unlink(missing_ok=True)
        for slot, file in enumerate(self._newest_first()[: self._llama.settings.slots]):
            await self._restore(file, slot)

    async def keep(self, messages: Any, tools: Any) -> Json:
        """Make the next request that begins with these messages cheap, now and after a restart.

        Answers what it took: `prompt_eval_count` tokens newly evaluated, `prompt_cached_count` already there,
        `restored` from disk or not.
        """
        request: Json = {"messages": wire.chat_messages(messages), "add_generation_prompt": False}
        if tools:
            request["tools"] = tools
        prompt = (await self._llama.post("/apply-template", request))["prompt"]
        name = hashlib.sha256(prompt.encode()).hexdigest()[:32]
        file = self._folder / f"{self._origin}-{name}.slot"
        async with self._all_slots():
            restored = file not in self._known and file.exists()
            if restored:
                restored = await self._restore(file, self._llama.settings.slots - 1)
            answer = await self._llama.post("/completion", {"prompt": prompt, "n_predict": 0, "cache_prompt": True})
            if file.exists():
                os.utime(file)
            else:
                await self._save(file, answer["id_slot"])
            self._known.add(file)
        timings = answer["timings"]
        return {
            "prompt_eval_count": timings["prompt_n"],
            "prompt_cached_count": timings["cache_n"],
            "restored": restored,
        }

    @contextlib.asynccontextmanager
    async def _all_slots(self) -> AsyncIterator[None]:
        """Alone with llama.cpp: between evaluating and saving, no other request may take the slot."""
        async with self._turn, contextlib.AsyncExitStack() as held:
            for _ in range(self._llama.settings.slots):
                await held.enter_async_context(self._free_slots)
            yield

    async def _restore(self, file: Path, slot: int) -> bool:
        try:
            await self._llama.post(f"/slots/{slot}?action=restore", {"filename": file.name})
        except ApiError:  # damaged, or of another build: evaluating it anew is always possible
            file.unlink(missing_ok=True)
            return False
        self._known.add(file)
        return True

    async def _save(self, file: Path, slot: int) -> None:
        temporary = file.with_suffix(".partial")
        await self._llama.post(f"/slots/{slot}?action=save", {"filename": temporary.name})
        temporary.replace(file)
        for old in self._newest_first()[_KEPT:]:
            old.unlink(missing_ok=True)

    def _newest_first(self) -> list[Path]:
        return sorted(
            self._folder.glob(f"{self._origin}-*.slot"), key=lambda file: file.stat().st_mtime_ns, reverse=True
        )
