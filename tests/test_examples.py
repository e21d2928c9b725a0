"""The example sentences carry the routing, so their files are checked like code: enough, unambiguous, well formed."""

import re
import tomllib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "tools" / "examples"
GROUPS = sorted(path for path in FOLDER.glob("*.toml") if path.stem != "none")
RECORDS = {"campaign", "email_campaign", "template", "workflow", "ab_test", "segment", "lead", "post"}
VALUES = {
    "name", "money", "date", "moment", "period", "number", "percent", "duration", "quoted",
    "email", "file", "url", "platform", "channel", "status",
}  # fmt: skip
# A Liquid merge field, "{{ lead.first_name }}", is text that people write in a template, no placeholder.
PLACEHOLDER = re.compile(r"(?<!\{)\{([^{}]*)\}(?!\})")


def read(path: Path) -> dict[str, list[str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def keys_with_too_few(examples: dict[str, list[str]], least: int) -> list[str]:
    return [key for key, sentences in examples.items() if len(sentences) < least]


def repeated(examples: list[tuple[str, str]]) -> list[str]:
    """The sentences that stand twice, told apart as the matcher does: without case and surrounding blanks."""
    seen: dict[str, str] = {}
    found = []
    for key, sentence in examples:
        folded = " ".join(sentence.casefold().split())
        if folded in seen:
            found.append(f"{sentence!r}: {seen[folded]} and {key}")
        seen[folded] = key
    return found


def unknown_placeholders(sentences: list[str]) -> list[str]:
    return [s for s in sentences if any(name not in RECORDS | VALUES for name in PLACEHOLDER.findall(s))]


@pytest.mark.parametrize("path", GROUPS, ids=lambda path: path.stem)
def test_every_tool_has_at_least_ten_examples(path: Path) -> None:
    assert keys_with_too_few(read(path), 10) == []


def test_every_way_of_asking_nothing_has_at_least_forty_examples() -> None:
    none = read(FOLDER / "none.toml")
    assert set(none) == {"smalltalk", "about_you", "off_topic", "cannot", "not_now"}
    assert keys_with_too_few(none, 40) == []


def test_no_sentence_stands_twice_in_any_file() -> None:
    pairs = [
        (key, sentence)
        for path in [*GROUPS, FOLDER / "none.toml"]
        for key, sentences in read(path).items()
        for sentence in sentences
    ]
    assert repeated(pairs) == []


@pytest.mark.parametrize("path", [*GROUPS, FOLDER / "none.toml"], ids=lambda path: path.stem)
def test_only_known_placeholders_stand_in_the_sentences(path: Path) -> None:
    for sentences in read(path).values():
        assert unknown_placeholders(sentences) == []


def test_the_checks_see_what_they_are_for() -> None:
    assert keys_with_too_few({"a": ["x"] * 10, "b": ["x"] * 9}, 10) == ["b"]
    assert repeated([("a", "Pause it"), ("b", "pause  IT")]) == ["'pause  IT': a and b"]
    assert unknown_placeholders(["stop {campain}", "Hi {{ lead.first_name }}", "stop {campaign}"]) == ["stop {campain}"]
