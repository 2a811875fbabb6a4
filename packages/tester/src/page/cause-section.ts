import type { CauseStep, Race } from '../search/cause.ts';
import type { Found } from '../search/examine.ts';
import { cell, plural } from '../search/phrases.ts';
import { sayOtherwise, sayTurns, withoutCause } from '../search/print-cause.ts';
import { html, type Markup, place } from './markup.ts';

/** What would have to be otherwise, with links to the steps. */
export function causeSection({ cause }: Found): Markup | undefined {
  if (!cause) return undefined;
  const { faults, races, tried, untried } = cause;
  const turns = sayTurns(cause);
  const found = [...faults.map(faultItem), ...races.map(raceItem)];
  return html`<section class="cause" aria-labelledby="cause">
<h2 id="cause">The cause</h2>
${turns !== undefined && html`<p>${turns[0]?.toUpperCase()}${turns.slice(1)}.</p>`}
${
  found.length > 0
    ? html`<ol>${found}</ol>`
    : turns === undefined && html`<p>It is ${withoutCause(cause)}.</p>`
}
${untried > 0 && html`<p>${plural(tried, 'pair')} of steps tried, and ${untried} not.</p>`}
</section>`;
}

/** What the steps of a race are marked with: a letter that the cause has too. */
export function letterOf(race: number): string {
  return race < 26 ? String.fromCharCode(65 + race) : String(race + 1);
}

function faultItem(step: CauseStep): Markup {
  return html`<li class="item"><p>${link(step)} met a fault; without that, it passes.</p>${lines(step)}</li>`;
}

function raceItem(race: Race, at: number): Markup {
  const { first, second } = race;
  return html`<li class="item"><p><span class="badge">${letterOf(at)}</span> ${link(first)} came before ${link(second)};
${sayOtherwise(race)}.</p>${lines(first)}${lines(second)}</li>`;
}

function link({ step }: CauseStep): Markup {
  return html`<a href="#step-${step}">step ${step}</a>`;
}

function lines(step: CauseStep): Markup {
  const { task, footprint, at, calledFrom } = step;
  return html`<dl><dt>${step.step} ${task}</dt><dd><code>${cell(step)}</code><br><small>${footprint}${
    at !== undefined && html`<br>at ${place(at)}`
  }${calledFrom !== undefined && html`<br>called from ${place(calledFrom)}`}</small></dd></dl>`;
}
