// What pages do better with a script: keys, times in the reader's zone, and telling readers
// of the page what came in. Without it every page works, and times are UTC.
'use strict';

// Keys: what bears data-key is pressed by that key, unless one types, or waits for an answer.
let waiting = false;
document.addEventListener('htmx:beforeRequest', (e) => { waiting ||= e.target.closest('[hx-boost]') !== null; });
document.addEventListener('htmx:afterRequest', () => { waiting = false; });
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input:not([type=checkbox], [type=radio]), select, textarea')) return;
  const pressed = document.querySelector(`[data-key="${CSS.escape(e.key)}"]`);
  if (!pressed) return;
  e.preventDefault();
  if (!waiting) pressed.click();
});

// Times: each tells the reader's own, and keeps what it was, in UTC, to show on hover.
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const words = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});
function localize(time) {
  if (time.inZone || !time.dateTime.includes('T')) return;
  time.inZone = true;
  const at = new Date(time.dateTime);
  const part = Object.fromEntries(words.formatToParts(at).map(({ type, value }) => [type, value]));
  const clock = `${part.hour}:${part.minute}`;
  time.title = `${time.textContent.trim()} UTC`;
  const day = `${part.weekday} ${part.day} ${part.month} ${part.year}`;
  const bold = time.querySelector('b');
  if (bold) {
    time.firstChild.data = `${day} `;
    bold.textContent = clock;
  } else {
    time.textContent = /^[\d:]+$/.test(time.textContent.trim()) ? clockOn(time, at, clock) : `${day}, ${clock}`;
  }
}

// A clock that stands under the day of its heading tells where its own day is another.
function clockOn(time, at, clock) {
  const days = Math.round((Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) - Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate())) / 864e5);
  return days === 0 ? clock : `${clock} ${days > 0 ? '+' : '−'}1 d`;
}

function localizeAll() {
  document.querySelectorAll('time').forEach(localize);
  const told = document.getElementById('zone');
  if (told) told.textContent = `in your zone (${zone.replaceAll('_', ' ')}), days of lists in UTC`;
}

// What came in: htmx swaps the page's main part, so that nothing else would tell.
document.addEventListener('htmx:afterSettle', () => {
  localizeAll();
  const told = document.querySelector('[data-told]');
  if (told) document.getElementById('told').textContent = told.dataset.told;
});

localizeAll();
