import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, rate, runTask } from '../move-sqlite/run-task.ts';
import { median, type Section, thousands } from '../results.ts';

const ROWS = 1_000_000;
const ROUNDS = 5;

/** Validation by hashes beside the bare hash query of both sides, and beside validation row by row, as it is done. */
export async function validateHash(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  try {
    const [source, target] = [join(folder, 'source.db'), join(folder, 'target.db')];
    await runTask('build', source, '', String(ROWS));
    await runTask('copy', source, target, '4');
    const byHash: Measured[] = [];
    const byQuery: Measured[] = [];
    const byRow: Measured[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      byQuery.push({ ...(await runTask('hashQuery', source, target)), rows: ROWS });
      byHash.push(await runTask('validateByHash', source, target, '4'));
      byRow.push(await runTask('validate', source, target, '4'));
    }
    return {
      title: 'Validate by hashes, SQLite to SQLite, own layout',
      body: [
        '| rows | beside | by hashes, rows/s | beside, rows/s | ratio | to reach |',
        '|---:|---|---:|---:|---:|---:|',
        line('the bare hash query of both sides', byHash, byQuery, '≥ 0.8'),
        line('validate row by row', byHash, byRow, ''),
        '',
        `Rows of about 110 bytes. Median of ${ROUNDS} rounds, each side in a process of its own, in turn. The hash query is one`,
        'SQL aggregate a file, of the same function. On one machine rows do not travel: hashing is about as fast as comparing',
        'such small rows, takes more processor time, and is slower with larger rows. The manifest of SQLite therefore has',
        '`rangeHash: false`, and its tables are compared row by row.',
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function line(peer: string, ours: readonly Measured[], theirs: readonly Measured[], goal: string): string {
  const ratio = median(ours.map((each, round) => rate(each) / rate(theirs[round] ?? each)));
  const rates = [ours, theirs].map((side) => thousands(median(side.map(rate))));
  return `| ${[thousands(ROWS), peer, ...rates, ratio.toFixed(2), goal].join(' | ')} |`;
}
