import { isWellFormed, type Properties, type RowData, type Value } from 'changeover/table';
import type { AzureTablesFlavour } from './azure-tables-flavour.ts';

const KIB = 1024;
/** Of a string as UTF-16, or of binary. */
const VALUE_BYTES = 64 * KIB;
export const ROW_BYTES = KIB * KIB;
/** Beside the two keys and the time stamp. */
export const PROPERTIES_MAX = 252;
const NAME_UNITS = 255;
/** The time stamp is the service's own. */
const SYSTEM_NAMES: readonly string[] = ['PartitionKey', 'RowKey', 'Timestamp'];
/** Names are those that C# could give a property. */
const NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*$/u;
const FIRST_DATETIME = '1601-01-01T00:00:00.0000000Z';

interface RowProblem {
  readonly property: string | undefined;
  readonly code: 'TABLE_NAME_INVALID' | 'TABLE_VALUE_UNSUPPORTED' | 'TABLE_TOO_LARGE';
  readonly reason: string;
}

/** Why the service would refuse or change a row, whose shape and types are sound. Its keys are looked at elsewhere. */
export function problemOfRow(row: RowData, flavour: AzureTablesFlavour): RowProblem | undefined {
  for (const [property, value] of Object.entries(row.properties)) {
    if (!isPropertyName(property)) {
      return { property, code: 'TABLE_NAME_INVALID', reason: 'has a name that Azure Tables does not take' };
    }
    if (flavour === 'emulator' && property in Object.prototype) {
      return { property, code: 'TABLE_NAME_INVALID', reason: 'has a name whose value Azurite loses' };
    }
    const reason = problemOfValue(value);
    if (reason !== undefined) return { property, code: 'TABLE_VALUE_UNSUPPORTED', reason };
  }
  const bytes = storedBytes(row);
  if (bytes <= ROW_BYTES) return undefined;
  const reason = `takes ${bytes} bytes at the service, which takes ${ROW_BYTES}`;
  return { property: undefined, code: 'TABLE_TOO_LARGE', reason };
}

/** Whether a row of the service can have a property of this name. */
export function isPropertyName(name: string): boolean {
  return name.length <= NAME_UNITS && NAME.test(name) && !SYSTEM_NAMES.includes(name) && isWellFormed(name);
}

function problemOfValue(value: Value): string | undefined {
  if (value.type === 'double' && Object.is(value.value, -0)) return 'is −0, which would come back as 0';
  if (value.type === 'datetime' && value.value < FIRST_DATETIME) return 'is a datetime before 1601';
  const bytes = largeBytes(value);
  return bytes > VALUE_BYTES ? `has ${bytes} bytes at the service, which takes ${VALUE_BYTES}` : undefined;
}

function largeBytes(value: Value): number {
  if (value.type === 'string') return value.value.length * 2;
  return value.type === 'binary' ? value.value.length : 0;
}

/** What the service says that a row takes of the limit and of the bill. */
function storedBytes({ partitionKey, rowKey, properties }: RowData): number {
  return 4 + 2 * (partitionKey.length + rowKey.length) + propertiesBytes(properties);
}

function propertiesBytes(properties: Properties): number {
  let bytes = 0;
  for (const name of Object.keys(properties)) {
    bytes += 8 + 2 * name.length + valueBytes(properties[name] as Value);
  }
  return bytes;
}

function valueBytes(value: Value): number {
  switch (value.type) {
    case 'string':
    case 'binary':
      return 4 + largeBytes(value);
    case 'boolean':
      return 1;
    case 'int32':
      return 4;
    case 'guid':
      return 16;
    default:
      return 8;
  }
}
