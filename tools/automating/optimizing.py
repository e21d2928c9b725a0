"""What could be better in a workflow, from the figures of its steps: each finding with its figure, a change only where
the evidence says so."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.workflows import KIND, Workflow
from tools.automating.blocks import in_order
from tools.automating.entry import graph_of, problems_of
from tools.automating.graph import (
    NEXT,
    NO,
    YES,
    Decide,
    Edge,
    Graph,
    MessageAnswered,
    SendEmail,
    Span,
    Wait,
    store_graph,
)
from tools.automating.performing import StepFigures, WorkflowPerformance, performance
from tools.automating.wording import in_words
from tools.core.context import Context
from tools.core.result import Drafted, RecordLink
from tools.quoting import inert
from tools.show import bullets, count, percent, shorten
from tools.writing.background import company
from tools.writing.compose import Part, keep, write
from tools.writing.context import gathered
from tools.writing.context_workflows import past_workflows

#: Fewer ways than this say nothing about a step.
ENOUGH = 50
#: The normal quantile of a 95 % interval.
Z = 1.959964
TASK = (
    "Below are findings about an automatic workflow, each with its figure. Write one paragraph of 30 to 50 words for the "
    "marketer: what matters most and what to do first.\n- advice: the paragraph\nUse only the figures that are given."
)


class Finding(BaseModel):
    """One finding: the step (None: the whole workflow), what was seen, the figure behind it."""

    model_config = ConfigDict(frozen=True)

    step: int | None
    node: str | None
    code: str
    sentence: str
    figure: float | None = None
    base: int | None = None


class Optimization(Drafted):
    """What could be better. `proposal` is the edited graph (None where no evidence asks for a change), `proposed` it in
    words; the workflow itself stays as it is."""

    id: int
    name: str
    entered: int
    findings: tuple[Finding, ...]
    advice: str | None
    proposal: dict[str, Any] | None
    proposed: str | None
    changes: tuple[str, ...]

    @property
    def text(self) -> str:
        parts = [f"**{inert(self.name)}**: {count(self.entered, 'person', 'people')} entered so far."]
        parts.append(
            bullets(inert(one.sentence) for one in self.findings)
            if self.findings
            else "Nothing stands out in its figures."
        )
        if self.advice:
            parts.append(inert(self.advice))
        if self.proposed:
            parts.append(
                f"A draft that answers this (the workflow is unchanged):\n{bullets(map(inert, self.changes))}\n\n> {inert(self.proposed)}"
            )
        else:
            parts.append("No change is proposed: the figures do not ask for one.")
        return "\n\n".join(parts) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=self.name),)


def optimize(ctx: Context, workflow: Workflow) -> Optimization:
    """Findings from the figures, and an edited draft where they ask for one; stored as a draft."""
    figures = performance(ctx, workflow, None)
    graph = graph_of(ctx.session, workflow)
    findings = [*_whole(figures, graph), *_steps(figures), *_gaps(ctx, graph)]
    edited, changes = _edited(graph, findings)
    advice, kept = _worded(ctx, workflow, findings, edited, changes)
    return Optimization(
        id=workflow.id,
        name=workflow.name,
        entered=figures.entered,
        findings=tuple(findings),
        advice=advice,
        proposal=store_graph(edited) if edited else None,
        proposed=in_words(edited) if edited else None,
        changes=tuple(changes),
        **kept,
    )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927), 209-212)."""
    share = successes / trials
    middle = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    below = 1 + Z * Z / trials
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def _whole(figures: WorkflowPerformance, graph: Graph) -> list[Finding]:
    found = []
    if not figures.entered:
        return [
            Finding(
                step=None,
                node=None,
                code="nobody",
                sentence="Nobody has entered it yet, so there are no figures to learn from. Simulate it over past events instead.",
            )
        ]
    if figures.completion_rate is not None:
        said = f"{figures.completed:,} of {figures.entered:,} completed it ({percent(figures.completion_rate)}), {figures.converted:,} converted ({percent(figures.conversion_rate)})."
        found.append(
            Finding(
                step=None, node=None, code="totals", sentence=said, figure=figures.completion_rate, base=figures.entered
            )
        )
    if figures.counted == 0:
        found.append(
            Finding(
                step=None,
                node=None,
                code="no_steps",
                sentence="These are imported totals: no figures by step are known, so where people drop off cannot be said.",
            )
        )
    elif figures.counted < ENOUGH:
        found.append(
            Finding(
                step=None,
                node=None,
                code="few",
                sentence=f"Only {count(figures.counted, 'way')} through it {'was' if figures.counted == 1 else 'were'} counted here; below {ENOUGH} the figures of steps say little.",
                base=figures.counted,
            )
        )
    if graph.goal is None:
        found.append(
            Finding(
                step=None,
                node=None,
                code="no_goal",
                sentence="It has no goal, so people who have already done what you want still get the rest, and conversions are not counted by the hub.",
            )
        )
    return found


def _steps(figures: WorkflowPerformance) -> list[Finding]:
    found = []
    messages = [one for one in figures.steps if one.opened is not None and one.taken >= ENOUGH]
    for one in messages:
        others = [other for other in messages if other.id != one.id and other.type == one.type]
        found += _low(
            one,
            others,
            "opened",
            one.opened or 0,
            sum(other.opened or 0 for other in others),
            sum(other.taken for other in others),
        )
        found += _low(
            one,
            others,
            "clicked",
            one.clicked or 0,
            sum(other.clicked or 0 for other in others),
            sum(other.taken for other in others),
        )
    for one in figures.steps:
        if one.type == "condition" and one.taken >= ENOUGH:
            for port, word in ((YES, "yes"), (NO, "no")):
                if not one.by_port.get(port):
                    said = f"Nobody of {one.taken:,} took the “{word}” way of step {one.number} ({one.words})."
                    found.append(
                        Finding(
                            step=one.number,
                            node=one.id,
                            code=f"unused_{port}",
                            sentence=said,
                            figure=0.0,
                            base=one.taken,
                        )
                    )
        if (
            one.waiting >= ENOUGH
            and figures.active
            and one.waiting / figures.active > 0.5
            and one.type in ("email", "sms", "webhook")
        ):
            said = f"{one.waiting:,} of {figures.active:,} people under way stand before step {one.number} ({one.words}): it may be held up."
            found.append(
                Finding(
                    step=one.number,
                    node=one.id,
                    code="held",
                    sentence=said,
                    figure=one.waiting / figures.active,
                    base=figures.active,
                )
            )
    return found


def _low(
    one: StepFigures, others: list[StepFigures], code: str, hits: int, other_hits: int, trials: int
) -> list[Finding]:
    """A message that is opened (clicked) less than the others of the workflow: their 95 % intervals do not meet."""
    if not others or not trials or not one.taken or wilson(hits, one.taken)[1] >= wilson(other_hits, trials)[0]:
        return []
    said = (
        f"Step {one.number} ({one.words}) is {code} by {percent(hits / one.taken)} ({hits:,} of {one.taken:,}), the other messages "
        f"by {percent(other_hits / trials)} ({other_hits:,} of {trials:,})."
    )
    return [
        Finding(
            step=one.number, node=one.id, code=f"low_{code}", sentence=said, figure=hits / one.taken, base=one.taken
        )
    ]


def _gaps(ctx: Context, graph: Graph) -> list[Finding]:
    """What is missing or wrong in the graph itself."""
    numbers = {node.id: number for number, node in enumerate(graph.nodes, start=1)}
    return [
        Finding(step=numbers.get(one.node or ""), node=one.node, code=one.code, sentence=one.sentence)
        for one in problems_of(ctx.session, graph)
    ]


def _edited(graph: Graph, findings: list[Finding]) -> tuple[Graph | None, list[str]]:
    """The graph with what the findings ask for: a second mail for those who did not open a weak one; a dead branch cut."""
    edited, changes = graph, []
    for finding in findings:
        node = graph.node(finding.node or "")
        if finding.code == "low_opened" and isinstance(node, SendEmail) and not _asked_after(edited, node.id):
            edited = _second_try(edited, node)
            changes.append(f"After step {finding.step}: wait 2 days, and send it again to those who did not open it.")
        elif finding.code in ("unused_yes", "unused_no") and isinstance(node, Decide):
            live = NO if finding.code == "unused_yes" else YES
            edited = _without_branch(edited, node.id, live)
            changes.append(f"Step {finding.step}: the condition goes, since everybody took its “{live}” way.")
    return (in_order(edited), changes) if changes else (None, [])


def _asked_after(graph: Graph, id: str) -> bool:
    """Whether the workflow already asks, before its next message, if this one was opened."""
    at = graph.target(id)
    while at is not None and (node := graph.node(at)) is not None:
        if isinstance(node, Decide):
            return isinstance(node.question, MessageAnswered)
        if not isinstance(node, Wait):
            return False
        at = graph.target(at)
    return False


def _second_try(graph: Graph, node: SendEmail) -> Graph:
    wait = Wait(id=f"{node.id}w", span=Span(amount=2, unit="day"))
    decide = Decide(id=f"{node.id}o", question=MessageAnswered(deed="opened"))
    again = node.model_copy(update={"id": f"{node.id}a"})
    behind = graph.target(node.id)
    edges = [edge for edge in graph.edges if edge.source != node.id]
    edges += [
        Edge(source=node.id, target=wait.id),
        Edge(source=wait.id, target=decide.id),
        Edge(source=decide.id, port=NO, target=again.id),
    ]
    if behind is not None:
        edges += [Edge(source=decide.id, port=YES, target=behind), Edge(source=again.id, port=NEXT, target=behind)]
    return graph.model_copy(update={"nodes": (*graph.nodes, wait, decide, again), "edges": tuple(edges)})


def _without_branch(graph: Graph, id: str, live: str) -> Graph:
    behind = graph.target(id, live)
    edges = [
        edge.model_copy(update={"target": behind}) if edge.target == id else edge
        for edge in graph.edges
        if edge.source != id and (edge.target != id or behind is not None)
    ]
    nodes = tuple(node for node in graph.nodes if node.id != id)
    return graph.model_copy(update={"nodes": nodes, "edges": tuple(edges)})


def _worded(
    ctx: Context, workflow: Workflow, findings: list[Finding], edited: Graph | None, changes: list[str]
) -> tuple[str | None, dict[str, Any]]:
    """The advice in words, and the fields of the draft that keeps it all."""
    body = {
        "workflow_id": workflow.id,
        "findings": [one.model_dump() for one in findings],
        "proposal": store_graph(edited) if edited else None,
        "changes": changes,
    }
    told = {
        "Workflow": workflow.name,
        "Findings": " ".join(one.sentence for one in findings[:8]),
        "Proposed": " ".join(changes) or None,
    }
    spare = changes[0] if changes else "See the findings above."
    piece = write(
        ctx,
        TASK,
        told,
        gathered(
            ctx, workflow.name, "email", public=False, more=past_workflows(ctx, workflow.name, besides=workflow.id)
        ),
        (Part("advice", 400),),
        lambda: {"advice": spare},
        signer=company(ctx),
        public=False,
    )
    kept = keep(ctx, piece, "workflow_optimization", f"Workflow: {shorten(workflow.name, 80)}", body)
    return (piece.texts["advice"] if piece.ai_generated else None), kept
