// The form for what is chosen: the trigger, or one step. Every field has a label; changes go back as a whole node.
import { useEffect, useId, useState } from 'react';
import { kindOf, portName, portsOf, START, targetOf } from './graph.js';

function Field({ label, hint, children }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}

/** A line that is taken over when it is left, or with Enter; so undo goes back whole words. */
function Line({ label, hint, value, onTake, area = false, ...given }) {
  const [text, setText] = useState(value ?? '');
  useEffect(() => setText(value ?? ''), [value]);
  const take = () => text !== (value ?? '') && onTake(text);
  const common = { value: text, onChange: (event) => setText(event.target.value), onBlur: take, ...given };
  return (
    <Field label={label} hint={hint}>
      {(id) => (area
        ? <textarea id={id} rows={3} {...common} />
        : <input id={id} type="text" {...common} onKeyDown={(event) => event.key === 'Enter' && take()} />)}
    </Field>
  );
}

function Choice({ label, value, options, onTake, hint }) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <select id={id} value={value ?? ''} onChange={(event) => onTake(event.target.value)}>
          {options.map(([key, name]) => <option key={key} value={key}>{name}</option>)}
        </select>
      )}
    </Field>
  );
}

const UNITS = ['minute', 'hour', 'day', 'workday', 'week', 'month'].map((unit) => [unit, `${unit}s`]);
const DAYS = ['', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, day ? day[0].toUpperCase() + day.slice(1) : 'any day']);

function Span({ label, value, onTake }) {
  return (
    <div className="pair">
      <Line label={label} value={String(value?.amount ?? '')} inputMode="numeric" onTake={(text) => onTake({ amount: Math.max(0, parseInt(text, 10) || 0), unit: value?.unit ?? 'day' })} />
      <Choice label="Unit" value={value?.unit ?? 'day'} options={UNITS} onTake={(unit) => onTake({ amount: value?.amount ?? 1, unit })} />
    </div>
  );
}

const without = (node, ...names) => Object.fromEntries(Object.entries(node).filter(([name, value]) => !names.includes(name) && value !== '' && value !== null && value !== undefined));

/** Words that the hub reads: what they mean replaces the value, or its sentence says why not. */
function Read({ label, hint, words, read, onTake, area }) {
  const [problem, setProblem] = useState('');
  return (
    <>
      <Line label={label} hint={hint} value={words} area={area} onTake={async (text) => {
        try { onTake(await read(text)); setProblem(''); } catch (error) { setProblem(error.message); }
      }} />
      {problem && <p className="problem" role="alert">{problem}</p>}
    </>
  );
}

const questionWords = (question) => {
  if (!question) return '';
  if (question.type === 'message') return question.deed;
  if (question.type === 'event') return question.name ? `event "${question.name}"` : question.event.replace('_', ' ');
  return question.where.segment ? `in segment "${question.where.segment}"` : question.where.words ?? '';
};
const QUESTION_HINT = 'For example: opened, clicked, replied, they ordered, in segment “VIP customers”, city is Berlin. The way “no” is for the opposite.';

function Body({ node, offered, call, onChange }) {
  const set = (more, ...gone) => onChange(without({ ...node, ...more }, ...gone));
  const question = (words, taken) => <Read label={words} hint={QUESTION_HINT} words={questionWords(node.question)} read={(text) => call('read_question', { text })} onTake={taken} />;
  switch (node.type) {
    case 'email': {
      const texts = [['', 'None yet (write it later)'], ...offered.email_templates.map(([id, name]) => [`t${id}`, `Template: ${name}`]), ...offered.mailings.map(([id, name]) => [`m${id}`, `Mailing: ${name}`])];
      return (
        <>
          <Choice label="Text" value={node.template_id ? `t${node.template_id}` : node.email_campaign_id ? `m${node.email_campaign_id}` : ''} options={texts} onTake={(key) => {
            const rest = without(node, 'template_id', 'email_campaign_id');
            const name = (texts.find(([one]) => one === key)?.[1] ?? '').replace(/^(Template|Mailing): /, '');
            onChange(key ? { ...rest, content: node.content ?? name, [key[0] === 't' ? 'template_id' : 'email_campaign_id']: Number(key.slice(1)) } : without(rest, 'content'));
          }} />
          <Line label="What it is about" value={node.content} onTake={(content) => set({ content })} />
          <Line label="Subject line" hint="Empty: the text’s own." value={node.subject_line} onTake={(subject_line) => set({ subject_line })} />
        </>
      );
    }
    case 'sms':
      return (
        <>
          <Choice label="Text" value={node.template_id ?? ''} options={[['', 'None yet (write it later)'], ...offered.sms_templates]} onTake={(key) => (key ? set({ template_id: Number(key) }) : set({}, 'template_id', 'content'))} />
          <Line label="What it is about" value={node.content} onTake={(content) => set({ content })} />
        </>
      );
    case 'wait':
      return <Span label="How long" value={node.span} onTake={(span) => set({ span })} />;
    case 'wait_until':
      return (
        <>
          <Choice label="Weekday" value={node.weekday} options={DAYS} onTake={(weekday) => set({ weekday })} />
          <Line label="Day" hint="Like 2026-12-24; empty: any." value={node.day} onTake={(day) => set({ day })} />
          <Line label="Time" hint="Like 09:00." value={node.time} onTake={(time) => set({ time })} />
          {question('Or until they …', (made) => set({ question: made }, 'weekday', 'day', 'time'))}
          {node.question && <Span label="At most" value={node.at_most} onTake={(at_most) => set({ at_most })} />}
        </>
      );
    case 'condition':
      return question('If …', (made) => set({ question: made }));
    case 'split':
      return (
        <>
          {node.shares.map((share, place) => (
            <Line key={place} label={`Way ${'abcdef'[place]}, percent`} value={String(share)} inputMode="numeric" onTake={(text) => set({ shares: node.shares.map((one, n) => (n === place ? Math.max(0, parseInt(text, 10) || 0) : one)) })} />
          ))}
          <div className="row">
            <button type="button" disabled={node.shares.length >= 6} onClick={() => set({ shares: [...node.shares, 0] })}>Add a way</button>
            <button type="button" disabled={node.shares.length <= 2} onClick={() => set({ shares: node.shares.slice(0, -1) })}>Remove the last</button>
          </div>
        </>
      );
    case 'tag':
      return (
        <>
          <Line label="Tag" value={node.tag} onTake={(tag) => onChange({ ...node, tag })} />
          <Choice label="What to do" value={node.remove ? 'remove' : 'add'} options={[['add', 'Give the tag'], ['remove', 'Take the tag away']]} onTake={(key) => onChange({ ...node, remove: key === 'remove' })} />
        </>
      );
    case 'change_lead':
      return (
        <>
          <Choice label="New status" value={node.status} options={[['', 'leave it'], ...['new', 'contacted', 'qualified', 'customer', 'lost'].map((one) => [one, one])]} onTake={(status) => set({ status })} />
          <Line label="Or a field" value={node.field} onTake={(field) => set({ field })} />
          <Line label="Its new value" value={node.value} onTake={(value) => set({ value })} />
        </>
      );
    case 'notify':
      return (
        <>
          <Line label="Who" value={node.who} onTake={(who) => set({ who: who || 'me' })} />
          <Line label="About what" value={node.about} onTake={(about) => set({ about })} />
        </>
      );
    case 'webhook':
      return <Line label="Address" hint="Begins with https://" value={node.url} onTake={(url) => set({ url })} />;
    case 'unclear':
      return <Read label="Say it otherwise" words={node.words} area read={(text) => call('read_steps', { text })} onTake={(piece) => onChange(piece.nodes[0])} />;
    default:
      return <p className="hint">The way ends here.</p>;
  }
}

function Ways({ graph, id, node, names, onConnect }) {
  const ports = node ? portsOf(node) : ['next'];
  return ports.map((port) => (
    <Choice key={port} label={port === 'next' ? 'Goes on to' : `“${portName(node, port)}” goes on to`} value={targetOf(graph, id, port) ?? ''}
      options={[['', 'nothing: the way ends'], ...graph.nodes.filter((one) => one.id !== id).map((one) => [one.id, names(one.id)])]}
      onTake={(target) => onConnect(id, port, target || null)} />
  ));
}

function Start({ graph, drawing, call, onGraph }) {
  const [ideas, setIdeas] = useState(null);
  const [goal, setGoal] = useState('');
  const [problem, setProblem] = useState('');
  const find = async () => {
    try { setIdeas(await call('suggest_triggers', { goal })); setProblem(''); } catch (error) { setProblem(error.message); }
  };
  return (
    <>
      <Read label="It starts when …" hint="For example: a lead is created, enters segment “VIP customers”, event cart_abandoned." area words={(drawing.trigger_words ?? '').replace(/^when /, '')} read={(text) => call('read_trigger', { text })} onTake={(trigger) => onGraph({ ...graph, trigger })} />
      <details>
        <summary>Find a trigger for a goal</summary>
        <Field label="Goal">{(id) => <input id={id} type="text" value={goal} placeholder="win back customers" onChange={(event) => setGoal(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && find()} />}</Field>
        <button type="button" disabled={!goal.trim()} onClick={find}>Suggest triggers</button>
        {problem && <p className="problem" role="alert">{problem}</p>}
        {ideas && !ideas.length && <p className="hint">Nothing was recorded in the last 30 days that could start it.</p>}
        {ideas && <ul className="ideas">{ideas.map((idea) => (
          <li key={idea.words}><button type="button" onClick={() => onGraph({ ...graph, trigger: idea.trigger })}>{idea.words}</button><span>{idea.people.toLocaleString()} people in the last 30 days{idea.why ? `; ${idea.why}` : ''}</span></li>
        ))}</ul>}
      </details>
      <Read label="Goal" hint="Whoever reaches it leaves, as converted. For example: they ordered. Empty: none." words={questionWords(graph.goal)} read={async (text) => (text.trim() ? call('read_question', { text }) : null)} onTake={(made) => onGraph(made ? { ...graph, goal: made } : without(graph, 'goal'))} />
      <Choice label="Who was through already" value={graph.reentry?.again ? 'again' : 'once'} options={[['once', 'does not enter again'], ['again', 'may enter again']]} onTake={(key) => onGraph({ ...graph, reentry: { again: key === 'again' } })} />
      {graph.reentry?.again && <Line label="Earliest after so many days" value={String(graph.reentry.after_days ?? '')} inputMode="numeric" onTake={(text) => onGraph({ ...graph, reentry: { again: true, ...(text ? { after_days: parseInt(text, 10) || 0 } : {}) } })} />}
    </>
  );
}

export function Inspector({ graph, drawing, selected, offered, problems, names, call, onGraph, onChange, onConnect, onRemove }) {
  const node = graph.nodes.find((one) => one.id === selected);
  const title = node ? `Step ${graph.nodes.indexOf(node) + 1}: ${kindOf(node)}` : 'Trigger and goal';
  const text = node && drawing.steps[node.id]?.text;
  return (
    <section className="wf-inspector" aria-label="Inspector">
      <h2>{title}</h2>
      {problems.map((one) => <p key={one.code + one.sentence} className={`told ${one.level}`}>{one.sentence}</p>)}
      {node ? <Body key={node.id} node={node} offered={offered} call={call} onChange={(made) => onChange(node.id, made)} /> : <Start graph={graph} drawing={drawing} call={call} onGraph={onGraph} />}
      {text && <p className="hint"><a href={`${text.noun === 'template' ? '/templates' : '/email'}?id=${text.id}`}>Open the text “{text.name}”</a></p>}
      <Ways graph={graph} id={node ? node.id : START} node={node} names={names} onConnect={onConnect} />
      {node && <button type="button" className="remove" onClick={() => onRemove(node.id)}>Remove this step</button>}
    </section>
  );
}
