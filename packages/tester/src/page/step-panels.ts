import type { TraceStep } from '../engine/trace.ts';
import type { Found } from '../search/examine.ts';
import { cell } from '../search/phrases.ts';
import { html, type Markup, place } from './markup.ts';

/** What is to be known of each step, and the world after it. The script shows one at a time; without it, all are there. */
export function stepPanels({ trace, opening }: Found): Markup {
  return html`<div class="panels" role="region" aria-label="The step at the cursor" aria-live="polite">
${opening !== undefined && html`<article data-step="0"><h3>Before the first step</h3>${world(opening)}</article>`}
${trace.map((step, at) => panel(step, at + 1, trace[at - 1]?.shown ?? opening))}
</div>`;
}

function panel(step: TraceStep, number: number, before: string | undefined): Markup {
  const { task, footprint, at, calledFrom, shown } = step;
  return html`<article data-step="${number}">
<h3>Step ${number}, ${task}</h3>
<p><code>${cell(step)}</code></p>
<dl>${entry('touched', footprint)}${entry('at', at)}${entry('called from', calledFrom)}</dl>
${shown !== undefined && world(shown, before)}
</article>
`;
}

function entry(name: string, text: string | undefined): Markup | undefined {
  return text === undefined ? undefined : html`<dt>${name}</dt><dd>${place(text)}</dd>`;
}

/** What the scenario shows, with the lines that the step has brought, and below them those that it took away. */
function world(shown: string, before = shown): Markup {
  const [lines, old] = [shown.split('\n'), before.split('\n')];
  const now = lines.map((line) => (old.includes(line) ? html`${line}\n` : html`<mark>${line}</mark>\n`));
  const gone = old.filter((line) => !lines.includes(line)).map((line) => html`<del>${line}</del>\n`);
  return html`<h4>The world then</h4><pre class="world">${now}${gone}</pre>`;
}
