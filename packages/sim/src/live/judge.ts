import type { Difference } from 'changeover/live';
import type { Row, RowKey, Version, WriteResult } from 'changeover/table';
import { contentOf } from './contents.ts';
import {
  applyTo,
  type Content,
  type ReferenceRow,
  type ReferenceState,
  type ReferenceWrite,
  sameContent,
} from './reference.ts';

/** A batch under way, as the judge knows it. */
export interface RunningWrite {
  readonly who: string;
  readonly partitionKey: string;
  readonly writes: readonly ReferenceWrite[];
  /** The state of its partition when it was called. */
  readonly since: number;
  /** The versions of the reference that it gave, once it took effect. */
  effect: readonly (number | undefined)[] | undefined;
  /** Its caller was told that it had no effect, or how it ended: it must not take effect any more. */
  closed: boolean;
}

/**
 * Holds what clients are told against a plain table. A batch is applied to that table at the instant at which its rows
 * change in a store, and must then succeed; everything else must be right for some state between its call and its return.
 * A version that a client gets stands for one version of the reference, and for no other, ever.
 */
export class Judge {
  /** The first thing that was wrong. */
  violation: Error | undefined;
  readonly #states = new Map<string, ReferenceState[]>();
  readonly #given = new Map<number, Version>();
  readonly #meant = new Map<string, number>();
  #last = 0;

  /** The row was there before anything began. */
  begin(key: RowKey, content: Content, version: Version): void {
    const row = { content, version: this.#next() };
    this.#history(key.partitionKey)[0] = new Map(this.state(key.partitionKey)).set(key.rowKey, row);
    this.#bind(key, row.version, version);
  }

  /** All rows of the reference, in a few words each. */
  shown(): Record<string, string> {
    const rows = [...this.#states].flatMap(([partitionKey, states]) =>
      [...(states.at(-1) ?? [])].map(([rowKey, { content, version }]) => {
        const { written, merged, flag } = content;
        return [
          `${partitionKey}/${rowKey}`,
          `{written=${written} merged=${merged} flag=${flag}} version ${version}`,
        ];
      }),
    );
    return Object.fromEntries(rows) as Record<string, string>;
  }

  state(partitionKey: string): ReferenceState {
    return this.#history(partitionKey).at(-1) as ReferenceState;
  }

  /** Now, to be held on to: what is read from now on must have been so since then. */
  now(partitionKey: string): number {
    return this.#history(partitionKey).length - 1;
  }

  /** What a version that a client holds means; −1 if nothing. */
  meaning(key: RowKey, version: Version): number {
    return this.#meant.get(nameOf(key, version)) ?? -1;
  }

  /** The batch changes its rows in a store, just now. */
  takesEffect(operation: RunningWrite): void {
    const { partitionKey, writes, who } = operation;
    if (operation.effect) return this.#fail(`${who} takes effect a second time`);
    if (operation.closed) return this.#fail(`${who} takes effect after it was said to have none`);
    const applied = applyTo(this.state(partitionKey), writes, () => this.#next());
    if (applied.kind === 'refused') {
      return this.#fail(`${who} takes effect, and should fail: ${applied.code} at ${applied.index}`);
    }
    operation.effect = applied.versions;
    this.#history(partitionKey).push(applied.state);
  }

  /** The one announced change: a row gets another version, and nothing else. */
  changesVersion(key: RowKey, version: Version): void {
    const state = this.state(key.partitionKey);
    const row = state.get(key.rowKey);
    if (!row) return this.#fail(`a row that is absent is rewritten: ${key.rowKey}`);
    const changed = { content: row.content, version: this.#next() };
    this.#history(key.partitionKey).push(new Map(state).set(key.rowKey, changed));
    this.#bind(key, changed.version, version);
  }

  succeeds(operation: RunningWrite, results: readonly WriteResult[]): void {
    operation.closed = true;
    const { effect, writes, who, partitionKey, since } = operation;
    if (!effect) {
      if (this.#since(partitionKey, since).some((state) => changesNothing(state, writes))) return;
      return this.#fail(`${who} succeeds, and nothing was changed`);
    }
    for (const [index, { rowKey }] of writes.entries()) {
      const [expected, actual] = [effect[index], results[index]?.version];
      if ((expected === undefined) !== (actual === undefined)) {
        return this.#fail(`${who} gives the version ${actual} for write ${index}`);
      }
      if (expected !== undefined && actual !== undefined)
        this.#bind({ partitionKey, rowKey }, expected, actual);
    }
  }

  refused(operation: RunningWrite, code: string, index: number): void {
    operation.closed = true;
    const { effect, writes, who, partitionKey, since } = operation;
    if (effect) return this.#fail(`${who} fails with ${code}, and took effect`);
    const right = this.#since(partitionKey, since).some((state) => {
      const applied = applyTo(state, writes, () => 0);
      return applied.kind === 'refused' && applied.code === code && applied.index === index;
    });
    if (!right) this.#fail(`${who} fails with ${code} at ${index}, which was never right meanwhile`);
  }

  /** It failed otherwise, and said so. */
  failed(operation: RunningWrite, effect: 'none' | 'applied' | 'unknown'): void {
    const { who } = operation;
    operation.closed = effect === 'none';
    if (effect === 'none' && operation.effect) this.#fail(`${who} says it had no effect, and took effect`);
    if (effect === 'applied' && !operation.effect) this.#fail(`${who} says it took effect, and did not`);
  }

  /** A validation proves a difference, where there can be none. */
  differs({ partitionKey, rowKey, reason }: Difference): void {
    this.#fail(`a validation finds ${partitionKey}/${rowKey} different: ${reason}`);
  }

  /** These are all rows of the partition that are wanted, at one instant since then. */
  reads(
    who: string,
    partitionKey: string,
    since: number,
    wanted: (rowKey: string, content: Content) => boolean,
    rows: readonly Row[],
  ): void {
    for (const state of this.#since(partitionKey, since)) {
      const expected = [...state].filter(([rowKey, { content }]) => wanted(rowKey, content));
      const same = expected.length === rows.length;
      if (!same) continue;
      if (rows.every((row) => this.#is(row, state.get(row.rowKey)))) {
        for (const row of rows) this.#bind(row, (state.get(row.rowKey) as ReferenceRow).version, row.version);
        return;
      }
    }
    this.#fail(`${who} reads ${rows.map(show).join(' ') || 'nothing'}, which was never so meanwhile`);
  }

  /** The row, or its absence, is as it was at some instant since then. */
  readsRow(
    who: string,
    key: RowKey,
    since: number,
    wanted: (rowKey: string, content: Content) => boolean,
    row: Row | undefined,
  ): void {
    const { rowKey, partitionKey } = key;
    for (const state of this.#since(partitionKey, since)) {
      const expected = state.get(rowKey);
      const there = expected !== undefined && wanted(rowKey, expected.content);
      if (!row && !there) return;
      if (row && there && this.#is(row, expected)) return this.#bind(row, expected.version, row.version);
    }
    this.#fail(
      `${who} reads ${row ? show(row) : `no ${partitionKey}/${rowKey}`}, which was never so meanwhile`,
    );
  }

  /** Whether a row that was given is this one, as far as versions are known. */
  #is(row: Row, expected: ReferenceRow | undefined): boolean {
    if (!expected || !sameContent(contentOf(row.properties), expected.content)) return false;
    const given = this.#given.get(expected.version);
    return given === undefined ? this.meaning(row, row.version) === -1 : given === row.version;
  }

  #bind(key: RowKey, meaning: number, version: Version): void {
    const known = this.#given.get(meaning);
    const other = this.meaning(key, version);
    if ((known === undefined && other === -1) || (known === version && other === meaning)) {
      this.#given.set(meaning, version);
      this.#meant.set(nameOf(key, version), meaning);
      return;
    }
    this.#fail(`${nameOf(key, version)} was given before as ${known}, or meant another version`);
  }

  #since(partitionKey: string, since: number): readonly ReferenceState[] {
    return this.#history(partitionKey).slice(since);
  }

  #history(partitionKey: string): ReferenceState[] {
    const known = this.#states.get(partitionKey);
    if (known) return known;
    const begun: ReferenceState[] = [new Map()];
    this.#states.set(partitionKey, begun);
    return begun;
  }

  #next(): number {
    this.#last += 1;
    return this.#last;
  }

  #fail(message: string): void {
    this.violation ??= new Error(message);
  }
}

/** Deletes of what is absent: no batch need ever reach a store for them. */
function changesNothing(state: ReferenceState, writes: readonly ReferenceWrite[]): boolean {
  const applied = applyTo(state, writes, () => 0);
  return (
    applied.kind !== 'refused' &&
    writes.every(({ rowKey }) => !state.has(rowKey) && !applied.state.has(rowKey))
  );
}

function nameOf({ partitionKey, rowKey }: RowKey, version: Version): string {
  return `${partitionKey}/${rowKey} ${version}`;
}

function show(row: Row): string {
  const { written, merged, flag } = contentOf(row.properties);
  return `${nameOf(row, row.version)} (${written}, ${merged}, ${flag})`;
}
