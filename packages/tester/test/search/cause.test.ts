import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'vitest';
import {
  type Cause,
  explore,
  reads,
  replay,
  type Scenario,
  type Scope,
  type TaskBody,
  writes,
} from '../../src/index.ts';
import { wrapped } from './wrapper.ts';

interface World {
  readonly scope: Scope;
  n: number;
}

/** Tasks that share a number, and what is wrong with it in the end. */
function sharing(
  tasks: (world: World) => Record<string, TaskBody>,
  isRight: (n: number) => boolean,
  more: Partial<Scenario<World>> = {},
): Scenario<World> {
  return {
    name: 'sharing',
    setup: (scope) => ({ scope, n: 0 }),
    tasks,
    atEnd: ({ n }) => assert.ok(isRight(n), 'it is wrong'),
    ...more,
  };
}

function adding(world: World): () => Promise<void> {
  return async () => {
    const seen = await world.scope.point('get', reads('n'), () => world.n);
    await world.scope.point('set', writes('n'), () => void (world.n = seen + 1));
  };
}

function signal(): [Promise<void>, () => void] {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return [given, () => give()];
}

function writing({ scope }: World, label: string): Promise<void> {
  return scope.point(label, writes('n'), () => undefined);
}

const lostUpdate = sharing(
  (world) => ({ alice: adding(world), bob: adding(world) }),
  (n) => n === 2,
);

async function causeOf(scenario: Scenario<World>): Promise<Cause> {
  const { found } = await explore(scenario);
  return found?.cause ?? assert.fail('no cause was looked for');
}

function told({ races }: Cause): string[] {
  return races.map(({ first, second }) => `${first.task} ${first.label} < ${second.task} ${second.label}`);
}

describe('the cause of a failure', () => {
  it('is each pair of racing steps that makes the schedule pass when it is reversed', async () => {
    const pairs = told(await causeOf(lostUpdate)).toSorted();
    assert.deepEqual(pairs, ['alice get < bob set', 'bob get < alice set']);
  });

  it('says of a step what it read or wrote, what it was answered and where the call stands', async () => {
    const { races } = await causeOf(lostUpdate);
    const { footprint, outcome, at } = races[0]?.first ?? assert.fail();
    assert.deepEqual([footprint, outcome], ['reads n', '→ 0']);
    const source = await readFile(new URL(import.meta.url), 'utf8');
    const line = source.split('\n').findIndex((each) => each.includes("point('get'")) + 1;
    assert.ok(at?.includes(`cause.test.ts:${line}:`), at);
  });

  it('says of a call that goes through a file of wrappers where that was called from', async () => {
    const scenario = sharing(
      ({ scope }) => ({ a: () => wrapped(scope, 'get') }),
      () => false,
    );
    const step = (await explore(scenario)).found?.trace[0];
    assert.match(step?.at ?? '', /wrapper\.ts:9:/);
    assert.match(step?.calledFrom ?? '', /cause\.test\.ts:\d+:/);
  });

  it('is in the JSON of a report', async () => {
    const report = await explore(lostUpdate);
    const { found } = JSON.parse(JSON.stringify(report)) as { found: { cause: Cause } };
    assert.deepEqual(told(found.cause), told(await causeOf(lostUpdate)));
  });

  it('is in the text of a report, with both steps', async () => {
    const text = (await explore(lostUpdate)).toString();
    assert.match(text, /cause: step 2 came before step 4; .*\n {3}2 bob: get → 0\n {7}reads n\n/);
    assert.match(text, /\n {3}4 alice: set\n {7}writes n, who is done\n {7}at .*cause\.test\.ts:\d+/);
  });

  it('leaves out a pair whose reversal includes that of another', async () => {
    const late = sharing(
      (world) => ({
        early: async () => {
          await world.scope.point('close', writes('n'), () => void (world.n ||= 1));
          await writing(world, 'rest');
        },
        other: async () => {
          await world.scope.point('open', writes('n'), () => void (world.n ||= 2));
          await writing(world, 'more');
        },
      }),
      (n) => n === 2,
    );
    assert.deepEqual(told(await causeOf(late)), ['early close < other open']);
  });

  it('is no single pair where every reversal fails as well', async () => {
    const hopeless = sharing(
      (world) => ({ a: () => writing(world, 'a'), b: () => writing(world, 'b') }),
      () => false,
    );
    const { races, tried, untried } = await causeOf(hopeless);
    assert.deepEqual([races, tried, untried], [[], 1, 0]);
  });

  it('is no order at all where nothing races', async () => {
    const looking = sharing(
      ({ scope }) => ({ a: () => wrapped(scope, 'a'), b: () => wrapped(scope, 'b') }),
      () => false,
    );
    assert.equal((await causeOf(looking)).tried, 0);
  });

  it('is a fault without which the schedule passes', async () => {
    const crashing = sharing(
      (world) => ({ a: { run: adding(world), crashes: true } }),
      (n) => n === 1,
      { faults: { crash: 1 } },
    );
    const cause = await causeOf(crashing);
    assert.deepEqual(
      cause.faults.map(({ fault }) => fault?.slice(0, 5)),
      ['crash'],
    );
  });

  it('counts the pairs that it had no replays left for', async () => {
    const many = (world: World, label: string) => async () => {
      for (let n = 0; n < 30; n++) await writing(world, label);
    };
    const long = sharing(
      (world) => ({ a: many(world, 'a'), b: many(world, 'b') }),
      () => false,
    );
    const { races, tried, untried } = await causeOf(long);
    assert.deepEqual([races, tried, untried], [[], 500, 400]);
  });

  it('is a task that was not left alone, where a pair alone does not mend it', async () => {
    const looking = (world: World) => async () => {
      for (let look = 1; look <= 3; look++) {
        await world.scope.point(`look ${look}`, reads('n'), () => assert.equal(world.n, 0));
      }
    };
    const closing = sharing(
      (world) => ({
        reader: looking(world),
        closer: () => world.scope.point('close', writes('n'), () => void (world.n = 1)),
      }),
      () => true,
    );
    const cause = await causeOf(closing);
    assert.deepEqual(told(cause), ['closer close < reader look 1']);
    assert.equal(cause.races[0]?.whole, true);
    const text = (await explore(closing)).toString();
    assert.match(text, /came before step 2; behind all that reader does from there, it passes/);
  });

  it('is said to need no order where it fails in each order of whole tasks', async () => {
    const hopeless = sharing(
      (world) => ({ a: () => writing(world, 'a'), b: () => writing(world, 'b') }),
      () => false,
    );
    const text = (await explore(hopeless)).toString();
    assert.match(text, /cause: no order is needed: it fails in each of 2 orders of whole tasks/);
  });

  it('is said to interrupt nobody where a task fails alone, behind another', async () => {
    const behind = sharing(
      (world) => ({
        early: async () => {
          await writing(world, 'begin');
          await world.scope.point('open', writes('n'), () => void (world.n ||= 1));
        },
        late: async () => {
          await world.scope.point('use', reads('n'), () => assert.equal(world.n, 0));
        },
      }),
      () => true,
    );
    const text = (await explore(behind)).toString();
    assert.match(text, /it fails when late runs alone \(step 3\) behind early \(steps 1 to 2\)/);
    assert.match(text, /and: step 2 came before step 3; the other way round, it passes/);
  });

  it('is not said to interrupt nobody where somebody has to be', async () => {
    const { turns } = await causeOf(lostUpdate);
    assert.deepEqual(turns, { turns: undefined, tried: 2, failing: [] });
  });

  it('counts only orders in which whoever goes on does so as long as it can', async () => {
    const waking = sharing(
      (world) => {
        const [woken, wake] = signal();
        return {
          sleeper: async () => {
            await writing(world, 'sleep');
            world.n = 1;
            await woken;
            await world.scope.point('wake', writes('n'), () => void (world.n = 0));
          },
          waker: async () => {
            await world.scope.point('wake it', writes('n'), wake);
            await world.scope.point('look', writes('n'), () => assert.equal(world.n, 0));
          },
        };
      },
      () => true,
    );
    assert.deepEqual((await causeOf(waking)).turns.failing, [['sleeper', 'waker']]);
  });

  it('is given with a replay, unless it is not wanted', async () => {
    const { found } = await explore(lostUpdate);
    const token = found?.token ?? '';
    assert.deepEqual((await replay(lostUpdate, token)).cause, found?.cause);
    assert.equal((await replay(lostUpdate, token, { cause: false })).cause, undefined);
  });

  it('is not looked for in a schedule that is not shrunk', async () => {
    assert.equal((await explore(lostUpdate, { shrink: 0 })).found?.cause, undefined);
  });
});
