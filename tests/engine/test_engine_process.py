"""The engine as a process: shared, never orphaned, replaced after a crash."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from agent.engine import CHAT_MODEL, EmbeddedEngine, EngineError, LlamaSettings
from agent.engine.weights import QWEN_CODER

OWNER = """
import sys, time
from pathlib import Path
from agent.engine import EmbeddedEngine
engine = EmbeddedEngine(Path(sys.argv[1]), linger_seconds=float(sys.argv[2]))
print(engine.start(), engine._child.pid if engine._child else 0, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], object]) -> None:
    """Ends by the test's timeout if the condition never comes true."""
    while not condition():
        time.sleep(0.05)


def answers(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/api/version", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def owner(cache: Path, linger: float = 0) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Another process that has started the engine: itself, the base URL, the engine's process id."""
    command = [sys.executable, "-c", OWNER, str(cache), str(linger)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        base_url, pid = process.stdout.readline().split()
        yield process, base_url, int(pid)
    finally:
        process.kill()
        process.wait()


def test_it_is_shared_outlives_its_owner_and_dies_with_its_last_user(cache: Path) -> None:
    with owner(cache) as (first, base_url, pid):
        second = EmbeddedEngine(cache)
        assert second.start() == base_url
        assert httpx.get(f"{base_url}/api/version").json()["users"] == 2
        with owner(cache) as (third, same_url, started):
            assert (same_url, started) == (base_url, 0)
            first.send_signal(signal.SIGKILL)
            third.send_signal(signal.SIGKILL)
            until(lambda: httpx.get(f"{base_url}/api/version").json()["users"] == 1)
        assert second.alive
        second.stop()
        until(lambda: not runs(pid))
    assert not second.alive


def test_after_kill_nine_of_its_only_user_it_ends_even_while_it_writes(cache: Path) -> None:
    with owner(cache) as (process, base_url, pid):
        body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": "Tell a very long story."}]}
        with httpx.stream("POST", f"{base_url}/api/chat", json=body, timeout=60) as answer:
            next(answer.iter_lines())
            process.send_signal(signal.SIGKILL)
            until(lambda: not runs(pid))


def test_an_idle_engine_lingers_for_the_next_user_and_keeps_prefixes(cache: Path) -> None:
    system = [{"role": "system", "content": "Prices: " + ", ".join(f"item {n} costs {n * 3}" for n in range(25))}]
    first = EmbeddedEngine(cache, linger_seconds=60)
    base_url = first.start()
    kept = first.keep_prefix(system)
    first.stop()
    assert kept["prompt_eval_count"] > 150
    assert answers(base_url)
    again = EmbeddedEngine(cache)
    assert again.start() == base_url
    # Its new user crashes it; the one after that starts anew and finds the prefix on the disk.
    assert kill_engine(cache) == 0
    until(lambda: not again.alive)
    fresh_url = again.start()
    assert fresh_url != base_url
    question = [*system, {"role": "user", "content": "What does item 7 cost?"}]
    body = {"model": CHAT_MODEL, "messages": question, "stream": False, "options": {"num_predict": 1}}
    counts = httpx.post(f"{fresh_url}/api/chat", json=body, timeout=60).json()
    assert counts["prompt_cached_count"] > 150
    assert counts["prompt_eval_count"] < 20
    again.stop()


def kill_engine(cache: Path) -> int:
    """kill -9 to the engine that is noted in the folder; 0 when it was there."""
    pid = json.loads((cache / "engine.json").read_text())["pid"]
    os.kill(pid, signal.SIGKILL)
    return 0


def test_a_stranger_on_the_noted_port_is_not_taken_for_the_engine(
    cache: Path, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = {"base_url": base_url, "instance": "not-this-one", "settings": vars(LlamaSettings()), "pid": 1}
    (cache / "engine.json").write_text(json.dumps(note))
    monkeypatch.setattr(EmbeddedEngine, "_spawn", lambda self: "a new one")
    assert EmbeddedEngine(cache).start() == "a new one"
    note["instance"] = httpx.get(f"{base_url}/api/version").json()["instance"]
    (cache / "engine.json").write_text(json.dumps(note))
    found = EmbeddedEngine(cache)
    assert found.start() == base_url
    found.stop()
    assert EmbeddedEngine(cache, settings=LlamaSettings(n_ctx=4096)).start() == "a new one"


def test_what_keeps_it_from_starting_is_told(tmp_path: Path) -> None:
    cache = tmp_path / "models"
    cache.mkdir()
    broken = cache / QWEN_CODER.filename
    with broken.open("wb") as file:
        file.truncate(QWEN_CODER.size)
    stamp = {"sha256": QWEN_CODER.sha256, "size": QWEN_CODER.size, "mtime_ns": broken.stat().st_mtime_ns}
    (cache / f"{QWEN_CODER.filename}.verified.json").write_text(json.dumps(stamp))
    engine = EmbeddedEngine(cache)
    with pytest.raises(EngineError, match=r"could not load qwen2\.5-coder"):
        engine.start()
    assert not engine.alive
    with pytest.raises(EngineError, match="not running"):
        engine.keep_prefix([])
