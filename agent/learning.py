"""Learning from a correction: a sentence is kept as the house's own example of a tool, listed, removed, used at once."""

import threading
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from agent.conversation import History
from agent.parts import PartReader
from agent.routing.examples import Example
from agent.routing.matcher import Matcher
from agent.routing.own import essence
from agent.slash import is_slash
from agent.talk import approves, calls_off
from agent.understand import clean
from memory.database import Database
from memory.own_examples import LONGEST_SENTENCE, OwnExample, own_examples, state_of
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, NotFound

#: More than these, and the house needs better tools rather than more sentences.
MOST_OWN = 500


class LearnedSentence(BaseModel):
    """A sentence that the house was taught: as said, with placeholders, the tool it means, by whom, when (ISO 8601)."""

    model_config = ConfigDict(frozen=True)

    id: int
    sentence: str
    masked: str
    tool: str
    person: str
    learned_at: str


class Learning:
    """The house's own examples. `matcher` gives the matcher without them; every process of the house sees the same."""

    def __init__(self, door: Door, database: Database, matcher: Callable[[], Matcher]) -> None:
        self._door = door
        self._database = database
        self._untaught = matcher
        self._reader = PartReader(door, matcher)
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int], Matcher, Matcher] | None = None

    def matcher(self) -> Matcher:
        """The matcher with the house's own examples as they are now (one short query tells whether they changed)."""
        base = self._untaught()
        with self._database.session() as session:
            state = state_of(session)
            known = self._known
            if known is not None and known[0] == state and known[1] is base:
                return known[2]
            taught = base.taught([Example(one.masked, one.tool, own=True) for one in own_examples(session)])
        with self._lock:
            self._known = (state, base, taught)
        return taught

    def masked(self, sentence: str, history: History = History()) -> str:  # noqa: B008 - immutable
        """The sentence with placeholders, read as it was said after `history`."""
        return self._reader.read(sentence, self._reader.ground(sentence), history.focus()).masked

    def rank(self, sentence: str) -> list[str]:
        """The labels for a sentence, the likeliest first, as if nothing had been learned."""
        part = self._reader.read(sentence, self._reader.ground(sentence), History().focus())
        return [match.label for match in part.ranking.matches]

    def learn(self, sentence: str, tool: str, person: str, history: History = History()) -> LearnedSentence:  # noqa: B008
        """Keep a sentence as an example of a tool; one that says the same is replaced.

        Raises NotFound (no such tool), BadInput (nothing to learn from), Conflict (500 are kept already).
        """
        sentence = " ".join(clean(sentence)[0].split())
        chosen = self._door.tool(tool)
        self.check(sentence, history)
        masked = self.masked(sentence, history)
        now = self._door.clock.now()
        with self._database.session(write=True) as session:
            said = essence(masked)
            before = next((one for one in own_examples(session) if essence(one.masked) == said), None)
            if before is not None and before.tool == chosen.name:
                return self._view(before)
            if before is not None:
                session.delete(before)
                session.flush()
            elif state_of(session)[0] >= MOST_OWN:
                raise Conflict(
                    f"The house has {MOST_OWN} sentences of its own already. Remove one first: `/learned`, `/unlearn N`."
                )
            kept = OwnExample(
                sentence=sentence, masked=masked, tool=chosen.name, person=person[:200], created_at=now, updated_at=now
            )
            session.add(kept)
            session.flush()
            return self._view(kept)

    def check(self, sentence: str, history: History = History()) -> None:  # noqa: B008
        """Raises BadInput where a sentence cannot be an example: empty, too long, a command, a mere yes, no or name."""
        if not sentence.strip():
            raise BadInput("There is no sentence to learn from.", "sentence")
        if len(sentence) > LONGEST_SENTENCE:
            raise BadInput(
                f"A sentence to learn from may have {LONGEST_SENTENCE} characters; this has {len(sentence):,}.",
                "sentence",
            )
        if is_slash(sentence) or approves(sentence) or calls_off(sentence):
            raise BadInput(f"“{sentence}” always means the same here and cannot be learned.", "sentence")
        if not any(word[0] != "{" and word[0].isalnum() for word in essence(self.masked(sentence, history))):
            raise BadInput(f"“{sentence}” holds no word that tells what to do, so it cannot be learned.", "sentence")

    def learned(self) -> list[LearnedSentence]:
        """All of them, the oldest first."""
        with self._database.session() as session:
            return [self._view(one) for one in own_examples(session)]

    def unlearn(self, number: int) -> LearnedSentence:
        """Remove one; returns what it was. Raises NotFound."""
        with self._database.session(write=True) as session:
            found = session.get(OwnExample, number)
            if found is None:
                raise NotFound(f"There is no learned sentence {number}. `/learned` lists them.", "id")
            session.delete(found)
            return self._view(found)

    def _view(self, one: OwnExample) -> LearnedSentence:
        learned_at = one.created_at.astimezone(self._door.clock.zone).isoformat()
        return LearnedSentence(
            id=one.id, sentence=one.sentence, masked=one.masked, tool=one.tool, person=one.person, learned_at=learned_at
        )
