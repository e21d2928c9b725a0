"""Running cases: each in its own world and conversation, turn by turn, until a turn is not as expected."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from agent.stage import Answer
from agent.turn import Turn
from ui.evals.cases import Case, ExpectedTurn
from ui.evals.compare import Comparer, Resolve
from ui.evals.score import Bench, Seen, ToolLike, judge, why, wrong_writes

log = logging.getLogger(__name__)

#: Of a case's turns, the costliest way of deciding is the case's.
WAYS = ("none", "slash", "matcher", "model")


class House(Protocol):
    """A hub in a world, as the runner needs it (see agent.stage.Stage)."""

    @property
    def tools(self) -> Mapping[str, ToolLike]: ...
    @property
    def zone(self) -> ZoneInfo: ...

    def begin(self, plant: Sequence[Mapping[str, Any]]) -> None:
        """Put the house back to the world, with `plant` laid in."""

    def names(self) -> Resolve:
        """Resolves names among the records as they stand now, also later when they have changed."""

    def snapshot(self) -> Any:
        """All records as they stand now."""

    def changes(self, since: Any) -> Sequence[str]:
        """What is different from a snapshot, one phrase each."""

    def rows(self, kind: str) -> Sequence[Mapping[str, Any]] | None:
        """The records of a kind; None where nobody knows the kind."""

    def answer(self, approve: bool) -> Answer:
        """Approve or reject every plan that waits."""


#: Answers one message in a conversation (None: a new one).
Ask = Callable[[str, str | None], Turn]


@dataclass(frozen=True)
class Message:
    """One turn as it went: what was said, what came of it, what it cost. `seconds` is wall-clock time.

    `approval`: nothing was said, a waiting plan was answered; it decides nothing and is in no latency. `read_anew`: prompt
    tokens that the model had not in its cache, call by call; `first_word`: seconds until a text of its own began;
    `wrong_writes`: calls that changed what they should not have.
    """

    said: str
    seen: Seen
    decided_by: str
    seconds: float
    prompt_tokens: int
    reasons: tuple[str, ...] = ()
    approval: bool = False
    output_tokens: int = 0
    read_anew: tuple[int, ...] = ()
    first_word: float | None = None
    wrong_writes: tuple[str, ...] = ()


@dataclass
class Report:
    """How one case went. `broke`: it ended with an exception, which is a bug and no wrong answer."""

    case: Case
    messages: list[Message] = field(default_factory=list)
    why: str = ""
    broke: bool = False

    @property
    def passed(self) -> bool:
        return not self.why

    @property
    def decided_by(self) -> str:
        return max((message.decided_by for message in self.messages), key=WAYS.index, default="none")

    @property
    def seconds(self) -> float:
        return sum(message.seconds for message in self.messages)

    @property
    def prompt_tokens(self) -> int:
        return sum(message.prompt_tokens for message in self.messages)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.case.id,
            "category": self.case.category,
            "passed": self.passed,
            "why": self.why,
            "decided_by": self.decided_by,
            "seconds": round(self.seconds, 3),
            "prompt_tokens": self.prompt_tokens,
        }


def run_case(case: Case, house: House, ask: Ask) -> Report:
    """Run one case. It ends with its first turn that is not as expected: what follows would build on an error."""
    report = Report(case)
    try:
        house.begin(case.plant)
        conversation: str | None = None
        for number, expected in enumerate(case.turns, 1):
            message, conversation = _run_turn(expected, house, ask, conversation)
            report.messages.append(message)
            if message.reasons:
                report.why = why(number, len(case.turns), message.reasons)
                break
    except Exception as error:  # one broken case must not end the run; the report says that it broke
        log.exception("case %s broke", case.id)
        report.broke = True
        report.why = f"Turn {len(report.messages) + 1} broke with {type(error).__name__}: {error}"
    return report


def _run_turn(expected: ExpectedTurn, house: House, ask: Ask, conversation: str | None) -> tuple[Message, str | None]:
    comparer = Comparer(house.zone, house.names())
    compares_worlds = expected.gated or expected.asks or expected.approve is False
    before = house.snapshot() if compares_worlds else None
    started = time.perf_counter()
    if expected.say is not None:
        turn = ask(expected.say, conversation)
        turns: Sequence[Turn] = (turn,)
        conversation = turn.conversation
        seen = Seen(turn.reply, turn.calls, turn.asks)
    else:
        answer = house.answer(bool(expected.approve))
        turns = answer.turns
        seen = Seen("\n\n".join(turn.reply for turn in turns), plans=len(turns), refused=answer.refused)
    seconds = time.perf_counter() - started
    bench = Bench(house.tools, comparer, lambda: house.changes(before), house.rows)
    message = Message(
        said=expected.say if expected.say is not None else ("(approves)" if expected.approve else "(rejects)"),
        seen=seen,
        decided_by=turns[0].decided_by if expected.say is not None else "none",
        seconds=seconds,
        prompt_tokens=sum(turn.prompt_tokens for turn in turns),
        reasons=tuple(judge(expected, seen, bench)),
        approval=expected.say is None,
        output_tokens=sum(turn.output_tokens for turn in turns),
        read_anew=tuple(tokens for turn in turns for tokens in turn.read_anew),
        first_word=turns[0].first_word if turns else None,
        wrong_writes=() if expected.say is None else tuple(wrong_writes(expected, seen, bench)),
    )
    return message, conversation
