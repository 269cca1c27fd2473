// A field that suggests: an editable combobox with a list box, after the ARIA Authoring
// Practices. Without a script it is a field of a form, and works.
'use strict';

for (const field of document.querySelectorAll('input[data-suggest]')) suggest(field);

function suggest(field) {
  const list = document.createElement('ul');
  list.id = `${field.id}-suggestions`;
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  field.after(list);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id })) field.setAttribute(name, value);

  let asked = 0; // numbers the questions: an answer that another has overtaken is not shown
  let timer;
  const options = () => [...list.children];
  const chosen = () => list.querySelector('[aria-selected="true"]');

  function choose(option) {
    for (const o of options()) o.setAttribute('aria-selected', String(o === option));
    if (option) field.setAttribute('aria-activedescendant', option.id);
    else field.removeAttribute('aria-activedescendant');
    option?.scrollIntoView({ block: 'nearest' });
  }
  function open(shown) {
    list.hidden = !shown;
    field.setAttribute('aria-expanded', String(shown));
    if (!shown) choose(null);
  }
  async function ask() {
    const number = ++asked;
    const typed = field.value.trim();
    if (typed === '') return open(false);
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (number !== asked || !answer?.ok) return;
    list.innerHTML = await answer.text(); // escaped by the server
    options().forEach((o, i) => { o.id = `${list.id}-${i}`; });
    open(list.children.length > 0 && document.activeElement === field);
    const n = list.children.length;
    document.getElementById('told').textContent = n === 0 ? 'No suggestions' : `${n} suggestion${n === 1 ? '' : 's'}`;
  }
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  field.addEventListener('blur', () => open(false));
  field.addEventListener('keydown', (e) => {
    if (e.isComposing) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (e.key === 'Escape' && !list.hidden) { e.preventDefault(); return open(false); }
    if (e.key === 'Enter' && at >= 0) { e.preventDefault(); return location.assign(all[at].dataset.path); }
    if ((e.key !== 'ArrowDown' && e.key !== 'ArrowUp') || all.length === 0) return;
    e.preventDefault();
    if (list.hidden) open(true);
    const to = e.key === 'ArrowDown' ? at + 1 : at < 0 ? all.length - 1 : at - 1; // one step beyond an end leads back to the field
    choose(all[to] ?? null);
  });
  // By mousedown, since the click comes after the field has lost the focus and closed.
  list.addEventListener('mousedown', (e) => {
    e.preventDefault();
    const option = e.target.closest('[role="option"]');
    if (option) location.assign(option.dataset.path);
  });
}
