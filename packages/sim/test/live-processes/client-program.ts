import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTable } from '@changeover/stores';
import { isOperationalError, type Random, seededRandom } from 'changeover/std';
import type { Filter, Row, RowKey, Table, Version, Write, WriteKind } from 'changeover/table';
import { contentOf, propertiesOf } from '../../src/live/contents.ts';
import type { Content } from '../../src/live/reference.ts';
import { REFUSALS } from '../../src/live/witness.ts';
import { type ClientOptions, endAsked, optionsGiven } from './options.ts';
import {
  nowNs,
  type RecordedAnswer,
  type RecordedCall,
  type RecordedLine,
  type RecordedRow,
  type RecordedWrite,
} from './record.ts';

/** Calls that an application has under way at the same time. */
const LANES = 2;
/** All clients look at the same partition for so long, most of the time. */
const HOT_MS = 400;
const HOT = 0.7;
/** So many versions of a row are remembered, to be used when they are long gone. */
const REMEMBERED = 4;
/** Numbers of writes tell clients apart. */
const NUMBERS_EACH = 100_000;

const KINDS: readonly WriteKind[] = [
  'insert',
  'insert',
  'replace',
  'replace',
  'merge',
  'merge',
  'delete',
  'delete',
  'upsertReplace',
  'upsertMerge',
];

const options = optionsGiven() as ClientOptions;
const { id, file, partitions, rowKeys, thinkMs } = options;
const random = seededRandom(id);
const known = new Map<string, readonly Version[]>();
let calls = 0;
let writes = 0;

const signal = endAsked();
const table = await openTable(options.migration, {
  control: `sqlite:${options.control}`,
  leaseMs: options.leaseMs,
  group: options.group,
  label: `client ${id}`,
  onTrouble: (error) => console.error('trouble', String(error)),
});
await Promise.all(Array.from({ length: LANES }, () => use(table)));
await table.close();

/** An application: asks random things, and writes down what it asked before, and what it was answered after. */
async function use(each: Table): Promise<void> {
  while (!signal.aborted) {
    const asked = drawCall(random);
    const number = calls++;
    note({ call: number, at: nowNs(), asked });
    const answer = await answerTo(each, asked);
    note({ returned: number, at: nowNs(), answer });
    learn(asked, answer);
    await sleep(random() * thinkMs);
  }
}

/** In the file when it returns, whatever becomes of this process. */
function note(line: RecordedLine): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

async function answerTo(each: Table, asked: RecordedCall): Promise<RecordedAnswer> {
  try {
    return await ask(each, asked);
  } catch (error) {
    if (!isOperationalError(error)) throw error;
    const { code, effect, message, details } = error;
    if (REFUSALS.includes(code)) return { type: 'refused', code, index: details['index'] as number };
    return { type: 'failed', code, effect, message };
  }
}

async function ask(each: Table, asked: RecordedCall): Promise<RecordedAnswer> {
  switch (asked.type) {
    case 'get': {
      const row = await each.get(asked);
      return { type: 'rows', rows: row ? [recorded(row)] : [] };
    }
    case 'query': {
      const rows = await each.query(asked.partitionKey, asked.flag === undefined ? {} : filter(asked.flag));
      return { type: 'rows', rows: rows.map(recorded) };
    }
    case 'batch': {
      const results = await each.write(asked.writes.map((write) => writeOf(asked.partitionKey, write)));
      return { type: 'done', versions: results.map(({ version }) => version ?? null) };
    }
  }
}

function recorded({ rowKey, version, properties }: Row): RecordedRow {
  return { rowKey, version, content: contentOf(properties) };
}

function writeOf(partitionKey: string, { kind, rowKey, content, condition }: RecordedWrite): Write {
  const key = { partitionKey, rowKey, kind };
  const conditional = condition === undefined ? {} : { condition };
  return {
    ...key,
    ...conditional,
    ...(kind === 'delete' ? {} : { properties: propertiesOf(content) }),
  } as Write;
}

function filter(value: boolean): { readonly filter: Filter } {
  const subject = { kind: 'property', name: 'flag' } as const;
  return {
    filter: { kind: 'comparison', subject, operator: 'eq', value: { type: 'boolean', value } },
  };
}

function learn(asked: RecordedCall, answer: RecordedAnswer): void {
  const { partitionKey } = asked;
  if (answer.type === 'rows') {
    for (const { rowKey, version } of answer.rows) remember({ partitionKey, rowKey }, version);
  }
  if (answer.type === 'done' && asked.type === 'batch') {
    for (const [index, version] of answer.versions.entries()) {
      if (version !== null) remember({ partitionKey, rowKey: asked.writes[index]?.rowKey ?? '' }, version);
    }
  }
}

function remember({ partitionKey, rowKey }: RowKey, version: Version): void {
  const name = `${partitionKey}/${rowKey}`;
  const versions = known.get(name) ?? [];
  if (versions.at(-1) !== version) known.set(name, [...versions, version].slice(-REMEMBERED));
}

function drawCall(draw: Random): RecordedCall {
  const partitionKey = drawPartition(draw);
  const which = draw();
  if (which < 0.2) return { type: 'get', partitionKey, rowKey: pick(draw, rowKeys) };
  if (which < 0.3) return { type: 'query', partitionKey };
  if (which < 0.4) return { type: 'query', partitionKey, flag: draw() < 0.5 };
  const first = pick(draw, rowKeys);
  const others = rowKeys.filter((rowKey) => rowKey !== first);
  const chosen = draw() < 0.25 ? [first, pick(draw, others)] : [first];
  return {
    type: 'batch',
    partitionKey,
    writes: chosen.map((rowKey) => {
      const write = drawWrite(draw, partitionKey, rowKey);
      return chosen.length === 1 || table.manifest.deletesAbsent ? write : presupposing(write);
    }),
  };
}

/** A delete that the store can do together with others. */
function presupposing(write: RecordedWrite): RecordedWrite {
  return write.kind === 'delete' ? { condition: '*', ...write } : write;
}

function drawPartition(draw: Random): string {
  const hot = partitions[Math.floor(Date.now() / HOT_MS) % partitions.length] as string;
  return draw() < HOT ? hot : pick(draw, partitions);
}

function drawWrite(draw: Random, partitionKey: string, rowKey: string): RecordedWrite {
  const kind = pick(draw, KINDS);
  const merges = kind === 'merge' || kind === 'upsertMerge';
  const number = id * NUMBERS_EACH + ++writes;
  const content: Content = {
    written: merges ? undefined : number,
    merged: merges ? number : undefined,
    flag: draw() < 0.3 ? undefined : draw() < 0.5,
  };
  const needsCondition = kind === 'replace' || kind === 'merge' || (kind === 'delete' && draw() < 0.6);
  const write = { kind, rowKey, content };
  return needsCondition ? { ...write, condition: drawCondition(draw, `${partitionKey}/${rowKey}`) } : write;
}

function drawCondition(draw: Random, name: string): Version {
  const versions = known.get(name) ?? [];
  const which = draw();
  if (which < 0.25 || versions.length === 0) return '*';
  return (which < 0.85 ? versions.at(-1) : pick(draw, versions)) as Version;
}

function pick<T>(draw: Random, items: readonly T[]): T {
  return items[Math.floor(draw() * items.length)] as T;
}
