import { AbstractTable, project } from './abstract-table.ts';
import { EncodedRow, roughBytes } from './encoded-row.ts';
import { decodeProperties, encodeProperties } from './encoding.ts';
import { refusal } from './errors.ts';
import { checkEpoch, epochOf, FENCE_TABLE, fenceKey } from './fence.ts';
import { matchesFilter } from './filter-match.ts';
import { compareKeys, formatKey, keyOf, type RowKey, sameKey } from './key.ts';
import type { Manifest } from './manifest.ts';
import type { MemoryPlace, MemoryRows, StoredRow } from './memory-place.ts';
import { isReservedProperty, isReservedRow } from './reserved.ts';
import { rowBytes } from './size.ts';
import type {
  AtomicQueryOptions,
  Fence,
  KeySample,
  LoadOptions,
  LoadResult,
  OpenOptions,
  Page,
  Problem,
  RangeOptions,
  Row,
  RowData,
  ScanOptions,
  TableDescription,
  Write,
  WriteOptions,
  WriteResult,
} from './table.ts';
import { type Properties, propertyOf } from './value.ts';

/**
 * The reference: what the contract means, in the most obvious way. Every operation runs in one turn of the event loop,
 * which is all that atomicity takes here.
 */
export class MemoryTable extends AbstractTable {
  readonly manifest: Manifest;
  readonly #place: MemoryPlace;
  readonly #onClose: (table: MemoryTable) => void;

  constructor(
    name: string,
    place: MemoryPlace,
    manifest: Manifest,
    options: OpenOptions,
    onClose: (table: MemoryTable) => void,
  ) {
    super(name, options);
    this.manifest = manifest;
    this.#place = place;
    this.#onClose = onClose;
  }

  protected async _get(key: RowKey): Promise<Row | undefined> {
    const stored = this.#rows.find(key);
    return stored && this.#show(stored);
  }

  protected async _write(batch: readonly Write[], { fences }: WriteOptions): Promise<readonly WriteResult[]> {
    this.#checkFences(fences);
    const rows = this.#rows;
    const outcomes = batch.map((write, index) => outcomeOf(write, rows.find(write), index));
    return outcomes.map((outcome) => this.#apply(rows, outcome));
  }

  protected async _query(partitionKey: string, options: AtomicQueryOptions): Promise<readonly Row[]> {
    const { filter, select } = options;
    const answer: Row[] = [];
    for (const stored of this.#rows.from({ partitionKey, rowKey: '' })) {
      if (stored.partitionKey !== partitionKey) break;
      const row = this.#show(stored);
      if (row && (!filter || matchesFilter(filter, row))) answer.push(projected(row, select));
    }
    checkAnswer(this.answerLimits(options), partitionKey, answer);
    return answer;
  }

  protected async _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    const { after, through, limit, bytes = Number.POSITIVE_INFINITY, filter, select, lazy } = options;
    const rows: Row[] = [];
    let size = 0;
    for (const stored of this.#rows.from(after)) {
      if (through && compareKeys(stored, through) > 0) break;
      if (after && sameKey(stored, after)) continue;
      const row = this.#show(stored);
      if (!row || (filter && !matchesFilter(filter, row))) continue;
      const last = rows.at(-1);
      if (last && (rows.length === limit || size >= bytes)) return { rows, continuation: keyOf(last) };
      const given = projected(row, select);
      rows.push(lazy ? lazyRow(given) : given);
      size += rowBytes(given);
    }
    return { rows, continuation: undefined };
  }

  protected async _load(rows: readonly RowData[], { marks = [], fences }: LoadOptions): Promise<LoadResult> {
    this.#checkFences(fences);
    const loaded = this.#rows;
    const marked = marks.map(({ table, write }, index) => {
      const reserved = this.#place.rowsOf(table);
      return { reserved, outcome: outcomeOf(write, reserved.find(write), index) };
    });
    for (const row of rows) this.#apply(loaded, { key: row, properties: row.properties });
    return { marks: marked.map(({ reserved, outcome }) => this.#apply(reserved, outcome)) };
  }

  protected async _sampleKeys(parts: number, { after, through }: RangeOptions): Promise<KeySample> {
    const keys = this.#visibleKeys().filter(
      (key) => (!after || compareKeys(key, after) > 0) && (!through || compareKeys(key, through) <= 0),
    );
    const sample: RowKey[] = [];
    for (let part = 1; part < parts; part += 1) {
      const lastOfPart = keys[Math.floor((part * keys.length) / parts) - 1];
      if (lastOfPart && lastOfPart !== sample.at(-1)) sample.push(lastOfPart);
    }
    return { keys: sample, rows: keys.length };
  }

  protected async _describe(): Promise<TableDescription> {
    const rows = this.#rows;
    return {
      reservedNames: reservedNames(rows),
      changeToken: rows.changeToken,
      empty: this.#visibleKeys().length === 0,
    };
  }

  protected override _problemOf(row: RowData): Problem | undefined {
    const { columns } = this.manifest;
    return columns && problemOfColumns(row, columns);
  }

  protected async _close(): Promise<void> {
    this.#onClose(this);
  }

  get #rows(): MemoryRows {
    return this.#place.rowsOf(this.name);
  }

  #checkFences(fences: readonly Fence[] = []): void {
    for (const fence of fences) {
      const key = fenceKey(fence.name);
      const stored = this.#place.tables.get(FENCE_TABLE)?.find(key);
      checkEpoch(fence, epochOf(stored && { ...key, properties: decodeProperties(stored.encoded) }));
    }
  }

  /** The row as this handle sees it; undefined if it does not. */
  #show({ partitionKey, rowKey, version, encoded }: StoredRow): Row | undefined {
    if (!this.seesReserved && isReservedRow(rowKey)) return undefined;
    const properties = decodeProperties(encoded);
    return {
      partitionKey,
      rowKey,
      version,
      properties: this.seesReserved ? properties : withoutReserved(properties),
    };
  }

  #apply(rows: MemoryRows, outcome: Outcome): WriteResult {
    if (outcome === 'as it is') return { version: undefined };
    const { key, properties } = outcome;
    const version = this.#place.nextVersion();
    if (!properties) {
      rows.remove(key, version);
      return { version: undefined };
    }
    rows.put({ ...keyOf(key), version, encoded: encodeProperties(properties) });
    return { version };
  }

  #visibleKeys(): readonly RowKey[] {
    return [...this.#rows.from()]
      .filter(({ rowKey }) => this.seesReserved || !isReservedRow(rowKey))
      .map(keyOf);
  }
}

function checkAnswer(
  { rows, bytes }: Manifest['atomicQuery'],
  partitionKey: string,
  answer: readonly Row[],
): void {
  const size = answer.reduce((sum, row) => sum + roughBytes(row), 0);
  if (answer.length <= rows && size <= bytes) return;
  throw refusal(
    'TABLE_QUERY_TOO_LARGE',
    `the rows of partition ${JSON.stringify(partitionKey)} are more than one answer can hold`,
    { partitionKey },
  );
}

/** What a write leaves of its row: these properties, or with undefined no row. */
type Outcome = { readonly key: RowKey; readonly properties: Properties | undefined } | 'as it is';

/** Throws if the condition of the write fails on the row that there is. */
function outcomeOf(write: Write, stored: StoredRow | undefined, index: number): Outcome {
  checkCondition(write, stored, index);
  switch (write.kind) {
    case 'insert':
    case 'replace':
    case 'upsertReplace':
      return { key: write, properties: write.properties };
    case 'merge':
    case 'upsertMerge':
      return {
        key: write,
        properties: stored ? { ...decodeProperties(stored.encoded), ...write.properties } : write.properties,
      };
    case 'delete':
      return { key: write, properties: undefined };
    case 'check':
      return 'as it is';
  }
}

function checkCondition(write: Write, stored: StoredRow | undefined, index: number): void {
  const details = { index, key: keyOf(write) };
  const fails = `write ${index} failed: row ${formatKey(write)}`;
  if (write.kind === 'insert') {
    if (stored) throw refusal('TABLE_ROW_EXISTS', `${fails} exists`, details);
    return;
  }
  const condition = 'condition' in write ? write.condition : undefined;
  if (condition === undefined) return;
  if (!stored) throw refusal('TABLE_ROW_ABSENT', `${fails} does not exist`, details);
  if (condition !== '*' && condition !== stored.version) {
    throw refusal('TABLE_VERSION_MISMATCH', `${fails} has another version`, details);
  }
}

function projected(row: Row, select: readonly string[] | undefined): Row {
  return { ...row, properties: project(row.properties, select) };
}

function lazyRow({ partitionKey, rowKey, version, properties }: Row): EncodedRow {
  return new EncodedRow(partitionKey, rowKey, version, encodeProperties(properties));
}

function withoutReserved(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isReservedProperty(name)));
}

/** One example of a reserved row and one of a reserved property, if there are any. */
function reservedNames(rows: MemoryRows): readonly string[] {
  let row: string | undefined;
  let property: string | undefined;
  for (const stored of rows.from()) {
    if (isReservedRow(stored.rowKey)) {
      row ??= `row ${formatKey(stored)}`;
      continue;
    }
    const name = Object.keys(decodeProperties(stored.encoded)).find(isReservedProperty);
    if (name !== undefined) property ??= `property ${JSON.stringify(name)} of row ${formatKey(stored)}`;
  }
  return [row, property].filter((phrase) => phrase !== undefined);
}

/** Lets memory stand in for a store whose columns are fixed. Reserved names live beside the columns. */
function problemOfColumns(row: RowData, columns: NonNullable<Manifest['columns']>): Problem | undefined {
  if (isReservedRow(row.rowKey)) return undefined;
  for (const [property, value] of Object.entries(row.properties)) {
    const column = columns.find(({ name }) => name === property);
    if (isReservedProperty(property)) continue;
    if (!column) return { property, reason: 'has no column' };
    if (column.type && column.type !== value.type) {
      return { property, reason: `is ${value.type}, which its ${column.type} column would change` };
    }
  }
  const missing = columns.find(({ name, required }) => required && !propertyOf(row.properties, name));
  return missing && { property: missing.name, reason: 'is absent, but its column is required' };
}
