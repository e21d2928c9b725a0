"""What one turn costs besides the model: a slash command, and a sentence that the matcher settles.

    python benchmarks/turn.py [--turns 200]

Each turn goes through everything that a real one does (conversation, graph with its checkpoints, understanding, the
door with its audit log, the answer stored) in a house in a temporary folder, with no model. Prints p50 and p95 in
milliseconds after a warm-up.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent import Settings, Turn, open_hub
from agent.hub import Hub

WARM_UP = 10
#: What is said, by its kind; {n} makes each message another one. The second word: the tool that must come of it.
SAID = {
    "slash, reads": ("/campaign get Bloom", "get_campaign"),
    "slash, writes": ("/campaign update Bloom budget={n}", "update_campaign"),
    "sentence, reads": ("Show me the campaign Bloom", "get_campaign"),
    "sentence, writes": ("Set the budget of the campaign Bloom to {n} euros", "update_campaign"),
}


def measure(hub: Hub, said: str, tool: str, turns: int) -> tuple[list[float], float]:
    """Milliseconds of each turn, each in a conversation of its own, and the processor's mean milliseconds a turn."""
    for n in range(WARM_UP):
        check(hub.ask(said.format(n=1000 + n)), tool)
    found = []
    worked = time.process_time()
    for n in range(turns):
        began = time.perf_counter()
        turn = hub.ask(said.format(n=2000 + n))
        found.append((time.perf_counter() - began) * 1000)
        check(turn, tool)
    return found, (time.process_time() - worked) * 1000 / turns


def check(turn: Turn, tool: str) -> None:
    """A turn that did something else would be measured in vain."""
    called = [(call.tool, call.error) for call in turn.calls]
    if called != [(tool, None)]:
        raise SystemExit(f"“{turn.say}” came to {called or turn.reply}, not to {tool}")


def percentile(values: list[float], share: float) -> float:
    """By the nearest rank (the smallest value that at least this share does not exceed)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def tell(results: dict[str, tuple[list[float], float]]) -> None:
    table = Table("one turn", "turns", "p50 ms", "p95 ms", "processor ms", title="Without the model")
    for kind, (values, worked) in results.items():
        figures = (statistics.median(values), percentile(values, 0.95), worked)
        table.add_row(kind, str(len(values)), *(f"{figure:.1f}" for figure in figures))
    Console().print(table)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200)
    turns = parser.parse_args().turns
    with (
        tempfile.TemporaryDirectory(prefix="marketing-hub-turn-") as folder,
        open_hub(Settings(home=Path(folder), model_use="none")) as hub,
    ):
        hub.matcher()
        hub.call("create_campaign", name="Bloom", type="email", budget=900)
        tell({kind: measure(hub, said, tool, turns) for kind, (said, tool) in SAID.items()})


if __name__ == "__main__":
    main()
