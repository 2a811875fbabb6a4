import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, reads, register, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Tasks that make the calls that are named: `get x` reads x, `set x` writes it. */
function calling(tasks: Readonly<Record<string, readonly string[]>>): Scenario<Scope> {
  return {
    name: 'calls',
    setup: (scope) => scope,
    tasks: (scope) =>
      Object.fromEntries(
        Object.entries(tasks).map(([name, calls]) => [
          name,
          async () => {
            for (const call of calls) {
              const [what = '', place = ''] = call.split(' ');
              await scope.point(`${what}(${place})`, what === 'get' ? reads(place) : writes(place), () => 0);
            }
          },
        ]),
      ),
  };
}

async function coverageOf(tasks: Readonly<Record<string, readonly string[]>>, schedules = 200) {
  const { coverage } = await explore(calling(tasks), { coverage: true, schedules, strategy: 'random' });
  assert.ok(coverage);
  const at = (before: string, behind: string) =>
    coverage.counts[coverage.kinds.indexOf(before)]?.[coverage.kinds.indexOf(behind)] ?? 0;
  return { ...coverage, at };
}

describe('the table of orders', () => {
  it('has each schedule of two steps in conflict in one of two orders', async () => {
    const { kinds, at } = await coverageOf({ a: ['get x'], b: ['set x'] });
    assert.deepEqual(kinds, ['get', 'set']);
    assert.equal(at('get', 'set') + at('set', 'get'), 200);
    assert.ok(at('get', 'set') > 50 && at('set', 'get') > 50);
  });

  it('has no steps that do not conflict, or are of one task', async () => {
    const { counts } = await coverageOf({ a: ['get x', 'set x'], b: ['get y', 'set y'] });
    assert.deepEqual(counts.flat(), [0, 0, 0, 0]);
  });

  it('has only the last step in conflict before each', async () => {
    // Whatever the order, each write has at most one write directly before it: a third one follows the second, not the first.
    const { at } = await coverageOf({ a: ['set x'], b: ['set x'], c: ['set x'] });
    assert.equal(at('set', 'set'), 2 * 200);
  });

  it('takes places to conflict with what contains them', async () => {
    const { at } = await coverageOf({ a: ['get x'], b: ['set x/1'] });
    assert.equal(at('get', 'set') + at('set', 'get'), 200);
  });

  it('names the orders that were never seen, and how often the other way round was', async () => {
    // Only b waits: what it awaits is made by a's call.
    const waiting: Scenario<{ scope: Scope; opened: Promise<void>; open(): void }> = {
      name: 'waiting',
      setup: (scope) => {
        let open = (): void => undefined;
        const opened = new Promise<void>((resolve) => (open = resolve));
        return { scope, opened, open };
      },
      tasks: ({ scope, opened, open }) => ({
        a: () => scope.point('open', writes('door'), open),
        b: async () => {
          await opened;
          await scope.point('enter', reads('door'), () => 0);
        },
      }),
    };
    const report = await explore(waiting, { coverage: true, schedules: 50 });
    assert.deepEqual(
      report.coverage?.neverSeen.filter(({ before, behind }) => before !== behind),
      [{ before: 'enter', behind: 'open', reversed: 50 }],
    );
    assert.match(report.toString(), /^ {2}never seen, but the other way round: enter before open$/m);
  });

  it('takes the calls of an operation for steps of its kind', async () => {
    const recorded: Scenario<() => Promise<void>> = {
      name: 'recorded',
      setup: (scope) => {
        const history = scope.history(register(0), { kindOf: ({ type }) => `a ${type}` });
        const put = () => scope.point('put', writes('x'), () => undefined);
        return () => history.operation({ type: 'write', value: 1 }, put);
      },
      tasks: (write) => ({ a: write, b: write }),
    };
    const { coverage } = await explore(recorded, { coverage: true, schedules: 50 });
    assert.deepEqual([coverage?.kinds, coverage?.counts], [['a write'], [[50]]]);
  });

  it('takes labels that differ only in their figures, or in what is in brackets, for one kind', async () => {
    const { kinds } = await coverageOf({ a: ['get x', 'set1 x'], b: ['get y', 'set2 x'] });
    assert.deepEqual(kinds, ['get', 'set#']);
  });

  it('is made only if it is asked for', async () => {
    const report = await explore(calling({ a: ['get x'], b: ['set x'] }), { schedules: 10 });
    assert.equal(report.coverage, undefined);
    assert.doesNotMatch(report.toString(), /orders of steps/);
  });

  it('does not change the search', async () => {
    const tasks = { a: ['get x', 'set x'], b: ['get x', 'set x'] };
    const [one, other] = [{}, { coverage: true }].map((option) => explore(calling(tasks), option));
    assert.deepEqual((await one)?.curve, (await other)?.curve);
  });
});
