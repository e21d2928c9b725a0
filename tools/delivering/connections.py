"""Connections to the mail server, and what its answers mean."""

import asyncio
import re
import ssl
from dataclasses import dataclass, replace
from enum import StrEnum

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from tools.delivering.message import one_line
from tools.delivering.setup import Server

#: Enhanced status codes (RFC 3463) that say the address itself is wrong or gone.
_BAD_ADDRESS = re.compile(r"\b5\.(?:1\.[1-3]|1\.6|1\.10|2\.1)\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_BAD_ADDRESS_CODES = (550, 551, 553)
#: Messages over one connection before it is opened anew: some servers cut off after a hundred or so.
MOST_A_CONNECTION = 100


class Outcome(StrEnum):
    """What the server's answer to one message means."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True)
class Answer:
    """What came of handing one message over. `said` is the server's code and text, or what went wrong."""

    outcome: Outcome
    said: str
    bad_address: bool = False


class ServerTrouble(Exception):
    """The server cannot be used. `lasting`: trying again will not help before a person changes something."""

    def __init__(self, sentence: str, *, lasting: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.lasting = lasting


class Connection:
    """One connection, opened when it is first needed and again after it broke."""

    def __init__(self, server: Server, sender: str, local_hostname: str) -> None:
        self._server = server
        self._sender = sender
        self._hostname = local_hostname
        self._client: aiosmtplib.SMTP | None = None
        self._used = 0

    async def ready(self) -> None:
        """Have an open connection, secured and logged in as the settings demand. Raises ServerTrouble."""
        if self._client is not None and self._client.is_connected and self._used < MOST_A_CONNECTION:
            return
        await self.close()
        client = make_client(self._server, self._hostname)
        await open_client(client, self._server)
        self._client, self._used = client, 0

    async def envelope(self, recipient: str) -> Answer | None:
        """Tell sender and recipient (addresses as `ascii_address` gives them); None where the server takes both, else why it does not.

        Raises ServerTrouble where it is the sender that it will never take: then no recipient is to blame.
        """
        assert self._client is not None
        self._used += 1
        try:
            # Not the client's own `mail` and `rcpt`: they take each address apart again, which costs more than the rest.
            code, said = await self._client.execute_command(b"MAIL", f"FROM:<{self._sender}>".encode("ascii"))
            if code >= 500:
                await self._reset(code)
                sentence = (
                    f"The mail server {self._server.where} refuses the sender {self._sender}: {code} {one_line(said)}"
                )
                raise ServerTrouble(sentence, lasting=True)
            if code == 250:
                code, said = await self._client.execute_command(b"RCPT", f"TO:<{recipient}>".encode("ascii"))
        except (SMTPException, OSError, TimeoutError) as error:
            await self.close()
            return Answer(Outcome.NOT_TRIED, told(error))
        if code in (250, 251):
            return None
        await self._reset(code)
        return judged(code, said, recipient=True)

    async def hand_over(self, message: bytes, timeout: float) -> Answer:
        """Give the message. An answer that never came leaves it unknown whether the server took it."""
        assert self._client is not None
        try:
            async with asyncio.timeout(timeout):
                code, said = await self._client.data(message, timeout=timeout)
        except SMTPResponseException as error:
            await self._reset(error.code)
            return judged(error.code, error.message)
        except (SMTPException, OSError, TimeoutError) as error:
            await self.close()
            return Answer(Outcome.UNKNOWN, f"the server did not say whether it took the message: {told(error)}")
        return Answer(Outcome.SENT, f"{code} {said}")

    async def forget(self) -> None:
        """Take back the envelope of a message that is not to be handed over after all."""
        await self._reset(250)

    async def close(self) -> None:
        """Say goodbye, if there is somebody to say it to."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await client.quit(timeout=2)
            except (SMTPException, OSError, TimeoutError):
                client.close()  # it is closed on the other side already

    async def _reset(self, code: int) -> None:
        if code == 421 or self._client is None:  # the server closes the connection
            await self.close()
            return
        try:
            await self._client.rset()
        except (SMTPException, OSError, TimeoutError):
            await self.close()


def make_client(server: Server, local_hostname: str) -> aiosmtplib.SMTP:
    """A client that demands what the settings demand: it never goes on without TLS where TLS is wanted."""
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        timeout=server.timeout,
        local_hostname=local_hostname or None,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=tls_context(server) if server.security != "none" else None,
        username=server.user,
        password=server.password,
    )


def tls_context(server: Server) -> ssl.SSLContext:
    """Certificates are checked against the system's authorities and those of `ca_file`."""
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(cafile=str(server.ca_file))
    return context


async def open_client(client: aiosmtplib.SMTP, server: Server) -> None:
    """Connect, secure and log in. Raises ServerTrouble with a sentence for the person who set the server up."""
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except SMTPAuthenticationError as error:
        client.close()
        raise ServerTrouble(f"The mail server {server.where} refuses the login: {told(error)}", lasting=True) from error
    except ssl.SSLCertVerificationError as error:
        client.close()
        raise ServerTrouble(
            f"The certificate of the mail server {server.where} cannot be trusted: {error.verify_message}", lasting=True
        ) from error
    except SMTPNotSupported as error:
        client.close()
        raise ServerTrouble(
            f"The mail server {server.where} lacks what is demanded: {told(error)}", lasting=True
        ) from error
    except SMTPException as error:
        client.close()
        cause = error.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            sentence = f"The certificate of the mail server {server.where} cannot be trusted: {cause.verify_message}"
            raise ServerTrouble(sentence, lasting=True) from error
        if "STARTTLS" in str(error):
            sentence = f"The mail server {server.where} offers no STARTTLS, and without it nothing is sent"
            raise ServerTrouble(sentence, lasting=True) from error
        if isinstance(error, aiosmtplib.SMTPConnectError) and isinstance(cause, OSError):
            sentence = f"The mail server {server.where} cannot be reached: {cause.strerror or told(cause)}"
            raise ServerTrouble(sentence, lasting=False) from error
        raise ServerTrouble(
            f"The mail server {server.where} does not answer as it should: {told(error)}", lasting=False
        ) from error
    except (OSError, TimeoutError) as error:
        client.close()
        raise ServerTrouble(
            f"The mail server {server.where} cannot be reached: {told(error)}", lasting=False
        ) from error


def check_server(server: Server, timeout: float = 5.0) -> str | None:
    """Connect as for sending, and say goodbye: what is wrong, without a full stop at the end, or None."""

    async def check() -> None:
        client = make_client(replace(server, timeout=min(server.timeout, timeout)), "")
        await open_client(client, server)
        try:
            await client.quit()
        except SMTPException:
            client.close()  # it let us in: how it says goodbye does not matter

    try:
        asyncio.run(check())
    except ServerTrouble as trouble:
        return trouble.sentence
    return None


def judged(code: int, text: str, *, recipient: bool = False) -> Answer:
    """What a refusal means: 4xx is tried again later, anything else is for good; is it the address that is wrong?"""
    said = f"{code} {' '.join(text.split())}"[:500]
    if 400 <= code < 500:
        return Answer(Outcome.LATER, said)
    enhanced = _ENHANCED.search(text)
    bad = bool(_BAD_ADDRESS.search(text)) if enhanced else recipient and code in _BAD_ADDRESS_CODES
    return Answer(Outcome.REFUSED, said, bad_address=bad)


def told(error: BaseException) -> str:
    """An error in a few words."""
    if isinstance(error, SMTPTimeoutError | TimeoutError):
        return "it took too long to answer"
    if isinstance(error, SMTPServerDisconnected):
        return "it closed the connection"
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {' '.join(error.message.split())}"
    return str(error) or type(error).__name__
