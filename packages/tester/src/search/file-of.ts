import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where something of a failing schedule is written: the same one always has the same name. */
interface Place {
  readonly folder: string;
  readonly test: string;
  readonly token: string;
  readonly extension: string;
}

/** Writes a file of a failing schedule, and gives its path. The folder is made if it is not there. */
export async function writeFileOf({ folder, test, token, extension }: Place, text: string): Promise<string> {
  const slug = test
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  const hash = createHash('sha256').update(token).digest('hex').slice(0, 8);
  const file = join(folder, `${slug}-${hash}.${extension}`);
  await mkdir(folder, { recursive: true });
  // Whoever reads the folder meanwhile sees the whole file or none.
  await writeFile(`${file}.tmp`, text);
  await rename(`${file}.tmp`, file);
  return file;
}
