import type { TracedOperation } from '../engine/operation-spans.ts';
import type { Found } from '../search/examine.ts';
import { html, type Markup } from './markup.ts';

/** The operations of histories as bars over the steps: at some instant within its bar, each must have taken effect. */
export function operationsSection({ operations, trace }: Found): Markup | undefined {
  if (operations.length === 0) return undefined;
  const end = trace.length + 1;
  return html`<section class="operations" aria-labelledby="operations">
<h2 id="operations">Operations</h2>
<p>Each takes effect at some instant of its bar. ✗ is the one that no order explains; ~ goes on beside it.</p>
<div class="scroll"><table data-end="${end}">
<thead><tr><th scope="col">task</th><th scope="col">asked and answered</th><th scope="col">steps 0 to ${end}</th></tr></thead>
<tbody>
${operations.map((operation) => row(operation, end))}
</tbody>
</table></div>
</section>`;
}

const MARKS = { culprit: '✗ ', window: '~ ' };

function row({ task, input, output, error, from, to, part }: TracedOperation, end: number): Markup {
  const answer = output ?? (error === undefined ? 'never returned' : `unknown effect: ${error}`);
  const until = to ?? end;
  const percent = (step: number) => ((100 * step) / end).toFixed(2);
  const words =
    to === undefined ? `from step ${from} on` : to === from ? `in step ${from}` : `steps ${from} to ${to}`;
  return html`<tr${part && html` class="${part}"`}><th scope="row">${part && MARKS[part]}${task}</th>
<td><code>${input} → ${answer}</code></td>
<td><div class="track"><span class="bar${to === undefined && ' open'}" style="left: ${percent(from)}%; width: ${percent(until - from)}%">${words}</span></div></td></tr>
`;
}
