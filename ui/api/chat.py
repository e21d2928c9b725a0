"""`POST /chat`: one turn of a conversation, streamed as server-sent events or answered whole."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, cast

from agent import Finished, HubError, Step, Text
from agent.access import decides_on_a_plan
from ui.api.describing import ResultSchemas
from ui.api.messages import Answer, Request, Stream, encode
from ui.api.operations import Operation, Schema, json_answer
from ui.api.plans import refuse_query
from ui.api.problems import Problem, of_hub
from ui.api.reading import idempotency_key, json_object

if TYPE_CHECKING:
    from agent import Event, Hub

log = logging.getLogger(__name__)

SURFACE = "http"
EVENT_STREAM = "text/event-stream"
LONGEST_MESSAGE = 20_000
#: Seconds between two signs of life, so that no proxy takes a turn that thinks for a dead connection.
HEARTBEAT = 15.0
#: Turns at a time by HTTP; more are refused rather than kept waiting, each would hold a thread.
MOST_TURNS = 8
_SIGN_OF_LIFE = b": the hub is at it\n\n"

_BODY: Schema = {
    "type": "object",
    "properties": {
        "message": {
            "type": "string", "minLength": 1, "maxLength": LONGEST_MESSAGE,
            "description": "What you want, in your own words, or a slash command.",
        },
        "conversation": {
            "type": "string", "format": "uuid",
            "description": "The id of a conversation to go on with. Without it a new one begins.",
        },
    },
    "required": ["message"],
    "additionalProperties": False,
}  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_EVENTS = """The events of the stream, each with JSON in its data:

- `progress` {"text"}: what the hub is doing, for a status line;
- `text` {"text"}: the next piece of the reply;
- `step` {"call"}: a tool was called; its result, its plan or its error is in it;
- `turn`: the whole turn; the stream ends with it;
- `problem`: problem details; the stream ends with it.

Closing the connection stops the turn: what it has done stays done, nothing more is begun. A message that asks for
something gated gives a plan (`waiting` in the turn); `/approve` and `/reject` need the scope approve."""


_EVENT: Schema = {
    "type": "object",
    "description": _EVENTS,
    "properties": {
        "event": {"enum": ["progress", "text", "step", "turn", "problem"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}


class Talk:
    """A turn answered in a thread of its own; its events are handed to the event loop."""

    def __init__(self, hub: Hub, request: Request, message: str, conversation: str | None) -> None:
        self._hub, self._request = hub, request
        self._message, self._conversation = message, conversation
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        self._stopped = threading.Event()

    def begin(self, free: threading.BoundedSemaphore) -> None:
        """Start answering. Raises Problem where too many are being answered."""
        if not free.acquire(blocking=False):
            raise Problem(
                "too-many-turns", "Too many turns are under way. Try again in a moment.", {"Retry-After": "5"}
            )
        threading.Thread(target=self._run, args=(free,), name="api-turn", daemon=True).start()

    async def events(self) -> AsyncGenerator[Event | None, None]:
        """The turn's events, and None where nothing happened for a while; they end where whoever asked has gone."""
        gone = asyncio.ensure_future(self._gone())
        try:
            while True:
                upcoming = asyncio.ensure_future(self._queue.get())
                await asyncio.wait({upcoming, gone}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                if not upcoming.done():
                    upcoming.cancel()
                    if gone.done():
                        return
                    yield None
                    continue
                event = upcoming.result()
                if event is None:
                    return
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            self._stopped.set()
            gone.cancel()

    async def _gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass

    def _run(self, free: threading.BoundedSemaphore) -> None:
        try:
            events = self._hub.stream(
                self._message, conversation=self._conversation, person=self._request.person, surface=SURFACE
            )
            with closing(cast("Generator[Event]", events)):  # closing it is what stops the turn
                for event in events:
                    self._put(event)
                    if self._stopped.is_set():
                        break
        except BaseException as error:
            self._put(error)
        finally:
            free.release()
            self._put(None)

    def _put(self, event: Event | BaseException | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, event)


def chat_operation(hub: Hub, schemas: ResultSchemas) -> Operation:
    """Talking with the hub."""
    from agent import Turn

    free = threading.BoundedSemaphore(MOST_TURNS)

    async def talk(request: Request) -> Answer | Stream:
        refuse_query(request)
        message, conversation = _asked(request)
        if decides_on_a_plan(message) and request.token is not None and "approve" not in request.token.scopes:
            raise Problem("scope", f"The token “{request.person}” has no approve scope: it cannot decide on plans.")
        turn = Talk(hub, request, message, conversation)
        turn.begin(free)
        events = turn.events()
        if not _wants_json(request.headers.get("accept", "")):
            return Stream(_pieces(events, request), EVENT_STREAM)
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Finished):
                    return Answer(200, event.turn.model_dump(mode="json"))
        raise ConnectionAbortedError("whoever asked has gone")

    done = json_answer("The turn: streamed, or with “Accept: application/json” whole.", schemas.of(Turn))
    done["content"][EVENT_STREAM] = {"schema": _EVENT}
    return Operation(
        id="chat", method="POST", path="/chat", scope="write", group="chat",
        summary="Say something to the hub and follow its answer.", description=_EVENTS, handle=talk, body=_BODY,
        example={"message": "What campaigns do we have?"}, answers={200: done},
        refusals=(400, 413, 415, 422),
    )  # fmt: skip


def _asked(request: Request) -> tuple[str, str | None]:
    if idempotency_key(request.headers) is not None:
        detail = "A turn of a conversation cannot be repeated: send it without an Idempotency-Key."
        raise Problem("malformed", detail)
    given: dict[str, Any] = json_object(request.body, request.headers)
    for name, value in given.items():
        if name not in _BODY["properties"]:
            raise Problem(
                "bad-input", f"There is no {name[:80]!r} here: send message, and conversation.", more={"field": name}
            )
        if not isinstance(value, str):
            raise Problem("bad-input", f"The {name} must be text.", more={"field": name})
    message, conversation = given.get("message", ""), given.get("conversation")
    if not message.strip():
        raise Problem("missing", "Please say something: the message is empty.", more={"field": "message"})
    if len(message) > LONGEST_MESSAGE:
        detail = f"The message is {len(message):,} characters long; at most {LONGEST_MESSAGE:,} are read."
        raise Problem("bad-input", detail, more={"field": "message"})
    if re.search("[\x00\ud800-\udfff]", message):
        raise Problem("bad-input", "The message holds signs that are no text.", more={"field": "message"})
    if conversation is not None and not _UUID.fullmatch(conversation):
        raise Problem("bad-input", "A conversation is named by its id, a UUID.", more={"field": "conversation"})
    return message, conversation.lower() if conversation else None


def _wants_json(accept: str) -> bool:
    """Whether JSON is asked for by name; a stream is what everybody else gets."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "application/json" in named and EVENT_STREAM not in named


async def _pieces(events: AsyncGenerator[Event | None, None], request: Request) -> AsyncIterator[bytes]:
    yield _SIGN_OF_LIFE  # at once: a model may think for longer than a client waits for the first byte
    try:
        async with aclosing(events):
            async for event in events:
                yield _SIGN_OF_LIFE if event is None else _told(event)
    except HubError as error:
        yield _event("problem", of_hub(error).answer(request.id).body)
    except Exception:
        log.exception("request %s failed", request.id)
        detail = f"Something went wrong inside the hub. Its log says more under {request.id}."
        yield _event("problem", Problem("broken", detail).answer(request.id).body)


def _told(event: Event) -> bytes:
    if isinstance(event, Finished):
        return _event("turn", event.turn.model_dump(mode="json"))
    if isinstance(event, Step):
        return _event("step", {"call": event.call.model_dump(mode="json")})
    return _event("text" if isinstance(event, Text) else "progress", {"text": event.text})


def _event(name: str, data: Any) -> bytes:
    # JSON has no line breaks outside its strings, and none unescaped inside: one `data:` line holds it.
    return b"event: " + name.encode() + b"\ndata: " + encode(data) + b"\n\n"
