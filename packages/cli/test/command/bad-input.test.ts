import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db');
});

afterEach(() => place.remove());

interface Case {
  readonly title: string;
  readonly prepare?: () => Promise<void> | void;
  readonly argv: readonly string[];
  readonly exit: number;
  readonly code: string;
  /** What the error names. */
  readonly says: string;
  /** What to do about it. */
  readonly hint: string;
}

const CASES: readonly Case[] = [
  {
    title: 'an unknown scheme',
    argv: ['move', 'sqlight:app.db#places', 'sqlite:new.db'],
    exit: 2,
    code: 'STORE_SCHEME_UNKNOWN',
    says: 'sqlight',
    hint: 'sqlite',
  },
  {
    title: 'an unknown scheme of the target',
    argv: ['move', placesUrl('app.db'), 'oracle:new'],
    exit: 2,
    code: 'STORE_SCHEME_UNKNOWN',
    says: 'oracle',
    hint: 'sqlite',
  },
  {
    title: 'an unknown parameter',
    argv: ['move', 'sqlite:app.db?partitonKey=country&rowKey=id#places', 'sqlite:new.db'],
    exit: 2,
    code: 'STORE_PARAMETER_UNKNOWN',
    says: 'partitonKey',
    hint: 'partitionKey',
  },
  {
    title: 'an unknown option',
    argv: ['move', placesUrl('app.db'), 'sqlite:new.db', '--thread', '3'],
    exit: 2,
    code: 'CLI_USAGE',
    says: "'--thread'",
    hint: '--threads',
  },
  {
    title: 'a filter that does not parse',
    argv: ['move', placesUrl('app.db'), 'sqlite:new.db', '--where', "country eq 'FR' or or"],
    exit: 2,
    code: 'TABLE_FILTER_INVALID',
    says: 'column 20',
    hint: 'hint:',
  },
  {
    title: 'a source that is not there',
    argv: ['move', 'sqlite:apple.db#places', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_NOT_FOUND',
    says: 'apple.db',
    hint: 'hint:',
  },
  {
    title: 'a source table that is not there',
    argv: ['move', 'sqlite:app.db#Places', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_NOT_FOUND',
    says: 'Places',
    hint: 'places',
  },
  {
    title: 'a file that is not a database',
    prepare: () =>
      writeFile(place.path('notes.txt'), 'These are only notes, and no database at all.\n'.repeat(50)),
    argv: ['move', 'sqlite:notes.txt#places', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_NOT_A_STORE',
    says: 'notes.txt',
    hint: 'hint:',
  },
  {
    title: 'a directory as a source',
    prepare: () => mkdir(place.path('dir')).then(() => undefined),
    argv: ['move', 'sqlite:dir#places', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_NOT_A_STORE',
    says: 'dir',
    hint: 'hint:',
  },
  {
    title: 'a target that is not a database',
    prepare: () =>
      writeFile(place.path('notes.txt'), 'These are only notes, and no database at all.\n'.repeat(50)),
    argv: ['move', placesUrl('app.db'), 'sqlite:notes.txt#places'],
    exit: 2,
    code: 'TABLE_NOT_A_STORE',
    says: 'notes.txt',
    hint: 'hint:',
  },
  {
    title: 'a plain table without a mapping',
    argv: ['move', 'sqlite:app.db#places', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_MAPPING_REQUIRED',
    says: 'places',
    hint: placesUrl('app.db'),
  },
  {
    title: 'no table of ours in the source',
    argv: ['move', 'sqlite:app.db', 'sqlite:new.db'],
    exit: 2,
    code: 'TABLE_NOT_FOUND',
    says: 'app.db',
    hint: '#',
  },
  {
    title: 'the same place twice',
    argv: ['move', placesUrl('app.db'), placesUrl('./app.db')],
    exit: 6,
    code: 'MOVE_SAME_PLACE',
    says: 'places',
    hint: 'hint:',
  },
  {
    title: 'a target that is not empty',
    prepare: () => place.application('full.db'),
    argv: ['move', placesUrl('app.db'), placesUrl('full.db')],
    exit: 6,
    code: 'MOVE_NOT_EMPTY',
    says: 'places',
    hint: '--into-existing',
  },
  {
    title: "--recreate of an application's table, even with consent",
    prepare: () => place.application('full.db'),
    argv: ['move', placesUrl('app.db'), placesUrl('full.db'), '--recreate', '--yes'],
    exit: 6,
    code: 'MOVE_TARGET_UNFIT',
    says: 'never dropped',
    hint: '--into-existing',
  },
  {
    title: 'a target in a directory that is not there',
    argv: ['move', placesUrl('app.db'), 'sqlite:none/new.db'],
    exit: 2,
    code: 'TABLE_NOT_FOUND',
    says: 'none',
    hint: 'Create the directory',
  },
  {
    title: 'a target below a file',
    argv: ['move', placesUrl('app.db'), 'sqlite:app.db/new.db'],
    exit: 2,
    code: 'TABLE_NOT_FOUND',
    says: 'app.db/new.db',
    hint: 'hint:',
  },
  {
    title: 'a control store below a file',
    argv: ['move', placesUrl('app.db'), 'sqlite:new.db', '--control', 'sqlite:app.db/control.db'],
    exit: 2,
    code: 'CONTROL_NOT_A_STORE',
    says: 'app.db/control.db',
    hint: '--control',
  },
  {
    title: 'a report that would replace another file',
    prepare: () => writeFile(place.path('precious.txt'), 'precious'),
    argv: ['move', placesUrl('app.db'), 'sqlite:new.db', '--report', 'precious.txt'],
    exit: 6,
    code: 'CLI_REPORT_REFUSED',
    says: 'precious.txt',
    hint: '--report',
  },
  {
    title: 'a control store that is an application’s database',
    argv: ['move', placesUrl('app.db'), 'sqlite:new.db', '--control', 'sqlite:app.db'],
    exit: 2,
    code: 'CONTROL_NOT_A_STORE',
    says: 'app.db',
    hint: '--control',
  },
  {
    title: 'a job that nobody knows',
    argv: ['abandon', 'abc', '--yes'],
    exit: 2,
    code: 'MOVE_JOB_UNKNOWN',
    says: '"abc"',
    hint: 'changeover status',
  },
];

describe('bad input is refused, and nothing is created or changed', () => {
  test.each(CASES)('$title', async ({ prepare, argv, exit, code, says, hint }) => {
    await prepare?.();
    const before = await place.snapshot();
    const transcript = await place.run(...argv);
    expect({ exit: transcript.exit, stdout: transcript.stdout }, transcript.stderr).toEqual({
      exit,
      stdout: '',
    });
    const [first = '', second = ''] = errorLines(transcript.stderr);
    expect(first).toContain(says);
    expect(first).toMatch(new RegExp(`^error: .* \\(${code}\\)$`));
    expect(second).toMatch(/^hint: /);
    expect(second).toContain(hint);
    expect(transcript.stderr).not.toMatch(/^\s+at /m);
    expect(await place.snapshot()).toEqual(before);
  });

  test.each(CASES)('$title, as JSON', async ({ prepare, argv, exit, code, says }) => {
    await prepare?.();
    const before = await place.snapshot();
    const transcript = await place.run(...argv, '--json');
    const last: unknown = JSON.parse(transcript.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ v: 1, event: 'failed', code, exit, message: expect.stringContaining(says) });
    expect({ exit: transcript.exit, after: await place.snapshot() }).toEqual({ exit, after: before });
  });
});

// Tests may run as root, whom no permission stops; /proc stops everybody.
describe.skipIf(process.platform !== 'linux')('a place where nobody may create anything is exit 6', () => {
  test.each([
    ['the target', ['sqlite:/proc/sys/new.db'], 'TABLE_PERMISSION_DENIED'],
    ['the control store', ['sqlite:new.db', '--control', 'sqlite:/proc/x/c.db'], 'CONTROL_PERMISSION_DENIED'],
  ])('for %s, and nothing is created', { timeout: 10_000 }, async (_, argv, code) => {
    const before = await place.snapshot();
    const { exit, stderr } = await place.run('move', placesUrl('app.db'), ...argv);
    expect({ exit, stderr }).toEqual({
      exit: 6,
      stderr: expect.stringMatching(new RegExp(`^error: .*/proc/.* \\(${code}\\)\\nhint: `, 'm')),
    });
    expect(await place.snapshot()).toEqual(before);
  });
});

test('a damaged source is exit 4, and nothing is created', async () => {
  await damage(place.path('app.db'));
  const before = await place.snapshot();
  const { exit, stderr } = await place.run('move', placesUrl('app.db'), 'sqlite:new.db');
  expect({ exit, stderr }).toEqual({
    exit: 4,
    stderr: expect.stringMatching(/^error: .*app\.db.*\(TABLE_CORRUPT\)$/m),
  });
  expect(await place.snapshot()).toEqual(before);
});

/** Overwrites all of the file but the page that describes its tables. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill('damaged ', 4096));
}

/** The control store's place may be told first. */
function errorLines(stderr: string): readonly string[] {
  return stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('control store: '));
}
