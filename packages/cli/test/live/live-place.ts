import { resolve } from '@changeover/stores';
import { currentOwner, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import type { ControlStore } from 'changeover/control';
import { openTable } from 'changeover/cutover';
import type { MigratingTable } from 'changeover/live';
import type { RowData } from 'changeover/table';
import { type CapturedRun, capturedRun, type World } from '../support/captured-run.ts';
import { Workplace } from '../support/workplace.ts';

export const SOURCE = 'sqlite:source.db#orders';
export const TARGET = 'sqlite:target.db';
export const NAME = 'orders';

/** A workplace with a table `orders` in `source.db`, in which the command runs in this process, by the real clock. */
export class LivePlace {
  readonly workplace: Workplace;
  readonly #controls: ControlStore[] = [];

  private constructor(workplace: Workplace) {
    this.workplace = workplace;
  }

  /** With so many rows in each of four partitions, `a` to `d`. */
  static async create(rowsEach = 3): Promise<LivePlace> {
    const place = new LivePlace(await Workplace.create());
    await place.put('source.db', 'orders', rowsOf(rowsEach));
    return place;
  }

  /** Makes a table of our own layout, of whatever rows. */
  async put(file: string, table: string, rows: readonly RowData[]): Promise<void> {
    const { store } = await this.#resolve(`sqlite:${file}`);
    await store.create(table);
    await (await store.open(table, { reserved: true })).load(rows);
    await store.close();
  }

  /** Runs `changeover live` with these arguments. */
  live(argv: readonly string[], world: World = {}): Promise<CapturedRun> {
    const { directory: cwd } = this.workplace;
    return capturedRun(['live', ...argv], { cwd, clock: systemClock, random: systemRandom, ...world });
  }

  /** Runs several, each of which must succeed. */
  async all(...lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const { exit, stderr } = await this.live(line.split(' '));
      if (exit !== 0) throw new Error(`${line} ended with exit ${exit}: ${stderr.text}`);
    }
  }

  /** What `status --json` says of the migration. */
  async status(): Promise<Record<string, unknown>> {
    return (await this.live(['status', NAME, '--json'])).stdout.events[0] ?? {};
  }

  /** The table as an application has it. */
  async open(): Promise<MigratingTable> {
    const control = await openSqliteControl({
      path: this.workplace.path('.changeover/control.db'),
      clock: systemClock,
      random: systemRandom,
      create: false,
    });
    this.#controls.push(control);
    return openTable(NAME, {
      control,
      clock: systemClock,
      random: systemRandom,
      owner: currentOwner('the application'),
      resolve: (url) => this.#resolve(url),
    });
  }

  /** The keys of the rows of a file's table, by SQL alone. */
  keys(file: string, table = 'orders'): readonly unknown[] {
    const query = `select partition_key || '/' || row_key from ${table} order by 1`;
    return this.workplace.query(file, query);
  }

  async remove(): Promise<void> {
    for (const control of this.#controls) await control.close();
    await this.workplace.remove();
  }

  #resolve(url: string) {
    return resolve(url, { mode: 'write', clock: systemClock, env: {}, cwd: this.workplace.directory });
  }
}

function rowsOf(each: number): readonly RowData[] {
  return ['a', 'b', 'c', 'd'].flatMap((partitionKey) =>
    Array.from({ length: each }, (_, index) => ({
      partitionKey,
      rowKey: String(index).padStart(4, '0'),
      properties: { text: { type: 'string' as const, value: `row ${index}` } },
    })),
  );
}
