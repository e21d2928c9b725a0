// The builder: what is drawn, its history, and what is asked of the hub.
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react';
import { Canvas, edgeNear, openAbove } from './canvas.jsx';
import { change, connect, history, insert, KINDS, kindOf, nodeOf, places, portName, portsOf, remove, START, targetOf } from './graph.js';
import { Inspector } from './inspector.jsx';

const EMPTY = { trigger: null, nodes: [], edges: [], reentry: { again: false } };
const NOTHING = { steps: {}, problems: [], said: '', trigger_words: null };
const LIVE_EVERY = 15000;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const count = (number, one, many = `${one}s`) => `${number.toLocaleString()} ${number === 1 ? one : many}`;

/** Counts of a simulation or of the people in it, by step id and by "source:port". */
function countsOf(told, kind) {
  if (!told) return null;
  const steps = {}, edges = {};
  for (const step of told.steps) {
    const parts = kind === 'live' ? [`${step.taken.toLocaleString()} took it`] : [`${step.reached.toLocaleString()} reached it`];
    if (step.waiting) parts.push(`${step.waiting.toLocaleString()} waiting`);
    steps[step.id] = parts.join(', ');
  }
  for (const edge of told.edges) edges[`${edge.source}:${edge.port}`] = edge.times;
  edges[`${START}:next`] = told.entered;
  return { steps, edges, entered: `${count(told.entered, 'person entered', 'people entered')}` };
}

export function Builder({ host }) {
  const [state, act] = useReducer(history, { past: [], graph: EMPTY, future: [], moved: {}, saved: EMPTY });
  const [opened, setOpened] = useState(null);
  const [drawing, setDrawing] = useState(NOTHING);
  const [offered, setOffered] = useState({ email_templates: [], sms_templates: [], mailings: [], segments: [] });
  const [selected, setSelected] = useState(START);
  const [place, setPlace] = useState({ source: START, port: 'next' });
  const [said, setSaid] = useState({ text: '', tone: '' });
  const [busy, setBusy] = useState('');
  const [conflict, setConflict] = useState('');
  const [simulated, setSimulated] = useState(null);
  const [live, setLive] = useState(null);
  const [ideas, setIdeas] = useState(null);
  const [improved, setImproved] = useState(null);
  const [days, setDays] = useState('30');
  const [fitted, fit] = useReducer((number) => number + 1, 0);
  const { graph } = state;
  const unsaved = !same(graph, state.saved);
  const { call } = host;

  const tell = useCallback((text, tone = '') => setSaid({ text, tone }), []);
  const attempt = useCallback(async (doing, work) => {
    setBusy(doing);
    try { return await work(); } catch (error) { tell(error.message, 'bad'); return null; } finally { setBusy(''); }
  }, [tell]);

  const load = useCallback(async () => {
    const found = await attempt('Loading …', () => call('open', { id: host.id }));
    if (!found) return;
    setOpened(found);
    setDrawing(found);
    act({ type: 'load', graph: found.graph });
    setConflict('');
    const places_ = places(found.graph).filter((one) => !targetOf(found.graph, one.source, one.port));
    setPlace(places_.at(-1) ?? { source: START, port: 'next' });
    fit();
  }, [attempt, call, host.id]);
  useEffect(() => { load(); call('offered', {}).then(setOffered, () => {}); }, [load, call]);
  useEffect(() => host.onDecided(load), [host, load]);

  // What is drawn is checked after each change; an answer that comes late is not shown.
  const asked = useRef(0);
  useEffect(() => {
    if (!opened) return undefined;
    const mine = ++asked.current;
    const timer = setTimeout(async () => {
      try {
        const found = await call('check', { graph });
        if (mine === asked.current) setDrawing(found);
      } catch (error) { if (mine === asked.current) tell(error.message, 'bad'); }
    }, 200);
    return () => clearTimeout(timer);
  }, [graph, opened, call, tell]);

  // How many people are where, while it runs.
  useEffect(() => {
    if (!opened || opened.status === 'draft') { setLive(null); return undefined; }
    let on = true;
    const look = () => document.visibilityState === 'visible' && call('live', { id: host.id }).then((found) => on && setLive(found), () => {});
    look();
    const timer = setInterval(look, LIVE_EVERY);
    return () => { on = false; clearInterval(timer); };
  }, [opened, call, host.id]);

  useEffect(() => {
    const ask = (event) => { if (unsaved) event.preventDefault(); };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [unsaved]);

  const edit = useCallback((made, more = {}) => { setSimulated(null); setIdeas(null); act({ type: 'edit', graph: made, ...more }); }, []);
  const names = useCallback((id) => {
    if (id === START) return 'the trigger';
    const node = nodeOf(graph, id);
    return `${graph.nodes.indexOf(node) + 1}. ${drawing.steps[id]?.words ?? kindOf(node)}`;
  }, [graph, drawing]);
  const problemsOf = useCallback((id) => drawing.problems.filter((one) => (id === null ? one.node == null : one.node === id)), [drawing]);

  const choose = useCallback((id) => {
    setSelected(id);
    const node = nodeOf(graph, id);
    const ports = id === START ? ['next'] : node ? portsOf(node) : [];
    const open = ports.find((port) => !targetOf(graph, id, port)) ?? ports[0];
    if (open) setPlace({ source: id, port: open });
  }, [graph]);
  const added = useCallback((made, id, moved) => {
    edit(made, { moved });
    setSelected(id);
    const node = nodeOf(made, id);
    const port = portsOf(node).find((one) => !targetOf(made, id, one)) ?? portsOf(node)[0];
    setPlace(port ? { source: id, port } : { source: START, port: 'next' });
    if (!moved) fit();
  }, [edit]);
  const add = useCallback((kind) => {
    const [made, id] = insert(graph, place, { nodes: [{ ...KINDS[kind].make(), id: 'new' }], edges: [] });
    added(made, id);
    tell(`Added: ${KINDS[kind].label}.`);
  }, [graph, place, added, tell]);
  const drop = useCallback((kind, point, where) => {
    const near = edgeNear(graph, where, point) ?? openAbove(graph, where, point);
    const [made, id] = insert(graph, near, { nodes: [{ ...KINDS[kind].make(), id: 'new' }], edges: [] });
    added(made, id, near ? undefined : { [id]: { x: point.x - 116, y: point.y - 20 } });
    tell(near ? `Added: ${KINDS[kind].label}.` : `Added: ${KINDS[kind].label}. Connect it with a step.`);
  }, [graph, added, tell]);
  const removeStep = useCallback((id) => { edit(remove(graph, id)); setSelected(START); tell('Removed the step. Undo brings it back.'); }, [graph, edit, tell]);
  const undo = useCallback(() => { setSimulated(null); act({ type: 'undo' }); }, []);
  const redo = useCallback(() => { setSimulated(null); act({ type: 'redo' }); }, []);

  const save = useCallback(async (over = false) => attempt('Saving …', async () => {
    const found = await call('save', { id: host.id, graph, revision: opened.revision, over });
    if (found.conflict) { setConflict(found.conflict); return null; }
    setConflict('');
    setOpened(found);
    setDrawing(found);
    act({ type: 'load', graph: found.graph });
    tell(`Saved as version ${found.versions}.`, 'good');
    return found;
  }), [attempt, call, host.id, graph, opened, tell]);
  const saved = useCallback(async () => (unsaved ? save() : opened), [unsaved, save, opened]);

  useEffect(() => {
    const keys = (event) => {
      if (!(event.ctrlKey || event.metaKey)) return;
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      const key = event.key.toLowerCase();
      if (key === 's') { event.preventDefault(); save(); }
      if (!typing && key === 'z') { event.preventDefault(); (event.shiftKey ? redo : undo)(); }
      if (!typing && key === 'y') { event.preventDefault(); redo(); }
    };
    window.addEventListener('keydown', keys);
    return () => window.removeEventListener('keydown', keys);
  }, [save, undo, redo]);

  const simulate = () => attempt('Simulating …', async () => {
    if (!(await saved())) return;
    const found = await call('simulate', { id: host.id, days: parseInt(days, 10) || 30 });
    setSimulated(found);
    tell(found.said);
  });
  const plan = (name) => attempt('Preparing the plan …', async () => {
    if (name === 'activate' && !(await saved())) return;
    const found = await call(name, { id: host.id });
    if (found.plan) { host.planned(found.plan); tell('The plan waits for your approval above the builder.'); }
    else { tell(found.said, 'good'); await load(); }
  });
  const suggest = () => attempt('Looking for the next step …', async () => setIdeas(await call('next_steps', { graph, place })));
  const take = (text) => attempt('Adding …', async () => {
    const [made, id] = insert(graph, place, await call('read_steps', { text }));
    added(made, id);
    tell(`Added: ${text}.`);
  });
  const write = () => attempt('Writing the missing texts … this can take a minute', async () => {
    if (!(await saved())) return;
    const found = await call('write_texts', { id: host.id });
    await load();
    tell(found.said, 'good');
  });
  const improve = () => attempt('Looking at the figures …', async () => setImproved(await call('improve', { id: host.id })));

  const counts = useMemo(() => (simulated ? countsOf(simulated, 'simulated') : countsOf(live, 'live')), [simulated, live]);
  if (!opened) return <p className="state loading" role="status">{said.text || 'Loading the workflow …'}</p>;
  const whole = problemsOf(null);
  const errors = drawing.problems.filter((one) => one.level === 'error').length;
  const label = ({ source, port }) => (source === START ? 'the trigger' : `${names(source)}${port === 'next' ? '' : ` · ${portName(nodeOf(graph, source), port)}`}`);
  const valid = places(graph);
  const here = valid.find((one) => same(one, place)) ?? valid[0];
  return (
    <div className="wf" aria-busy={Boolean(busy)}>
      <div className="wf-bar" role="toolbar" aria-label="Workflow">
        <button type="button" onClick={undo} disabled={!state.past.length} title="Ctrl+Z">Undo</button>
        <button type="button" onClick={redo} disabled={!state.future.length} title="Ctrl+Y">Redo</button>
        <button type="button" onClick={() => { act({ type: 'tidy' }); fit(); }}>Tidy</button>
        <span className="gap" />
        <label className="days">Days <input type="text" inputMode="numeric" value={days} size={3} onChange={(event) => setDays(event.target.value)} /></label>
        <button type="button" onClick={simulate} disabled={Boolean(busy)}>Simulate</button>
        <button type="button" onClick={write} disabled={Boolean(busy)}>Write missing texts</button>
        <button type="button" onClick={improve} disabled={Boolean(busy)}>Improve</button>
        <span className="gap" />
        <button type="button" onClick={() => save()} disabled={!unsaved || Boolean(busy)} title="Ctrl+S">Save</button>
        {opened.status === 'active' && !opened.changed && !unsaved
          ? <button type="button" className="main" onClick={() => plan('pause')} disabled={Boolean(busy)}>Pause</button>
          : <button type="button" className="main" onClick={() => plan('activate')} disabled={Boolean(busy)}>{opened.status === 'draft' ? 'Activate …' : opened.status === 'paused' ? 'Go on …' : 'Activate the new version …'}</button>}
        <button type="button" className="danger" onClick={() => plan('remove')} disabled={Boolean(busy)}>Delete …</button>
      </div>
      <p className={`wf-said ${said.tone}`} role="status">
        <span>{busy || said.text}</span>
        <span className="standing">{unsaved ? 'Unsaved changes' : `Version ${opened.versions}, saved`}{opened.changed ? `; people enter version ${opened.running}` : ''} · {errors ? `${count(errors, 'thing')} to mend before it can run` : opened.status === 'active' && !opened.changed && !unsaved ? 'running' : 'can be activated'}</span>
      </p>
      {conflict && (
        <div className="wf-conflict" role="alert">
          <p>{conflict}</p>
          <button type="button" onClick={load}>Show theirs (mine goes)</button>
          <button type="button" onClick={() => save(true)}>Save mine over it</button>
        </div>
      )}
      {whole.length > 0 && <ul className="wf-whole">{whole.map((one) => <li key={one.sentence} className={`told ${one.level}`}>{one.sentence}</li>)}</ul>}
      {simulated && <SimulationBar told={simulated} onClose={() => setSimulated(null)} />}
      {improved && <Improvement told={improved} onClose={() => setImproved(null)} onTake={(made) => { edit(made, { tidy: true }); setImproved(null); fit(); tell('Taken over, not saved yet. Undo brings the former one back.'); }} />}
      <div className="wf-body">
        <section className="wf-palette" aria-label="Add a step">
          <h2>Add a step</h2>
          <div className="field">
            <label htmlFor="wf-place">After</label>
            <select id="wf-place" value={`${here.source}:${here.port}`} onChange={(event) => { const [source, port] = event.target.value.split(':'); setPlace({ source, port }); }}>
              {valid.map((one) => <option key={`${one.source}:${one.port}`} value={`${one.source}:${one.port}`}>{label(one)}</option>)}
            </select>
          </div>
          <ul>
            {Object.entries(KINDS).map(([kind, { label: name }]) => (
              <li key={kind}>
                <button type="button" draggable data-kind={kind} className={`pick ${kind}`} onClick={() => add(kind)} onDragStart={(event) => { event.dataTransfer.setData('application/x-hub-step', kind); event.dataTransfer.effectAllowed = 'move'; }}>{name}</button>
              </li>
            ))}
          </ul>
          <button type="button" className="suggest" onClick={suggest} disabled={Boolean(busy)}>Suggest the next step</button>
          {ideas && <ul className="ideas">{ideas.steps.map((idea) => <li key={idea.words}><button type="button" onClick={() => take(idea.words)}>{idea.words}</button><span>{idea.why}</span></li>)}</ul>}
          {ideas?.note && <p className="hint">{ideas.note}</p>}
          <p className="hint mouse">Click, or drag into the drawing.</p>
        </section>
        <div className="wf-canvas" role="region" aria-label="Drawing of the workflow">
          <Canvas graph={graph} moved={state.moved} drawing={drawing} problemsOf={problemsOf} counts={counts} selected={selected} fitted={fitted}
            onSelect={choose} onMove={(moved) => act({ type: 'move', moved })} onDrop={drop} onRemove={removeStep}
            onConnect={(source, port, target) => { edit(connect(graph, source, port, target)); tell('Connected.'); }}
            onCut={(source, port) => { edit(connect(graph, source, port, null)); tell('Removed the connection.'); }} />
        </div>
        <div className="wf-side">
          <Steps graph={graph} drawing={drawing} counts={counts} selected={selected} problemsOf={problemsOf} onChoose={choose} />
          <Inspector graph={graph} drawing={drawing} selected={selected} offered={offered} problems={selected === START ? [] : problemsOf(selected)} names={names} call={call}
            onGraph={edit} onChange={(id, made) => edit(change(graph, id, made))} onConnect={(source, port, target) => edit(connect(graph, source, port, target))} onRemove={removeStep} />
        </div>
      </div>
      <Describe said={drawing.said} call={call} onDraw={(found) => { edit({ ...EMPTY, ...found.graph }, { tidy: true }); setSelected(START); fit(); tell(['Drawn, not saved yet. Undo brings the former one back.', ...found.notes].join(' ')); }} />
    </div>
  );
}

function Steps({ graph, drawing, counts, selected, problemsOf, onChoose }) {
  const number = (id) => graph.nodes.findIndex((node) => node.id === id) + 1;
  const onward = (id, node) => (node ? portsOf(node) : ['next']).map((port) => {
    const target = targetOf(graph, id, port), name = portName(node, port);
    return `${name ? `${name}: ` : ''}${target ? `step ${number(target)}` : 'ends'}`;
  });
  const row = (id, node, words) => {
    const found = node ? problemsOf(id) : [];
    const ways = onward(id, node);
    const plain = node && ways.length === 1 && ways[0] === `step ${number(id) + 1}`;
    return (
      <li key={id}>
        <button type="button" aria-pressed={selected === id} onClick={() => onChoose(id)}>{node ? `${number(id)}. ${words}` : words}</button>
        {node && !plain && node.type !== 'end' && <span className="ways">{ways.join(' · ')}</span>}
        {node && counts?.steps[id] && <span className="ways">{counts.steps[id]}</span>}
        {found.map((one) => <span key={one.sentence} className={`told ${one.level}`}>{one.sentence}</span>)}
      </li>
    );
  };
  return (
    <nav className="wf-steps" aria-label="Steps">
      <h2>Steps</h2>
      <ol>
        {row(START, null, drawing.trigger_words ? `Starts ${drawing.trigger_words}` : 'Starts: not said yet')}
        {graph.nodes.map((node) => row(node.id, node, drawing.steps[node.id]?.words ?? kindOf(node)))}
      </ol>
    </nav>
  );
}

function Describe({ said, call, onDraw }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const draw = async () => {
    setBusy(true);
    try { onDraw(await call('describe', { text })); setProblem(''); } catch (error) { setProblem(error.message); } finally { setBusy(false); }
  };
  return (
    <section className="wf-describe" aria-label="Describe it">
      <h2>Describe it</h2>
      <label htmlFor="wf-words">Say when it starts and what it does; the drawing is made of it</label>
      <textarea id="wf-words" rows={3} value={text} placeholder="When someone signs up, wait a day, then send email “Welcome”; if they don’t open it, send an SMS" onChange={(event) => setText(event.target.value)} />
      {problem && <p className="problem" role="alert">{problem}</p>}
      <div className="row">
        <button type="button" className="main" onClick={draw} disabled={!text.trim() || busy}>Draw it</button>
        <button type="button" onClick={() => setText(said)} disabled={!said}>Take the words of the present drawing</button>
      </div>
    </section>
  );
}

function SimulationBar({ told, onClose }) {
  return (
    <section className="wf-told" aria-label="Simulation">
      <h2>Simulation of the last {told.days} days</h2>
      <p>{told.entered ? `${count(told.people, 'person', 'people')} would have entered: ${told.completed.toLocaleString()} completed, ${told.converted.toLocaleString()} reached the goal, ${told.under_way.toLocaleString()} still under way; ${count(told.emails, 'email')}, ${told.sms.toLocaleString()} SMS. Nothing was sent or changed.` : 'Nobody would have entered it. Nothing was sent or changed.'}</p>
      {told.notes.map((note) => <p key={note} className="hint">{note}</p>)}
      {told.examples.length > 0 && <details><summary>Examples of single ways</summary><ul>{told.examples.map((one) => <li key={`${one.lead_id}${one.entered_at}`}><a href={`/leads?id=${one.lead_id}`}>{one.person}</a>: {one.path.join(' → ') || 'nothing yet'} ({one.ended})</li>)}</ul></details>}
      <button type="button" onClick={onClose}>Close</button>
    </section>
  );
}

function Improvement({ told, onClose, onTake }) {
  return (
    <section className="wf-told" aria-label="Improvement">
      <h2>What could be better</h2>
      {told.findings.length ? <ul>{told.findings.map((one) => <li key={one.sentence}>{one.sentence}</li>)}</ul> : <p>Nothing stands out in its figures ({count(told.entered, 'person', 'people')} entered so far).</p>}
      {told.advice && <p>{told.advice}</p>}
      {told.changes.length > 0 && <ul>{told.changes.map((one) => <li key={one}>{one}</li>)}</ul>}
      <div className="row">
        {told.proposal && <button type="button" className="main" onClick={() => onTake(told.proposal)}>Draw the proposal</button>}
        <button type="button" onClick={onClose}>Close</button>
      </div>
    </section>
  );
}
