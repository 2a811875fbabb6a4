import type { CommonOptions } from '../common-options.ts';
import type { Invocation } from '../invocation.ts';
import { canDrawBars } from '../output/create-view.ts';
import { LiveBarView } from './live-bar-view.ts';
import { LiveJsonView } from './live-json-view.ts';
import { LivePlainView } from './live-plain-view.ts';
import { type LiveView, silentLiveView } from './live-view.ts';

/** JSON if asked for, bars where standard error is a terminal that can draw them, else plain lines. */
export function createLiveView({ quiet }: CommonOptions, { io, json }: Invocation): LiveView {
  if (quiet) return silentLiveView;
  if (json) return new LiveJsonView(json, io.clock);
  return canDrawBars(io) ? new LiveBarView(io.stderr, io.clock) : new LivePlainView(io.stderr, io.clock);
}
