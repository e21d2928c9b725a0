"""What a person does with a draft: keep it, put it aside, take it out again."""

from memory.drafts import Draft, DraftState
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import NotFound
from tools.core.result import Result
from tools.quoting import inert
from tools.show import words


class DraftSorted(Result):
    """The draft, and what it is now."""

    id: int
    kind: str
    title: str
    state: DraftState

    @property
    def text(self) -> str:
        done = {
            DraftState.KEPT: "is kept",
            DraftState.DISCARDED: "is put aside; it can be taken out again",
            DraftState.NEW: "is a new draft again",
        }[self.state]
        return f"“{inert(self.title)}” ({words(self.kind)} draft #{self.id}) {done}."


@tool(effect="write", route="PATCH /drafts/{draft}", form=True)
def sort_draft(ctx: Context, draft: int, state: DraftState) -> DraftSorted:
    """Keep a draft, put it aside, or take it out again.

    Args:
        draft: The draft's number.
        state: What it shall be: new, kept or discarded.
    """
    found = ctx.session.get(Draft, draft)
    if found is None:
        raise NotFound(f"There is no draft {draft}; perhaps its campaign was deleted.", "draft")
    found.state = state
    ctx.session.flush()
    return DraftSorted(id=found.id, kind=found.kind, title=found.title, state=found.state)
