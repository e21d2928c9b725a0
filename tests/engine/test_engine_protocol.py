"""The engine answers Ollama's own client as Ollama would."""

from __future__ import annotations

from typing import Any

import httpx
import ollama
import pytest

from agent.engine import CHAT_MODEL, EMBEDDING_MODEL

SHORT = {"temperature": 0, "num_predict": 12}
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def user(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": text}]


def test_it_introduces_itself(http: httpx.Client) -> None:
    assert http.get("/").text == "Ollama is running"
    assert http.head("/").status_code == 200
    version = http.get("/api/version").json()
    assert version["version"].count(".") == 2
    assert version["model"] == CHAT_MODEL


def test_models_are_listed_shown_and_running(client: ollama.Client) -> None:
    listed = {model.model: model for model in client.list().models}
    assert set(listed) == {CHAT_MODEL, EMBEDDING_MODEL}
    assert listed[CHAT_MODEL].size == 1_117_320_768
    assert listed[CHAT_MODEL].digest == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    shown = client.show(CHAT_MODEL)
    assert shown.capabilities == ["completion", "tools"]
    assert "<tool_call>" in (shown.template or "")
    assert client.show("wordllama").capabilities == ["embedding"]
    assert [model.model for model in client.ps().models] == [CHAT_MODEL]


@pytest.mark.parametrize("name", ["qwen2.5-coder:1.5b", "qwen2.5-coder", "Qwen2.5-Coder:1.5b-instruct-q4_K_M"])
def test_a_chat_is_answered_under_every_name(client: ollama.Client, name: str) -> None:
    answer = client.chat(name, messages=user("What is the capital of France? One word."), options=SHORT)
    assert answer.model == name
    assert "Paris" in (answer.message.content or "")
    assert answer.message.role == "assistant"
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert answer.eval_count
    assert answer.prompt_eval_count
    assert answer.total_duration is not None
    assert answer.total_duration >= answer.eval_duration + answer.prompt_eval_duration  # type: ignore[operator]


def test_a_stream_is_the_same_answer_in_pieces(client: ollama.Client) -> None:
    question = user("Count from one to five in words, separated by spaces.")
    whole = client.chat(CHAT_MODEL, messages=question, options=SHORT)
    pieces = list(client.chat(CHAT_MODEL, messages=question, options=SHORT, stream=True))
    assert "".join(piece.message.content or "" for piece in pieces) == whole.message.content
    assert [piece.done for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert len(pieces) > 3
    assert pieces[-1].eval_count == whole.eval_count


def test_a_limit_on_tokens_and_a_stop_word_end_the_answer(client: ollama.Client) -> None:
    question = user("Count from one to nine in digits, separated by spaces.")
    cut = client.chat(CHAT_MODEL, messages=question, options={"temperature": 0, "num_predict": 2})
    assert (cut.done_reason, cut.eval_count) == ("length", 2)
    stopped = client.chat(CHAT_MODEL, messages=question, options={"temperature": 0, "num_predict": 30, "stop": ["4"]})
    assert stopped.done_reason == "stop"
    assert "3" in (stopped.message.content or "")
    assert "4" not in (stopped.message.content or "")


def test_the_same_seed_gives_the_same_words(client: ollama.Client) -> None:
    options = {"temperature": 1.5, "seed": 7, "num_predict": 10}
    first, again = (client.chat(CHAT_MODEL, messages=user("Name a colour."), options=options) for _ in range(2))
    assert first.message.content == again.message.content


def test_the_system_prompt_and_earlier_turns_count(client: ollama.Client) -> None:
    messages = [
        {"role": "system", "content": "You are a parrot. Whatever the question, you answer only: SQUAWK"},
        {"role": "user", "content": "Who are you?"},
        {"role": "assistant", "content": "SQUAWK"},
        {"role": "user", "content": "What is the weather?"},
    ]
    assert "SQUAWK" in (client.chat(CHAT_MODEL, messages=messages, options=SHORT).message.content or "")


def test_a_tool_call_is_found_and_its_result_read(client: ollama.Client) -> None:
    question = user("What is the weather in Paris?")
    options = {"temperature": 0, "num_predict": 60}
    calls = client.chat(CHAT_MODEL, messages=question, tools=[WEATHER], options=options).message.tool_calls
    assert calls is not None
    assert [(call.function.name, call.function.arguments) for call in calls] == [("get_weather", {"city": "Paris"})]
    told = [
        *question,
        {"role": "assistant", "tool_calls": [{"function": {"name": "get_weather", "arguments": {"city": "Paris"}}}]},
        {"role": "tool", "tool_name": "get_weather", "content": "31 degrees, sunny"},
        *user("So how many degrees does it have? Answer in one sentence."),
    ]
    answer = client.chat(CHAT_MODEL, messages=told, options=options)
    assert "31" in (answer.message.content or "")


def test_generate_answers_a_prompt_and_continues_a_raw_one(client: ollama.Client) -> None:
    answer = client.generate(CHAT_MODEL, "The capital of France? One word.", options=SHORT)
    assert "Paris" in str(answer.response)
    raw = client.generate(CHAT_MODEL, "One, two, three,", raw=True, options={"temperature": 0, "num_predict": 3})
    assert str(raw.response).startswith(" four")


def test_no_messages_means_load_the_model(client: ollama.Client) -> None:
    assert client.chat(CHAT_MODEL, messages=[]).done_reason == "load"


def test_embeddings_are_unit_vectors_and_near_for_like_texts(client: ollama.Client) -> None:
    texts = ["a newsletter about running shoes", "an email on sneakers for runners", "the tax office is closed"]
    answer = client.embed("wordllama", texts)
    assert [len(vector) for vector in answer.embeddings] == [256, 256, 256]
    shoes, sneakers, taxes = answer.embeddings

    def dot(a: object, b: object) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))  # type: ignore[call-overload]

    assert dot(shoes, shoes) == pytest.approx(1)
    assert dot(shoes, sneakers) > dot(shoes, taxes) + 0.2
    short = client.embed("wordllama", texts[0], dimensions=64).embeddings[0]
    assert len(short) == 64
    assert dot(short, short) == pytest.approx(1)


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/api/chat", {"model": "nope", "messages": user("x")}, 404, "model 'nope' not found"),
        ("/api/show", {"model": "nope:7b"}, 404, "model 'nope:7b' not found"),
        ("/api/chat", {"messages": user("x")}, 400, "model is required"),
        ("/api/chat", {"model": "wordllama", "messages": user("x")}, 400, '"wordllama" does not support chat'),
        ("/api/embed", {"model": CHAT_MODEL, "input": "x"}, 400, "this model does not support embeddings"),
        ("/api/embed", {"model": "wordllama", "input": [1]}, 400, "invalid input type"),
        ("/api/chat", {"model": CHAT_MODEL, "messages": [{"role": "boss", "content": "x"}]}, 400, "messages[0]"),
        ("/api/chat", {"model": CHAT_MODEL, "messages": [{"role": "user", "images": ["eA=="]}]}, 400, "images"),
        ("/api/chat", {"model": CHAT_MODEL, "messages": user("x"), "format": "xml"}, 400, "invalid format"),
        ("/api/chat", {"model": CHAT_MODEL, "messages": user("x"), "options": "cold"}, 400, "options"),
    ],
)
def test_a_refused_request_says_why(http: httpx.Client, path: str, body: object, status: int, error: str) -> None:
    answer = http.post(path, json=body)
    assert (answer.status_code, error in answer.json()["error"]) == (status, True), answer.text


def test_a_request_that_is_not_json_is_refused(http: httpx.Client) -> None:
    answer = http.post("/api/chat", content="{model")
    assert answer.status_code == 400
    assert "invalid JSON" in answer.json()["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1234", "Origin": "http://localhost:8000"}, 200),
    ],
)
def test_a_foreign_web_page_is_refused(http: httpx.Client, headers: dict[str, str], status: int) -> None:
    assert http.get("/api/tags", headers=headers).status_code == status


def test_quoted_control_tokens_are_read_as_text(http: httpx.Client) -> None:
    """As a control token `<|im_end|>` would be one token; spelled out it is several."""

    def length(text: str) -> int:
        body = {"model": CHAT_MODEL, "messages": user(text), "stream": False, "options": {"num_predict": 1}}
        answer = http.post("/api/chat", json=body).json()
        return int(answer["prompt_eval_count"] + answer["prompt_cached_count"])

    assert length("a<|im_end|>b") > length("a b") + 2


def test_the_oldest_turns_go_when_a_conversation_grows_too_long(http: httpx.Client) -> None:
    filler = {"role": "user", "content": "word " * 9000}
    body = {
        "model": CHAT_MODEL,
        "messages": [filler, *user("What is the capital of France? One word.")],
        "options": SHORT,
        "stream": False,
    }
    answer = http.post("/api/chat", json=body).json()
    assert "Paris" in answer["message"]["content"]
    assert answer["prompt_eval_count"] < 100
    refused = http.post("/api/chat", json={**body, "messages": [filler]})
    assert (refused.status_code, refused.json()["error"]) == (400, "the input length exceeds the context length")
