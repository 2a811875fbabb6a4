import { type Footprint, joined, nothing, reads, type Scope, writes } from '@changeover/tester';
import type { MemoryStream, MemoryTable } from './memory-table.ts';
import {
  type BatchResult,
  compareKeys,
  type Filter,
  type Key,
  type Query,
  type Row,
  type RowStream,
  type Store,
  type Write,
} from './protocol/index.ts';

/** A table whose every call waits until the schedule lets it happen, and says what it reads and writes. */
export class ControlledTable implements Store {
  readonly #scope: Scope;
  readonly #table: MemoryTable;
  readonly #keys: readonly Key[];
  readonly #streams: string;

  /**
   * @param keys all that the table will ever have, in order: a stream looks at those that it has not passed
   * @param user whose streams it opens: nobody else closes them
   */
  constructor(scope: Scope, table: MemoryTable, keys: readonly Key[], user: string) {
    this.#scope = scope;
    this.#table = table;
    this.#keys = keys;
    this.#streams = `streams/${user}/${table.name}`;
  }

  batch(partition: string, batch: readonly Write[]): Promise<BatchResult> {
    const place = `${this.#table.name}/${partition}`;
    return this.#scope.call({
      label: () => `${this.#table.name}.batch(${partition}: ${batch.map(describe).join(', ')})`,
      footprint: rowsOf(batch, place, writes),
      execute: () => {
        const result = this.#table.batch(partition, batch);
        if ('failed' in result) this.#scope.narrow(rowsOf(batch, place, reads));
        return result;
      },
    });
  }

  query(partition: string, query: Query = {}): Promise<readonly Row[]> {
    const place = `${this.#table.name}/${partition}`;
    return this.#scope.call({
      label: () => `${this.#table.name}.query(${partition}, ${JSON.stringify(query)})`,
      footprint:
        query.rows && !query.filter
          ? rowsOf(
              query.rows.map((row) => ({ row })),
              place,
              reads,
            )
          : reads(place),
      execute: () => this.#table.query(partition, query),
    });
  }

  async open(filter?: Filter, after?: Key): Promise<RowStream> {
    const stream = await this.#scope.call({
      label: () => `${this.#table.name}.open(${JSON.stringify({ filter, after })})`,
      footprint: nothing,
      execute: () => this.#table.open(filter, after),
    });
    return new ControlledStream(
      this.#scope,
      stream,
      readsBehind(this.#table.name, this.#keys),
      this.#streams,
    );
  }
}

class ControlledStream implements RowStream {
  readonly #scope: Scope;
  readonly #stream: MemoryStream;
  readonly #ahead: readonly KeyAhead[];
  readonly #isOpen: string;
  #passed = 0;

  constructor(scope: Scope, stream: MemoryStream, ahead: readonly KeyAhead[], isOpen: string) {
    this.#scope = scope;
    this.#stream = stream;
    this.#ahead = ahead;
    this.#isOpen = isOpen;
  }

  next(): Promise<Row | undefined> {
    const { last } = this.#stream;
    let ahead = this.#ahead[this.#passed];
    while (ahead && last && compareKeys(ahead.key, last) <= 0) ahead = this.#ahead[++this.#passed];
    return this.#scope.call({
      label: () => `${this.#stream.name}.next()`,
      footprint: joined(ahead?.footprint ?? nothing, reads(this.#isOpen)),
      execute: () => this.#stream.next(),
    });
  }

  /** Closing is no step of its own; but whoever reads before it, reads, and whoever reads behind it fails. */
  close(): void {
    this.#scope.touch(writes(this.#isOpen));
    this.#stream.close();
  }
}

interface KeyAhead {
  readonly key: Key;
  /** Reads this row and all behind it. */
  readonly footprint: Footprint;
}

const known = new Map<string, readonly KeyAhead[]>();

/** The same in every schedule with these keys: made once. */
function readsBehind(name: string, keys: readonly Key[]): readonly KeyAhead[] {
  const places = keys.map(({ partition, row }) => `${name}/${partition}/${row}`);
  const id = places.join(' ');
  const found = known.get(id);
  if (found) return found;
  const made = keys.map((key, index) => ({ key, footprint: reads(...places.slice(index)) }));
  known.set(id, made);
  return made;
}

function rowsOf(
  rows: readonly { readonly row: string }[],
  place: string,
  access: (path: string) => Footprint,
): Footprint {
  const [first] = rows;
  if (first && rows.length === 1) return access(`${place}/${first.row}`);
  return joined(...rows.map(({ row }) => access(`${place}/${row}`)));
}

function describe(write: Write): string {
  const { kind, row } = write;
  const version = 'version' in write ? ` if ${write.version}` : '';
  return `${kind} ${row}${'properties' in write ? ` ${JSON.stringify(write.properties)}` : ''}${version}`;
}
