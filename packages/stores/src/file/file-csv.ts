import { isCode } from 'changeover/std';
import { type RowData, VALUE_TYPES, type Value, valueFromJson } from 'changeover/table';
import { type CsvColumn, columnOf, KEY_HEADINGS } from './file-csv-columns.ts';
import { type CsvField, CsvRecords } from './file-csv-record.ts';
import { malformed } from './file-errors.ts';
import type { Line } from './file-lines.ts';
import { NUMBER, numberOf } from './file-number.ts';
import type { FileRow } from './file-row.ts';

/** Reads the lines of a CSV file, the first of which has the names and types of the columns. */
export class CsvReader {
  readonly #records = new CsvRecords();
  #columns: readonly CsvColumn[] | undefined;

  /** The row that ends with this line, if one does. Throws `FILE_MALFORMED`. */
  add(line: Line): FileRow | undefined {
    const fields = this.#records.add(line);
    if (!fields) return undefined;
    if (this.#columns) return { line: fields[0]?.line ?? line.number, row: rowOf(fields, this.#columns) };
    this.#columns = columnsOf(fields);
    return undefined;
  }

  /** Throws `FILE_MALFORMED` if there was no header, or if the last record is not whole. */
  end(): void {
    this.#records.end();
    if (!this.#columns) throw malformed(1, 1, `expected ${HEADER}, found an empty file`);
  }
}

const HEADER = `the header ${KEY_HEADINGS.join(',')},NAME:TYPE,…`;

function columnsOf(fields: readonly CsvField[]): readonly CsvColumn[] {
  for (const [index, heading] of KEY_HEADINGS.entries()) {
    const field = fields[index];
    if (field?.text === heading) continue;
    const { line, column } = field ?? lastOf(fields);
    throw malformed(line, column, `expected ${HEADER}; column ${index + 1} is not ${heading}`);
  }
  const seen = new Set<string>();
  return fields.slice(KEY_HEADINGS.length).map(({ text, line, column }) => {
    const found = columnOf(text);
    if (!found) {
      const types = VALUE_TYPES.join(', ');
      throw malformed(line, column, `expected NAME:TYPE, found ${JSON.stringify(text)}; types are ${types}`);
    }
    if (found.name === '__proto__') throw malformed(line, column, 'a property cannot have that name');
    if (seen.has(text)) throw malformed(line, column, `the column ${JSON.stringify(text)} stands here twice`);
    seen.add(text);
    return found;
  });
}

function rowOf(fields: readonly CsvField[], columns: readonly CsvColumn[]): RowData {
  const expected = KEY_HEADINGS.length + columns.length;
  if (fields.length !== expected) {
    const { line, column } = fields[expected] ?? lastOf(fields);
    throw malformed(line, column, `expected ${expected} fields as in the header, found ${fields.length}`);
  }
  const [partitionKey, rowKey] = KEY_HEADINGS.map((heading, index) => keyOf(fields[index], heading));
  return {
    partitionKey: partitionKey as string,
    rowKey: rowKey as string,
    properties: propertiesOf(fields, columns),
  };
}

function propertiesOf(fields: readonly CsvField[], columns: readonly CsvColumn[]): Record<string, Value> {
  const properties: Record<string, Value> = {};
  columns.forEach((column, index) => {
    const field = fields[KEY_HEADINGS.length + index] as CsvField;
    if (isAbsent(field)) return;
    if (Object.hasOwn(properties, column.name)) {
      const name = JSON.stringify(column.name);
      throw malformed(field.line, field.column, `property ${name} has two values, of different types`);
    }
    properties[column.name] = valueOf(field, column);
  });
  return properties;
}

/** An empty field is an absent property; the empty text is in quotes. */
function isAbsent({ text, quoted }: CsvField): boolean {
  return text === '' && !quoted;
}

function keyOf(field: CsvField | undefined, heading: string): string {
  const found = field as CsvField;
  if (!isAbsent(found)) return found.text;
  throw malformed(found.line, found.column, `the row has no ${heading}; an empty one is written ""`);
}

function valueOf({ text, line, column }: CsvField, { name, type }: CsvColumn): Value {
  try {
    return valueFromJson(name, { type, value: scalarOf(text, type) });
  } catch (cause) {
    throw isCode(cause, 'TABLE_VALUE_INVALID') ? malformed(line, column, cause.message, cause) : cause;
  }
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
const NUMBER_ONLY = new RegExp(`^(?:${NUMBER.source})$`);

/** What JSON would have for the text. What is none stays text, and is refused as a value of its type. */
function scalarOf(text: string, type: CsvColumn['type']): string | number | boolean {
  switch (type) {
    case 'boolean':
      return BOOLEANS.get(text) ?? text;
    case 'int32':
    case 'double':
      return NUMBER_ONLY.test(text) ? numberOf(type, text) : text;
    default:
      return text;
  }
}

/** The place of the last field, where some are lacking behind it. */
function lastOf(fields: readonly CsvField[]): { readonly line: number; readonly column: number } {
  return fields.at(-1) ?? { line: 1, column: 1 };
}
