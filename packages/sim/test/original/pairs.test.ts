import assert from 'node:assert/strict';
import { explore, prove, type Report } from '@changeover/tester';
import { describe, it } from 'vitest';
import {
  BUGS,
  migration,
  mutantOf,
  PAIRS,
  type Pair,
  type Protocol,
  protocol,
  SIXTEENTH,
  STREAM_PAIRS,
} from '../../src/original/index.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const ALL = [...PAIRS, ...STREAM_PAIRS];
/** A thousand traces or so together. */
const FEW = [
  'insert | delete any, row absent',
  'replace first | query, row present',
  'delete any | query with filter, row present',
  'deleteIfExists | insert, row absent',
  'insert | deleteIfExists, row absent',
  'query | stream, row present',
];

function scenarioOf({ program }: Pair, of: Protocol = protocol) {
  return migration(of, { program: () => program, forProof: true });
}

function tryAll(pair: Pair, of: Protocol = protocol): Promise<Report> {
  return prove(scenarioOf(pair, of), { shrink: 0 });
}

describe('Through a whole migration, in every order, the cured protocol is right for', () => {
  for (const pair of ALL.filter(({ name }) => LONG || FEW.includes(name))) {
    it(pair.name, { timeout: 300_000 }, async () => {
      assert.equal((await tryAll(pair)).assertPassed().complete, true);
    });
  }
});

describe('The search in every order', () => {
  it('refutes the protocol as it was before its cure, for most pairs', { timeout: 600_000 }, async () => {
    const uncured = BUGS.find(({ name }) => name === 'CleanUpRacesEnsureSwitched');
    assert.ok(uncured);
    const before = await mutantOf(uncured);
    const pairs = LONG ? PAIRS : PAIRS.filter(({ name }) => FEW.includes(name));
    const refuted: string[] = [];
    for (const pair of pairs) if (!(await tryAll(pair, before)).passed) refuted.push(pair.name);
    assert.ok(refuted.length > pairs.length / 2, `${refuted.length} of ${pairs.length}`);
  });

  it('refutes a stream that reads the source for too long, which sampling does not', {
    timeout: 180_000,
  }, async () => {
    const pair = STREAM_PAIRS.find(({ name }) => name === 'deleteIfExists | stream with filter, row present');
    assert.ok(pair);
    assert.equal((await tryAll(pair, await mutantOf(SIXTEENTH))).passed, false);
  });

  it('comes to every end that sampling comes to, and tries no order twice', { timeout: 60_000 }, async () => {
    const pair = PAIRS.find(({ name }) => name === 'insert | delete any, row absent');
    assert.ok(pair);
    const scenario = scenarioOf(pair);
    const endsOf = async (search: (of: typeof scenario) => Promise<Report>) => {
      const ends = new Set<string>();
      const watched: typeof scenario = {
        ...scenario,
        atEnd: ({ judge }) => {
          const answers = judge.calls.map(({ task, output }) => JSON.stringify({ task, output }));
          ends.add(JSON.stringify([[...judge.now.values()], answers.toSorted()]));
        },
      };
      return { report: (await search(watched)).assertPassed(), ends: [...ends].toSorted() };
    };
    const tried = await endsOf((watched) => prove(watched));
    const sampled = await endsOf((watched) => explore(watched, { strategy: 'mix', schedules: 3_000 }));
    assert.equal(tried.report.traces, tried.report.schedules);
    assert.ok(tried.ends.length > 3);
    assert.deepEqual(sampled.ends, tried.ends);
  });
});
