import {
  isReservedProperty,
  type Properties,
  type Row,
  type RowData,
  TableError,
  type Value,
} from 'changeover/table';

const TYPE = '@odata.type';
const ETAG = 'odata.etag';
const SYSTEM: ReadonlySet<string> = new Set(['PartitionKey', 'RowKey', 'Timestamp']);

/**
 * A double in a body, behind a name. Only the text tells it from an integer: `1.0` is a Double, `1` an Int32, and JSON
 * knows numbers only. Within a string the quote before the colon would have a backslash before it.
 */
const DOUBLE = /(?<!\\)":\s*(-?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+))/g;

/** A row as the service writes it: annotations and values side by side. Doubles are in arrays, as {@link parseBody} leaves them. */
export type Entity = Readonly<Record<string, unknown>>;

/** Reads a body, with each double as an array of it alone. No value of the service is an array otherwise. */
export function parseBody(text: string): unknown {
  return JSON.parse(text.replaceAll(DOUBLE, '":[$1]'));
}

/** Throws `TABLE_CORRUPT` for what the service cannot have sent. */
export function decodeEntity(entity: Entity, { seesReserved }: { readonly seesReserved: boolean }): Row {
  const { PartitionKey: partitionKey, RowKey: rowKey, [ETAG]: version } = entity;
  if (typeof partitionKey !== 'string' || typeof rowKey !== 'string' || typeof version !== 'string') {
    throw corrupt('the service sent a row without a key or an ETag');
  }
  const properties: Record<string, Value> = {};
  for (const name of Object.keys(entity)) {
    if (name === ETAG || name.endsWith(TYPE) || SYSTEM.has(name)) continue;
    if (name.startsWith('odata.') || (!seesReserved && isReservedProperty(name))) continue;
    const raw = entity[name];
    // What was selected and is not there comes as null.
    if (raw === null) continue;
    const value = decodeValue(raw, entity[name + TYPE]);
    if (!value)
      throw corrupt(
        `property ${JSON.stringify(name)} of ${JSON.stringify([partitionKey, rowKey])} cannot be read`,
      );
    properties[name] = value;
  }
  return { partitionKey, rowKey, version, properties };
}

function decodeValue(raw: unknown, type: unknown): Value | undefined {
  if (Array.isArray(raw)) return { type: 'double', value: raw[0] as number };
  switch (typeof raw) {
    case 'string':
      return type === undefined ? { type: 'string', value: raw } : decodeText(raw, type);
    case 'boolean':
      return { type: 'boolean', value: raw };
    case 'number':
      return type === 'Edm.Double' || (raw | 0) !== raw
        ? { type: 'double', value: raw }
        : { type: 'int32', value: raw };
    default:
      return undefined;
  }
}

function decodeText(text: string, type: unknown): Value | undefined {
  switch (type) {
    case 'Edm.String':
      return { type: 'string', value: text };
    case 'Edm.Int64':
      return { type: 'int64', value: BigInt(text) };
    case 'Edm.Double':
      return { type: 'double', value: Number(text) };
    case 'Edm.Guid':
      return { type: 'guid', value: text.toLowerCase() };
    case 'Edm.Binary':
      return { type: 'binary', value: new Uint8Array(Buffer.from(text, 'base64')) };
    case 'Edm.DateTime':
      return decodeDatetime(text);
    default:
      return undefined;
  }
}

/** The service leaves out zeros at the end of the fraction. */
function decodeDatetime(text: string): Value | undefined {
  const [, seconds, fraction = ''] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/.exec(text) ?? [];
  return seconds === undefined
    ? undefined
    : { type: 'datetime', value: `${seconds}.${fraction.padEnd(7, '0')}Z` };
}

/** A row as a body, with every type that the text of a value does not say by itself. */
export function encodeRow({ partitionKey, rowKey, properties }: RowData): string {
  let body = `{"PartitionKey":${JSON.stringify(partitionKey)},"RowKey":${JSON.stringify(rowKey)}`;
  for (const name of Object.keys(properties)) body += `,${encodeProperty(name, properties)}`;
  return `${body}}`.replaceAll(LINE_ENDS, escapeLineEnd);
}

/** JSON may have them as they are; some servers take them for the end of a line. */
const LINE_ENDS = /[\u2028\u2029]/g;

function escapeLineEnd(character: string): string {
  return character === '\u2028' ? '\\u2028' : '\\u2029';
}

function encodeProperty(name: string, properties: Properties): string {
  const value = properties[name] as Value;
  switch (value.type) {
    case 'string':
      return `${JSON.stringify(name)}:${JSON.stringify(value.value)}`;
    case 'boolean':
    case 'int32':
      return `${JSON.stringify(name)}:${value.value}`;
    case 'int64':
      return typed(name, 'Int64', `"${value.value}"`);
    case 'double':
      return typed(name, 'Double', encodeDouble(value.value));
    case 'guid':
      return typed(name, 'Guid', `"${value.value}"`);
    case 'datetime':
      return typed(name, 'DateTime', `"${value.value}"`);
    case 'binary':
      return typed(name, 'Binary', `"${Buffer.from(value.value).toString('base64')}"`);
    default:
      throw new TypeError(`Azure Tables has no ${value.type}`);
  }
}

function typed(name: string, type: string, text: string): string {
  const quoted = JSON.stringify(name);
  return `"${quoted.slice(1, -1)}${TYPE}":"Edm.${type}",${quoted}:${text}`;
}

function encodeDouble(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  const digits = String(value);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

function corrupt(message: string): Error {
  return new TableError('TABLE_CORRUPT', message, { effect: 'none' });
}
