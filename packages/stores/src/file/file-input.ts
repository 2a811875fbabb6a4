import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileError, fileRefusal } from './file-errors.ts';

const CHUNK_BYTES = 64 * 1024;

/** Throws `FILE_NOT_FOUND` or `FILE_NOT_A_FILE` if there is nothing to read at `path`. */
export async function checkInput(path: string): Promise<void> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    throw fileError(error, path, 'none');
  }
  if (found.isDirectory()) throw fileRefusal('FILE_NOT_A_FILE', `${path} is a directory`, 'Name a file.');
}

/** The bytes of a file, read as they are asked for. The file is closed when the caller stops. */
export async function* readChunks(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw fileError(error, path, 'none');
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      const bytes = await readChunk(file, path);
      if (bytes.length === 0) return;
      yield bytes;
    }
  } finally {
    await file.close();
  }
}

/** The bytes of a stream, which is held back while the caller works. Throws the signal's reason as soon as it aborts. */
export async function* readStream(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const wrapped = new Readable({ signal }).wrap(stream);
  try {
    // Not in object mode, and without an encoding, it gives buffers.
    for await (const chunk of wrapped) yield chunk as Buffer;
  } catch (error) {
    signal.throwIfAborted();
    throw fileError(error, 'standard input', 'none');
  }
}

async function readChunk(file: FileHandle, path: string): Promise<Uint8Array> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES));
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileError(error, path, 'none');
  }
}
