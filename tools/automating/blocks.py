"""A graph as people say it: steps one after another, with branches that come together again.

`assemble` makes a graph of blocks, numbering the steps in the order in which they are said; `take_apart` is the reverse.
Where a graph is not made of nested branches (a loop, or one drawn by hand), a `Jump` says where the way goes on.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from tools.automating.graph import NEXT, START, Edge, End, Graph, Node, Question, Reentry, Trigger, ports


@dataclass
class Block:
    """One step, with what follows by each port where it branches."""

    node: Node
    arms: dict[str, list["Block | Jump"]] = field(default_factory=dict)


@dataclass
class Jump:
    """The way goes on at the step of this number (counted from 1, in the order in which steps are said)."""

    number: int


Blocks = list[Block | Jump]


def assemble(
    blocks: Blocks, trigger: Trigger | None, goal: Question | None = None, reentry: Reentry | None = None
) -> Graph:
    """The graph of these blocks, its steps numbered s1, s2, ... in their order."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    _assemble(blocks, [(START, NEXT)], nodes, edges)  # where the last steps lead nowhere, the way ends
    known = {node.id for node in nodes}
    kept = [edge for edge in edges if edge.target in known]
    return Graph(trigger=trigger, nodes=tuple(nodes), edges=tuple(kept), goal=goal, reentry=reentry or Reentry())


def take_apart(graph: Graph) -> tuple[Blocks, list[str]]:
    """The blocks of a graph, and the ids of its steps in the order in which the blocks say them (unreachable ones are
    left out)."""
    teller = _Teller(graph)
    return teller.tell(graph.first, None), list(teller.numbers)


def in_order(graph: Graph) -> Graph:
    """The same graph with its steps numbered in the order in which they are said; unreachable steps are dropped."""
    blocks, _ = take_apart(graph)
    return assemble(blocks, graph.trigger, graph.goal, graph.reentry)


Ends = list[tuple[str, str]]


def _assemble(blocks: Blocks, loose: Ends, nodes: list[Node], edges: list[Edge]) -> Ends:
    """Add the blocks behind the loose ends; returns the ends that are loose then."""
    for block in blocks:
        if isinstance(block, Jump):
            edges += [Edge(source=source, port=port, target=f"s{block.number}") for source, port in loose]
            loose = []
            continue
        id = f"s{len(nodes) + 1}"
        nodes.append(block.node.model_copy(update={"id": id}))
        edges += [Edge(source=source, port=port, target=id) for source, port in loose]
        loose = []
        for port in ports(block.node):
            loose += _assemble(block.arms.get(port, []), [(id, port)], nodes, edges)
    return loose


class _Teller:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.numbers: dict[str, int] = {}
        self.nodes = {node.id: node for node in graph.nodes}
        self.next: dict[str, dict[str, str]] = {}
        for edge in graph.edges:
            if edge.target in self.nodes:
                self.next.setdefault(edge.source, {})[edge.port] = edge.target
        self._reach: dict[str, list[str]] = {}

    def tell(self, at: str | None, stop: str | None) -> Blocks:
        """The blocks from a step on, up to (without) `stop`, where others go on."""
        told: Blocks = []
        while at is not None and at != stop:
            if at in self.numbers:
                return [*told, Jump(self.numbers[at])]
            block = Block(self.nodes[at])
            self._number(at)
            told.append(block)
            if len(ports(block.node)) < 2:
                following = self.next.get(at, {}).get(NEXT)
                if following is None and stop is not None and not isinstance(block.node, End):
                    told.append(self._end(at))
                at = following
                continue
            targets = {port: self.next.get(at, {}).get(port) for port in ports(block.node)}
            inline = self._only_way_on(targets)
            meeting = self._meeting(targets) or stop
            for port, target in targets.items():
                if port != inline:
                    ends = target is None and meeting is not None
                    block.arms[port] = (
                        [self._end(f"{at} {port}")] if ends else self.tell(target, None if inline else meeting)
                    )
            at = targets[inline] if inline else meeting
        return told

    def _number(self, id: str) -> None:
        self.numbers[id] = len(self.numbers) + 1

    def _end(self, after: str) -> Block:
        """A way that ends where others go on: it has to be said."""
        self._number(f"end after {after}")
        return Block(End())

    def _meeting(self, targets: dict[str, str | None]) -> str | None:
        """Where the ways of a branching step come together again: the nearest step that most of them reach."""
        order = [id for target in targets.values() if target for id in self._reachable(target)]
        met = {id: times for id, times in Counter(order).items() if times > 1 and id not in self.numbers}
        return min((id for id in met if met[id] == max(met.values())), key=order.index) if met else None

    def _only_way_on(self, targets: dict[str, str | None]) -> str | None:
        """The one port that goes on where all others run into an End: what follows it needs no branch of its own."""
        going = [port for port, target in targets.items() if not self._always_ends(target)]
        return going[0] if len(going) == 1 and targets[going[0]] is not None else None

    def _always_ends(self, at: str | None) -> bool:
        """Whether every way from a step on runs into an End (a way that merely stops does not)."""
        if at is None:
            return False
        ids = self._reachable(at)
        return any(isinstance(self.nodes[id], End) for id in ids) and all(
            id not in self.numbers and all(port in self.next.get(id, {}) for port in ports(self.nodes[id]))
            for id in ids
        )

    def _reachable(self, at: str) -> list[str]:
        """The steps from `at` on, the nearest first."""
        if at not in self._reach:
            seen, waiting = [at], deque([at])
            known = {at}
            while waiting:
                for target in self.next.get(waiting.popleft(), {}).values():
                    if target not in known:
                        known.add(target)
                        seen.append(target)
                        waiting.append(target)
            self._reach[at] = seen
        return self._reach[at]
