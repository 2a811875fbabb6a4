import { createHook } from 'node:async_hooks';
import { CallSite } from './call-site.ts';

/** What the event loop waits for on behalf of the code under test. */
export interface OutsideWait {
  /** What Node calls it: `Timeout`, `FSREQCALLBACK`, `TCPWRAP`. */
  readonly type: string;
  readonly at: string;
}

/** These are promises and the queues that the tester empties: whoever waits for them is under control. */
const INSIDE = new Set(['PROMISE', 'TickObject', 'Microtask']);

/**
 * Watches for timers, files, sockets: whatever completes in a later turn of the event loop, which no schedule decides.
 * Slow: for a schedule that is known to be stuck, to tell why.
 */
export class OutsideWatch {
  private readonly waits = new Map<number, { readonly type: string; readonly site: CallSite }>();
  private readonly hook = createHook({
    init: (id, type) => {
      if (!INSIDE.has(type)) this.waits.set(id, { type, site: new CallSite() });
    },
    destroy: (id) => void this.waits.delete(id),
  });

  start(): void {
    this.hook.enable();
  }

  /** What has not completed. */
  stop(): OutsideWait[] {
    this.hook.disable();
    return [...this.waits.values()].flatMap(({ type, site: { line: at } }) => (at ? [{ type, at }] : []));
  }
}
