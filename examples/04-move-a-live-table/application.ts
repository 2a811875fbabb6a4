/**
 * A small application, one process of several: it looks places up, and counts who visits them, as fast as it can. It knows
 * nothing of a migration but the name by which it opens its table. Each operation is a line in a file, for the proof.
 */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { openTable } from '@changeover/stores';
import type { Properties, RowKey } from 'changeover/table';
import type { Line } from './history.ts';

const [, , keysFile = '', historyFile = ''] = process.argv;
const { default: keys } = (await import(keysFile, { with: { type: 'json' } })) as {
  default: readonly RowKey[];
};
const history = createWriteStream(historyFile);
let stopped = false;
createInterface({ input: process.stdin }).on('close', () => (stopped = true));

const places = await openTable('places', { label: `application ${process.pid}` });
console.log('ready');
while (!stopped) {
  await visit(pick());
  // An application does other things, too: it answers, and listens.
  await setImmediate();
}
await places.close();
history.end();

/** Half of the visits go to the few places that everybody wants to see. */
function pick(): RowKey {
  const among = Math.random() < 0.5 ? 200 : keys.length;
  return keys[Math.floor(Math.random() * among)] as RowKey;
}

/** Reads a place, and now and then counts the visit: on condition that nobody else has counted one meanwhile. */
async function visit(key: RowKey): Promise<void> {
  const place = await timed(key, 'read', 0, async () => {
    const row = await places.get(key);
    return { row, output: visitsOf(row?.properties) };
  });
  if (!place?.row || Math.random() < 0.5) return;
  const { properties, version } = place.row;
  const visits = visitsOf(properties);
  await timed(key, 'count', visits, async () => {
    const counted: Properties = { ...properties, visits: { type: 'int32', value: visits + 1 } };
    try {
      await places.write([{ kind: 'replace', ...key, properties: counted, condition: version }]);
      return { output: 1 };
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'TABLE_VERSION_MISMATCH') throw error;
      return { output: 0 };
    }
  });
}

function visitsOf(properties: Properties | undefined): number {
  return Number(properties?.['visits']?.value ?? 0);
}

async function timed<T extends { readonly output: number }>(
  { partitionKey, rowKey }: RowKey,
  kind: Line['kind'],
  expected: number,
  act: () => Promise<T>,
): Promise<T | undefined> {
  const invoked = microseconds();
  try {
    const result = await act();
    write({ invoked, returned: microseconds(), partitionKey, rowKey, kind, expected, output: result.output });
    return result;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    write({ invoked, partitionKey, rowKey, kind, expected, error: `${code}: ${message}` });
    return undefined;
  }
}

function write(line: Line): void {
  history.write(`${JSON.stringify(line)}\n`);
}

/** Of the host's one clock that never jumps, so that processes agree on it. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
