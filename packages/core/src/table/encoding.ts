import { TableError } from './errors.ts';
import { type Properties, problemOfValue, type Value } from './value.ts';
import { base64Of, binaryOf, int64Of } from './value-text.ts';

/**
 * The one canonical text of a row's properties: JSON with the names in ascending order, in which equal properties have
 * equal text and unequal ones have not. Own layouts store it, and unlike stores agree on hashes of it.
 *
 * A string, a boolean and an ordinary double stand as they are in JSON. Everything else is an object with one member
 * whose name is the type's letter: `{"i":5}` int32, `{"l":"5"}` int64, `{"d":"-0"}` the doubles that JSON cannot
 * write, `{"m":"1.50"}` decimal, `{"t":"…"}` datetime, `{"g":"…"}` guid, `{"b":"…"}` binary in base64, `{"j":"…"}`
 * the text of a JSON document.
 */
export function encodeProperties(properties: Properties): string {
  let text = '{';
  for (const name of sortedNames(properties)) {
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${encodeValue(properties[name] as Value)}`;
  }
  return `${text}}`;
}

/** Names in the order of their UTF-16 code units: any total order will do, as long as it is always the same. */
function sortedNames(properties: Properties): readonly string[] {
  const names = Object.keys(properties);
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index - 1] as string) > (names[index] as string)) return names.toSorted();
  }
  return names;
}

function encodeValue(value: Value): string {
  switch (value.type) {
    case 'string':
      return JSON.stringify(value.value);
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'double':
      return Number.isFinite(value.value) && !Object.is(value.value, -0)
        ? String(value.value)
        : `{"d":"${Object.is(value.value, -0) ? '-0' : String(value.value)}"}`;
    case 'int32':
      return `{"i":${value.value}}`;
    case 'int64':
      return `{"l":"${value.value}"}`;
    case 'decimal':
      return `{"m":"${value.value}"}`;
    case 'datetime':
      return `{"t":"${value.value}"}`;
    case 'guid':
      return `{"g":"${value.value}"}`;
    case 'binary':
      return `{"b":"${base64Of(value.value)}"}`;
    case 'json':
      return `{"j":${JSON.stringify(value.value)}}`;
  }
}

/**
 * The inverse of {@link encodeProperties}. Throws `TABLE_CORRUPT` for a text with anything but encoded values in it;
 * `{"l":"007"}` is none. The freedoms of JSON itself, as the order of the names and white space, are not looked at.
 */
export function decodeProperties(text: string): Properties {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch (cause) {
    throw corrupt('not JSON', cause);
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    throw corrupt('not an object');
  }
  const properties = members as Record<string, unknown>;
  for (const name of Object.keys(properties)) properties[name] = decodeValue(name, properties[name]);
  return properties as Properties;
}

function decodeValue(name: string, encoded: unknown): Value {
  if (typeof encoded === 'string') return { type: 'string', value: encoded };
  if (typeof encoded === 'number' && Number.isFinite(encoded)) return { type: 'double', value: encoded };
  if (typeof encoded === 'boolean') return { type: 'boolean', value: encoded };
  if (typeof encoded === 'object' && encoded !== null) {
    const value = decodeTagged(encoded as Record<string, unknown>);
    if (value) return value;
  }
  throw corrupt(`property ${JSON.stringify(name)} holds an unknown encoding`);
}

function decodeTagged(tagged: Record<string, unknown>): Value | undefined {
  const tags = Object.keys(tagged);
  const tag = tags[0];
  if (tag === undefined || tags.length > 1) return undefined;
  const encoded = tagged[tag];
  if (tag === 'i') return typeof encoded === 'number' ? sound({ type: 'int32', value: encoded }) : undefined;
  return typeof encoded === 'string' ? decodeTaggedText(tag, encoded) : undefined;
}

function decodeTaggedText(tag: string, encoded: string): Value | undefined {
  switch (tag) {
    case 'l':
      return int64Of(encoded);
    case 't':
      return sound({ type: 'datetime', value: encoded });
    case 'g':
      return sound({ type: 'guid', value: encoded });
    case 'm':
      return sound({ type: 'decimal', value: encoded });
    case 'j':
      return sound({ type: 'json', value: encoded });
    case 'd':
      return TAGGED_DOUBLES.includes(encoded) ? { type: 'double', value: Number(encoded) } : undefined;
    case 'b':
      return binaryOf(encoded);
    default:
      return undefined;
  }
}

const TAGGED_DOUBLES = ['-0', 'NaN', 'Infinity', '-Infinity'];

function sound(value: Value): Value | undefined {
  return problemOfValue(value) === undefined ? value : undefined;
}

function corrupt(reason: string, cause?: unknown): TableError {
  return new TableError('TABLE_CORRUPT', `a row's properties cannot be read: ${reason}`, {
    effect: 'none',
    cause,
    hint: 'The table was written by something else, or its file is damaged.',
  });
}
