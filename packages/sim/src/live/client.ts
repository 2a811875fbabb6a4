import type { MigratingTable } from 'changeover/live';
import { isCode, isOperationalError } from 'changeover/std';
import type { Filter, Page, RowKey, Version, Write, WriteResult } from 'changeover/table';
import { type BoxWrite, numberOf } from './black-box.ts';
import { propertiesOf } from './contents.ts';
import type { Judge, RunningWrite } from './judge.ts';
import type { PlannedCall, PlannedWrite } from './program.ts';
import type { Content, ReferenceWrite } from './reference.ts';
import type { Actor } from './watched-table.ts';
import { REFUSALS, type Witness } from './witness.ts';

/** Numbers that no two writes share. */
export interface Numbers {
  next(): number;
}

/** An application: makes its calls one after the other, and has the judge look at each answer. */
export class Client {
  readonly table: MigratingTable;
  readonly actor: Actor;
  readonly #judge: Judge;
  readonly #witness: Witness;
  readonly #numbers: Numbers;
  /** The versions that it was given of each row, the latest last. */
  readonly #known: Map<string, Version[]>;
  readonly #rowKeys: readonly string[];

  constructor(options: {
    readonly table: MigratingTable;
    readonly actor: Actor;
    readonly judge: Judge;
    readonly witness: Witness;
    readonly numbers: Numbers;
    readonly known: ReadonlyMap<string, Version>;
    readonly rowKeys: readonly string[];
  }) {
    this.table = options.table;
    this.actor = options.actor;
    this.#judge = options.judge;
    this.#witness = options.witness;
    this.#numbers = options.numbers;
    this.#known = new Map([...options.known].map(([name, version]) => [name, [version]]));
    this.#rowKeys = options.rowKeys;
  }

  call(planned: PlannedCall): Promise<void> {
    switch (planned.type) {
      case 'batch':
        return this.#write(planned.partitionKey, planned.writes);
      case 'get':
        return this.#get(planned);
      case 'query':
        return this.#query(planned.partitionKey, planned.flag);
      case 'scan':
        return this.#scan(planned.limit, planned.flag);
    }
  }

  async #write(partitionKey: string, planned: readonly PlannedWrite[]): Promise<void> {
    const chosen = planned.map((each) => this.#choose(partitionKey, each));
    const running: RunningWrite = {
      who: `${this.actor.name}: ${planned.map(({ kind, rowKey }) => `${kind} ${partitionKey}/${rowKey}`).join(', ')}`,
      partitionKey,
      writes: chosen.map(({ reference }) => reference),
      since: this.#judge.now(partitionKey),
      effect: undefined,
      closed: false,
    };
    this.actor.running = running;
    try {
      const results = await this.#witness.operation(
        { type: 'batch', partitionKey, writes: chosen.map(({ seen }) => seen) },
        () => this.table.write(chosen.map(({ write }) => write)),
        (given) =>
          this.#showWritten(
            partitionKey,
            chosen.map(({ seen }) => seen),
            given,
          ),
      );
      this.#judge.succeeds(running, results);
      for (const [index, { version }] of results.entries()) {
        if (version !== undefined)
          this.#learn({ partitionKey, rowKey: planned[index]?.rowKey ?? '' }, version);
      }
    } catch (error) {
      if (!isOperationalError(error)) throw error;
      if (REFUSALS.includes(error.code)) {
        this.#judge.refused(running, error.code, error.details['index'] as number);
      } else {
        this.#judge.failed(running, error.effect);
      }
    } finally {
      this.actor.running = undefined;
    }
  }

  async #get({ partitionKey, rowKey }: RowKey): Promise<void> {
    const since = this.#judge.now(partitionKey);
    await this.#tolerant(async () => {
      const row = await this.#witness.operation(
        { type: 'get', partitionKey, rowKey },
        () => this.table.get({ partitionKey, rowKey }),
        (given) => this.#witness.show(given ? [given] : []),
      );
      if (row) this.#learn(row, row.version);
      this.#judge.readsRow(`${this.actor.name}: get`, { partitionKey, rowKey }, since, all, row);
    });
  }

  async #query(partitionKey: string, flag: boolean | undefined): Promise<void> {
    const since = this.#judge.now(partitionKey);
    await this.#tolerant(async () => {
      const rows = await this.#witness.operation(
        { type: 'query', partitionKey, flag },
        () => this.table.query(partitionKey, filterOption(flag)),
        (given) => this.#witness.show(given),
      );
      for (const row of rows) this.#learn(row, row.version);
      const who = `${this.actor.name}: query ${flag ?? ''}`;
      this.#judge.reads(who, partitionKey, since, wanting(flag), rows);
    });
  }

  async #scan(limit: number, flag: boolean | undefined): Promise<void> {
    let after: RowKey | undefined;
    do {
      const since = new Map(PARTITIONS.map((partitionKey) => [partitionKey, this.#judge.now(partitionKey)]));
      const begin = after;
      const page = await this.#tolerant(() =>
        this.table.scan({ limit, ...filterOption(flag), ...(begin ? { after: begin } : {}) }),
      );
      if (!page) return;
      this.#checkPage(page, begin, since, flag);
      after = page.continuation;
    } while (after);
  }

  #checkPage(
    { rows, continuation }: Page,
    after: RowKey | undefined,
    since: ReadonlyMap<string, number>,
    flag: boolean | undefined,
  ): void {
    const who = `${this.actor.name}: scan ${flag ?? ''}`;
    // The rows of a scan are not of one instant, but the versions that they give are as good as any.
    this.#witness.show(rows);
    for (const row of rows) this.#learn(row, row.version);
    for (const partitionKey of PARTITIONS) {
      for (const rowKey of this.#rowKeys) {
        const key = { partitionKey, rowKey };
        if ((after && !isBefore(after, key)) || (continuation && isBefore(continuation, key))) continue;
        const row = rows.find((each) => each.partitionKey === partitionKey && each.rowKey === rowKey);
        this.#judge.readsRow(who, key, since.get(partitionKey) ?? 0, wanting(flag), row);
      }
    }
  }

  /** A read that fails because a store failed, or cannot answer, says nothing, and is no one's fault. */
  async #tolerant<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (READ_FAILURES.some((code) => isCode(error, code))) return undefined;
      throw error;
    }
  }

  #choose(partitionKey: string, planned: PlannedWrite): Chosen {
    const { kind, rowKey, expects } = planned;
    const key = { partitionKey, rowKey };
    const merges = kind === 'merge' || kind === 'upsertMerge';
    const number = this.#numbers.next();
    const content: Content = {
      written: merges ? undefined : number,
      merged: merges ? number : undefined,
      flag: planned.flag,
    };
    const version = expects && this.#expected(key, expects);
    const condition = version === undefined || version === '*' ? version : this.#judge.meaning(key, version);
    const properties = propertiesOf(content);
    const write = { ...key, kind, ...(kind === 'delete' ? {} : { properties }) };
    return {
      write: (version === undefined ? write : { ...write, condition: version }) as Write,
      reference: { kind, rowKey, content, condition },
      seen: {
        kind,
        rowKey,
        content,
        condition: version === undefined || version === '*' ? version : this.#witness.numberOf(key, version),
      },
    };
  }

  #showWritten(partitionKey: string, writes: readonly BoxWrite[], given: readonly WriteResult[]): string {
    for (const [index, { rowKey, content }] of writes.entries()) {
      const version = given[index]?.version;
      if (version !== undefined) this.#witness.given({ partitionKey, rowKey }, version, numberOf(content));
    }
    return 'done';
  }

  #expected(key: RowKey, expects: NonNullable<PlannedWrite['expects']>): Version {
    if (expects === 'any') return '*';
    const known = this.#known.get(nameOf(key)) ?? [];
    const version = expects === 'last known' ? known.at(-1) : expects === 'earlier' ? known[0] : undefined;
    return version ?? 'wrong';
  }

  #learn(key: RowKey, version: Version): void {
    const name = nameOf(key);
    const known = this.#known.get(name) ?? [];
    if (known.at(-1) !== version) this.#known.set(name, [...known, version]);
  }
}

const PARTITIONS = ['p', 'q'];
const READ_FAILURES = ['TABLE_UNAVAILABLE', 'TABLE_THROTTLED', 'TABLE_QUERY_TOO_LARGE'];

/** A planned write as it is sent, as the judge has it, and as the checker from outside has it. */
interface Chosen {
  readonly write: Write;
  readonly reference: ReferenceWrite;
  readonly seen: BoxWrite;
}

export function nameOf({ partitionKey, rowKey }: RowKey): string {
  return `${partitionKey}/${rowKey}`;
}

const all = () => true;

function wanting(flag: boolean | undefined): (rowKey: string, content: Content) => boolean {
  return (_, content) => flag === undefined || content.flag === flag;
}

function filterOption(flag: boolean | undefined): { readonly filter?: Filter } {
  if (flag === undefined) return {};
  const value = { type: 'boolean', value: flag } as const;
  return {
    filter: { kind: 'comparison', subject: { kind: 'property', name: 'flag' }, operator: 'eq', value },
  };
}

function isBefore(one: RowKey, other: RowKey): boolean {
  if (one.partitionKey !== other.partitionKey) return one.partitionKey < other.partitionKey;
  return one.rowKey < other.rowKey;
}
