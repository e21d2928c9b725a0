"""LangChain's Ollama classes work against the engine."""

from __future__ import annotations

from langchain_core.messages import AIMessageChunk
from langchain_core.tools import tool
from langchain_ollama import ChatOllama, OllamaEmbeddings
from pydantic import BaseModel

from agent.engine import CHAT_MODEL


class Campaign(BaseModel):
    """A marketing campaign."""

    name: str
    channel: str
    budget: int | None


def test_structured_output(base_url: str) -> None:
    model = ChatOllama(model=CHAT_MODEL, base_url=base_url, temperature=0, num_predict=60, validate_model_on_init=True)
    structured = model.with_structured_output(Campaign, method="json_schema")
    campaign = structured.invoke("Extract: the campaign Bloom runs by email with a budget of 7500 dollars.")
    assert campaign == Campaign(name="Bloom", channel="email", budget=7500)


def test_streaming(base_url: str) -> None:
    model = ChatOllama(model=CHAT_MODEL, base_url=base_url, temperature=0, num_predict=16)
    chunks = list(model.stream("Count from one to five in words."))
    whole = AIMessageChunk(content="")
    for chunk in chunks:
        whole += chunk
    assert len(chunks) > 3
    assert "three" in str(whole.content).lower()
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] > 3


def test_bound_tools(base_url: str) -> None:
    @tool
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    model = ChatOllama(model=CHAT_MODEL, base_url=base_url, temperature=0, num_predict=60).bind_tools([add])
    calls = model.invoke("Use the tool to add 3 and 4.").tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [("add", {"a": 3, "b": 4})]


def test_embeddings(base_url: str) -> None:
    vectors = OllamaEmbeddings(model="wordllama", base_url=base_url).embed_documents(["one", "two"])
    assert [len(vector) for vector in vectors] == [256, 256]
