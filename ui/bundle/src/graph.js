// A workflow's graph as the hub stores it, and what editing does to it. Pure functions; nothing here knows the screen.
import dagre from '@dagrejs/dagre';

export const START = 'start';
export const SIZE = { width: 232, height: 76 };

export const KINDS = {
  email: { label: 'Email', make: () => ({ type: 'email' }) },
  sms: { label: 'SMS', make: () => ({ type: 'sms' }) },
  wait: { label: 'Wait', make: () => ({ type: 'wait', span: { amount: 1, unit: 'day' } }) },
  wait_until: { label: 'Wait until', make: () => ({ type: 'wait_until', time: '09:00' }) },
  condition: { label: 'Condition', make: () => ({ type: 'condition', question: { type: 'message', deed: 'opened' } }) },
  split: { label: 'Split by chance', make: () => ({ type: 'split', shares: [50, 50] }) },
  tag: { label: 'Tag', make: () => ({ type: 'tag', tag: '', remove: false }) },
  change_lead: { label: 'Change lead', make: () => ({ type: 'change_lead' }) },
  notify: { label: 'Tell a colleague', make: () => ({ type: 'notify', who: 'me' }) },
  webhook: { label: 'Call a webhook', make: () => ({ type: 'webhook' }) },
  end: { label: 'End', make: () => ({ type: 'end' }) },
};

export const kindOf = (node) => KINDS[node.type]?.label ?? 'Not understood';

export function portsOf(node) {
  if (node.type === 'condition') return ['yes', 'no'];
  if (node.type === 'split') return ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, node.shares.length);
  return node.type === 'end' ? [] : ['next'];
}

export function portName(node, port) {
  if (node?.type === 'split') return `${port} · ${node.shares['abcdef'.indexOf(port)]} %`;
  return port === 'next' ? '' : port;
}

export const nodeOf = (graph, id) => graph.nodes.find((node) => node.id === id);
export const targetOf = (graph, source, port) => graph.edges.find((e) => e.source === source && e.port === port)?.target;

/** Every place after which a step can be added: {source, port}. */
export const places = (graph) => [
  { source: START, port: 'next' },
  ...graph.nodes.flatMap((node) => portsOf(node).map((port) => ({ source: node.id, port }))),
];

export function freeId(graph) {
  const taken = new Set(graph.nodes.map((node) => node.id));
  let number = graph.nodes.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  return `s${number}`;
}

/** Let a port lead to a step, or (target null) end the way there. */
export function connect(graph, source, port, target) {
  const edges = graph.edges.filter((edge) => !(edge.source === source && edge.port === port));
  return { ...graph, edges: target ? [...edges, { source, port, target }] : edges };
}

/** Put steps (a little graph of their own, or one node) between a place and what followed it. Returns [graph, id]. */
export function insert(graph, place, piece) {
  const names = new Map();
  let next = { ...graph };
  const added = piece.nodes.map((node) => {
    const id = freeId(next);
    names.set(node.id, id);
    const made = { ...node, id };
    next = { ...next, nodes: [...next.nodes, made] };
    return made;
  });
  const first = added[0];
  if (!first) return [graph, null];
  const inner = piece.edges
    .filter((edge) => names.has(edge.source) && names.has(edge.target))
    .map((edge) => ({ ...edge, source: names.get(edge.source), target: names.get(edge.target) }));
  const order = graph.nodes.findIndex((node) => node.id === place?.source);
  const nodes = [...graph.nodes];
  nodes.splice(order + 1, 0, ...added);
  let made = { ...graph, nodes, edges: [...graph.edges, ...inner] };
  if (place) {
    const after = targetOf(graph, place.source, place.port);
    made = connect(made, place.source, place.port, first.id);
    if (after) {
      const loose = added.flatMap((node) => portsOf(node).filter((p) => !targetOf(made, node.id, p)).map((p) => [node, p]));
      for (const [node, port] of loose) {
        if (node.type === 'condition' && port === 'no' && added.length === 1) continue; // else it makes no difference
        made = connect(made, node.id, port, after);
      }
    }
  }
  return [made, first.id];
}

export function remove(graph, id) {
  const node = nodeOf(graph, id);
  if (!node) return graph;
  const onward = portsOf(node).map((port) => targetOf(graph, id, port)).find((target) => target && target !== id);
  const edges = graph.edges
    .filter((edge) => edge.source !== id)
    .map((edge) => (edge.target === id ? { ...edge, target: onward } : edge))
    .filter((edge) => edge.target && edge.target !== edge.source);
  return { ...graph, nodes: graph.nodes.filter((one) => one.id !== id), edges };
}

/** Change a step; edges of ports that it no longer has go. */
export function change(graph, id, made) {
  const ports = new Set(portsOf(made));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => (node.id === id ? { ...made, id } : node)),
    edges: graph.edges.filter((edge) => edge.source !== id || ports.has(edge.port)),
  };
}

/** Where each step stands: layers from the trigger down. */
export function layout(graph) {
  const drawn = new dagre.graphlib.Graph();
  drawn.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 44, marginx: 12, marginy: 12 });
  // A way that passes a layer gets room beside its steps, so that it does not run behind one of them.
  drawn.setDefaultEdgeLabel(() => ({ width: SIZE.width, height: 12, labelpos: 'c' }));
  drawn.setNode(START, { ...SIZE });
  for (const node of graph.nodes) drawn.setNode(node.id, { ...SIZE });
  for (const place of places(graph)) {
    const target = targetOf(graph, place.source, place.port);
    if (target) drawn.setEdge(place.source, target);
  }
  dagre.layout(drawn);
  const side = crossed(graph, drawn) > 0 ? -1 : 1;
  const at = (id) => ({ x: side * drawn.node(id).x - SIZE.width / 2, y: drawn.node(id).y - SIZE.height / 2 });
  return Object.fromEntries([START, ...graph.nodes.map((node) => node.id)].map((id) => [id, at(id)]));
}

/** How many pairs of a step's ways lie the other way round than its ports, less those that lie right: above 0, the
 * mirrored drawing has fewer crossings. */
function crossed(graph, drawn) {
  let amount = 0;
  for (const node of graph.nodes) {
    const middles = portsOf(node).map((port) => targetOf(graph, node.id, port)).filter(Boolean)
      .map((target) => drawn.edge(node.id, target).x);
    for (let at = 1; at < middles.length; at += 1) amount += Math.sign(middles[at - 1] - middles[at]);
  }
  return amount;
}

/** The editing history: what is drawn, what was before, what was undone. `moved` holds places chosen by hand. */
export function history(state, action) {
  switch (action.type) {
    case 'load':
      return { past: [], graph: action.graph, future: [], moved: {}, saved: action.graph };
    case 'edit':
      return { ...state, past: [...state.past.slice(-99), state.graph], graph: action.graph, future: [], moved: action.tidy ? {} : { ...state.moved, ...action.moved } };
    case 'move':
      return { ...state, moved: { ...state.moved, ...action.moved } };
    case 'tidy':
      return { ...state, moved: {} };
    case 'undo': {
      const before = state.past.at(-1);
      return before ? { ...state, past: state.past.slice(0, -1), graph: before, future: [state.graph, ...state.future] } : state;
    }
    case 'redo': {
      const [after, ...rest] = state.future;
      return after ? { ...state, past: [...state.past, state.graph], graph: after, future: rest } : state;
    }
    case 'saved':
      return { ...state, saved: action.graph };
    default:
      throw new Error(action.type);
  }
}
