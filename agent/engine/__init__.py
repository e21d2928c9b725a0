"""The embedded model: llama.cpp and wordllama behind Ollama's HTTP protocol, on a loopback port.

Where no Ollama answers, the hub starts this engine and talks to it exactly as it would to Ollama.

    from agent.engine import EmbeddedEngine
    with EmbeddedEngine(Path("~/.cache/marketing-hub/models").expanduser()) as engine:
        ollama.Client(engine.base_url).chat("qwen2.5-coder:1.5b", messages=[...], format=schema)

By hand, to talk to it with curl or any Ollama client (ends with Ctrl-C):

    python -m agent.engine --cache ~/.cache/marketing-hub/models --port 11500

Models: `qwen2.5-coder:1.5b` (chat, generate, tools, `format`) and `wordllama` (embed, 256 dimensions).

The wire: `/api/chat`, `/api/generate`, `/api/embed`, `/api/tags`, `/api/show`, `/api/ps`, `/api/version` as Ollama's,
with two differences: `prompt_eval_count` counts only the tokens newly read, and `prompt_cached_count` the others
(Ollama tells their sum); quoted control tokens such as `<|im_end|>` are read as text. Of its own it has
`/api/x/prefix` (read a shared prompt once and keep it on disk), `/api/x/status` and `/api/x/lifeline` (who uses the
engine).

The parts: `weights` joins and checks the model file, `llama` runs llama.cpp, `embedder` wordllama; `wire`, `formats`
and `tool_calls` translate; `completion` queues and tells; `prefixes` stores; `server` has the routes and `guard`
protects them; `users` counts who needs the engine; `process` starts, shares and stops it.

Measured on two cores (AMD EPYC, AVX2 build of llama.cpp), figures that the settings rest on:

- About 60 prompt tokens and 26 written tokens a second (20 after 1,500 tokens of prompt). So the prompt decides: a
  call that shares its beginning with an earlier one reads only what is new, e.g. 7 to 22 of 553 tokens.
- With llama.cpp's memory of past prompts, requests with different system prompts may alternate and still read only
  what is new (without it: all of it, each time). Two slots let a short call answer in 1.3 s beside a long text that
  is written; with one slot it waits for it.
- A stored prefix of 539 tokens (15 MB) is there after a restart: the first question then reads 10 tokens.
- OpenMP's spinning threads on a busy machine: 1 token a second; waiting passively: 12.
- One of 300 strings as an enum: 2.2 s by GBNF, 0.8 s by LLGuidance with fixed separators (18 tokens instead of 41).
- Weights joined and checked in 7 s once; later starts take 4 to 7 s; it takes about 2.1 GB of memory.
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
