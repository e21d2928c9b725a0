"""`marketing-hub serve`: one process, one hub, all pages; the address is printed when it is ready."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import uvicorn

from ui import opening
from ui.opening import errors_told, give_up
from ui.terminal import Terminal
from ui.web.model_watch import ModelState, ModelWatch

if TYPE_CHECKING:
    from agent import Hub, Settings

#: Seconds that open pages are given to finish when the hub is stopped; their connections never end by themselves.
GRACE = 2


class Server(uvicorn.Server):
    """uvicorn, with a word when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # The streams of open pages are cut off after the grace: that is meant, and no error to be logged.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(terminal: Terminal, settings: Settings, *, with_worker: bool = True) -> None:
    """Serve until the person ends it (Ctrl-C, or a stop signal), then close the hub. `with_worker`: and carry out, too.
    In a demo (see agent.demo) its company is laid into an empty house first."""
    listener = _listen(terminal, settings.host, settings.port)
    address = page_address(settings.host, listener.getsockname()[1])
    model = ModelWatch()
    terminal.say("Starting the hub …", "dim")
    with errors_told(terminal), opening.start_hub(settings, model.progress) as hub, listener, ExitStack() as running:
        if settings.demo:
            _lay_demo(terminal, hub)
        from agent import Worker, settle
        from ui.web.app import make_app  # Gradio takes seconds to import

        config = uvicorn.Config(
            make_app(hub, model), log_level="warning", timeout_graceful_shutdown=GRACE, server_header=False
        )

        def ready() -> None:
            terminal.line(f"Marketing Hub is ready: {address}")
            terminal.say("Press Ctrl-C to stop it.", "dim")
            model.watch(hub, lambda state: _tell(terminal, state))
            if with_worker:
                running.enter_context(Worker(hub, apart=True))
            settle()

        # uvicorn hands the stop signal on when it is done; the default would end the process before the hub is closed.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, _end)
        with suppress(KeyboardInterrupt):
            Server(config, ready).run(sockets=[listener])
        terminal.say("Stopped.", "dim")


def _lay_demo(terminal: Terminal, hub: Hub) -> None:
    from agent.demo import lay_demo

    terminal.say("Laying the demo company, once …", "dim")
    if lay_demo(hub):
        terminal.say("Its records are made up; remove the folder to begin anew.", "dim")
    terminal.say(f"The demo's folder: {hub.settings.home}", "dim")


def page_address(host: str, port: int) -> str:
    """The address to open in a browser."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def _listen(terminal: Terminal, host: str, port: int) -> socket.socket:
    """The socket, taken before anything slow begins."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
        return listener
    except OSError as error:
        give_up(terminal, _why_not(error, host, port))


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by a hub that already runs: look at {page_address(host, port)} first. "
            f"Otherwise take another port: marketing-hub serve --port {port + 1 if port < 65535 else port - 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by the system's administrator. Take one above 1023, such as --port 7860."
    return f"The hub cannot listen on {host}: {error.strerror or error}. Give an address of this machine with --host."


def _tell(terminal: Terminal, state: ModelState) -> None:
    if state.state == "running":
        terminal.say(f"The model is ready: {state.text}", "dim")
    elif state.state == "off":
        terminal.say("The model is switched off (HUB_MODEL_USE=none).", "dim")
    elif state.health is not None:
        terminal.say(" ".join(filter(None, ["No model:", state.health.problem, state.health.fix])), "yellow")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
