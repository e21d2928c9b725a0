"""Long prompt beginnings, evaluated once and kept on disk, so that a cold start answers as fast as a warm one.

Reading a prompt is what costs on a CPU (about 60 tokens a second on two cores); putting back the state that llama.cpp
saved for it takes a twentieth of a second. A stored prefix takes about 28 KiB a token (Qwen2.5-1.5B: 28 layers, keys and
values of 2 heads of 128 numbers, 2 bytes each).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from agent.engine import wire
from agent.engine.errors import ApiError
from agent.engine.llama import Llama
from agent.engine.slots import Slot, Slots

Json = dict[str, Any]
#: Prefixes on disk at most: every kind of text has one of some 350 tokens (10 MB), the choice of a tool one of 1,800.
_KEPT = 32
#: Shorter beginnings (characters) are read faster than they are put back.
_SHORTEST = 120


class Prefixes:
    """The stored prefixes of one model in one folder; those used last are kept."""

    def __init__(self, llama: Llama, slots: Slots, model_digest: str) -> None:
        self._llama, self._slots, self._folder = llama, slots, llama.slot_dir
        # Another model or another build of llama.cpp may lay the state out differently.
        self._origin = hashlib.sha256(f"{model_digest} {llama.build}".encode()).hexdigest()[:12]

    def tidy(self) -> None:
        """Remove what another build stored, and what was half stored when the machine died."""
        for file in (*self._folder.glob("*.slot"), *self._folder.glob("*.partial")):
            if not file.name.startswith(self._origin) or file.suffix == ".partial":
                file.unlink(missing_ok=True)

    async def keep(self, messages: Any, tools: Any) -> Json:
        """Make every request that begins with these messages cheap, now and after a restart.

        Answers what it took: `prompt_eval_count` tokens newly evaluated, `prompt_cached_count` already there,
        `restored` from disk or not.
        """
        head = wire.chat_messages(messages)
        async with self._slots.take(key_of(head, tools)) as slot:
            restored = await self.put_back(slot, key_of(head, tools))
            timings = await self.store(slot, head, tools)
        return {
            "prompt_eval_count": timings["prompt_n"],
            "prompt_cached_count": timings["cache_n"],
            "restored": restored,
        }

    def is_due(self, head: list[Json]) -> bool:
        """Whether this beginning is worth storing and not stored yet."""
        return sum(len(message["content"]) for message in head) >= _SHORTEST and not self._file(key_of(head)).exists()

    async def put_back(self, slot: Slot, key: str) -> bool:
        """Have the slot, which the caller has to itself, hold the beginning; whether it was read from disk."""
        if slot.head == key:
            return False
        slot.head, slot.cost = key, 0
        file = self._file(key)
        if not file.exists():
            return False
        try:
            answer = await self._llama.post(f"/slots/{slot.number}?action=restore", {"filename": file.name})
        except ApiError:  # damaged, or of another build: evaluating it anew is always possible
            file.unlink(missing_ok=True)
            return False
        slot.cost = answer["n_restored"]
        os.utime(file)
        return True

    async def store(self, slot: Slot, head: list[Json], tools: Any = None) -> Json:
        """Cut what the slot holds back to the beginning (reading it where it does not hold it), and store that.

        Returns llama.cpp's timings of the reading.
        """
        request: Json = {"messages": head, "add_generation_prompt": False} | ({"tools": tools} if tools else {})
        prompt = (await self._llama.post("/apply-template", request))["prompt"]
        asked = {"prompt": prompt, "n_predict": 0, "cache_prompt": True, "id_slot": slot.number}
        timings: Json = (await self._llama.post("/completion", asked))["timings"]
        slot.cost = timings["prompt_n"] + timings["cache_n"]
        file = self._file(key_of(head, tools))
        if not file.exists():
            temporary = file.with_suffix(".partial")
            await self._llama.post(f"/slots/{slot.number}?action=save", {"filename": temporary.name})
            temporary.replace(file)
            for old in self._newest_first()[_KEPT:]:
                old.unlink(missing_ok=True)
        return timings

    def _file(self, key: str) -> Path:
        return self._folder / f"{self._origin}-{key}.slot"

    def _newest_first(self) -> list[Path]:
        return sorted(
            self._folder.glob(f"{self._origin}-*.slot"), key=lambda file: file.stat().st_mtime_ns, reverse=True
        )


def head_of(messages: list[Json]) -> list[Json]:
    """The beginning that other requests may share: all before the last message, as long as nobody has answered yet."""
    answered = next((at for at, message in enumerate(messages) if message["role"] not in ("system", "user")), None)
    return [message for message in messages if message["role"] == "system"] if answered else messages[:-1]


def key_of(head: list[Json], tools: Any = None) -> str:
    """A name for a beginning; "" for none."""
    if not head and not tools:
        return ""
    return hashlib.sha256(repr((head, tools or None)).encode()).hexdigest()[:32]
