"""`marketing-hub` as a process of its own: it says when it is ready, ends cleanly, and starts quickly where it can."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

COMMAND = Path(sys.executable).with_name("marketing-hub")
#: What `--help` and `tools` must not load: seconds of work that they have no use for.
HEAVY = ("gradio", "langgraph", "langchain_core", "chromadb", "sklearn", "pandas", "uvicorn", "fastapi")

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_HOME": str(tmp_path / "hub"), "HUB_MODEL_USE": "none", "COLUMNS": "200"}


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """`start("serve", "--port", "0")`: the process, killed at the end if it still runs."""
    running = []

    def begin(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(COMMAND), *words], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(COMMAND), *words], env=environment, text=True, capture_output=True, check=False)


def ready(process: subprocess.Popen[str]) -> str:
    """Wait for the word that the pages are there; their address."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"Marketing Hub is ready: (http://127\.0\.0\.1:\d+/)\n", line)
    assert found, line or process.communicate()[1]
    return found[1]


@pytest.mark.parametrize(("words", "stop"), [((), signal.SIGINT), (("serve",), signal.SIGTERM)])
def test_serve_prints_its_address_when_it_answers_and_ends_cleanly(
    start: Start, environment: dict[str, str], words: tuple[str, ...], stop: signal.Signals
) -> None:
    environment["HUB_PORT"] = "0"
    process = start(*words)
    address = ready(process)
    health = httpx.get(f"{address}healthz").json()
    assert (health["ok"], {part["part"] for part in health["parts"]}) == (
        True,
        {"model", "database", "index", "mail", "public"},
    )
    page = httpx.get(address)
    assert "Marketing Hub" in page.text
    with httpx.stream("GET", f"{address}gradio_api/heartbeat/x"):  # a page that is open does not hold it up
        process.send_signal(stop)
        _, remarks = process.communicate()
    assert process.returncode == 0, remarks
    assert "Traceback" not in remarks
    assert remarks.rstrip().endswith("Stopped.")


def test_a_taken_port_is_a_sentence_with_the_next_step(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(environment, "serve", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    assert f"http://127.0.0.1:{port}/" in result.stderr
    assert "marketing-hub serve --port" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_address_of_another_machine_is_a_sentence(environment: dict[str, str]) -> None:
    result = run(environment, "serve", "--host", "192.0.2.1", "--port", "0")
    assert result.returncode == 1
    assert "cannot listen on 192.0.2.1" in result.stderr
    assert "--host" in result.stderr


def test_one_sentence_makes_a_campaign_and_the_next_lists_it(environment: dict[str, str]) -> None:
    made = run(environment, "ask", "Create an email campaign called Bloom with a 5000 dollar budget")
    assert made.returncode == 0, made.stderr
    assert "Bloom" in made.stdout
    listed = run(environment, "ask", "what campaigns do we have?", "--json")
    (call,) = json.loads(listed.stdout)["calls"]
    assert call["tool"] == "list_campaigns"
    assert [(c["name"], c["budget"]) for c in call["result"]["campaigns"]] == [("Bloom", 5000.0)]


@pytest.mark.parametrize("words", ["--help", "tools --json", "ask --help", "eval --help"])
def test_what_needs_no_hub_loads_no_hub(environment: dict[str, str], words: str) -> None:
    probe = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print('LOADED', [m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['marketing-hub', *{words.split()!r}]\n"
        "from ui.cli import main\n"
        "main()\n"
    )
    result = subprocess.run([sys.executable, "-c", probe], env=environment, text=True, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "LOADED []" in result.stderr
    assert not Path(environment["HUB_HOME"]).exists()
    if "--json" in words:
        first = json.loads(result.stdout)[0]
        assert set(first) == {"name", "group", "effect", "route", "arguments"}
        assert set(next(iter(first["arguments"].values()))) == {"type", "required", "default", "description", "enum"}
