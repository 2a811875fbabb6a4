import type { RowKey } from 'changeover/table';

/** What no key of the service may have: these, and control characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f/\\#?]/;

/** A key may take 1 KiB, and characters take two bytes of it each. */
export const KEY_UNITS = 512;

/** Whether the service could have a row of this key at all. */
export function canExist({ partitionKey, rowKey }: RowKey): boolean {
  return [partitionKey, rowKey].every((text) => text.length <= KEY_UNITS && !FORBIDDEN.test(text));
}

/** Why the service cannot have the key, as a phrase. */
export function problemOfKey(
  key: RowKey,
): { readonly code: KeyProblemCode; readonly reason: string } | undefined {
  for (const [role, text] of [
    ['partition key', key.partitionKey],
    ['row key', key.rowKey],
  ] as const) {
    const forbidden = FORBIDDEN.exec(text)?.[0];
    if (forbidden !== undefined) {
      return {
        code: 'TABLE_KEY_INVALID',
        reason: `has ${JSON.stringify(forbidden)} in its ${role}, which Azure Tables does not take`,
      };
    }
    if (text.length > KEY_UNITS) {
      return {
        code: 'TABLE_TOO_LARGE',
        reason: `has a ${role} of ${text.length} characters; Azure Tables takes ${KEY_UNITS}`,
      };
    }
  }
  return undefined;
}

type KeyProblemCode = 'TABLE_KEY_INVALID' | 'TABLE_TOO_LARGE';

/** The path of a row below its table. */
export function rowPath({ partitionKey, rowKey }: RowKey): string {
  return `(PartitionKey=${pathText(partitionKey)},RowKey=${pathText(rowKey)})`;
}

/** A text in a filter. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function pathText(text: string): string {
  return `'${encodeURIComponent(text).replaceAll("'", "''")}'`;
}
