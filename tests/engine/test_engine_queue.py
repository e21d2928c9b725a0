"""Prefixes are read once, requests wait their turn, and who hangs up frees his slot."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from agent.engine import CHAT_MODEL, EmbeddedEngine

PRICES = "\n".join(f"Rule {n}: the price of item {n} is {n * 3}." for n in range(8))
RULES = f"You answer questions about a shop.\n{PRICES}"
OTHER = "You write mails.\n" + "\n".join(f"Hint {n}: the word {n} is fine." for n in range(8))


def body(system: str, question: str, **options: Any) -> dict[str, Any]:
    turns = [{"role": "system", "content": system}, {"role": "user", "content": question}]
    settings = {"temperature": 0, "num_predict": 3, **options}
    return {"model": CHAT_MODEL, "messages": turns, "stream": False, "options": settings}


def tokens(http: httpx.Client, system: str, question: str, **more: Any) -> tuple[int, int]:
    """Prompt tokens newly read, and those already known."""
    response = http.post("/api/chat", json=body(system, question) | more)
    assert response.status_code == httpx.codes.OK, response.text
    answer = response.json()
    return answer["prompt_eval_count"], answer["prompt_cached_count"]


def wait_until_idle(http: httpx.Client) -> None:
    """Ends by the test's timeout if the engine goes on computing."""
    while http.get("/api/x/status").json()["processing"]:
        time.sleep(0.1)


def test_a_shared_system_prompt_is_read_once(http: httpx.Client) -> None:
    first_new, _ = tokens(http, RULES, "What does item 3 cost?")
    yes_or_no = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    for question, more in [("Is item 4 cheap?", {"format": yes_or_no}), ("Item 5?", {}), ("And item 6?", {})]:
        new, cached = tokens(http, RULES, question, **more)
        assert new < 20 < first_new
        assert cached > 80


def test_prompts_that_alternate_do_not_push_each_other_out(http: httpx.Client) -> None:
    third = RULES.replace("shop", "farm")
    for system in (RULES, OTHER, third):
        tokens(http, system, "Hello")
    for system in (RULES, OTHER, third):
        assert tokens(http, system, "What now?")[0] < 20


def test_more_requests_than_slots_are_all_answered(http: httpx.Client) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: tokens(http, RULES, f"What does item {n} cost?"), range(6)))
    assert len(answers) == 6


def test_a_reader_who_leaves_a_stream_frees_the_slot(http: httpx.Client) -> None:
    endless = body(OTHER, "Tell a very long story.", num_predict=6000) | {"stream": True}
    with http.stream("POST", "/api/chat", json=endless) as answer:
        next(answer.iter_lines())
        assert http.get("/api/x/status").json()["processing"] == 1
    wait_until_idle(http)


def test_a_caller_who_gives_up_while_the_prompt_is_read_frees_the_slot(http: httpx.Client) -> None:
    long = body("Numbers: " + " ".join(str(n * 7919) for n in range(450)), "Which is the largest?", num_predict=6000)
    with pytest.raises(httpx.ReadTimeout):
        http.post("/api/chat", json=long, timeout=1)
    wait_until_idle(http)


def test_waiting_requests_can_be_given_up_too(http: httpx.Client) -> None:
    endless = body(OTHER, "Tell a very long story.", num_predict=6000)
    with ThreadPoolExecutor(4) as pool:

        def give_up(_: int) -> None:
            with pytest.raises(httpx.ReadTimeout):
                http.post("/api/chat", json=endless, timeout=1.5)

        list(pool.map(give_up, range(4)))
    wait_until_idle(http)
    assert tokens(http, RULES, "Still there?")


def test_a_kept_prefix_is_evaluated_once(engine: EmbeddedEngine, http: httpx.Client) -> None:
    system = RULES.replace("shop", "museum")
    messages = [{"role": "system", "content": system}]
    first, again = engine.keep_prefix(messages), engine.keep_prefix(messages)
    assert first["prompt_eval_count"] > 80
    assert again["prompt_eval_count"] < 5
    assert tokens(http, system, "What does item 1 cost?")[0] < 20
