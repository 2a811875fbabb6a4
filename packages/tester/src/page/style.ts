/** Colours are variables, of which the dark ones are others; nothing is told by a colour alone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfbf9; --card: #ffffff; --ink: #1d2126; --quiet: #5d6670; --line: #d9dcdf;
  --bad: #b3261e; --race: #8a4b00; --race-ground: #fff1dc; --here: #e4eefb; --here-line: #2b6cb0; --new: #fdf0b5; --bar: #7fa7d1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --card: #1c2024; --ink: #e6e8ea; --quiet: #a0a8b0; --line: #353b41;
    --bad: #ff8a80; --race: #ffc67a; --race-ground: #3a2a12; --here: #1f3347; --here-line: #79b4f2; --new: #4a4316; --bar: #47719c;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 110rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 0 0 .5rem; }
h4 { font-size: .85rem; margin: .75rem 0 .25rem; color: var(--quiet); font-weight: 600; }
section { margin-top: 1.75rem; }
code, pre, kbd { font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: .87em; }
pre { margin: .5rem 0 0; padding: .6rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
a { color: inherit; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 .35em; }
small, footer, .keys { color: var(--quiet); font-size: .85rem; }
.keys { margin: 0 0 .5rem; }
.mark, .message { color: var(--bad); }
.message { margin: .35rem 0 0; font-weight: 600; overflow-wrap: anywhere; }
.kind { border: 1px solid; border-radius: 4px; padding: 0 .4em; font-size: .85em; }
.badge { display: inline-block; background: var(--race-ground); color: var(--race); border: 1px solid; border-radius: 4px;
  padding: 0 .4em; font-size: .78rem; font-weight: 600; white-space: nowrap; }
.cause ol { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 32rem), 1fr)); gap: .75rem; margin: 0;
  padding: 0; list-style: none; }
.cause li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--race); border-radius: 6px;
  padding: .6rem .8rem; min-width: 0; }
.cause p { margin: 0; }
.cause dl { margin: .5rem 0 0; display: grid; grid-template-columns: 7rem 1fr; gap: 0 .5rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; overflow-wrap: break-word; }
.beside { display: grid; grid-template-columns: minmax(0, 3fr) minmax(17rem, 1fr); gap: 1rem; align-items: start; }
@media (max-width: 60rem) { .beside { grid-template-columns: minmax(0, 1fr); } }
.lanes, .scroll { overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.lanes { max-height: 80vh; }
.lanes:focus-visible, a:focus-visible { outline: 2px solid var(--here-line); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; font-weight: 400; }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; border-bottom: 1px solid var(--line); z-index: 1; }
.lanes td { border-left: 1px solid var(--line); min-width: 13rem; }
.lanes tbody th { color: var(--quiet); text-align: right; width: 3rem; border-left: 4px solid transparent; }
.lanes tbody tr { cursor: pointer; scroll-margin: 3rem; }
.lanes .racing th { border-left-color: var(--race); }
.step { display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; }
tr[aria-current] { background: var(--here); }
tr[aria-current] th { color: var(--ink); font-weight: 700; box-shadow: inset 3px 0 var(--here-line); }
.panels { position: sticky; top: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: .8rem; max-height: 80vh; overflow: auto; }
.panels p { margin: 0 0 .5rem; }
.panels dl { margin: 0; font-size: .87rem; }
html:not(.scripted) .panels article + article { margin-top: 1rem; }
.world { background: var(--ground); }
mark { background: var(--new); color: inherit; }
del { color: var(--quiet); }
details { margin-top: .5rem; }
.operations p { margin: 0 0 .5rem; color: var(--quiet); }
.operations th[scope='row'] { white-space: nowrap; }
.operations td:last-child { width: 45%; min-width: 16rem; }
.operations tbody tr { border-top: 1px solid var(--line); }
.track { position: relative; height: 1.5rem; }
.bar { position: absolute; top: .1rem; bottom: .1rem; min-width: 2px; background: var(--bar); border-radius: 4px; font-size: .75rem;
  line-height: 1.3rem; padding: 0 .3rem; white-space: nowrap; overflow: visible; }
.bar.open { border-right: 3px dotted var(--ink); border-radius: 4px 0 0 4px; }
.culprit th, .culprit code { color: var(--bad); font-weight: 600; }
.culprit .bar { outline: 2px solid var(--bad); }
.scripted .track::after { content: ''; position: absolute; top: -.3rem; bottom: -.3rem; width: 2px; background: var(--here-line);
  left: calc(100% * var(--now, 0)); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
footer { margin-top: 2rem; border-top: 1px solid var(--line); }
@media print { .lanes, .panels { max-height: none; } }
`;
