"""The embedded model: llama.cpp and wordllama behind Ollama's HTTP protocol, on a loopback port.

Where no Ollama answers, the hub starts this engine and talks to it exactly as it would to Ollama.

    from agent.engine import EmbeddedEngine
    with EmbeddedEngine(Path("~/.cache/marketing-hub/models").expanduser()) as engine:
        ollama.Client(engine.base_url).chat("qwen2.5-coder:1.5b", messages=[...], format=schema)

By hand, to talk to it with curl or any Ollama client (ends with Ctrl-C):

    python -m agent.engine --cache ~/.cache/marketing-hub/models --port 11500

Models: `qwen2.5-coder:1.5b` (chat, generate, tools, `format`) and `wordllama` (embed, 256 dimensions).
"""

from agent.engine.errors import EngineError, WeightsError
from agent.engine.llama import LlamaSettings
from agent.engine.models import CHAT_MODEL, EMBEDDING_MODEL
from agent.engine.process import EmbeddedEngine
from agent.engine.weights import ensure_weights

__all__ = [
    "CHAT_MODEL",
    "EMBEDDING_MODEL",
    "EmbeddedEngine",
    "EngineError",
    "LlamaSettings",
    "WeightsError",
    "ensure_weights",
]
