import { refusal, type TableError, VALUE_TYPES, type ValueType } from 'changeover/table';

/** How an application's table is read as a table of keyed rows: the mapping of a URL, parsed but not yet checked. */
export interface MappedConfig {
  /** The columns of the partition key; empty if it is the constant `""`. */
  readonly partitionKey: readonly string[];
  readonly rowKey: readonly string[];
  /** The column that holds versions; undefined if versions are hashes of the content. */
  readonly version: string | undefined;
  /** Contract types that columns have beside what their storage classes say. */
  readonly types: ReadonlyMap<string, ValueType>;
}

/** The query parameters of a mapped URL, percent-decoded. */
export interface MappedParameters {
  readonly partitionKey?: string;
  readonly rowKey?: string;
  readonly version?: string;
  readonly types?: string;
}

/**
 * Parses `partitionKey=country&rowKey=id&version=rev&types=n:int32,at:datetime`. One column in both roles is a row key
 * under the constant partition key `""`.
 *
 * Throws `TABLE_MAPPING_INVALID` for a missing or empty part, a column named twice and an unknown type. Whether the
 * columns exist is for the store's schema to say.
 */
export function parseMappedConfig(parameters: MappedParameters): MappedConfig {
  const partitionKey = namesOf('partitionKey', parameters.partitionKey);
  const rowKey = namesOf('rowKey', parameters.rowKey);
  const same = partitionKey.length === 1 && rowKey.length === 1 && partitionKey[0] === rowKey[0];
  const config: MappedConfig = {
    partitionKey: same ? [] : partitionKey,
    rowKey,
    version: parameters.version === undefined ? undefined : nameOf('version', parameters.version),
    types: typesOf(parameters.types),
  };
  checkRoles(config);
  return config;
}

/** The one spelling of a mapping, as query parameters: equal mappings have equal text. */
export function formatMappedConfig({ partitionKey, rowKey, version, types }: MappedConfig): string {
  const list = (names: readonly string[]) => names.map(encodeURIComponent).join(',');
  const parts = [
    `partitionKey=${list(partitionKey.length > 0 ? partitionKey : rowKey)}`,
    `rowKey=${list(rowKey)}`,
  ];
  if (version !== undefined) parts.push(`version=${encodeURIComponent(version)}`);
  const typed = [...types].map(([name, type]) => `${encodeURIComponent(name)}:${type}`).toSorted();
  if (typed.length > 0) parts.push(`types=${typed.join(',')}`);
  return parts.join('&');
}

export function mappingInvalid(message: string, hint?: string): TableError {
  return refusal('TABLE_MAPPING_INVALID', message, {}, hint);
}

function namesOf(parameter: string, text: string | undefined): readonly string[] {
  if (text === undefined) {
    throw mappingInvalid(
      `the mapping has no ${parameter}`,
      'Give both: partitionKey=COLUMN&rowKey=COLUMN; one column in both roles is a row key on its own.',
    );
  }
  return text.split(',').map((name) => nameOf(parameter, name));
}

function nameOf(parameter: string, name: string): string {
  if (name === '') throw mappingInvalid(`the mapping's ${parameter} has an empty column name`);
  return name;
}

function typesOf(text: string | undefined): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const entry of text === undefined ? [] : text.split(',')) {
    const colon = entry.lastIndexOf(':');
    if (colon < 1) throw mappingInvalid(`types has ${JSON.stringify(entry)}, which is not COLUMN:TYPE`);
    const name = entry.slice(0, colon);
    const type = VALUE_TYPES.find((known) => known === entry.slice(colon + 1));
    if (!type) {
      const known = VALUE_TYPES.join(', ');
      throw mappingInvalid(
        `types gives column ${name} the unknown type ${entry.slice(colon + 1)}; known: ${known}`,
      );
    }
    if (types.has(name)) throw mappingInvalid(`types names the column ${name} twice`);
    types.set(name, type);
  }
  return types;
}

/** A column has one role: a part of the key, the version, or a property with or without a type. */
function checkRoles({ partitionKey, rowKey, version, types }: MappedConfig): void {
  const seen = new Set<string>();
  for (const name of [
    ...partitionKey,
    ...rowKey,
    ...(version === undefined ? [] : [version]),
    ...types.keys(),
  ]) {
    if (seen.has(name)) throw mappingInvalid(`the mapping names the column ${name} twice`);
    seen.add(name);
  }
}
