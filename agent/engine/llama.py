"""llama.cpp in this process: loads the weights and speaks to llama.cpp's own server over its loopback port.

xllamacpp always opens that inner port; it is used (guarded by a random key) rather than the Python handlers because
only a closed connection makes llama.cpp drop a request while it reads the prompt, and because slots are saved there.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx

from agent.engine.cpu import usable_threads
from agent.engine.errors import ApiError, EngineError
from agent.engine.formats import grammar_fields

Json = dict[str, Any]

# Prompt tokens read at one go. Only between two goes does llama.cpp notice that a caller has hung up, or write on for
# the other slot: 2 seconds with 128 on two cores, half a minute with its default of 2,048.
_BATCH = 128


@dataclass(frozen=True)
class LlamaSettings:
    """How llama.cpp runs: `n_ctx` tokens a slot, `slots` requests at a time, `threads` (0: one a physical core)."""

    n_ctx: int = 8192
    slots: int = 2
    threads: int = 0


class Llama:
    """One loaded model. The constructor blocks until it is ready (seconds) and raises EngineError if it cannot load."""

    def __init__(self, model: Path, slot_dir: Path, settings: LlamaSettings) -> None:
        # OpenMP's threads spin while they wait for each other. As soon as anything else wants one of the cores, they
        # spin against the very thread they wait for: 1 token a second instead of 12 (two cores, a busy machine).
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            xllamacpp: Any = import_module("xllamacpp")
        except ImportError as error:
            raise EngineError(
                "The embedded model needs xllamacpp: run `uv sync --group embedded`, or install Ollama."
            ) from error
        slot_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # stored prompts are the user's own texts
        self.settings, self.slot_dir = settings, slot_dir
        self.build: str = xllamacpp.__version__
        key = secrets.token_urlsafe(24)
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_parallel = settings.slots
        params.n_ctx = settings.n_ctx * settings.slots
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings.threads or usable_threads()
        params.slot_save_path = f"{slot_dir}/"
        params.api_keys = [key]
        params.n_threads_http = settings.slots + 6
        params.n_batch = params.n_ubatch = _BATCH
        params.cache_ram_mib = 0  # `prefixes` puts back what a slot gave up
        params.ui = False
        params.warmup = False  # warm_up() does it, with a grammar
        params.verbosity = 1  # errors
        try:
            self._server: Any = xllamacpp.Server(params)
        except RuntimeError as error:
            raise EngineError(
                f"llama.cpp could not load {model.name} ({error}): is there enough free memory (about 2 GB)?"
            ) from error
        self._http = httpx.AsyncClient(
            base_url=self._server.listening_address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=None,
            trust_env=False,
            # A connection for each request: llama.cpp closes an idle one after five seconds, and a request that
            # crosses that on its way is lost. On loopback a new one costs a fraction of a millisecond.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def warm_up(self) -> None:
        """Run once with a grammar: the first one builds LLGuidance's view of the vocabulary, which takes a second."""
        await self.post("/completion", {"prompt": "{", "n_predict": 1, **grammar_fields({"type": "boolean"})})

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str) -> Any:
        with _transport():
            return _checked(await self._http.get(path))

    async def post(self, path: str, body: Json) -> Json:
        """One answer, for requests that do not take long: llama.cpp ends them even if nobody waits any more."""
        with _transport():
            answer: Json = _checked(await self._http.post(path, json=body))
        return answer

    async def stream(self, path: str, body: Json) -> AsyncIterator[Json]:
        """The server-sent events of a streamed completion, as parsed JSON.

        Closing the stream frees the slot. While it still reads the prompt, llama.cpp notices a closed connection only
        because it is told to report its progress.
        """
        request = {"cache_prompt": True, **body, "stream": True, "return_progress": True}
        with _transport():
            async for event in self._events(path, request):
                yield event

    async def _events(self, path: str, request: Json) -> AsyncIterator[Json]:
        async with self._http.stream("POST", path, json=request) as response:
            if response.status_code != httpx.codes.OK:
                await response.aread()
                _checked(response)
            async for line in response.aiter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    continue
                event: Json = json.loads(line[6:])
                if "error" in event:
                    raise _api_error(event["error"], 500)
                yield event


@contextlib.contextmanager
def _transport() -> Iterator[None]:
    """A broken inner connection is told with its reason instead of as a bare internal error."""
    try:
        yield
    except httpx.TransportError as error:
        raise ApiError(500, f"the connection to llama.cpp broke ({type(error).__name__}: {error})") from error


def _checked(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        raise ApiError(500, f"llama.cpp answered {response.status_code}: {response.text[:200]}") from None
    if response.status_code != httpx.codes.OK:
        raise _api_error(body.get("error", body), response.status_code)
    return body


def _api_error(error: Any, status: int) -> ApiError:
    if not isinstance(error, dict):
        return ApiError(status, str(error))
    with contextlib.suppress(TypeError, ValueError):
        status = int(error.get("code", status))
    if error.get("type") == "exceed_context_size_error":
        return ContextExceeded(error)
    return ApiError(status, str(error.get("message", error)))


class ContextExceeded(ApiError):
    """The prompt has more tokens than a slot holds."""

    def __init__(self, error: Json) -> None:
        self.tokens, self.limit = error.get("n_prompt_tokens", 0), error.get("n_ctx", 0)
        super().__init__(400, f"the input length exceeds the context length ({self.tokens} tokens, {self.limit} fit)")
