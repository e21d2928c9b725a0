// The list of conversations: searched while one types, renamed in its place, deleted after a question.
let query = '';
let asked = 0;

const search = () => element.querySelector('#talks-search');
const list = () => element.querySelector('#talks');
const found = () => element.querySelector('#talks-found');

async function find() {
  const turn = ++asked;
  const wanted = query.trim();
  const shown = wanted ? await server.find(wanted) : null;
  if (turn !== asked) return;
  list().hidden = Boolean(shown);
  found().hidden = !shown;
  element.querySelector('#talks-said').textContent = shown ? `${shown.length} conversations found` : '';
  if (!shown) return;
  found().replaceChildren(...shown.map((one) => {
    const row = document.createElement('li');
    const link = row.appendChild(document.createElement('a'));
    link.href = `/?conversation=${encodeURIComponent(one.id)}`;
    link.appendChild(document.createElement('span')).textContent = one.title || 'Untitled';
    const part = link.appendChild(document.createElement('span'));
    part.className = 'part';
    part.textContent = one.part;  // never HTML: people's words stand here
    return row;
  }));
  if (!shown.length) {
    const none = found().appendChild(document.createElement('li'));
    none.className = 'none';
    none.textContent = 'Nothing was found. Try another word of what was said.';
  }
}

function rename(row) {
  const link = row.querySelector('a');
  const field = document.createElement('input');
  const before = row.dataset.title;
  field.value = before;
  field.maxLength = 80;
  field.setAttribute('aria-label', `New name of “${before}”`);
  link.hidden = true;
  row.prepend(field);
  field.focus();
  field.select();
  let over = false;
  const end = (keep) => {
    if (over) return;
    over = true;
    const title = field.value.trim();
    field.remove();
    link.hidden = false;
    if (keep && title && title !== before) trigger('rename', { conversation: row.dataset.id, title });
    else link.focus();
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') { event.preventDefault(); end(true); }
    if (event.key === 'Escape') { event.stopPropagation(); event.preventDefault(); end(false); }
  });
  field.addEventListener('blur', () => end(true));
}

element.addEventListener('click', (event) => {
  const row = event.target.closest('li[data-id]');
  if (row && event.target.closest('[data-rename]')) rename(row);
  if (row && event.target.closest('[data-remove]') && confirm('Delete this conversation? What was done in it stays done.')) {
    trigger('remove', { conversation: row.dataset.id });
  }
});
element.addEventListener('input', (event) => {
  if (event.target === search()) { query = event.target.value; find(); }
});
// Drawn anew after each answer: what one is searching for stays.
watch('value', () => {
  if (!query || !search()) return;
  search().value = query;
  find();
});
