"""A mail server that takes everything and keeps nothing, in a process of its own: so cheap that the sender is measured.

It speaks as much of SMTP (RFC 5321) as a client needs, and counts the messages that ended as they should, with a DKIM
signature.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

_END = b"\r\n.\r\n"


class Tally:
    """What came in so far."""

    def __init__(self) -> None:
        self.messages = 0
        self.signed = 0


class SinkProtocol(asyncio.Protocol):
    """One connection. Each command is answered at once; after DATA all is message until its end."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._buffer = bytearray()
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._message() if self._in_message else self._command():
            pass

    def _message(self) -> bool:
        end = self._buffer.find(_END)
        if end < 0:
            return False
        self._tally.messages += 1
        self._tally.signed += self._buffer.startswith(b"DKIM-Signature:")
        del self._buffer[: end + len(_END)]
        self._in_message = False
        self._transport.write(b"250 2.0.0 kept by nobody\r\n")
        return True

    def _command(self) -> bool:
        line, found, rest = self._buffer.partition(b"\r\n")
        if not found:
            return False
        self._buffer = rest
        match line[:4].upper():
            case b"DATA":
                self._in_message = True
                self._transport.write(b"354 go on\r\n")
            case b"QUIT":
                self._transport.write(b"221 2.0.0 bye\r\n")
                self._transport.close()
            case b"EHLO":
                self._transport.write(b"250-sink\r\n250 ENHANCEDSTATUSCODES\r\n")
            case _:
                self._transport.write(b"250 2.0.0 ok\r\n")
        return True


class Sink:
    """The sink's process as the benchmark sees it."""

    def __init__(self, process: BaseProcess, pipe: Connection, port: int) -> None:
        self._pipe = pipe
        self.pid = process.pid or 0
        self.port = port

    def counted(self) -> tuple[int, int, float]:
        """Messages so far, those of them that were signed, and the processor seconds that the sink used."""
        self._pipe.send(True)
        messages, signed, seconds = self._pipe.recv()
        return messages, signed, seconds


@contextmanager
def running_sink() -> Iterator[Sink]:
    """The sink on a port of this machine, ended at the end."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_run, args=(there,), daemon=True)
    process.start()
    try:
        yield Sink(process, here, here.recv())
    finally:
        process.kill()
        process.join()


def _run(pipe: Connection) -> None:
    import time

    tally = Tally()

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: SinkProtocol(tally), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        try:
            while await asyncio.to_thread(pipe.recv):
                pipe.send((tally.messages, tally.signed, time.process_time()))
        except EOFError:  # the benchmark is over
            return

    asyncio.run(serve())
