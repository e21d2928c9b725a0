// Files dropped on the page or chosen: sent to the hub one by one, then shown above the line. Nothing is imported yet.
const limits = __LIMITS__;
const within = (selector) => element.querySelector(selector);

function complain(sentences) {
  const place = within('.file-problem');
  place.textContent = sentences.join(' ');
  place.hidden = !sentences.length;
}

async function send(files) {
  if (!files.length) return;
  const conversation = props.conversation;
  const problems = [];
  within('.file-said').textContent = 'Reading the files …';
  for (const file of files) {
    const ending = file.name.toLowerCase().slice(file.name.lastIndexOf('.'));
    // Looked at here to spare the way; the hub looks again.
    if (limits.endings.includes(ending) && file.size > limits.largest) {
      problems.push(`${file.name} is larger than ${limits.largest / 1e6} MB. Split it up.`);
      continue;
    }
    try {
      const query = new URLSearchParams({ conversation, name: file.name });
      const answer = await fetch(`${limits.address}?${query}`, { method: 'POST', body: file });
      const { problem } = await answer.json();
      if (problem) problems.push(problem);
    } catch {
      problems.push(`${file.name} could not be sent: the hub did not answer. Try again.`);
    }
  }
  trigger('dropped', { problems });
}

element.addEventListener('change', (event) => {
  if (event.target.type === 'file') { send([...event.target.files]); event.target.value = ''; }
});
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (!button) return;
  const card = button.closest('.file');
  card.querySelectorAll('button').forEach((one) => { one.disabled = true; });
  const name = card.dataset.name;
  if (button.dataset.act === 'remove') trigger('discard', { name });
  else trigger('take', { name, what: button.dataset.act });
});

const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
let inside = 0;
const showDrop = (shown) => { const place = within('.file-drop'); if (place) place.hidden = !shown; };
document.addEventListener('dragenter', (event) => { if (carriesFiles(event)) { inside += 1; showDrop(true); } });
document.addEventListener('dragleave', (event) => {
  if (carriesFiles(event)) { inside = Math.max(0, inside - 1); showDrop(inside > 0); }
});
document.addEventListener('dragover', (event) => { if (carriesFiles(event)) event.preventDefault(); });
document.addEventListener('drop', (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  inside = 0;
  showDrop(false);
  send([...event.dataTransfer.files]);
}, true);
