"""A second process on the same database and index. Takes one JSON list a line (command, arguments), answers in JSON."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder, put_entry
from memory.index.embedders import Vectors


class DyingEmbedder(WordLlamaEmbedder):
    """Ends the process, as kill -9 does, when it has embedded some batches."""

    batches_left = -1

    def embed(self, texts: list[str]) -> Vectors:
        if self.batches_left == 0:
            os._exit(9)
        self.batches_left -= 1
        return super().embed(texts)


def answer(database: Database, index: SearchIndex, embedder: DyingEmbedder, command: str, *arguments: Any) -> Any:
    match command:
        case "put":
            first, last, title, body = arguments
            with database.session(write=True) as session:
                for number in range(first, last):
                    put_entry(session, "article", number, title, f"{body} Case {number}.")
            return None
        case "search":
            with database.session() as session:
                return [
                    [hit.record_id, hit.found_by] for hit in index.search(session, arguments[0], limit=arguments[1])
                ]
        case "refresh":
            return index.refresh()
        case "rebuild":
            return index.rebuild()
        case "die after":
            embedder.batches_left = arguments[0]
            return None
        case "problem":
            return index.check().problem
    raise ValueError(command)


def main() -> None:
    url, folder = sys.argv[1:]
    database, embedder = Database.open(url), DyingEmbedder()
    index = SearchIndex(database, folder if folder.startswith("http") else Path(folder), embedder)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(database, index, embedder, *json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
