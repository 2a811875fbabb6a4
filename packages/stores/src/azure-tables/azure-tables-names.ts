import { isReservedTable, type OpenOptions, RESERVED_TABLE_PREFIX, refusal } from 'changeover/table';

/**
 * The service takes letters and digits only, and tells no case apart, so that our reserved tables are called otherwise
 * there: this prefix, and what it would not take as `x` and two hexadecimal digits.
 */
const STORED_PREFIX = 'changeover0';
const UNPLAIN = /[^a-wyz0-9]/g;
const NAME = /^[A-Za-z][A-Za-z0-9]{2,62}$/;

/** What a table is called at the service. Throws `TABLE_NAME_INVALID` and `TABLE_NAME_RESERVED`. */
export function storedName(name: string, { reserved }: OpenOptions): string {
  if (!reserved && (isReservedTable(name) || name.toLowerCase().startsWith(STORED_PREFIX))) {
    throw refusal('TABLE_NAME_RESERVED', `the table name ${JSON.stringify(name)} is reserved for Changeover`);
  }
  const stored = name.startsWith(RESERVED_TABLE_PREFIX) ? reservedName(name) : name;
  if (NAME.test(stored) && stored.toLowerCase() !== 'tables') return stored;
  throw refusal(
    'TABLE_NAME_INVALID',
    `${JSON.stringify(name)} is no table name of Azure Tables`,
    {},
    'Such names have 3 to 63 letters and digits of ASCII, and begin with a letter.',
  );
}

/** What a table of the service is called in the contract. */
export function nameOf(stored: string): string {
  if (!stored.startsWith(STORED_PREFIX)) return stored;
  const rest = stored
    .slice(STORED_PREFIX.length)
    .replaceAll(/x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return RESERVED_TABLE_PREFIX + rest;
}

function reservedName(name: string): string {
  const rest = name
    .slice(RESERVED_TABLE_PREFIX.length)
    .replaceAll(UNPLAIN, (character) => `x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return STORED_PREFIX + rest;
}
