import type { CommonOptions } from '../common-options.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { BarView } from './bar-view.ts';
import { JsonView } from './json-view.ts';
import { PlainView } from './plain-view.ts';
import { type ProgressView, silentView } from './progress-view.ts';

/** JSON if asked for, bars where standard error is a terminal that can draw them, else plain lines. */
export function createView({ quiet }: CommonOptions, { io, json }: Invocation): ProgressView {
  if (quiet) return silentView;
  if (json) return new JsonView(json, io.clock);
  if (canDrawBars(io)) return new BarView(io.stderr, io.clock);
  return new PlainView(io.stderr, io.clock);
}

/** A terminal that can move its cursor, and whose width is known. */
export function canDrawBars({ stderr, env }: Io): boolean {
  return stderr.isTerminal && (stderr.stream.columns ?? 0) > 0 && env['TERM'] !== 'dumb';
}
