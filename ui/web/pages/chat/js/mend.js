// What Gradio's chat window leaves out for those who do not see it: its examples are buttons in a "list", which may hold
// none; a step's title is a button that holds another, nameless one, and does not tell whether the step is open; a wide
// table is scrolled, but not by the keyboard.
const mend = () => {
  const chat = document.querySelector('#chat');
  if (!chat) return;  // this may run before the chat is laid out
  chat.querySelectorAll('.examples[role="list"]').forEach((box) => {
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', 'Examples');
  });
  chat.querySelectorAll('.thought-group > .title').forEach((title) => {
    title.querySelector('.arrow')?.toggleAttribute('inert', true);  // what is clicked there is the title
    title.setAttribute('aria-expanded', String(title.nextElementSibling?.matches('.content') ?? false));
  });
  chat.querySelectorAll('.message-content table').forEach((table) => {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    else table.removeAttribute('tabindex');
  });
};
let due = false;
const soon = () => {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; mend(); });
};
new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
window.addEventListener('resize', soon);
mend();
