"""Eval cases: reading a file of them, and choosing which ones to run."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator


class CaseError(ValueError):
    """A file of cases that cannot be run; the sentence says where and why."""


class _Strict(BaseModel):
    # An unknown key is refused: a misspelt expectation would otherwise never be checked.
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpectedCall(_Strict):
    """A call that a turn must make. `tools`: the names that are all right; `absent`: what must be left out."""

    tools: tuple[str, ...] = Field(alias="tool")
    args: dict[str, Any] = {}
    absent: tuple[str, ...] = ()

    @field_validator("tools", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class ExpectedTurn(_Strict):
    """One message, or a person's word on what waits, and what must come of it. `calls` None: not checked."""

    say: str | None = None
    approve: bool | None = None
    calls: tuple[ExpectedCall, ...] | None = None
    asks: bool = False
    gated: bool = False
    reply_has: tuple[str, ...] = ()
    reply_lacks: tuple[str, ...] = ()
    state: tuple[dict[str, Any], ...] = ()

    @field_validator("reply_has", "reply_lacks", mode="before")
    @classmethod
    def _text_or_texts(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.say is None) == (self.approve is None):
            raise ValueError("a turn has either say or approve")
        if self.approve is not None and (self.calls or self.asks or self.gated):
            raise ValueError("a turn with approve lists no calls")
        for row in self.state:
            if "kind" not in row or not set(row) - {"kind", "gone"}:
                raise ValueError(f"the state row {row} needs a kind and what tells the record")
        return self


class Case(_Strict):
    """A short conversation, and what is laid into the world before it (`plant`)."""

    id: str
    category: str
    turns: tuple[ExpectedTurn, ...] = Field(min_length=1)
    plant: tuple[dict[str, Any], ...] = ()


def read_cases(path: Path) -> list[Case]:
    """The cases of a JSON Lines file. Raises CaseError with the line's number for anything that is not well formed."""
    cases: list[Case] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CaseError(f"{path} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            cases.append(_read_case(line, f"{path.name}, line {number}"))
    twice = {case.id for case in cases if sum(case.id == other.id for other in cases) > 1}
    if twice:
        raise CaseError(f"{path.name}: these ids stand twice: {', '.join(sorted(twice))}.")
    if not cases:
        raise CaseError(f"{path.name} holds no cases.")
    return cases


def _read_case(line: str, where: str) -> Case:
    try:
        return Case.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise CaseError(f"{where}: not JSON: {error}.") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"]))
        raise CaseError(f"{where}: {place}: {problem['msg']}.") from error


def choose(
    cases: Iterable[Case],
    *,
    groups: Sequence[str] = (),
    categories: Sequence[str] = (),
    ids: Sequence[str] = (),
    group_of: Callable[[str], str | None],
) -> list[Case]:
    """The cases that fit all filters; an empty filter fits all.

    groups: cases whose calls all lie in these groups, and those that call nothing. `group_of` gives a tool's group
    (None: this house has no such tool).
    """
    return [
        case
        for case in cases
        if (not categories or case.category in categories)
        and (not ids or case.id in ids)
        and (not groups or _lies_in(case, groups, group_of))
    ]


def _lies_in(case: Case, groups: Sequence[str], group_of: Callable[[str], str | None]) -> bool:
    calls = [call for turn in case.turns for call in turn.calls or ()]
    return all(any(group_of(tool) in groups for tool in call.tools) for call in calls)


def sample(cases: Sequence[Case], size: int, seed: int) -> list[Case]:
    """`size` cases, each category with its share (largest remainders), chosen by the seed and in the file's order."""
    if size >= len(cases):
        return list(cases)
    by_category: dict[str, list[Case]] = {}
    for case in cases:
        by_category.setdefault(case.category, []).append(case)
    # Whole numbers throughout: equal remainders must stay equal.
    shares = {category: divmod(size * len(members), len(cases)) for category, members in by_category.items()}
    seats = {category: whole for category, (whole, _) in shares.items()}
    by_remainder = sorted(shares, key=lambda category: -shares[category][1])
    for category in by_remainder[: size - sum(seats.values())]:
        seats[category] += 1
    chosen: set[str] = set()
    for category, members in by_category.items():
        # Each category draws from a generator of its own: adding cases to one leaves the others' choice alone.
        drawn = Random(f"{seed}:{category}").sample(members, seats[category])
        chosen |= {case.id for case in drawn}
    return [case for case in cases if case.id in chosen]
