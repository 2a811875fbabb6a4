import type { RowData } from 'changeover/table';
import { type FileFormat, readRows } from '../../src/file/index.ts';

/** The rows of a file with this text or these bytes, read in chunks of so many bytes. */
export async function readText(
  content: string | Uint8Array,
  format: FileFormat,
  chunkBytes = 1024,
): Promise<readonly RowData[]> {
  const found: RowData[] = [];
  for await (const { row } of readRows(chunksOf(content, chunkBytes), format)) found.push(row);
  return found;
}

/** The content in chunks of `size` bytes, which cut lines and characters anywhere. */
export async function* chunksOf(content: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
