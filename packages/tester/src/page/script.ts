/** Moves the cursor: by keys, and by clicks on steps. It is all that the page does. */
export const SCRIPT = `
'use strict';
const rows = [...document.querySelectorAll('.lanes tbody tr')];
const panels = [...document.querySelectorAll('.panels article')];
const operations = document.querySelector('.operations table');
let cursor = -1;

function moveTo(index) {
  if (rows.length === 0) return;
  cursor = Math.max(0, Math.min(rows.length - 1, index));
  for (const [at, row] of rows.entries()) {
    if (at === cursor) row.setAttribute('aria-current', 'step');
    else row.removeAttribute('aria-current');
  }
  for (const [at, panel] of panels.entries()) panel.hidden = at !== cursor;
  rows[cursor].scrollIntoView({ block: 'nearest' });
  if (operations) operations.style.setProperty('--now', rows[cursor].id.slice(5) / operations.dataset.end);
}

const KEYS = {
  ArrowDown: () => cursor + 1,
  ArrowRight: () => cursor + 1,
  ArrowUp: () => cursor - 1,
  ArrowLeft: () => cursor - 1,
  Home: () => 0,
  End: () => rows.length - 1,
};

document.addEventListener('keydown', (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || !(event.key in KEYS)) return;
  event.preventDefault();
  moveTo(KEYS[event.key]());
});
for (const [at, row] of rows.entries()) row.addEventListener('click', () => moveTo(at));
addEventListener('hashchange', () => follow());

function follow() {
  const at = rows.findIndex((row) => '#' + row.id === location.hash);
  moveTo(at < 0 ? 0 : at);
}
document.documentElement.classList.add('scripted');
follow();
`;
