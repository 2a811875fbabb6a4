import type { TraceStep } from '../engine/trace.ts';
import type { Found } from '../search/examine.ts';
import { cell } from '../search/phrases.ts';
import { letterOf } from './cause-section.ts';
import { html, type Markup } from './markup.ts';

/** A lane for each task, and the steps in their order, from top to bottom. */
export function lanes(found: Found): Markup {
  const { trace, opening } = found;
  const tasks = found.tasks.filter((task) => trace.some((step) => step.task === task));
  const heads = tasks.map((task) => html`<th scope="col">${task}</th>`);
  return html`<div class="lanes" tabindex="0" role="region" aria-label="Steps by task">
<table>
<thead><tr><th scope="col"><span class="unseen">step</span></th>${heads}</tr></thead>
<tbody>
${opening !== undefined && before(tasks.length)}
${trace.map((step, at) => row(step, at + 1, tasks, marks(found, at + 1)))}
</tbody>
</table>
</div>`;
}

function before(tasks: number): Markup {
  return html`<tr id="step-0"><th scope="row">0</th><td colspan="${tasks}">before the first step</td></tr>`;
}

function row(step: TraceStep, number: number, tasks: readonly string[], badges: readonly Markup[]): Markup {
  const cells = tasks.map((task) =>
    task === step.task
      ? html`<td><div class="step"><code>${cell(step)}</code>${badges}</div></td>`
      : html`<td></td>`,
  );
  return html`<tr id="step-${number}"${badges.length > 0 && html` class="racing"`}><th scope="row">${number}</th>${cells}</tr>
`;
}

/** Which side of which race a step is, and whether its fault is needed: in words, not only in colour. */
function marks({ cause }: Found, number: number): Markup[] {
  if (!cause) return [];
  const ofFaults = cause.faults.filter(({ step }) => step === number).map(() => badge('fault'));
  const ofRaces = cause.races.flatMap(({ first, second }, at) => [
    ...(first.step === number ? [badge(`${letterOf(at)} came first`)] : []),
    ...(second.step === number ? [badge(`${letterOf(at)} came second`)] : []),
  ]);
  return [...ofFaults, ...ofRaces];
}

function badge(text: string): Markup {
  return html` <span class="badge">${text}</span>`;
}
