"""A real IMAP server on this machine."""

import asyncio
import imaplib
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer

from tools.receiving.mailbox import Mailbox, mailbox_of

USER, PASSWORD = "demouser", "demopass"


@dataclass
class ImapServer:
    """A real IMAP server (pymap with its mailboxes in memory) on this machine."""

    port: int

    @property
    def mailbox(self) -> Mailbox:
        return mailbox_of(f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX")

    def put(self, *messages: bytes) -> None:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(USER, PASSWORD)
        for message in messages:
            assert client.append("INBOX", "", imaplib.Time2Internaldate(0), message)[0] == "OK"
        client.logout()

    def unread(self) -> list[int]:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(USER, PASSWORD)
        client.select("INBOX")
        found = client.uid("SEARCH", "UNSEEN")[1][0]
        client.logout()
        return [int(one) for one in found.split()]


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stack = AsyncExitStack()

    async def begin() -> int:
        args = Namespace(
            host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, demo_data=None, demo_user=USER,
            demo_password=PASSWORD, passlib_cfg=None, proxy_protocol=None,
        )  # fmt: skip
        backend, config = await DictBackend.init(args, secure_auth=False, reject_dnsbl=False)
        await backend.start(stack)
        answer = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    yield ImapServer(asyncio.run_coroutine_threadsafe(begin(), loop).result(20))
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
