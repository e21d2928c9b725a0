"""Putting a file that a person chose at a page into the import folder, to be imported by its name."""

import re
from collections.abc import Sequence
from pathlib import Path

from tools.core.errors import BadInput, Unavailable
from tools.knowing.files import LARGEST_FILE
from tools.knowing.importing import DOCUMENTS, TABLES
from tools.show import listing

#: What no file name should hold, whatever the system.
_UNFIT = re.compile(r"[^\w .()\-]+")
LONGEST_NAME = 100


def keep_file(folders: Sequence[Path], name: str, data: bytes) -> str:
    """Keep the file under a name that is free there; returns the name. The same file again is the same name.

    Raises BadInput for a kind that cannot be read or a file that is too large, Unavailable without an import folder.
    """
    if not folders:
        raise Unavailable("No import folder is set, so no file can be kept; name one in the settings.")
    plain = _UNFIT.sub("_", Path(name.replace("\\", "/")).name).strip(" .")[-LONGEST_NAME:]
    ending = Path(plain).suffix.lower()
    if ending not in (*DOCUMENTS, *TABLES):
        kinds = listing([each[1:] for each in (*DOCUMENTS, *TABLES)], "or")
        raise BadInput(f"“{plain[:80]}” is of a kind that cannot be read. Save it as {kinds}.", "source")
    if len(data) > LARGEST_FILE:
        raise BadInput(f"{plain} is larger than {LARGEST_FILE // 1_000_000} MB; split it up.", "source")
    folders[0].mkdir(parents=True, exist_ok=True)
    place, number = folders[0] / plain, 1
    while place.exists() and place.read_bytes() != data:
        number += 1
        place = folders[0] / f"{Path(plain).stem} ({number}){ending}"
    place.write_bytes(data)
    return place.name
