import { isCode } from 'changeover/std';
import {
  isWellFormed,
  type RowData,
  VALUE_TYPES,
  type Value,
  valueFromJson,
  valueToJson,
} from 'changeover/table';
import { JsonCursor, type Scalar } from './file-json.ts';
import type { Line } from './file-lines.ts';
import { numberOf } from './file-number.ts';

/**
 * `{"partitionKey":…,"rowKey":…,"properties":{NAME:{"type":…,"value":…}}}` and a line feed. Stores differ in the order
 * in which they give properties; sorted by name, equal rows are equal lines.
 */
export function ndjsonLine({ partitionKey, rowKey, properties }: RowData): string {
  const names = Object.keys(properties).toSorted();
  const members = names.map((name) => [name, valueToJson(properties[name] as Value)]);
  return `${JSON.stringify({ partitionKey, rowKey, properties: Object.fromEntries(members) })}\n`;
}

/** The inverse of {@link ndjsonLine}, members in any order. Throws `FILE_MALFORMED`. */
export function parseNdjsonLine(line: Line): RowData {
  const cursor = new JsonCursor(line);
  const row: { -readonly [M in keyof RowData]?: RowData[M] } = {};
  cursor.object('a row, which begins with "{"', (name, column) => {
    if (name === 'partitionKey' || name === 'rowKey') row[name] = readKey(cursor, name);
    else if (name === 'properties') row.properties = readProperties(cursor);
    else throw cursor.fault(column, `expected ${MEMBERS}, found ${JSON.stringify(name)}`);
  });
  cursor.end();
  const { partitionKey, rowKey, properties } = row;
  if (partitionKey === undefined) throw cursor.fault(1, 'the row has no "partitionKey"');
  if (rowKey === undefined) throw cursor.fault(1, 'the row has no "rowKey"');
  if (properties === undefined) throw cursor.fault(1, 'the row has no "properties"');
  return { partitionKey, rowKey, properties };
}

const MEMBERS = '"partitionKey", "rowKey" or "properties"';

function readKey(cursor: JsonCursor, name: string): string {
  const { column } = cursor;
  const key = cursor.string(`the text of "${name}"`);
  if (!isWellFormed(key)) throw cursor.fault(column, `the "${name}" is not well-formed Unicode text`);
  return key;
}

function readProperties(cursor: JsonCursor): Record<string, Value> {
  const properties: Record<string, Value> = {};
  cursor.object('the properties, which begin with "{"', (name, column) => {
    if (name === '__proto__') throw cursor.fault(column, 'a property cannot have the name "__proto__"');
    properties[name] = readValue(cursor, name);
  });
  return properties;
}

function readValue(cursor: JsonCursor, property: string): Value {
  const start = cursor.column;
  const subject = `property ${JSON.stringify(property)}`;
  const members = new Map<string, Scalar>();
  cursor.object(`${subject} as {"type":…,"value":…}`, (name, column) => {
    if (name !== 'type' && name !== 'value') {
      throw cursor.fault(column, `${subject}: expected "type" or "value", found ${JSON.stringify(name)}`);
    }
    members.set(name, cursor.scalar());
  });
  for (const name of ['type', 'value']) {
    if (!members.has(name)) throw cursor.fault(start, `${subject} has no "${name}"`);
  }
  try {
    return valueFromJson(property, typedOf(members.get('type'), members.get('value')));
  } catch (cause) {
    throw isCode(cause, 'TABLE_VALUE_INVALID') ? cursor.fault(start, cause.message, cause) : cause;
  }
}

/** What `JSON.parse` would have given for the two, but for numbers that it would have rounded to another int32. */
function typedOf(type: Scalar | undefined, value: Scalar | undefined): { type: unknown; value: unknown } {
  const known = VALUE_TYPES.find((name) => name === type);
  const plain = (scalar: Scalar | undefined) =>
    typeof scalar === 'object' ? numberOf(known, scalar.digits) : scalar;
  return { type: plain(type), value: plain(value) };
}
