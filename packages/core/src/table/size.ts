import type { RowData } from './table.ts';
import type { Properties, Value } from './value.ts';

/**
 * The bytes that limits, batches and progress count for a row: UTF-8 lengths of keys and names, and the size of each
 * value in its plainest binary form. Stores add their own overhead; this is the measure that all of them share.
 */
export function rowBytes(row: RowData): number {
  return textBytes(row.partitionKey) + textBytes(row.rowKey) + propertiesBytes(row.properties);
}

export function propertiesBytes(properties: Properties): number {
  let bytes = 0;
  for (const name of Object.keys(properties)) {
    bytes += textBytes(name) + valueBytes(properties[name] as Value);
  }
  return bytes;
}

export function textBytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // A surrogate pair is two units and four bytes: two for each half.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

function valueBytes(value: Value): number {
  switch (value.type) {
    case 'boolean':
      return 1;
    case 'int32':
      return 4;
    case 'int64':
    case 'double':
    case 'datetime':
      return 8;
    case 'guid':
      return 16;
    case 'binary':
      return value.value.length;
    case 'string':
    case 'decimal':
    case 'json':
      return textBytes(value.value);
  }
}
