"""The rooms' walls and the code's tidiness, checked as a part of the tests."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = ["agent", "memory", "tools", "ui"]


def run(*words: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run a tool of this Python's environment; its output is the reason where it fails."""
    program = shutil.which(words[0], path=str(Path(sys.executable).parent)) or words[0]
    return subprocess.run([program, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=280)


def assert_well(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_imports_go_one_way(tmp_path: Path) -> None:
    assert_well(run("lint-imports", "--cache-dir", str(tmp_path)))


@pytest.mark.parametrize(
    ("room", "line", "broken"),
    [
        ("memory", "import tools.core.errors", "One direction"),
        ("tools", "import agent.turn", "One direction"),
        ("tools", "import langgraph.graph", "Only the agent speaks to models"),
        ("ui", "import memory.base", "The pages and commands know only the agent"),
        ("agent", "import memory.base", "The agent touches the memory only in named places"),
    ],
)
def test_a_breach_of_a_wall_is_seen(tmp_path: Path, room: str, line: str, broken: str) -> None:
    """Copies the house, breaks one wall in the copy: the contracts must say which."""
    for name in ROOMS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.toml"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / room / "breach.py").write_text(line + "\n")
    done = run("lint-imports", "--no-cache", folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{broken}" in done.stdout
    assert "BROKEN" in next(text for text in done.stdout.splitlines() if text.startswith(broken))


def test_ruff_finds_nothing() -> None:
    assert_well(run("ruff", "check", "--no-cache", "."))


def test_types_fit(tmp_path: Path) -> None:
    assert_well(run("mypy", "--cache-dir", str(tmp_path)))
