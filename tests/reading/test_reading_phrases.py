"""The table of phrases: what is read out of several hundred sentences, under clocks that are fixed."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

import pytest
from notation import shown

from agent.reading import read

TABLES = [tomllib.loads(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("phrases*.toml"))]
CASES = [
    pytest.param(heading.split()[0], text, expected, id=f"{heading}: {text}"[:120])
    for table in TABLES
    for heading, phrases in table.items()
    for text, expected in phrases.items()
]


@pytest.mark.parametrize(("now", "text", "expected"), CASES)
def test_phrase(now: str, text: str, expected: list[str]) -> None:
    found = read(text, now=datetime.fromisoformat(now), time_zone="Europe/Berlin", country="DE")
    assert [shown(mention) for mention in found] == expected
    assert all(text[mention.start : mention.end] == mention.text for mention in found)
