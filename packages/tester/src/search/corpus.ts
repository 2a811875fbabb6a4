import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentCommit } from './commit.ts';
import { type Found, testOf } from './examine.ts';
import { writeFileOf } from './file-of.ts';

/** A failing schedule as it is kept, one file each. */
export interface Kept {
  readonly test: string;
  readonly token: string;
  /** The name of the scenario, and its version if it has one. Not in files of earlier builds, as what follows. */
  readonly scenario?: string;
  readonly version?: string;
  /** What failed, in a line. */
  readonly sentence?: string;
  /** When it was found, as in ISO 8601, and at which commit, if that was known. */
  readonly found?: string;
  readonly commit?: string;
  readonly failure: { readonly kind: string; readonly message: string };
  /** Who called what: to say exactly where a later run parts from it. */
  readonly steps: readonly { readonly task: string; readonly label: string }[];
}

/**
 * The failing schedules of this test that the folder holds, by file name. A folder that is not there holds none.
 *
 * @throws an Error with the code `TESTER_CORPUS_UNREADABLE` that names the file
 */
export async function readCorpus(folder: string, test: string): Promise<Kept[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  const kept = await Promise.all(files.map((name) => readOne(join(folder, name))));
  return kept.filter((each) => each.test === test);
}

async function readOne(file: string): Promise<Kept> {
  const unreadable = (why: string) =>
    Object.assign(new Error(`${file} is no failing schedule: ${why}; mend or delete it`), {
      code: 'TESTER_CORPUS_UNREADABLE',
    });
  let kept: Partial<Kept>;
  try {
    kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept>;
  } catch (error) {
    throw unreadable((error as Error).message);
  }
  if (typeof kept.test !== 'string' || typeof kept.token !== 'string' || !Array.isArray(kept.steps)) {
    throw unreadable('it lacks "test", "token" or "steps"');
  }
  return kept as Kept;
}

/** Keeps a failing schedule. The same one is kept once. */
export async function keep(
  folder: string,
  scenario: { readonly name: string; readonly version?: string },
  { failure, token, trace }: Found,
): Promise<string> {
  const test = testOf(scenario);
  const { name, version } = scenario;
  const commit = await currentCommit();
  const [first = ''] = failure.message.split('\n', 1);
  const kept: Kept = {
    test,
    token,
    scenario: name,
    ...(version === undefined ? {} : { version }),
    sentence: failure.task === undefined ? first : `${failure.task}: ${first}`,
    found: new Date().toISOString(),
    ...(commit === undefined ? {} : { commit }),
    failure: { kind: failure.kind, message: failure.message },
    steps: trace.map(({ task, label }) => ({ task, label })),
  };
  return writeFileOf({ folder, test, token, extension: 'json' }, `${JSON.stringify(kept, null, 2)}\n`);
}
