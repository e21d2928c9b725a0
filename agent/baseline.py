"""LangChain's stock agent over the same tools, model and gate: what the hub's own way of deciding is measured against.

Nothing of the hub's understanding is in it: `create_agent` binds every tool natively and the model does the rest.
"""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphRecursionError

from agent.models.chat import counting
from agent.turn import Call, Turn
from tools.core.declare import Argument, Tool
from tools.core.door import Outcome
from tools.core.errors import HubError, Unavailable

if TYPE_CHECKING:
    from agent.hub import Hub

#: Steps of the stock agent's loop in one turn (a model call and its tool calls are two).
MOST_STEPS = 12

SYSTEM = (
    "You are the assistant of a marketing team. Use the tools to do what the person asks, and only that. "
    "Dates and times are ISO 8601. If something that you need is missing or several records fit, ask. "
    "If no tool fits, just answer. It is now {now:%A, %Y-%m-%dT%H:%M}."
)

JSON_TYPES = {"int": "integer", "float": "number", "bool": "boolean"}


class CallsTools(Protocol):
    """Calls one tool through the door; a gated one becomes a plan. Raises HubError."""

    def __call__(self, name: str, arguments: Mapping[str, Any]) -> Outcome: ...


class StockAgent:
    """The stock agent, ask-shaped. Conversations live in memory, as long as it does."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        call: CallsTools,
        now: datetime,
        *,
        model: str,
        base_url: str,
        num_ctx: int,
        timeout: float,
    ) -> None:
        """`now` stands in its instructions; `timeout` (seconds) is for one answer of the model.

        Raises Unavailable where langchain is not installed (only development needs it).
        """
        try:
            from langchain.agents import create_agent
        except ImportError as error:
            raise Unavailable("The baseline needs LangChain, which is not installed: run `uv sync`.") from error
        self._call = call
        self._calls: list[Call] = []
        from langchain_ollama import ChatOllama

        chat = ChatOllama(
            model=model, base_url=base_url, temperature=0, num_ctx=num_ctx, client_kwargs={"timeout": timeout}
        )
        self._agent = create_agent(
            chat,
            [bound_tool(tool, self._made(tool.name)) for tool in tools.values()],
            system_prompt=SYSTEM.format(now=now),
            checkpointer=InMemorySaver(),
        )

    @classmethod
    def of(cls, hub: "Hub", *, timeout: float) -> "StockAgent":
        """The stock agent over a hub's tools, door and model. Raises Unavailable where no model runs."""
        chat = hub.models.chat
        if chat is None:
            raise Unavailable(f"The baseline needs a model. {hub.models.problem or ''} {hub.models.fix or ''}".strip())
        return cls(
            hub.tools,
            lambda name, arguments: hub.call(name, **arguments),
            hub.door.clock.now(),
            model=chat.model,
            base_url=chat.base_url,
            num_ctx=chat.num_ctx,
            timeout=timeout,
        )

    def ask(self, text: str, conversation: str | None = None) -> Turn:
        """One message. `asks` is taken from the words, since the stock agent has no sign for it: nothing was called
        and the reply has a question mark."""
        conversation = conversation or str(uuid.uuid4())
        config: RunnableConfig = {"configurable": {"thread_id": conversation}, "recursion_limit": MOST_STEPS}
        known = len(self._messages(config))
        self._calls.clear()
        started = time.perf_counter()
        notes: tuple[str, ...] = ()
        with counting() as writing:  # what the draft tools have the model write
            try:
                self._agent.invoke({"messages": [HumanMessage(text)]}, config)
            except GraphRecursionError:
                notes = (f"It was stopped after {MOST_STEPS} steps.",)
        new = [message for message in self._messages(config)[known:] if isinstance(message, AIMessage)]
        usages = [message.usage_metadata for message in new if message.usage_metadata]
        reply = new[-1].text if new else ""
        calls = tuple(self._calls)
        return Turn(
            id=str(uuid.uuid4()),
            conversation=conversation,
            say=text,
            reply=reply,
            calls=calls,
            asks=not calls and "?" in reply,
            waiting=tuple(call.plan for call in calls if call.plan is not None),
            decided_by="model",
            seconds=time.perf_counter() - started,
            prompt_tokens=writing.prompt_tokens + sum(usage["input_tokens"] for usage in usages),
            output_tokens=writing.output_tokens + sum(usage["output_tokens"] for usage in usages),
            notes=notes,
        )

    def _messages(self, config: RunnableConfig) -> Sequence[BaseMessage]:
        messages: Sequence[BaseMessage] = self._agent.get_state(config).values.get("messages", [])
        return messages

    def _made(self, name: str) -> Callable[..., str]:
        def run(**arguments: Any) -> str:
            try:
                outcome = self._call(name, arguments)
            except HubError as error:
                self._calls.append(Call(tool=name, arguments=_plain(arguments), error=error.sentence))
                return f"Error: {error.sentence}"
            self._calls.append(
                Call(
                    tool=name,
                    arguments=outcome.arguments,
                    result=outcome.result.data(),
                    text=outcome.text,
                    waiting=outcome.waiting,
                    plan=outcome.plan_id,
                )
            )
            return outcome.text

        return run


def bound_tool(tool: Tool, run: Callable[..., str]) -> BaseTool:
    """A tool of the house as LangChain binds it natively."""
    return StructuredTool.from_function(
        func=run,
        name=tool.name,
        description=tool.description,
        args_schema={
            "type": "object",
            "properties": {argument.name: _schema(argument) for argument in tool.arguments},
            "required": [argument.name for argument in tool.required],
        },
    )


def _schema(argument: Argument) -> dict[str, Any]:
    one: dict[str, Any] = {"type": JSON_TYPES.get(argument.kind, "string")}
    if argument.enum:
        one["enum"] = list(argument.enum)
    elif argument.kind in ("date", "datetime"):
        one["format"] = "date" if argument.kind == "date" else "date-time"
    whole = {"type": "array", "items": one} if argument.is_list else one
    return {**whole, "description": argument.description}


def _plain(arguments: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(arguments, default=str))
    return plain
