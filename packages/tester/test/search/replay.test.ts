import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, replay, type Scenario, type Scope, writes } from '../../src/index.ts';

type Program = readonly (readonly ('add' | 'look')[])[];

interface World {
  readonly scope: Scope;
  n: number;
}

/** Tasks that add to a counter in two calls each, or only look at it. `extra` puts a call in front, as a change would. */
function counters(version?: string, extra = false): Scenario<World, Program> {
  return {
    name: 'counters',
    ...(version === undefined ? {} : { version }),
    program: (draw) => draw.list(2, 4, () => draw.list(0, 5, () => draw.pick(['look', 'add'] as const))),
    setup: (scope) => ({ scope, n: 0 }),
    tasks: (world, program) => {
      const { scope } = world;
      const get = () => scope.point('get', writes('n'), () => world.n);
      const set = (value: number) => scope.point(`set ${value}`, writes('n'), () => void (world.n = value));
      const run = (ops: Program[number]) => async () => {
        for (const op of ops) {
          if (extra) await scope.yield('extra');
          const seen = await get();
          if (op === 'add') await set(seen + 1);
        }
      };
      return Object.fromEntries(program.map((ops, task) => [`t${task}`, run(ops)]));
    },
    atEnd: ({ n }, program) =>
      assert.ok(n === program.flat().filter((op) => op === 'add').length, 'an update was lost'),
  };
}

async function tokenOf(scenario: Scenario<World, Program>): Promise<string> {
  return (await explore(scenario)).found?.token ?? assert.fail('nothing was found');
}

describe('a failing schedule', () => {
  it('is shrunk to the two tasks and four calls that it takes', async () => {
    const { found } = await explore(counters());
    assert.deepEqual(found?.program, [['add'], ['add']]);
    assert.deepEqual(
      found?.trace.map(({ label }) => label),
      ['get', 'get', 'set 1', 'set 1'],
    );
    assert.equal(found?.shrunk?.to.switches, 2);
    assert.ok((found?.shrunk?.from.steps ?? 0) > 4, 'it was small from the beginning: this shows nothing');
  });

  it('is left as it was found if no replays are allowed', async () => {
    const { found } = await explore(counters(), { shrink: 0 });
    assert.equal(found?.shrunk, undefined);
    assert.ok((found?.trace.length ?? 0) > 4);
  });

  it('keeps failing in the same way while it is shrunk', async () => {
    const twoWays: Scenario<World, Program> = {
      ...counters(),
      atEnd: ({ n }, program) => {
        const added = program.flat().filter((op) => op === 'add').length;
        assert.ok(added < 4 || n === added, 'lost one of many');
        assert.ok(n === added, 'lost one of few');
      },
    };
    const reports = await Promise.all([1, 2, 3, 4, 5].map((seed) => explore(twoWays, { seed })));
    const many = reports.filter(({ found }) => found?.failure.message === 'lost one of many');
    assert.ok(many.length > 0);
    for (const { found } of many) assert.equal((found?.program as Program | undefined)?.flat().length, 4);
  });
});

describe('a token', () => {
  it('of less than a hundred characters makes the same trace a thousand times', async () => {
    const token = await tokenOf(counters());
    assert.ok(token.length < 100, token);
    const traces = new Set<string>();
    for (let n = 0; n < 1000; n++) {
      const { trace, failure, divergence } = await replay(counters(), token, { cause: false });
      traces.add(JSON.stringify([trace, failure?.kind, failure?.message, divergence]));
    }
    assert.equal(traces.size, 1);
    assert.match([...traces][0] ?? '', /an update was lost/);
  });

  it('says where the code has changed since', async () => {
    const token = await tokenOf(counters());
    const { divergence, failure } = await replay(counters(undefined, true), token);
    assert.deepEqual(divergence, { step: 0, message: 'step 1 was another call, and is now t0: extra' });
    assert.equal(failure, undefined);
  });

  it('of another version of the test is refused', async () => {
    await assert.rejects(replay(counters('2'), await tokenOf(counters('1'))), {
      code: 'TESTER_TOKEN_OF_ANOTHER_TEST',
    });
  });

  it.each(['', 'x', 'ct1', 'ct1.abc', 'ct2.a.AA', 'ct1.§.§'])(
    'that is none (%o) is refused',
    async (text) => {
      await assert.rejects(replay(counters(), text), /TESTER_TOKEN|is no token|another test/);
    },
  );

  it('that was cut off is refused', async () => {
    const token = await tokenOf(counters());
    await assert.rejects(replay(counters(), token.slice(0, -3)), { code: 'TESTER_TOKEN_INVALID' });
  });
});
