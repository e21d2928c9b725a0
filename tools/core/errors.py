"""The one error tree of the hub: each error has its HTTP status and a sentence that says what is wrong and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A record that a person may have meant."""

    noun: str
    id: int
    name: str


class HubError(Exception):
    """Something that a person can mend. `str(error)` is the sentence shown; `status` its HTTP status."""

    status = 500
    title = "The hub could not do this"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadInput(HubError):
    """A value that cannot be right. `field` names the argument."""

    status = 422
    title = "A value is not right"

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class Missing(BadInput):
    """Arguments that the tool needs and nobody gave; the sentence asks for them."""

    title = "Something is missing"

    def __init__(self, sentence: str, fields: Sequence[str]) -> None:
        super().__init__(sentence, fields[0] if fields else None)
        self.fields = tuple(fields)


class NotFound(HubError):
    """No record fits. `candidates` are those with a similar name."""

    status = 404
    title = "There is no such record"

    def __init__(self, sentence: str, field: str | None = None, candidates: Sequence[Candidate] = ()) -> None:
        super().__init__(sentence)
        self.field = field
        self.candidates = tuple(candidates)


class Ambiguous(HubError):
    """Several records fit; the sentence asks which one."""

    status = 409
    title = "Several records fit"

    def __init__(self, sentence: str, field: str | None, candidates: Sequence[Candidate]) -> None:
        super().__init__(sentence)
        self.field = field
        self.candidates = tuple(candidates)


class Conflict(HubError):
    """The record is not in a state that allows this, or somebody else changed it meanwhile."""

    status = 409
    title = "This does not fit the record's state"


class PlanChanged(Conflict):
    """What would happen is no longer what was shown; `plan_id` is the new plan that waits."""

    title = "The plan changed"

    def __init__(self, sentence: str, plan_id: int) -> None:
        super().__init__(sentence)
        self.plan_id = plan_id


class NotAllowed(HubError):
    """Whoever asks may not do this."""

    status = 403
    title = "Not allowed"


class Stopped(HubError):
    """The person ended the call while it worked; the sentence says what of it stays."""

    status = 409
    title = "Stopped"


class Unavailable(HubError):
    """A part that is needed does not answer (model, mail server, platform)."""

    status = 503
    title = "A part is not available"
