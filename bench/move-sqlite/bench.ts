import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, type Section, thousands } from '../results.ts';
import { type Measured, rate, removeDatabase, runTask } from './run-task.ts';

const SIZES = [100_000, 3_000_000];
const ROUNDS = 3;

/** Move and validate, own layout to own layout, beside what SQLite itself and a bare scan do in the same run. */
export async function moveSqlite(): Promise<Section> {
  const lines: string[] = [];
  for (const size of SIZES) lines.push(...(await measureSize(size)));
  return {
    title: 'Move and validate, SQLite to SQLite, own layout',
    body: [
      '| rows | task | beside | rows/s | beside, rows/s | ratio | to reach | peak memory |',
      '|---:|---|---|---:|---:|---:|---:|---:|',
      ...lines,
      '',
      `Rows of about 110 bytes. Median of ${ROUNDS} rounds, each side in a process of its own, in turn; the ratio is the`,
      'median of the rounds’ own ratios. Times include setup, checkpoints and the control store; files are in WAL mode',
      'with `synchronous = normal` on both sides. Rows are typed, and decoded only if something looks into them.',
    ],
  };
}

async function measureSize(size: number): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  try {
    const source = join(folder, 'source.db');
    await runTask('build', source, '', String(size), 'spread');
    const copies: Pair[] = [];
    const validations: Pair[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [target, peer] = [join(folder, `target-${round}.db`), join(folder, `peer-${round}.db`)];
      const theirs = await runTask('insertSelect', source, peer);
      copies.push({ ours: await runTask('copy', source, target, '4'), theirs });
      const scan = await runTask('bareScan', source, target);
      validations.push({
        ours: await runTask('validate', source, target, '4'),
        theirs: { ...scan, rows: size },
      });
      for (const path of [target, peer]) await removeDatabase(path);
    }
    return [
      line(size, 'move', '`insert … select`', copies, 0.3),
      line(size, 'validate', 'bare ordered scan of both sides', validations, 0.7),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Pair {
  readonly ours: Measured;
  readonly theirs: Measured;
}

function line(size: number, task: string, peer: string, pairs: readonly Pair[], goal: number): string {
  const ours = median(pairs.map((pair) => rate(pair.ours)));
  const theirs = median(pairs.map((pair) => rate(pair.theirs)));
  const ratio = median(pairs.map((pair) => rate(pair.ours) / rate(pair.theirs)));
  const peakMb = Math.max(...pairs.map((pair) => pair.ours.peakMb));
  const cells = [
    thousands(size),
    task,
    peer,
    thousands(ours),
    thousands(theirs),
    ratio.toFixed(2),
    `≥ ${goal}`,
  ];
  return `| ${cells.join(' | ')} | ${Math.round(peakMb)} MB |`;
}
