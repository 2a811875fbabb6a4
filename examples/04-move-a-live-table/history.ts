import { readFile } from 'node:fs/promises';
import { checkLinearizability, type Operation, type RegisterInput, register } from '@changeover/tester';

/** One operation of the application. Times are in microseconds, of one clock for all processes. */
export interface Line {
  readonly invoked: number;
  /** Not there if it failed. */
  readonly returned?: number;
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly kind: 'read' | 'count';
  /** How many visits were counted before, if this counts one. */
  readonly expected: number;
  /** The visits that were read; or 1 if this one was counted, and 0 if somebody else was faster. */
  readonly output?: number;
  readonly error?: string;
}

export async function readHistory(files: readonly string[]): Promise<readonly Line[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line): Line => JSON.parse(line)),
  );
}

export interface Proof {
  readonly operations: number;
  readonly places: number;
  readonly errors: readonly string[];
  readonly linearizable: boolean;
}

/** Whether all that the processes saw could have happened one after the other, on one table that never moved. */
export function prove(lines: readonly Line[]): Proof {
  const errors = lines.flatMap(({ error }) => error ?? []);
  const byPlace = new Map<string, Line[]>();
  for (const line of lines) {
    const place = `${line.partitionKey}/${line.rowKey}`;
    const others = byPlace.get(place);
    if (others) others.push(line);
    else byPlace.set(place, [line]);
  }
  const verdicts = [...byPlace.values()].map(
    (each) => checkLinearizability(register(0), each.map(operationOf)).verdict,
  );
  return {
    operations: lines.length,
    places: byPlace.size,
    errors,
    linearizable: verdicts.every((verdict) => verdict === 'linearizable'),
  };
}

/** How often a visit was counted, by place. */
export function countedVisits(lines: readonly Line[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const { kind, output, partitionKey, rowKey } of lines) {
    const key = `${partitionKey}/${rowKey}`;
    if (kind === 'count' && output === 1) counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return counted;
}

function operationOf(line: Line, id: number): Operation<RegisterInput<number>, number | boolean | undefined> {
  const { kind, expected, output, invoked, returned } = line;
  const input: RegisterInput<number> =
    kind === 'read' ? { type: 'read' } : { type: 'compareAndSet', expected, value: expected + 1 };
  const answered = kind === 'read' ? output : output === 1;
  return {
    id,
    task: '',
    input,
    invokedAt: invoked,
    returnedAt: returned,
    output: returned === undefined ? undefined : answered,
    error: line.error,
  };
}

/** A stretch of time with a name, in microseconds. */
export interface Stretch {
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

/** How long operations took that began in each stretch. */
export function latencies(lines: readonly Line[], stretches: readonly Stretch[]): string {
  const rows = stretches.map(({ name, from, until }) => {
    const took = lines
      .filter(({ invoked, returned }) => returned !== undefined && invoked >= from && invoked < until)
      .map(({ invoked, returned }) => ((returned as number) - invoked) / 1000)
      .toSorted((a, b) => a - b);
    const at = (share: number) =>
      (took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0).toFixed(2);
    const rate = Math.round(took.length / ((until - from) / 1e6)).toLocaleString('en-US');
    return [name, rate, at(0.5), at(0.99), at(0.999), at(1)];
  });
  const head = ['', 'operations/s', 'p50 ms', 'p99', 'p99.9', 'longest'];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
