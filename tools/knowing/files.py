"""Finding the file that somebody names inside the import folders, and nowhere else."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from tools.core.errors import BadInput, NotFound, Unavailable
from tools.show import listing

#: Bytes of one file, and files of one folder, at most.
LARGEST_FILE = 20_000_000
MOST_FILES = 200
_ADDRESS = re.compile(r"(?i)^\s*([a-z][a-z0-9+.-]*://|www\.)")


def find_source(source: str, folders: Sequence[Path]) -> Path:
    """The file (or folder of files) that `source` names: a name, a path inside an import folder, or its full path.

    Raises BadInput for addresses and for anything outside the folders (links out of them included), NotFound with
    where to put the file where there is none, Unavailable where no folder is set.
    """
    if not folders:
        raise Unavailable("No import folder is set, so no file can be read; name one in the settings.")
    wanted = source.strip().strip("\"'`“”").strip()
    if _ADDRESS.match(wanted):
        raise BadInput(
            f"“{wanted[:80]}” is a web address, and the hub reads no pages from the web: whatever stands there would "
            f"get in unseen. Save the page as HTML or PDF into {folders[0]} and import it by its name.",
            "source",
        )
    places = [_place(folder.resolve(), wanted) for folder in folders]
    found = [place for place in places if place is not None]
    existing = next((path for path in found if path.exists()), None)
    if existing is not None:
        return existing
    if not found:
        # Said of every path outside, whether there is a file or not.
        raise BadInput(
            f"“{wanted[:100]}” lies outside of the import folder. Only files in {folders[0]} can be read; put a copy "
            "there and import it by its name.",
            "source",
        )
    raise NotFound(_missing(wanted, folders), "source")


def files_of(path: Path, root: Sequence[Path], endings: Sequence[str]) -> list[Path]:
    """The file itself, or the readable files of a folder (not of folders in it), by name. Raises BadInput."""
    if path.is_file():
        return [path]
    inside = [root_folder.resolve() for root_folder in root]
    files = [
        file
        for file in sorted(path.iterdir())
        if file.suffix.lower() in endings
        and not file.name.startswith(".")
        and file.is_file()
        and any(file.resolve().is_relative_to(folder) for folder in inside)
    ]
    if not files:
        raise BadInput(f"There is no file in {path.name} that can be read ({listing(endings, 'or')}).", "source")
    if len(files) > MOST_FILES:
        raise BadInput(f"{path.name} holds {len(files)} files; at most {MOST_FILES} can be read at once.", "source")
    return files


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises BadInput where it is empty, too large or unreadable."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.", "source") from error
    if len(data) > LARGEST_FILE:
        raise BadInput(f"{path.name} is larger than {LARGEST_FILE // 1_000_000} MB; split it up.", "source")
    if not data.strip():
        raise BadInput(f"{path.name} is empty.", "source")
    return data


def _place(root: Path, wanted: str) -> Path | None:
    """Where in `root` the named file is or would be, links followed; None where that is not in `root`."""
    try:
        named = root / wanted.replace("\0", "")
        if not named.exists() and named.parent.is_dir():
            same = (entry for entry in named.parent.iterdir() if entry.name.casefold() == named.name.casefold())
            named = next(same, named)
        real = named.resolve()
    except (OSError, RuntimeError):  # a name that is too long; links in a circle
        return None
    return real if real.is_relative_to(root) else None


def _missing(wanted: str, folders: Sequence[Path]) -> str:
    names: list[str] = []
    for folder in folders:
        if folder.is_dir():
            names += [entry.name for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
    near = get_close_matches(Path(wanted).name, names, n=3, cutoff=0.5)
    if near:
        hint = f" Did you mean {listing(near, 'or')}?"
    elif names:
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        hint = f" There is: {', '.join(names[:5])}{more}."
    else:
        hint = " It is empty now."
    return f"There is no file “{wanted[:100]}” in the import folder. Put it into {folders[0]} and ask again.{hint}"
