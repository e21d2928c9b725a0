"""Starting, finding and stopping the engine: a child process, so that a crash of llama.cpp never takes the hub down."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import httpx
from filelock import FileLock

from agent.engine.errors import EngineError
from agent.engine.llama import LlamaSettings
from agent.engine.models import CHAT_MODEL

Notice = Callable[[str, int, int], None]
"""Called as `(stage, done, total)`: stage "weights" with bytes, then "loading" with 0, 0."""

_ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 10

# Engines that other processes still use: a Popen that is collected while its process runs warns about it.
_LEFT_RUNNING: list[subprocess.Popen[bytes]] = []


class EmbeddedEngine:
    """The engine as this process sees it.

    `start()` answers its base URL: of the engine that another process on the same folder already runs, or of a new one.
    The engine lives as long as any process that called `start()` and neither stopped nor died, then `linger_seconds`.
    `cache_dir` holds the weights, the stored prefixes, the log (`engine.log`) and the note where the engine listens.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        settings: LlamaSettings | None = None,
        linger_seconds: float = 0,
        on_progress: Notice | None = None,
    ) -> None:
        self._cache = cache_dir
        self._settings = settings or LlamaSettings()
        self._linger = linger_seconds
        self._notice = on_progress or (lambda stage, done, total: None)
        self._child: subprocess.Popen[bytes] | None = None
        self._lifeline: socket.socket | None = None
        self.base_url: str | None = None

    @property
    def alive(self) -> bool:
        """Whether the engine that `start()` found or started still answers."""
        if self.base_url is None or (self._child is not None and self._child.poll() is not None):
            return False
        return _version(self.base_url) is not None

    def start(self) -> str:
        """The base URL of a running engine. Blocks until the model is loaded; call it again after a crash.

        Raises EngineError with a sentence: weights missing, too little memory or disk, ...
        """
        if self.base_url is not None and self.alive:
            return self.base_url
        self.stop()
        self._cache.mkdir(parents=True, exist_ok=True)
        # One process at a time looks for an engine and starts one, so two terminals do not load 1.1 GB twice.
        with FileLock(self._cache / "engine.lock"):
            self.base_url = self._join_running() or self._spawn()
        return self.base_url

    def stop(self) -> None:
        """Let go of the engine. It ends when this was its last user (after `linger_seconds`)."""
        version = _version(self.base_url) if self.base_url and self._child else None
        if self._lifeline:
            self._lifeline.close()
        child, self._child, self._lifeline, self.base_url = self._child, None, None, None
        if child is None:
            return
        assert child.stdin is not None
        assert child.stdout is not None
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        still_needed = version is not None and (version["users"] > 1 or self._linger > 0)
        if still_needed:
            _LEFT_RUNNING.append(child)
            return
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def keep_prefix(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Have the engine evaluate the beginning that many chats share (a system prompt) and keep it across restarts.

        Takes as long as reading it the first time, a moment later on. Returns `{"prompt_eval_count": new tokens,
        "prompt_cached_count": ..., "restored": from disk}`. Raises EngineError when the engine refuses or is gone.
        """
        if self.base_url is None:
            raise EngineError("The embedded model is not running: start it first.")
        try:
            answer = httpx.post(
                f"{self.base_url}/api/x/prefix",
                json={"messages": messages, "tools": tools or []},
                timeout=None,
                trust_env=False,
            )
        except httpx.HTTPError as error:
            raise EngineError(f"The embedded model does not answer any more ({error}).") from error
        body: dict[str, Any] = answer.json()
        if answer.status_code != httpx.codes.OK:
            raise EngineError(f"The embedded model refused the prompt: {body['error']}")
        return body

    def __enter__(self) -> EmbeddedEngine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _note(self) -> Path:
        return self._cache / "engine.json"

    def _join_running(self) -> str | None:
        """The engine noted in the folder, if it is really that one, runs these settings, and took us as a user."""
        try:
            note = json.loads(self._note.read_text())
            base_url, instance, settings = note["base_url"], note["instance"], note["settings"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        version = _version(base_url)
        if settings != vars(self._settings) or version is None or version.get("instance") != instance:
            return None
        try:
            self._lifeline = _hold(base_url)
        except OSError:
            return None
        return str(base_url)

    def _spawn(self) -> str:
        instance = secrets.token_hex(16)
        command = [sys.executable, "-m", "agent.engine", "--until-stdin-closes", "--cache", str(self._cache)]
        command += ["--ctx", str(self._settings.n_ctx), "--slots", str(self._settings.slots)]
        command += ["--threads", str(self._settings.threads), "--instance", instance, "--linger", str(self._linger)]
        search_path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        log = self._cache / "engine.log"
        with log.open("wb") as errors:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": search_path},
                start_new_session=True,  # Ctrl-C in the terminal is the hub's to handle
            )
        assert self._child.stdout is not None
        base_url = self._await_ready(self._child.stdout, log)
        note: dict[str, Any] = {"base_url": base_url, "instance": instance, "settings": vars(self._settings)}
        note |= {"pid": self._child.pid, "model": CHAT_MODEL}
        temporary = self._note.with_suffix(".tmp")
        temporary.write_text(json.dumps(note))
        temporary.chmod(0o600)
        temporary.replace(self._note)
        return base_url

    def _await_ready(self, events: IO[bytes], log: Path) -> str:
        error = ""
        for line in events:
            if not line.startswith(b"{"):  # a library's own print
                continue
            event: dict[str, Any] = json.loads(line)
            if event["event"] == "ready":
                return str(event["base_url"])
            if event["event"] == "failed":
                error = event["error"]
            else:
                self._notice(event["event"], event.get("done", 0), event.get("total", 0))
        self.stop()
        raise EngineError(error or f"The embedded model stopped while it was loading; its last words are in {log}.")


def _version(base_url: str) -> dict[str, Any] | None:
    """What the engine says about itself, or None when nobody (or a stranger) answers."""
    try:
        body = httpx.get(f"{base_url}/api/version", timeout=10, trust_env=False).json()
    except (httpx.HTTPError, ValueError):
        return None
    return body if isinstance(body, dict) and "instance" in body else None


def _hold(base_url: str) -> socket.socket:
    """An open request to the engine's lifeline; the operating system closes it when this process ends."""
    address = urlsplit(base_url)
    assert address.hostname is not None
    assert address.port is not None
    connection = socket.create_connection((address.hostname, address.port), timeout=5)
    connection.sendall(f"GET /api/x/lifeline HTTP/1.1\r\nHost: {address.hostname}\r\n\r\n".encode())
    if b"200" not in connection.recv(64):
        connection.close()
        raise ConnectionError("the engine did not take the lifeline")
    return connection
