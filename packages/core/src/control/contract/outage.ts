import assert from 'node:assert/strict';
import { effectOf, isCode } from '../../std/index.ts';
import type { ControlStore } from '../control-store.ts';
import { type ControlCase, type ControlSubject, controlCase } from './contract-case.ts';
import { outage } from './need.ts';
import { contents, failureOf, LEASE_MS, ownerOf, passUntil } from './support.ts';

type Write = (store: ControlStore, made: Made) => Promise<unknown>;

/** What there is before the outage. */
interface Made {
  readonly revision: number;
  readonly session: string;
}

const WRITES: Readonly<Record<string, Write>> = {
  put: (store, { revision }) => store.put('a', 2, revision),
  delete: (store, { revision }) => store.delete('a', revision),
  openSession: (store) => store.openSession(ownerOf(2), LEASE_MS),
  renewSession: (store, { session }) => store.renewSession(session, 2 * LEASE_MS),
  endSession: (store, { session }) => store.endSession(session),
  append: (store) => store.append({ who: 'w', subject: 's', what: 'w', why: 'w' }),
};

/** Try to refute C4. */
export const outageCases: readonly ControlCase[] = Object.entries(WRITES).map(([name, write]) =>
  controlCase(
    `outage: ${name} says so, tells its effect truly, and works again afterwards`,
    async (subject) => {
      const store = await subject.open();
      const made = await make(store);
      const before = await stateOf(store);
      const error = await duringOutage(subject, () => write(store, made));
      assert.ok(
        isCode(error, 'CONTROL_UNAVAILABLE'),
        `CONTROL_UNAVAILABLE was expected, not ${String(error)}`,
      );
      if (effectOf(error) !== 'none') return;
      assert.deepEqual(await stateOf(store), before);
      await write(store, made);
      assert.notDeepEqual(await stateOf(store), before);
    },
    outage,
  ),
);

/** What the work fails with while nothing can be written; undefined if it does not fail. */
async function duringOutage(subject: ControlSubject, work: () => Promise<unknown>): Promise<unknown> {
  const started = await subject.startOutage?.();
  assert.ok(started, 'a subject that offers an outage can start one');
  const error = await passUntil(subject, failureOf(work()));
  await started.lift();
  return error;
}

async function make(store: ControlStore): Promise<Made> {
  const { revision } = await store.put('a', 1, undefined);
  const { id } = await store.openSession(ownerOf(1), LEASE_MS);
  return { revision, session: id };
}

async function stateOf(store: ControlStore): Promise<unknown> {
  return [await contents(store), await store.sessions(), await store.journal(0)];
}
