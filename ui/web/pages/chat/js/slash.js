// The "/" menu: a listbox above the line to type in. The focus stays in the line, which names the active option
// (aria-activedescendant); what may come next is asked of the hub with every change.
const line = () => document.querySelector('#say textarea');
const box = element.querySelector('#slash-menu');
const list = element.querySelector('#slash-options');
const expects = element.querySelector('#slash-expects');
const said = element.querySelector('#slash-said');
let options = [];
let start = 0;
let active = -1;
let asked = 0;
let closedFor = null;
let shownFor = null;

const isOpen = () => !box.hidden;

function close() {
  asked += 1;  // an answer that is still coming is no longer wanted
  box.hidden = true;
  options = [];
  active = -1;
  said.textContent = '';
  line()?.removeAttribute('aria-activedescendant');
}

function mark(index) {
  active = index;
  [...list.children].forEach((one, at) => one.setAttribute('aria-selected', String(at === index)));
  const chosen = list.children[index];
  if (!chosen) { line()?.removeAttribute('aria-activedescendant'); return; }
  line()?.setAttribute('aria-activedescendant', chosen.id);
  chosen.scrollIntoView({ block: 'nearest' });
}

function part(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;  // never HTML: names of records stand here
  return made;
}

function show(found) {
  shownFor = line().value;
  options = found.options;
  start = found.start;
  expects.textContent = found.expects;
  expects.hidden = !found.expects;
  list.replaceChildren(...options.map((one, at) => {
    const row = part('li', '', '');
    row.id = `slash-option-${at}`;
    row.setAttribute('role', 'option');
    row.append(part('span', 'name', one.label), part('span', 'hint', one.hint));
    row.addEventListener('mousedown', (event) => { event.preventDefault(); choose(at); });
    return row;
  }));
  list.hidden = !options.length;
  box.hidden = !options.length && !found.expects;
  said.textContent = options.length ? `${options.length} suggestions. ${found.expects}` : found.expects;
  if (box.hidden) { close(); return; }
  list.scrollTop = 0;
  // A command's name is chosen by Enter at once; in its arguments Enter sends, unless one moved into the list.
  mark(start === 0 && options.length ? 0 : -1);
}

async function look() {
  const typing = line();
  if (!typing) return;
  const text = typing.value.slice(0, typing.selectionStart);
  if (!/^\/(\w|$)/.test(text) || typing.selectionStart !== typing.value.length) { close(); return; }
  if (text === closedFor) return;
  closedFor = null;
  const turn = ++asked;
  const found = await server.complete(text);
  // Overtaken by what was typed since, or sent meanwhile.
  if (turn === asked && line()?.value === text) show(found);
}

function choose(index) {
  const typing = line();
  const chosen = options[index];
  if (!typing || !chosen) return;
  const value = typing.value.slice(0, start) + chosen.insert;
  // The page's own framework must learn of it: set as if it were typed.
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(typing, value);
  typing.setSelectionRange(value.length, value.length);
  close();
  typing.dispatchEvent(new Event('input', { bubbles: true }));
}

function onKey(event) {
  if (!isOpen() && event.key === 'Enter') asked += 1;  // sent: what the menu was asked for comes too late
  if (!isOpen() || event.isComposing) return;
  const last = options.length - 1;
  const key = event.key;
  // Typed faster than the hub answers: what stands in the list belongs to an earlier text, and would be put in its place.
  if (line().value !== shownFor && (key === 'Tab' ? !event.shiftKey : key === 'Enter' && !event.shiftKey && active >= 0)) {
    look().then(() => { if (key === 'Tab' || active >= 0) choose(Math.max(active, 0)); });
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (key === 'ArrowDown' && options.length) mark(active >= last ? 0 : active + 1);
  else if (key === 'ArrowUp' && options.length) mark(active <= 0 ? last : active - 1);
  else if (key === 'Tab' && !event.shiftKey && options.length) choose(Math.max(active, 0));
  else if (key === 'Enter' && !event.shiftKey && active >= 0) {
    // A command typed to its end is sent, not completed by the blank behind it.
    if (options[active].insert.trim() === line().value.slice(start).trim()) { close(); return; }
    choose(active);
  } else if (key === 'Escape') { closedFor = line().value; close(); }
  else { if (key === 'Enter') close(); return; }
  event.preventDefault();
  event.stopImmediatePropagation();
}

const described = () => {
  const typing = line();
  typing.setAttribute('aria-autocomplete', 'list');
  typing.setAttribute('aria-haspopup', 'listbox');
  typing.setAttribute('aria-controls', 'slash-options');
};
// On the document: the line is laid out after this, and drawn anew as the page pleases.
const onLine = (handle) => (event) => { if (event.target === line()) handle(event); };
document.addEventListener('keydown', onLine(onKey), true);
document.addEventListener('input', onLine(look));
document.addEventListener('click', onLine(look));
document.addEventListener('focusin', onLine(described));
document.addEventListener('focusout', onLine(close));
