import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rate, removeDatabase, runTask } from '../move-sqlite/run-task.ts';
import { median, type Section, thousands } from '../results.ts';

const ROWS = 2_000_000;
const THREADS = 4;
const ROUNDS = 3;

/** A table with all its rows in one partition must be copied by as many shards as one with thousands. */
export async function hotPartition(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  try {
    const sources = { hot: join(folder, 'hot.db'), spread: join(folder, 'spread.db') };
    await runTask('build', sources.hot, '', String(ROWS), 'hot');
    await runTask('build', sources.spread, '', String(ROWS), 'spread');
    const target = join(folder, 'target.db');
    const copy = async (source: string) => {
      const measured = await runTask('copy', source, target, String(THREADS));
      await removeDatabase(target);
      return rate(measured);
    };
    const rounds: { hot: number; spread: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({ spread: await copy(sources.spread), hot: await copy(sources.hot) });
    }
    const hot = median(rounds.map((each) => each.hot));
    const spread = median(rounds.map((each) => each.spread));
    const ratio = median(rounds.map((each) => each.hot / each.spread));
    return {
      title: 'One hot partition',
      body: [
        '| rows | one partition, rows/s | spread evenly, rows/s | ratio | to reach |',
        '|---:|---:|---:|---:|---:|',
        `| ${thousands(ROWS)} | ${thousands(hot)} | ${thousands(spread)} | ${ratio.toFixed(2)} | ≥ 1 |`,
        '',
        `SQLite to SQLite, own layout, \`--threads ${THREADS}\`. Median of ${ROUNDS} rounds, in turn.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
