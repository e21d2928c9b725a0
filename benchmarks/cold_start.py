"""From the start of a process to its first answer by the embedded model, in processes of their own.

    python -m benchmarks.cold_start [--starts 3]

Each start is a fresh hub in a fresh folder with an engine of its own; what a start leaves in the model's cache folder
(joined weights, prompt heads that were read once) is there for the next. The second and later ones are what counts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Asks for a text, so that the model has to work whatever the matcher makes of the words.
SAID = "Write a text message about our longer opening hours on Thursdays"


def measured(starts: int) -> list[dict[str, Any]]:
    """For each start: seconds from the process's birth to the model's first word and to the whole answer, and the prompt
    tokens that it read anew."""
    found = []
    for _ in range(starts):
        born = time.time()
        command = [sys.executable, "-m", "benchmarks.cold_start", "--once", str(born)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment()).stdout
        found.append(json.loads(told.splitlines()[-1]))
    return found


def _environment() -> dict[str, str]:
    """As on any machine, Python keeps what it compiled: the second start does not compile anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def once(born: float) -> dict[str, Any]:
    """One start, in this process."""
    from agent import Settings, open_hub
    from agent.turn import Finished, Text

    with tempfile.TemporaryDirectory(prefix="marketing-hub-cold-") as folder:
        settings = Settings(home=Path(folder), model_use="embedded", model_linger=0)
        with open_hub(settings) as hub:
            if not hub.wait_for_model():
                raise SystemExit(f"{hub.models.problem} {hub.models.fix}")
            ready = time.time() - born
            word = None
            for event in hub.stream(SAID):
                if isinstance(event, Text) and word is None:
                    word = time.time() - born
                if isinstance(event, Finished):
                    turn = event.turn
            if turn.first_word is None:
                raise SystemExit(f"The model wrote nothing: {turn.reply}")
            return {
                "model_ready": round(ready, 2),
                "first_word": round(word or 0.0, 2),
                "answer": round(time.time() - born, 2),
                "new_tokens": sum(turn.read_anew),
            }


def lines(starts: Sequence[dict[str, Any]]) -> list[str]:
    """The starts as lines of a Markdown table."""
    head = [
        "| start | model ready s | first word s | whole answer s | new tokens |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    rows = [
        f"| {n} | {one['model_ready']} | {one['first_word']} | {one['answer']} | {one['new_tokens']} |"
        for n, one in enumerate(starts, start=1)
    ]
    return head + rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--once", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once is not None:
        print(json.dumps(once(asked.once)))
    else:
        print("\n".join(lines(measured(asked.starts))))


if __name__ == "__main__":
    main()
