import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../../packages/stores/test/azure-tables/test-server.ts';
import { type Measured, rate, runScript } from '../move-sqlite/run-task.ts';
import { median, type Section, thousands } from '../results.ts';

/** Azurite looks at the whole table for each page, so that larger ones would measure nothing else. */
const ROWS = Number(process.env['BENCH_AZURE_ROWS'] ?? 30_000);
const ROUNDS = 3;
/** The list price of 10,000 operations on tables of Azure Storage, in US dollars. */
const PRICE = 0.00036;
const TASK = new URL('task.ts', import.meta.url);
const PHASES = ['source only', 'managed', 'copying', 'complete', 'target only'];

interface Counted extends Measured {
  readonly requests: number;
}

/** Moves and scans beside loops by hand on the official client, and what each live operation sends. */
export async function azureTables(): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  const azurite = await startAzurite();
  process.env['BENCH_AZURE'] = azurite.accounts[0].connectionString();
  try {
    const source = join(folder, 'source.db');
    await task('build', source, '', String(ROWS));
    const moves: { ours: Counted; theirs: Counted }[] = [];
    const scans: { ours: Counted; theirs: Counted }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const theirs = await task('moveByHand', source, `hand${round}`);
      const ours = await task('move', source, `ours${round}`);
      moves.push({ ours, theirs });
      scans.push({
        theirs: await task('scanByHand', source, `hand${round}`),
        ours: await task('scan', source, `ours${round}`),
      });
      await rm(`${source}.control`, { force: true });
    }
    const { operations } = await runScript<{ operations: Readonly<Record<string, number>> }>(TASK, [
      'live',
      source,
      'live',
    ]);
    return {
      title: 'Azure Tables, on Azurite',
      body: [
        '| | rows | by hand, rows/s | ours, rows/s | ratio | to reach | requests for 1,000 rows, by hand | ours | price of a million rows |',
        '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
        line('move from SQLite', moves),
        line('scan', scans),
        '',
        `| requests of one operation | ${PHASES.join(' | ')} |`,
        `|---|${PHASES.map(() => '---:').join('|')}|`,
        ...liveLines(operations),
        '',
        `A request is an operation that the service bills, at $${PRICE} for 10,000 (a list price; look up yours). Both loops insert by`,
        `transactions of up to 100 rows, 12 at a time by hand. Ours compares nothing, but counts, splits and keeps checkpoints.`,
        `Azurite is one process on the same machine, in memory. Median of ${ROUNDS} rounds, in turn.`,
      ],
    };
  } finally {
    await azurite.close();
    await rm(folder, { recursive: true });
  }
}

function task(...args: readonly string[]): Promise<Counted> {
  return runScript<Counted>(TASK, args);
}

function line(name: string, pairs: readonly { readonly ours: Counted; readonly theirs: Counted }[]): string {
  const of = (measure: (pair: (typeof pairs)[number]) => number) => median(pairs.map(measure));
  const perThousand = ({ requests, rows }: Counted) => (requests / rows) * 1_000;
  const requests = of(({ ours }) => perThousand(ours));
  const cells = [
    name,
    thousands(ROWS),
    thousands(of(({ theirs }) => rate(theirs))),
    thousands(of(({ ours }) => rate(ours))),
    of(({ ours, theirs }) => rate(ours) / rate(theirs)).toFixed(2),
    '≥ 0.8',
    of(({ theirs }) => perThousand(theirs)).toFixed(1),
    requests.toFixed(1),
    `$${((requests * 1_000 * PRICE) / 10_000).toPrecision(2)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function liveLines(operations: Readonly<Record<string, number>>): readonly string[] {
  const names = [...new Set(Object.keys(operations).map((key) => key.split('|')[0] as string))];
  return names.map(
    (name) => `| ${name} | ${PHASES.map((phase) => operations[`${name}|${phase}`]).join(' | ')} |`,
  );
}
