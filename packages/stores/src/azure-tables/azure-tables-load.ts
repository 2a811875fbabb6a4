import { effectOf, isCode, isOperationalError } from 'changeover/std';
import { formatKey, type RowData, TableError, type Write } from 'changeover/table';
import { type EntityWrite, PAYLOAD_ROOM, payloadBytes, sendWrites } from './azure-tables-batch.ts';
import { azureTablesError, codeOf } from './azure-tables-errors.ts';
import { requestOf, type WritePlace } from './azure-tables-write.ts';

const TRANSACTION_ROWS = 100;
/** Transactions of one load that are under way at the same time. */
const CONCURRENCY = 12;

/** Rows that go together: of one partition, and within the limits of a transaction. */
interface Group {
  readonly rows: readonly RowData[];
  readonly inserts: readonly EntityWrite[];
}

/** How the loads of one handle go: by inserts, which are cheaper, for as long as no row of them was there before. */
export class Loader {
  readonly #place: WritePlace;
  #rowsExist = false;

  constructor(place: WritePlace) {
    this.#place = place;
  }

  /** Puts whole rows. A failure may leave a part of them, and says so. */
  async load(rows: readonly RowData[], signal: AbortSignal | undefined): Promise<void> {
    const groups = [...groupsOf(this.#place, rows)];
    let applied = 0;
    let failure: unknown;
    const work = async () => {
      for (let group = groups.shift(); group && failure === undefined; group = groups.shift()) {
        try {
          await this.#put(group, signal);
          applied += 1;
        } catch (error) {
          failure ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, groups.length) }, work));
    if (failure !== undefined) throw partial(failure, applied > 0);
  }

  async #put(group: Group, signal: AbortSignal | undefined): Promise<void> {
    if (!this.#rowsExist) {
      if (await this.#send(group, group.inserts, signal)) return;
      this.#rowsExist = true;
    }
    const upserts = group.rows.map((row) => requestOf(this.#place.stored, putOf(row, 'upsertReplace')));
    await this.#send(group, upserts, signal);
  }

  /**
   * False if a row is there already. What got no answer is sent again, as long as a service may be busy: what it puts is put
   * once more, and no harm done.
   */
  async #send(
    { rows }: Group,
    writes: readonly EntityWrite[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { connection } = this.#place;
    const isOver = connection.budget();
    for (;;) {
      try {
        const answer = await sendWrites(connection, writes, signal);
        if (answer.ok) return true;
        if (codeOf(answer.error) === 'TABLE_ROW_EXISTS') return false;
        const row = rows[answer.error.index ?? 0];
        const where = row ? `${connection.location}, row ${formatKey(row)}` : connection.location;
        throw azureTablesError(answer.error, where, { isWrite: true });
      } catch (error) {
        const again = isCode(error, 'TABLE_TIMEOUT', 'TABLE_UNAVAILABLE') && error.effect === 'unknown';
        if (!again || isOver()) throw error;
      }
    }
  }
}

function* groupsOf({ connection, stored }: WritePlace, rows: readonly RowData[]): Generator<Group> {
  const partitions = new Map<string, RowData[]>();
  for (const row of rows) {
    const partition = partitions.get(row.partitionKey);
    if (partition) partition.push(row);
    else partitions.set(row.partitionKey, [row]);
  }
  for (const partition of partitions.values()) {
    let group: RowData[] = [];
    let inserts: EntityWrite[] = [];
    let bytes = 0;
    for (const row of partition) {
      const insert = requestOf(stored, putOf(row, 'insert'));
      // An upsert has the keys in its path, too.
      const size = payloadBytes(connection, insert) + 9 * (row.partitionKey.length + row.rowKey.length) + 64;
      if (group.length > 0 && (group.length === TRANSACTION_ROWS || bytes + size > PAYLOAD_ROOM)) {
        yield { rows: group, inserts };
        group = [];
        inserts = [];
        bytes = 0;
      }
      group.push(row);
      inserts.push(insert);
      bytes += size;
    }
    yield { rows: group, inserts };
  }
}

function putOf({ partitionKey, rowKey, properties }: RowData, kind: 'insert' | 'upsertReplace'): Write {
  return { kind, partitionKey, rowKey, properties };
}

/** The failure of one transaction says nothing of the others. */
function partial(failure: unknown, anyApplied: boolean): unknown {
  if (!anyApplied || !isOperationalError(failure) || effectOf(failure) !== 'none') return failure;
  const { code, message, hint, details } = failure as TableError;
  return new TableError(code, `${message}; a part of the load was applied`, {
    effect: 'unknown',
    cause: failure,
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}
