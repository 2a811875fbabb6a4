import assert from 'node:assert/strict';
import { type Effect, isOperationalError, type OperationalError } from '../../std/index.ts';
import type { ControlStore, DocumentChange, Owner } from '../control-store.ts';
import type { ControlErrorCode } from '../errors.ts';
import type { ControlSubject } from './contract-case.ts';

/** A lease that no case outlives by accident. */
export const LEASE_MS = 30_000;

export function ownerOf(pid: number): Owner {
  return { host: 'here', pid, processStart: `start of ${pid}`, bootId: 'boot', label: `process ${pid}` };
}

/** Names and values of every document under the prefix, for comparison. */
export async function contents(store: ControlStore, prefix = ''): Promise<readonly (readonly unknown[])[]> {
  return (await store.list(prefix)).map(({ name, value }) => [name, value]);
}

/** Asserts that the work fails as said, and gives the error. */
export async function assertFails(
  work: Promise<unknown>,
  code: ControlErrorCode,
  effect: Effect = 'none',
): Promise<OperationalError> {
  const error = await failureOf(work);
  assert.ok(isOperationalError(error), `${code} was expected, not ${String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.equal(error.effect, effect, `the effect of ${error.message}`);
  return error;
}

/** The error that the work rejects with, or undefined. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    assert.ok(error !== undefined, 'a failure has an error');
    return error;
  }
}

/** How far {@link passUntil} moves the clock at a time, and how often before it gives up. */
const STEP_MS = 50;
const STEPS = 400;

/** Lets time pass until the work is done. */
export async function passUntil<T>(subject: ControlSubject, work: Promise<T>): Promise<T> {
  const settled = work.then(
    () => true,
    () => true,
  );
  for (let step = 0; step < STEPS; step += 1) {
    if (await Promise.race([settled, Promise.resolve(false)])) return work;
    await subject.advance(STEP_MS);
  }
  assert.fail(`nothing came within ${STEP_MS * STEPS} ms`);
}

/** A watch whose changes are read one by one, as texts: `put a 1`, `deleted a`. */
export interface Watcher {
  /** The next `count` changes. */
  take(count: number): Promise<readonly string[]>;
  /** Whether the watch ends by itself instead of telling a change. */
  ends(): Promise<boolean>;
  /** Aborts the watch's signal. */
  abort(): void;
}

export function watch(subject: ControlSubject, store: ControlStore, prefix = ''): Watcher {
  const controller = new AbortController();
  const changes = store.watch(prefix, controller.signal)[Symbol.asyncIterator]();
  return {
    async take(count) {
      const taken: string[] = [];
      while (taken.length < count) {
        const next = await passUntil(subject, changes.next());
        assert.ok(!next.done, 'the watch ended too early');
        taken.push(showChange(next.value));
      }
      return taken;
    },
    ends: async () => (await passUntil(subject, changes.next())).done === true,
    abort: () => controller.abort(),
  };
}

function showChange(change: DocumentChange): string {
  if (change.kind === 'deleted') return `deleted ${change.name}`;
  return `put ${change.document.name} ${JSON.stringify(change.document.value)}`;
}
