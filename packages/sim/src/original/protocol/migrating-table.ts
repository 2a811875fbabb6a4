import type { Configuration } from './configuration.ts';
import { copyRow } from './copy-row.ts';
import { ASSERTION, isSwitched, META, visible } from './metadata.ts';
import { MigratingStream } from './migrating-stream.ts';
import { overlay } from './overlay.ts';
import { ensureSwitched, markPopulated } from './partition-state.ts';
import type { State } from './states.ts';
import { ANY, type BatchResult, type Filter, matches, type Row, type Store, type Write } from './table.ts';
import { translate } from './translate.ts';
import type { Witness } from './witness.ts';

/** The table that an application uses while its rows move: batches and queries are linearizable in every state. */
export class MigratingTable {
  readonly #source: Store;
  readonly #target: Store;
  readonly #configuration: Configuration;
  readonly #witness: Witness;

  constructor(source: Store, target: Store, configuration: Configuration, witness: Witness) {
    this.#source = source;
    this.#target = target;
    this.#configuration = configuration;
    this.#witness = witness;
  }

  async batch(partition: string, writes: readonly Write[]): Promise<BatchResult> {
    const { state, unsubscribe } = this.#configuration.subscribe();
    try {
      const answer = await this.#write(state, partition, writes);
      this.#witness.takesEffect(answer);
      return answer;
    } finally {
      unsubscribe();
    }
  }

  async query(partition: string, filter?: Filter): Promise<readonly Row[]> {
    const { state, unsubscribe } = this.#configuration.subscribe();
    try {
      const answer = await this.#read(state, partition, filter);
      this.#witness.takesEffect(answer);
      return answer;
    } finally {
      unsubscribe();
    }
  }

  /** Must be closed. */
  stream(filter?: Filter): Promise<MigratingStream> {
    return MigratingStream.open(this.#source, this.#target, this.#configuration, filter);
  }

  // In each of these the last call to a store is the instant at which all takes effect.

  #write(state: State, partition: string, writes: readonly Write[]): Promise<BatchResult> {
    switch (state) {
      case 'sourceOnly':
        return this.#source.batch(partition, writes);
      case 'preferSource':
        return this.#writeSource(partition, writes);
      default:
        return this.#writeTarget(state, partition, writes);
    }
  }

  async #writeSource(partition: string, writes: readonly Write[]): Promise<BatchResult> {
    await markPopulated(this.#source, partition);
    const touch: Write = { kind: 'merge', row: ASSERTION, properties: {}, version: ANY };
    const result = await this.#source.batch(partition, [touch, ...writes]);
    if ('versions' in result) return { versions: result.versions.slice(1) };
    if (result.failed === 0) return this.#writeTarget('preferTarget', partition, writes);
    return { failed: result.failed - 1, reason: result.reason };
  }

  async #writeTarget(state: State, partition: string, writes: readonly Write[]): Promise<BatchResult> {
    // In the last state the migrator takes the meta rows away.
    if (state !== 'targetOnly') await ensureSwitched(this.#source, partition);
    const rows = writes.map(({ row }) => row);
    if (state === 'preferTarget') await this.#copy(partition, rows);
    for (;;) {
      const present = await this.#target.query(partition, { rows });
      const translated = translate(writes, present, state !== 'targetOnly');
      if ('failed' in translated) return translated;
      const result = await this.#target.batch(partition, translated.writes);
      // What fails here has changed since it was read.
      if ('failed' in result) continue;
      return {
        versions: result.versions.map((version, index) => (isDelete(writes[index]) ? undefined : version)),
      };
    }
  }

  async #copy(partition: string, rows: readonly string[]): Promise<void> {
    const inSource = await this.#source.query(partition, { rows });
    if (inSource.length === 0) return;
    const inTarget = await this.#target.query(partition, { rows });
    for (const row of inSource) {
      if (!inTarget.some((other) => other.row === row.row)) await copyRow(this.#target, row, this.#witness);
    }
  }

  async #read(state: State, partition: string, filter?: Filter): Promise<readonly Row[]> {
    switch (state) {
      case 'sourceOnly':
        return (await this.#source.query(partition, { filter })).flatMap((row) => visible(row) ?? []);
      case 'preferSource':
      case 'preferTarget':
        return this.#readBoth(partition, filter);
      default:
        return (await this.#target.query(partition, { filter })).flatMap((row) => visible(row) ?? []);
    }
  }

  async #readBoth(partition: string, filter?: Filter): Promise<readonly Row[]> {
    const inSource = await this.#source.query(partition, filter ? { filter, rows: [META] } : {});
    const switched = isSwitched(inSource.find(({ row }) => row === META));
    // All of it: what does not match here still hides what matches there.
    const inTarget = switched ? await this.#target.query(partition) : [];
    return overlay(inSource, inTarget)
      .flatMap((row) => visible(row) ?? [])
      .filter((row) => matches(row, filter));
  }
}

function isDelete(write: Write | undefined): boolean {
  return write?.kind === 'delete' || write?.kind === 'deleteIfExists';
}
