import { type Call, type Footprint, joined, nothing, reads, type Scope, writes } from '@changeover/tester';
import type { MemoryStream, MemoryTable } from './memory-table.ts';
import type { BatchResult, Filter, Key, Query, Row, RowStream, Store, Write } from './protocol/index.ts';

/** A table whose every call waits until the schedule lets it happen, and says what it reads and writes. */
export class ControlledTable implements Store {
  readonly #scope: Scope;
  readonly #table: MemoryTable;

  constructor(scope: Scope, table: MemoryTable) {
    this.#scope = scope;
    this.#table = table;
  }

  batch(partition: string, batch: readonly Write[]): Promise<BatchResult> {
    return this.#scope.call({
      label: () => `${this.#table.name}.batch(${partition}: ${batch.map(describe).join(', ')})`,
      footprint: rowsOf(batch, `${this.#table.name}/${partition}`, writes),
      execute: () => this.#table.batch(partition, batch),
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
    return new ControlledStream(this.#scope, this.#table.name, stream);
  }
}

class ControlledStream implements RowStream {
  readonly #scope: Scope;
  readonly #stream: MemoryStream;
  readonly #next: Call<Row | undefined>;

  constructor(scope: Scope, name: string, stream: MemoryStream) {
    this.#scope = scope;
    this.#stream = stream;
    this.#next = { label: `${name}.next()`, footprint: reads(name), execute: () => stream.next() };
  }

  next(): Promise<Row | undefined> {
    return this.#scope.call(this.#next);
  }

  close(): void {
    this.#stream.close();
  }
}

/** A batch that fails will have written nothing, but that is not known before. */
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
