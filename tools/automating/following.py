"""What could come next in a workflow: a model's ideas, read back as steps, before what usually comes next."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from tools.automating.entry import HubNames
from tools.automating.graph import (
    NO,
    START,
    YES,
    Decide,
    End,
    Graph,
    MessageAnswered,
    SendEmail,
    SendSms,
    Wait,
    WaitUntil,
)
from tools.automating.reading import read_steps
from tools.automating.wording import in_words, step_words
from tools.core.context import Brief, Context
from tools.core.errors import BadInput
from tools.core.result import Result
from tools.leading.entry import HubLookup
from tools.quoting import inert
from tools.show import bullets, shorten

MOST = 4
TASK = (
    "Below is an automatic marketing workflow and the place in it where the next step is missing. Propose three different next "
    'steps that fit there, each as one short order in one of these forms and no other: wait 2 days; send email "About what"; '
    'send sms "About what"; if opened send email "About what"; if not clicked send sms "About what"; add tag "word"; '
    "notify sales; end."
)


class NextStep(BaseModel):
    """A step in words that read back as a step, and why it could come here."""

    model_config = ConfigDict(frozen=True)

    words: str
    why: str


class NextSteps(Result):
    """Ideas for the next step. `ai_generated`: a model proposed the first ones; `note` says where it did not."""

    steps: tuple[NextStep, ...]
    ai_generated: bool
    note: str | None

    @property
    def text(self) -> str:
        said = bullets(f"{inert(one.words)}: {inert(one.why)}" for one in self.steps)
        return f"What could come next:\n\n{said}" + (f"\n\n{self.note}" if self.note else "")


class Ideas(BaseModel):
    """What the model fills."""

    first: str = Field(max_length=120)
    second: str = Field(max_length=120)
    third: str = Field(max_length=120)


def next_steps(ctx: Context, graph: Graph, source: str, port: str) -> NextSteps:
    """Ideas for the step behind a port. Raises BadInput where there is no such step."""
    if source != START and graph.node(source) is None:
        raise BadInput(f"There is no step {shorten(source, 40)} in this workflow.", "source")
    usual = list(_usual(graph, source, port))
    node = graph.node(source)
    place = (
        "right after the trigger"
        if node is None
        else f"after “{step_words(node)}”" + ("" if port == "next" else f", on the way “{port}”")
    )
    facts = (("Workflow", in_words(graph) or "It is empty."), ("Place", place))
    said = ctx.compose(Brief(TASK, facts, max_tokens=200), Ideas, lambda: Ideas(first="", second="", third=""))
    ideas = [
        NextStep(words=words, why="proposed by the model")
        for words in (" ".join(one.split()).strip(" .") for one in (said.body.first, said.body.second, said.body.third))
        if words and _is_read(ctx, words)
    ]
    known = {one.words.casefold(): one for one in [*ideas, *usual]}
    note = None
    if not said.ai_generated:
        note = "These are what usually comes next: no model proposed any."
    elif not ideas:
        note = "What the model proposed could not be read as steps; these are what usually comes next."
    return NextSteps(steps=tuple(known.values())[: MOST + 1], ai_generated=bool(ideas), note=note)


def _is_read(ctx: Context, words: str) -> bool:
    graph = read_steps([words], ctx.now, HubNames(ctx), HubLookup(ctx)).graph
    return bool(graph.nodes) and all(node.type != "unclear" for node in graph.nodes)


def _usual(graph: Graph, source: str, port: str) -> Iterator[NextStep]:
    """What comes next by the craft's habits: a wait between two messages, then the question whether it was opened."""
    node = graph.node(source)
    written = any(True for _ in graph.messages())
    match node:
        case SendEmail() | SendSms():
            yield NextStep(words="wait 2 days", why="time to read before anything else is sent")
            yield NextStep(words='add tag "contacted"', why="so that other workflows and segments know it")
        case Wait() | WaitUntil() if written:
            yield NextStep(
                words='if not opened send email "A second try"',
                why="another subject line reaches some of those who missed it",
            )
            yield NextStep(
                words='if clicked send email "What comes next"',
                why="a click shows interest: follow it while it is fresh",
            )
            yield NextStep(words='send email "Something useful"', why="the next mail of the series")
        case Decide(question=MessageAnswered()) if port == YES:
            yield NextStep(words='send email "What comes next"', why="those who answered get more")
            yield NextStep(words="notify sales", why="somebody can call while the interest is fresh")
        case Decide() if port in (YES, NO):
            yield NextStep(
                words='send sms "A short reminder"', why="another channel for those whom the mail did not reach"
            )
            yield NextStep(words="wait 3 days", why="give it time before the next try")
        case End():
            return
        case _:
            yield NextStep(words='send email "Welcome"', why="the first mail, while they remember why")
            yield NextStep(words="wait 1 day", why="so that it does not look automatic")
    yield NextStep(words="end", why="nothing more is needed on this way")
