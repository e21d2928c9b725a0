// The graph itself: React Flow with our nodes and edges.
import {
  applyNodeChanges, Background, BaseEdge, Controls, EdgeLabelRenderer, getSmoothStepPath, Handle, Position, ReactFlow,
  ReactFlowProvider, useReactFlow,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { kindOf, layout, portName, portsOf, SIZE, START, targetOf } from './graph.js';

function StepNode({ data, selected }) {
  const { node, words, problems, number, counts } = data;
  const ports = node ? portsOf(node) : ['next'];
  const worst = problems[0]?.level;
  return (
    <div className={`wf-node ${node ? node.type : 'trigger'} ${worst ?? ''} ${selected ? 'chosen' : ''}`}>
      {node && <Handle type="target" position={Position.Top} id="in" />}
      <p className="kind">
        <span>{node ? `${number}. ${kindOf(node)}` : 'Starts'}</span>
        {worst && <span className={`mark ${worst}`} title={problems.map((one) => one.sentence).join('\n')}>{{ error: 'mend', missing: 'missing', warning: 'look' }[worst]}</span>}
      </p>
      <p className="words">{words}</p>
      {counts && <p className="counts">{counts}</p>}
      {ports.map((port, place) => (
        <Handle key={port} type="source" position={Position.Bottom} id={port} style={{ left: `${((place + 1) / (ports.length + 1)) * 100}%` }} />
      ))}
    </div>
  );
}

function WayEdge({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, markerEnd, selected }) {
  const [path, x, y] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 10 });
  const said = [data.name, data.times].filter(Boolean).join(' · ');
  return (
    <>
      <BaseEdge id={id} path={path} markerEnd={markerEnd} className={`${selected ? 'chosen' : ''} ${data.name}`} />
      <EdgeLabelRenderer>
        <div className="wf-edge" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          {said && <span className={`label ${data.name.slice(0, 3)}`}>{said}</span>}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
const LABELS = {
  'node.a11yDescription.default': 'Press Enter to choose this step, arrow keys to move it, Delete to remove it.',
  'node.a11yDescription.keyboardDisabled': 'Press Enter to choose this step.',
  'edge.a11yDescription.default': 'Press Enter to choose this connection, Delete to remove it.',
};

function Flow({ graph, moved, drawing, problemsOf, counts, selected, onSelect, onMove, onConnect, onCut, onRemove, onDrop, fitted }) {
  const flow = useReactFlow();
  const places = useMemo(() => ({ ...layout(graph), ...moved }), [graph, moved]);
  const wanted = useMemo(() => [
    { id: START, type: 'step', position: places[START], data: { node: null, words: drawing.trigger_words ?? 'Not said yet', problems: problemsOf(null), counts: counts?.entered }, deletable: false, selected: selected === START, ariaLabel: `Trigger: ${drawing.trigger_words ?? 'not said yet'}` },
    ...graph.nodes.map((node, place) => {
      const words = drawing.steps[node.id]?.words ?? kindOf(node);
      return { id: node.id, type: 'step', position: places[node.id], selected: selected === node.id, ariaLabel: `Step ${place + 1}: ${words}`, data: { node, words, number: place + 1, problems: problemsOf(node.id), counts: counts?.steps[node.id] } };
    }),
  ].map((one) => ({ ...one, ...SIZE, domAttributes: { 'data-step': one.id } })), [graph, places, drawing, counts, selected, problemsOf]);
  const [nodes, setNodes] = useState(wanted);
  useEffect(() => setNodes(wanted), [wanted]);
  const [cut, setCut] = useState(null);
  const edges = useMemo(() => graph.edges.map((edge) => {
    const id = `${edge.source}:${edge.port}`;
    const node = graph.nodes.find((one) => one.id === edge.source);
    const from = node ? `step ${graph.nodes.indexOf(node) + 1}` : 'the trigger';
    const to = graph.nodes.findIndex((one) => one.id === edge.target) + 1;
    const times = counts?.edges[id];
    return { id, type: 'way', source: edge.source, sourceHandle: edge.port, target: edge.target, targetHandle: 'in', selected: cut === id, ariaLabel: `From ${from} ${portName(node, edge.port)} to step ${to}${times === undefined ? '' : `, taken ${times} times`}`, markerEnd: { type: 'arrowclosed' }, data: { name: portName(node, edge.port), times: times === undefined ? '' : times.toLocaleString() } };
  }), [graph, counts, cut]);
  const wasFitted = useRef(null);
  useEffect(() => {
    if (wasFitted.current !== fitted) {
      wasFitted.current = fitted;
      requestAnimationFrame(() => flow.fitView({ padding: 0.15, maxZoom: 1, minZoom: 0.4 }));
    }
  }, [fitted, flow, nodes]);

  const drop = (event) => {
    event.preventDefault();
    const kind = event.dataTransfer.getData('application/x-hub-step');
    if (kind) onDrop(kind, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }), places);
  };
  return (
    <ReactFlow
      nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} edgeTypes={EDGE_TYPES} ariaLabelConfig={LABELS}
      onNodesChange={(changes) => {
        setNodes((now) => applyNodeChanges(changes, now));
        for (const one of changes) {
          if (one.type === 'select' && one.selected) onSelect(one.id);
          if (one.type === 'position' && one.position && !one.dragging) onMove({ [one.id]: one.position });
          if (one.type === 'remove') onRemove(one.id);
        }
      }}
      onEdgesChange={(changes) => {
        for (const one of changes) {
          if (one.type === 'select') setCut(one.selected ? one.id : null);
          if (one.type === 'remove') onCut(...one.id.split(':'));
        }
      }}
      onConnect={(made) => onConnect(made.source, made.sourceHandle ?? 'next', made.target)}
      onDrop={drop} onDragOver={(event) => { event.preventDefault(); event.dataTransfer.dropEffect = 'move'; }}
      deleteKeyCode={['Delete', 'Backspace']} multiSelectionKeyCode={null} selectionKeyCode={null} minZoom={0.2} maxZoom={1.5}
      fitView fitViewOptions={{ padding: 0.15, maxZoom: 1, minZoom: 0.4 }} zoomOnScroll={false} panOnScroll preventScrolling={false}
      colorMode={document.body.classList.contains('dark') ? 'dark' : 'light'}
    >
      <Background gap={20} />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

/** The nearest edge to a point, at most `reach` away from its middle: there a dropped step goes in. */
export function edgeNear(graph, places, point, reach = 70) {
  let best = null;
  for (const edge of graph.edges) {
    const from = places[edge.source], to = places[edge.target];
    if (!from || !to) continue;
    const a = { x: from.x + SIZE.width / 2, y: from.y + SIZE.height }, b = { x: to.x + SIZE.width / 2, y: to.y };
    const share = Math.max(0, Math.min(1, ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / (((b.x - a.x) ** 2 + (b.y - a.y) ** 2) || 1)));
    const away = Math.hypot(point.x - a.x - share * (b.x - a.x), point.y - a.y - share * (b.y - a.y));
    if (away < (best?.away ?? reach)) best = { away, source: edge.source, port: edge.port };
  }
  return best;
}

/** The step right above a point whose first open port a dropped step can hang on. */
export function openAbove(graph, places, point) {
  const candidates = [START, ...graph.nodes.map((node) => node.id)].flatMap((id) => {
    const node = graph.nodes.find((one) => one.id === id);
    const at = places[id];
    const port = (node ? portsOf(node) : ['next']).find((one) => !targetOf(graph, id, one));
    if (!port || !at) return [];
    const down = point.y - at.y - SIZE.height, across = Math.abs(point.x - at.x - SIZE.width / 2);
    return down > -SIZE.height && down < 140 && across < SIZE.width ? [{ source: id, port, away: Math.hypot(down, across) }] : [];
  });
  return candidates.sort((one, other) => one.away - other.away)[0] ?? null;
}

export const Canvas = (given) => <ReactFlowProvider><Flow {...given} /></ReactFlowProvider>;
