import { AsyncLocalStorage } from 'node:async_hooks';
import type { Incarnation } from './task.ts';

/**
 * Who is running, by the asynchronous context. One store for all runs, since Node asks every one that was ever used at
 * every promise; and only while a run needs it, since the asking makes everything slower by half.
 */
const store = new AsyncLocalStorage<Incarnation>();
let users = 0;

export const contexts = {
  /** Until as many `leave`s, contexts are followed. */
  enter(): void {
    users++;
  },

  leave(): void {
    if (--users === 0) store.disable();
  },

  run<T>(life: Incarnation, body: () => T): T {
    return store.run(life, body);
  },

  current(): Incarnation | undefined {
    return store.getStore();
  },
};
