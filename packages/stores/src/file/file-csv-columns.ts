import {
  propertyOf,
  type RowData,
  VALUE_TYPES,
  type Value,
  type ValueType,
  valueToJson,
} from 'changeover/table';
import { csvField } from './file-csv-record.ts';
import { FileError, fileRefusal } from './file-errors.ts';

/** One property of one type. A property that has two types in different rows has two columns. */
export interface CsvColumn {
  readonly name: string;
  readonly type: ValueType;
}

/** More of them is no table for a spreadsheet, but keys that became property names; and they are all in memory. */
const COLUMNS_MAX = 16_384;

export const KEY_HEADINGS = ['PartitionKey', 'RowKey'] as const;

/** The columns that hold some rows exactly. All rows are shown to {@link add} first, then each becomes a line. */
export class CsvColumns {
  readonly #types = new Map<string, ValueType[]>();
  #columns: CsvColumn[] = [];

  /** Throws `FILE_NOT_REPRESENTABLE` if the rows so far have too many properties. */
  add({ properties }: RowData): void {
    for (const name of Object.keys(properties)) {
      const { type } = properties[name] as Value;
      const types = this.#types.get(name);
      if (types?.includes(type)) continue;
      if (types) types.push(type);
      else this.#types.set(name, [type]);
      this.#columns.push({ name, type });
    }
    if (this.#columns.length <= COLUMNS_MAX) return;
    const message = `the rows have more than ${COLUMNS_MAX} properties, each of which would be a column`;
    throw fileRefusal('FILE_NOT_REPRESENTABLE', message, 'Write NDJSON, which has no columns.');
  }

  /** `PartitionKey,RowKey,NAME:TYPE,…`, sorted, so that equal rows are equal files whichever store gave them. */
  header(): string {
    this.#columns = this.#columns.toSorted((a, b) => (headingOf(a) < headingOf(b) ? -1 : 1));
    return recordOf([...KEY_HEADINGS, ...this.#columns.map(headingOf)].map(csvField));
  }

  /** Of a row, after the header. Throws `FILE_COLUMNS_CHANGED` if it has a property without a column. */
  line({ partitionKey, rowKey, properties }: RowData): string {
    const fields = [csvField(partitionKey), csvField(rowKey)];
    let written = 0;
    for (const { name, type } of this.#columns) {
      const value = propertyOf(properties, name);
      const has = value?.type === type;
      fields.push(has ? csvField(String(valueToJson(value).value)) : '');
      if (has) written += 1;
    }
    if (written < Object.keys(properties).length) throw columnsChanged();
    return recordOf(fields);
  }
}

function headingOf({ name, type }: CsvColumn): string {
  return `${name}:${type}`;
}

/** The column that a heading names: the type stands behind the last colon, for a name may have colons too. */
export function columnOf(heading: string): CsvColumn | undefined {
  const colon = heading.lastIndexOf(':');
  const type = VALUE_TYPES.find((known) => known === heading.slice(colon + 1));
  return colon > 0 && type ? { name: heading.slice(0, colon), type } : undefined;
}

function recordOf(fields: readonly string[]): string {
  return `${fields.join(',')}\r\n`;
}

function columnsChanged(): FileError {
  return new FileError('FILE_COLUMNS_CHANGED', 'the table changed while it was read', {
    effect: 'none',
    hint: 'A row has a property that no row had when the columns were gathered. Run the same command again.',
  });
}
