"""How much memory a hub takes without a model.

    python -m benchmarks.memory            # after the start, after 200 page loads and calls, and while it sends
    python -m benchmarks.memory --small    # 20 page loads and calls, a mailing to 500

`marketing-hub serve` (HUB_MODEL_USE=none, its worker with it) in a process of its own, as the kernel counts it: RSS, and
PSS, in which what is shared with other processes counts in part.
"""

import argparse
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.report import Report, processes_of
from benchmarks.served import CAMPAIGNS, Served, served_hub
from benchmarks.sink import running_sink

PAGES = ("/", "/dashboard", "/campaigns", "/email", "/leads", "/analytics", "/templates")


def memory_of(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process and all that it started, in MB (Linux)."""
    rss = pss = 0.0
    for one in [pid, *processes_of(pid)]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            name, _, amount = line.partition(":")
            if name == "Rss":
                rss += int(amount.split()[0]) / 1024
            elif name == "Pss":
                pss += int(amount.split()[0]) / 1024
    return rss, pss


def settled(pid: int) -> None:
    """Wait until the hub has loaded what it loads in the background: three looks in a row that differ by less than 2 MB."""
    seen = [0.0, 1e9, 0.0]
    while max(seen[-3:]) - min(seen[-3:]) >= 2:
        time.sleep(5)
        seen.append(memory_of(pid)[0])


def use(hub: Served, times: int) -> None:
    """Load pages and call tools, so many of both."""
    with httpx.Client(base_url=f"http://127.0.0.1:{hub.port}", timeout=60) as client:
        for number in range(times):
            client.get(PAGES[number % len(PAGES)]).raise_for_status()
            path = ("/analytics/dashboard", "/leads/list", f"/campaigns/{number % CAMPAIGNS + 1}")[number % 3]
            headers = {"Authorization": f"Bearer {hub.token}"}
            client.get(f"/api/marketing{path}", headers=headers).raise_for_status()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", action="store_true", help="20 page loads and calls, a mailing to 500")
    asked = parser.parse_args()
    times, people = (20, 500) if asked.small else (200, 10_000)
    report, most = Report("memory", kept=not asked.small), 0.0

    def say(when: str) -> None:
        nonlocal most
        rss, pss = memory_of(hub.pid)
        most = max(most, rss)
        report.say(f"{when:36} RSS {rss:5,.0f} MB   PSS {pss:5,.0f} MB")

    with (
        running_sink() as sink,
        tempfile.TemporaryDirectory() as folder,
        served_hub(Path(folder), people, sink.port) as hub,
    ):
        settled(hub.pid)
        say("after the start")
        use(hub, times)
        say(f"after {times} page loads and calls")
        hub.begin_sending()
        while (sent := hub.sent()) < people // 2:
            time.sleep(1)
        say(f"while it sends ({sent:,} of {people:,})")
    report.say(f"the most: {most:,.0f} MB")
    report.keep()


if __name__ == "__main__":
    main()
