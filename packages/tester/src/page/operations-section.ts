import type { TracedOperation } from '../engine/operation-spans.ts';
import type { Found } from '../search/examine.ts';
import { html, type Markup } from './markup.ts';

/** The operations of histories as bars over the steps: at some instant within its bar, each must have taken effect. */
export function operationsSection({ operations, trace }: Found): Markup | undefined {
  if (operations.length === 0) return undefined;
  const end = trace.length + 1;
  return html`<section class="operations" aria-labelledby="operations">
<h2 id="operations">Operations</h2>
<p>Each takes effect at some instant of its bar.${explained(operations)}</p>
<div class="scroll"><table data-end="${end}">
<thead><tr><th scope="col">task</th><th scope="col">asked and answered</th><th scope="col">steps 0 to ${end}</th></tr></thead>
<tbody>
${operations.map((operation) => row(operation, end))}
</tbody>
</table></div>
</section>`;
}

function explained(operations: readonly TracedOperation[]): string {
  const isBroken = operations.some(({ part }) => part === 'culprit');
  return isBroken ? ' ✗ is the one that no order explains, beside those that are marked with •.' : '';
}

const MARKS = { culprit: '✗ ', window: '• ' };

function row(operation: TracedOperation, end: number): Markup {
  const { task, input, output, error, part } = operation;
  const answer = output ?? (error === undefined ? 'never returned' : `unknown effect: ${error}`);
  return html`<tr${part && html` class="${part}"`}><th scope="row">${part && MARKS[part]}${task}</th>
<td><code>${input} → ${answer}</code></td>
<td><div class="track">${bar(operation, end)}</div></td></tr>
`;
}

/** From the step that it was invoked in to the one that it returned in; to the end, if it never did. */
function bar({ from, to }: TracedOperation, end: number): Markup {
  const percent = (steps: number) => `${((100 * steps) / end).toFixed(2)}%`;
  const style = `left: ${percent(from)}; width: ${percent((to ?? end) - from)}`;
  return html`<span class="bar${to === undefined && ' open'}" style="${style}">${duration(from, to)}</span>`;
}

function duration(from: number, to: number | undefined): string {
  if (to === undefined) return `from step ${from} on`;
  return to === from ? `in step ${from}` : `steps ${from} to ${to}`;
}
