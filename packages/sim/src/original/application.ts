import { type Scope, writes } from '@changeover/tester';
import { Courier } from './courier.ts';
import type { Judge } from './judge.ts';
import type { Action, PlannedWrite } from './program.ts';
import { ANY, type Filter, type State, type Store, type Write } from './protocol/index.ts';
import type { Protocol } from './protocol-module.ts';
import type { Rows } from './virtual-table.ts';

export interface Surroundings {
  readonly scope: Scope;
  readonly protocol: Protocol;
  readonly source: Store;
  readonly target: Store;
  readonly judge: Judge;
  /** The table before anything began. */
  readonly initial: Rows;
}

/** A process that uses the table. It learns of a new state from its courier. */
export class Application {
  readonly name: string;
  readonly courier = new Courier<State>();
  readonly configuration: InstanceType<Protocol['Configuration']>;
  readonly #at: Surroundings;
  readonly #witness: ReturnType<Judge['witnessFor']>;
  readonly #table: InstanceType<Protocol['MigratingTable']>;

  constructor(name: string, at: Surroundings) {
    const { protocol, source, target, judge } = at;
    this.name = name;
    this.#at = at;
    this.configuration = new protocol.Configuration();
    this.#witness = judge.witnessFor(name);
    this.#table = new protocol.MigratingTable(source, target, this.configuration, this.#witness);
  }

  async run(actions: readonly Action[]): Promise<void> {
    for (const [index, action] of actions.entries()) {
      await this.#turn(`${this.name} begins`);
      await this.#act(action, `${this.name}.${index}`);
    }
  }

  /** Tells the application of each new state that it is sent, as long as there may be one. */
  listen(): Promise<void> {
    return this.courier.run(async (state) => {
      await this.#turn(`tell ${this.name}: ${state}`);
      await this.configuration.change(state);
    });
  }

  /** Whether something begins before or after the application has heard of a state is a matter of order. */
  #turn(label: string): Promise<void> {
    return this.#at.scope.point(label, writes(`configuration/${this.name}`), () => undefined);
  }

  #act(action: Action, tag: string): Promise<unknown> {
    if (action.kind === 'stream') return this.#stream(action.filter);
    const { partition } = action;
    if (action.kind === 'query') {
      const { filter } = action;
      return this.#witness.perform({ kind: 'query', partition, filter }, () =>
        this.#table.query(partition, filter),
      );
    }
    const batch = action.writes.map((write, index) => this.#write(partition, write, `${tag}.${index}`));
    return this.#witness.perform({ kind: 'batch', partition, writes: batch }, () =>
      this.#table.batch(partition, batch),
    );
  }

  async #stream(filter: Filter | undefined): Promise<void> {
    const window = this.#at.judge.window(filter);
    const stream = await this.#table.stream(filter);
    for (;;) {
      this.#meetsPush();
      const row = await stream.next();
      window.check(row);
      if (!row) break;
    }
    this.#meetsPush();
    await stream.close();
  }

  /** Whether a push or a call to a stream comes first at its lock is a matter of order, too. */
  #meetsPush(): void {
    this.#at.scope.touch(writes(`configuration/${this.name}`));
  }

  /** @param tag tells the write from all others, so that each row says who wrote it */
  #write(partition: string, { kind, row, happy, condition }: PlannedWrite, tag: string): Write {
    switch (kind) {
      case 'insert':
      case 'insertOrReplace':
        return { kind, row, properties: { happy, by: tag } };
      case 'insertOrMerge':
        return { kind, row, properties: { happy, merged: tag } };
      case 'replace':
        return {
          kind,
          row,
          properties: { happy, by: tag },
          version: this.#version(partition, row, condition),
        };
      case 'merge':
        return {
          kind,
          row,
          properties: { happy, merged: tag },
          version: this.#version(partition, row, condition),
        };
      case 'delete':
        return { kind, row, version: this.#version(partition, row, condition) };
      case 'deleteIfExists':
        return { kind, row };
    }
  }

  #version(partition: string, row: string, condition: PlannedWrite['condition']): string {
    const none = 'a version that never was';
    switch (condition) {
      case 'any':
        return ANY;
      case 'wrong':
        return none;
      case 'first':
        return this.#at.initial.get(`${partition}/${row}`)?.version ?? none;
      case 'current':
        return this.#at.judge.versionOf(partition, row) ?? none;
    }
  }
}
