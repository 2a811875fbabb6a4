import type { RecordedHistory } from '@changeover/tester';
import { isOperationalError } from 'changeover/std';
import type { Row, RowKey, Version } from 'changeover/table';
import { type BoxInput, type BoxOutput, type Cell, numberOf, showRows } from './black-box.ts';
import { contentOf } from './contents.ts';

export const REFUSALS: readonly string[] = ['TABLE_ROW_EXISTS', 'TABLE_ROW_ABSENT', 'TABLE_VERSION_MISMATCH'];

/** Writes down what clients ask for and get, and nothing else, for a checker that knows nothing of how it came about. */
export class Witness {
  readonly #history: RecordedHistory<Cell, BoxInput, BoxOutput>;
  readonly #numbers = new Map<string, number>();

  constructor(history: RecordedHistory<Cell, BoxInput, BoxOutput>) {
    this.#history = history;
  }

  /** The number of the write that gave this version; 0 if nobody was given it. */
  numberOf(key: RowKey, version: Version): number {
    return this.#numbers.get(nameOf(key, version)) ?? 0;
  }

  /** A client was given this version for what that write left. One version for two writes is a lie. */
  given(key: RowKey, version: Version, number: number): void {
    const name = nameOf(key, version);
    const known = this.#numbers.get(name);
    if (known !== undefined && known !== number) {
      throw new Error(`the version ${name} was given for write ${known}, and for write ${number}`);
    }
    this.#numbers.set(name, number);
  }

  operation<R>(input: BoxInput, act: () => Promise<R>, output: (result: R) => BoxOutput): Promise<R> {
    return this.#history.operation(input, act, {
      output,
      error: (error) => {
        if (!isOperationalError(error)) return 'unknown';
        if (REFUSALS.includes(error.code))
          return { output: `${error.code}@${String(error.details['index'])}` };
        return error.effect === 'none' ? 'none' : 'unknown';
      },
    });
  }

  /** Rows as the checker knows them. */
  show(rows: readonly Row[]): BoxOutput {
    for (const row of rows) this.given(row, row.version, numberOf(contentOf(row.properties)));
    return showRows(rows.map((row) => [row.rowKey, contentOf(row.properties)]));
  }
}

function nameOf({ partitionKey, rowKey }: RowKey, version: Version): string {
  return `${partitionKey}/${rowKey} ${version}`;
}
