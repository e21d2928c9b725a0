"""A process with an engine of jobs, to be killed. Takes one JSON list: the store's URL, its executor id, a file to write to.

The job "note" writes its word into the file and, for the word "slowly", never comes back.
"""

import json
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.running.dbos_jobs import DbosJobs


def main() -> None:
    url, executor, file = json.loads(sys.argv[1])

    def note(word: str) -> None:
        with Path(file).open("a") as opened:
            opened.write(f"{executor} {word}\n")
        if word == "slowly" and executor == "first":
            time.sleep(600)

    jobs = DbosJobs(url, {"note": note}, executor, ZoneInfo("Europe/Berlin"))
    jobs.start()
    if executor == "first":
        jobs.enqueue("note", {"word": "quickly"}, key="quick")
        jobs.enqueue("note", {"word": "slowly"}, key="slow")
    print("running", flush=True)
    for line in sys.stdin:
        if line.startswith("rescue"):
            print(jobs.rescue({executor}), flush=True)
        else:
            status = jobs.status(line.strip())
            print(status.state if status else "unknown", flush=True)


if __name__ == "__main__":
    main()
