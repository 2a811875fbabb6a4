import { decodeProperties, encodeProperties } from './encoding.ts';
import { rowBytes, textBytes } from './size.ts';
import type { Row, RowData, Version } from './table.ts';
import type { Properties } from './value.ts';

/**
 * A row that carries the canonical encoding of its properties and decodes it when somebody first looks.
 *
 * Bulk work mostly moves and compares rows without looking inside, and decoding is the greater part of reading one.
 * Stores give these only where a scan asks for `lazy` rows: unlike a plain row, it must not be spread.
 */
export class EncodedRow implements Row {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly version: Version;
  readonly encoded: string;
  #properties: Properties | undefined;

  constructor(partitionKey: string, rowKey: string, version: Version, encoded: string) {
    this.partitionKey = partitionKey;
    this.rowKey = rowKey;
    this.version = version;
    this.encoded = encoded;
  }

  /** Throws `TABLE_CORRUPT` if the encoding is none. */
  get properties(): Properties {
    this.#properties ??= decodeProperties(this.encoded);
    return this.#properties;
  }
}

/** The canonical encoding of a row's properties, taken from the row if it carries it. */
export function encodedProperties(row: RowData): string {
  return row instanceof EncodedRow ? row.encoded : encodeProperties(row.properties);
}

/** About {@link rowBytes}, without decoding anything: for page budgets, batches and progress, not for limits. */
export function roughBytes(row: RowData): number {
  if (!(row instanceof EncodedRow)) return rowBytes(row);
  return textBytes(row.partitionKey) + textBytes(row.rowKey) + row.encoded.length;
}
