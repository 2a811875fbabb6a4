import {
  type Manifest,
  type RowData,
  type RowKey,
  type Table,
  type Value,
  type Write,
} from 'changeover/table';
import { type Defect, holdable, mapProperties, mapValues } from './defect.ts';

/** What is wrong with stores that bend keys and values, or do not refuse what they should. */
export const KEEPING: readonly Defect[] = [
  {
    name: 'bends values of every type a little',
    breaks: /^values: every (string|boolean|int32|int64|double|decimal|datetime|guid|binary|json) /,
    table: (inner) => mapValues(inner, bent),
  },
  {
    name: 'rewrites property names',
    breaks: /^values: every awkward property name/,
    table: (inner) =>
      mapProperties(inner, (properties) =>
        Object.fromEntries(
          Object.entries(properties).map(([name, value]) => [name.replaceAll(/\W/g, '_'), value]),
        ),
      ),
  },
  {
    name: 'has one column',
    breaks: /^values: a row holds values/,
    table: (inner) =>
      mapProperties(inner, (properties) => Object.fromEntries(Object.entries(properties).slice(0, 1))),
  },
  {
    name: 'drops the properties that it cannot hold',
    breaks:
      /^values: a (value|property) .* refused$|^load: one row that is refused|^limits: a (row|property) |^reserved: an application cannot write a reserved property|^reserved: a lazy row/,
    table: (inner) => ({
      write: (batch, options) =>
        inner.write(
          batch.map((write) => held(inner, write)),
          options,
        ),
      load: (rows, options) =>
        inner.load(
          rows.map((row) => held(inner, row)),
          options,
        ),
    }),
  },
  {
    name: 'cuts keys at a NUL',
    breaks: /^keys: every (row|partition) key/,
    table: (inner) => ({
      write: (batch, options) =>
        inner.write(
          batch.map((write) => rekeyed(write, cut)),
          options,
        ),
      load: (rows, options) =>
        inner.load(
          rows.map((row) => rekeyed(row, cut)),
          options,
        ),
      get: (key, options) => inner.get(rekeyed(key, cut), options),
    }),
  },
  {
    name: 'mends what it should refuse',
    breaks:
      /not well-formed(,.*)? (is|are) refused$|^keys: a key that is not text|^sampleKeys: a number of parts/,
    table: (inner) => ({
      get: (key, options) => inner.get(rekeyed(key, mended), options),
      write: (batch, options) =>
        inner.write(
          batch.map((write) => rekeyed(write, mended)),
          options,
        ),
      load: (rows, options) =>
        inner.load(
          rows.map((row) => rekeyed(row, mended)),
          options,
        ),
      query: (partitionKey, options) => inner.query(mended(partitionKey), options),
      scan: () => inner.scan(),
      sampleKeys: () => inner.sampleKeys(2),
      hashRange: () => inner.hashRange(),
    }),
  },
  {
    name: 'takes twice as much as its manifest says',
    breaks: /^limits: .* (is refused|rather than give a part of them)$/,
    table: (inner) => ({ manifest: scaled(inner.manifest, 0.5) }),
  },
  {
    name: 'takes half of what its manifest says',
    breaks: /^limits: .* (is applied|gives as many rows as the manifest says|one just as long is not)$/,
    table: (inner) => ({ manifest: scaled(inner.manifest, 2) }),
  },
];

function bent(value: Value): Value {
  switch (value.type) {
    case 'string':
      return { ...value, value: value.value.split('\0')[0] ?? '' };
    case 'boolean':
      return { ...value, value: true };
    case 'int32':
      return { ...value, value: Math.abs(value.value) | 0 };
    case 'int64':
      return { ...value, value: BigInt.asIntN(64, BigInt(Number(value.value))) };
    case 'double':
      return { ...value, value: value.value + 0 };
    case 'decimal':
      return { ...value, value: value.value.replace(/\.?0+$/, '') };
    case 'datetime':
      return { ...value, value: value.value.replace(/\d{4}Z$/, '0000Z') };
    case 'guid':
      return { ...value, value: value.value.toUpperCase() };
    case 'binary':
      return { ...value, value: Uint8Array.from(value.value, (byte) => byte & 0x7f) };
    case 'json':
      return { ...value, value: JSON.stringify(JSON.parse(value.value)) };
  }
}

function held<T extends Write | RowData>(inner: Table, data: T): T {
  return 'properties' in data ? { ...data, properties: holdable(inner, data.properties) } : data;
}

function rekeyed<T extends RowKey>(keyed: T, change: (text: string) => string): T {
  return { ...keyed, partitionKey: change(keyed.partitionKey), rowKey: change(keyed.rowKey) };
}

function cut(text: string): string {
  return text.split('\0')[0] ?? '';
}

/** Turns anything into well-formed text. */
function mended(text: unknown): string {
  return Buffer.from(String(text)).toString();
}

function scaled(manifest: Manifest, factor: number): Manifest {
  const scale = <T extends Readonly<Record<string, unknown>>>(limits: T): T =>
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [
        name,
        typeof limit === 'number' ? Math.floor(limit * factor) : limit,
      ]),
    ) as T;
  const { atomicBatch, atomicQuery, load, limits } = manifest;
  return {
    ...manifest,
    atomicBatch: scale(atomicBatch),
    atomicQuery: scale(atomicQuery),
    load: scale(load),
    limits: scale(limits),
  };
}
