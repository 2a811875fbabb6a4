import type { ParkedCall } from './parked-call.ts';

/**
 * The points that wait, in an order that only the schedule itself decides: by task, then as they were made. So the same
 * choices mean the same thing wherever and however often a schedule is run.
 */
export class Parked {
  private readonly calls: ParkedCall[] = [];
  private readonly timers: ParkedCall[] = [];
  private holding = 0;

  /** Whether a point waits without which the schedule is not over. */
  get holds(): boolean {
    return this.holding > 0;
  }

  add(point: ParkedCall): void {
    point.chain.parked = true;
    if (point.holds) this.holding++;
    insert(point.due === undefined ? this.calls : this.timers, point);
  }

  remove(point: ParkedCall): void {
    const list = point.due === undefined ? this.calls : this.timers;
    const index = list.indexOf(point);
    if (index < 0) return;
    // By hand, since this is done at every step, and `splice` makes an array of what it takes out.
    for (let at = index + 1; at < list.length; at++) list[at - 1] = list[at] as ParkedCall;
    list.pop();
    if (point.holds) this.holding--;
  }

  /** All that may be released now: every call, and of the timers those that are due first. */
  enabled(): readonly ParkedCall[] {
    if (this.timers.length === 0) return this.calls;
    const first = this.timers.reduce((least, { due = 0 }) => Math.min(least, due), Number.POSITIVE_INFINITY);
    const points = [...this.calls];
    for (const timer of this.timers) if (timer.due === first) insert(points, timer);
    return points;
  }

  all(): readonly ParkedCall[] {
    return [...this.calls, ...this.timers];
  }
}

function insert(list: ParkedCall[], point: ParkedCall): void {
  let at = list.length;
  list.push(point);
  while (at > 0 && (list[at - 1] as ParkedCall).task > point.task) {
    list[at] = list[at - 1] as ParkedCall;
    at--;
  }
  list[at] = point;
}
