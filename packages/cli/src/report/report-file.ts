import { access, constants, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Difference, ValidateSummary } from 'changeover/move';
import { CliError, usageError } from '../cli-error.ts';

/** So much text is gathered before it is written. */
const CHUNK_CHARACTERS = 64 * 1024;
const OURS = /^\{"event":"(difference|summary)"/;
/** More than the longest beginning that {@link OURS} looks at. */
const BEGINNING_BYTES = 64;

/**
 * The file of `--report`: a line for each row that differs, then one with the counts.
 *
 * It is begun anew when a validation begins, and has no last line of counts if that validation did not come to its end.
 */
export class ReportFile {
  readonly path: string;
  #file: FileHandle | undefined;
  #begun = false;
  #gathered = '';
  /** Everything happens in order; once something failed, all that comes after it fails alike. */
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string) {
    this.path = path;
  }

  /** Throws if a report must not be written to `path`: something else is there, or nothing can be. Writes nothing. */
  static async at(path: string): Promise<ReportFile> {
    await checkDirectory(path);
    await checkOverwritable(path);
    return new ReportFile(path);
  }

  /** Empties the file, the first time. An error is thrown by what follows. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#inOrder(async () => {
      this.#file = await open(this.path, 'w');
    }).catch(() => {});
  }

  async difference({ event, kind, table, partitionKey, rowKey, properties }: Difference): Promise<void> {
    await this.#line({ event, kind, table, partitionKey, rowKey, properties });
  }

  async summary({ compared, notCompared, missing, extra, different }: ValidateSummary): Promise<void> {
    await this.#line({ event: 'summary', compared, notCompared, missing, extra, different });
  }

  /** Puts all of it on the disk. */
  close(): Promise<void> {
    return this.#inOrder(async () => {
      await this.#writeGathered();
      await this.#file?.sync();
      await this.#file?.close();
      this.#file = undefined;
    });
  }

  async #line(value: object): Promise<void> {
    this.#gathered += `${JSON.stringify(value)}\n`;
    if (this.#gathered.length >= CHUNK_CHARACTERS) await this.#inOrder(() => this.#writeGathered());
  }

  async #writeGathered(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    if (text !== '') await this.#file?.writeFile(text);
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => work().catch((cause) => failed(this.path, cause)));
    return this.#last;
  }
}

async function checkDirectory(path: string): Promise<void> {
  const directory = dirname(path);
  const found = await statOf(directory);
  if (found?.isDirectory()) return checkWritable(path);
  throw usageError(
    `there is no directory ${directory} for the report`,
    'Create it, or name another file with --report.',
  );
}

/** So that nobody learns at the end of a long comparison that its result has nowhere to go. */
async function checkWritable(path: string): Promise<void> {
  const place = (await statOf(path)) ? path : dirname(path);
  await access(place, constants.W_OK).catch((cause: unknown) => failed(path, cause));
}

async function checkOverwritable(path: string): Promise<void> {
  const found = await statOf(path);
  if (!found || (found.isFile() && found.size === 0)) return;
  if (found.isFile() && OURS.test(await beginningOf(path))) return;
  throw new CliError(
    'CLI_REPORT_REFUSED',
    `${path} is there already, and is not a report of ours`,
    'Name another file with --report, or remove this one.',
  );
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch((cause) => failed(path, cause));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return failed(path, error);
  }
}

const REFUSALS = ['EACCES', 'EPERM', 'EROFS', 'EISDIR'];

function failed(path: string, cause: unknown): never {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (REFUSALS.includes(code)) {
    throw new CliError(
      'CLI_REPORT_REFUSED',
      `the report cannot be written: ${message}`,
      'Name another file with --report.',
      cause,
    );
  }
  throw new CliError(
    'CLI_REPORT_FAILED',
    `writing the report ${path} failed: ${message}`,
    'Make room, or name another file with --report; then run the same command again.',
    cause,
  );
}
