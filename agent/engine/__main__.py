"""`python -m agent.engine`: run the engine in this process. See the package's docstring."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from agent.engine.embedder import DIMENSIONS, Embedder
from agent.engine.errors import EngineError
from agent.engine.llama import Llama, LlamaSettings
from agent.engine.models import Registry, chat_model, embedding_model
from agent.engine.server import Engine
from agent.engine.users import Users
from agent.engine.weights import ensure_weights


def tell(**event: Any) -> None:
    """One JSON line on standard output, for the process that started this one."""
    print(json.dumps(event), flush=True)


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agent.engine", description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="folder for the joined weights (1.1 GB)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--ctx", type=int, default=LlamaSettings.n_ctx, help="tokens of context a request")
    parser.add_argument("--slots", type=int, default=LlamaSettings.slots, help="requests computed at the same time")
    parser.add_argument("--threads", type=int, default=0, help="0: one a physical core")
    parser.add_argument("--instance", default="", help="a name given back by /api/version")
    parser.add_argument("--linger", type=float, default=0, help="seconds to live on without users")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started this one")
    return parser.parse_args(argv)


def listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        sentence = f"Port {port} is taken ({error.strerror}): choose another one, or 0 for a free one."
        raise EngineError(sentence) from error
    return listener


async def serve(options: argparse.Namespace, llama: Llama, listener: socket.socket) -> None:
    server: uvicorn.Server

    def stop() -> None:
        server.should_exit = True

    users = Users(options.linger, on_abandoned=stop)
    embedder = Embedder()
    registry = Registry(chat_model(options.ctx), embedding_model(embedder.weights, DIMENSIONS))
    engine = Engine(llama, embedder, registry, users, options.instance or secrets.token_hex(8))
    config = uvicorn.Config(
        engine.app(), log_level="warning", lifespan="off", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    if options.until_stdin_closes:
        users.watch_stdin()
    await engine.prepare()
    listener.listen(128)  # from here on a client may connect, even before the first turn of the loop
    tell(event="ready", base_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
    # Nobody reads the pipe from here on; whatever still prints goes to the log.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    await server.serve(sockets=[listener])
    await llama.close()


def main() -> int:
    options = arguments()
    logging.basicConfig(level=logging.WARNING, force=True)  # wordllama sets it to INFO: a line a request
    told = -1

    def progress(done: int, total: int) -> None:
        nonlocal told
        percent = 100 * done // total
        if percent != told:
            told = percent
            tell(event="weights", done=done, total=total)

    try:
        listener = listen(options.port)
        model = ensure_weights(options.cache, progress)
        tell(event="loading")
        settings = LlamaSettings(options.ctx, options.slots, options.threads)
        llama = Llama(model, options.cache / "prefixes", settings)
    except EngineError as error:
        tell(event="failed", error=str(error))
        return 1
    # llama.cpp has installed its own handlers, which would leave this process running without a model.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(serve(options, llama, listener))
    return 0


if __name__ == "__main__":
    sys.exit(main())
