import { brief } from '../engine/brief.ts';
import type { Found } from '../search/examine.ts';
import { summary } from '../search/print-report.ts';
import type { ReportData } from '../search/report-data.ts';
import { causeSection } from './cause-section.ts';
import { lanes } from './lanes.ts';
import { html, Markup } from './markup.ts';
import { operationsSection } from './operations-section.ts';
import { SCRIPT } from './script.ts';
import { stepPanels } from './step-panels.ts';
import { STYLE } from './style.ts';

/** A report as one file that a browser shows from anywhere, without a network: nothing in it is loaded. */
export function page(report: ReportData): string {
  const { found, test } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${found ? '✗' : '✓'} ${test}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${found ? failure(report, found) : html`<header><h1>✓ ${test}</h1></header>`}
<footer><p>${summary(report)}</p></footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text;
}

function failure({ test }: ReportData, found: Found): Markup {
  return html`<header>
<h1><span class="mark">✗</span> ${test}</h1>
${reason(found)}
</header>
<main>
${causeSection(found)}
<section class="schedule" aria-labelledby="schedule">
<h2 id="schedule">The schedule</h2>
<p class="keys"><kbd>↑</kbd> <kbd>↓</kbd> one step, <kbd>Home</kbd> <kbd>End</kbd> the first and the last</p>
<div class="beside">
${lanes(found)}
${stepPanels(found)}
</div>
</section>
${operationsSection(found)}
<section aria-labelledby="again">
<h2 id="again">Run it again</h2>
<pre><code>await replay(scenario, '${found.token}')</code></pre>
</section>
</main>`;
}

function reason({ failure: { kind, task, message, details }, program }: Found): Markup {
  const [first = '', ...rest] = message.split('\n');
  const more = [...rest, ...(details ?? [])];
  return html`<p class="message"><span class="kind">${kind}</span> ${task !== undefined && `${task}: `}${first}</p>
${more.length > 0 && html`<pre class="details">${more.join('\n')}</pre>`}
${program !== undefined && html`<details><summary>The program</summary><pre>${brief(program, 20_000)}</pre></details>`}`;
}
