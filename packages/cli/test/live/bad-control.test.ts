import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mayMount, mountSmallDisk, unmountSmallDisk } from '../interrupt/small-disk.ts';
import { CountingClock } from './counting-clock.ts';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

let place: LivePlace;

beforeEach(async () => {
  place = await LivePlace.create();
});

afterEach(() => place.remove());

const CONTROL = '.changeover/control.db';
const at = (...parts: readonly string[]) => place.workplace.path(join(...parts));
const sql = (text: string) => place.workplace.sql(CONTROL, text);

interface Damage {
  readonly title: string;
  harm(): unknown;
  readonly code: string;
  readonly exit: number;
  readonly says: string | RegExp;
}

const DAMAGES: readonly Damage[] = [
  {
    title: 'is not there',
    harm: () => rm(at(CONTROL)),
    code: 'LIVE_UNKNOWN',
    exit: 2,
    says: 'there is nothing at the place of the control store',
  },
  {
    title: 'is something else',
    harm: () => writeFile(at(CONTROL), 'rows of somebody else\n'.repeat(20)),
    code: 'CONTROL_NOT_A_STORE',
    exit: 2,
    says: 'and not a control store',
  },
  {
    title: 'has pages that were overwritten',
    harm: overwrite,
    code: 'CONTROL_CORRUPT',
    exit: 4,
    says: /the control store .*malformed[^]*Stop what uses it, then mend it/,
  },
  {
    title: 'has a document that is not JSON',
    harm: () => sql(`update documents set value = '{"nope' where name like 'live/${NAME}/phase'`),
    code: 'CONTROL_CORRUPT',
    exit: 4,
    says: `the document live/${NAME}/phase of the control store is damaged: it is not JSON`,
  },
  {
    title: 'has a document of another shape',
    harm: () =>
      sql(`update documents set value = '{"format":1,"number":-1}' where name = 'live/${NAME}/phase'`),
    code: 'CONTROL_CORRUPT',
    exit: 4,
    says: 'its "number" is not what could be written there',
  },
  {
    title: 'lacks a document',
    harm: () => sql(`delete from documents where name = 'live/${NAME}/state'`),
    code: 'CONTROL_CORRUPT',
    exit: 4,
    says: `live/${NAME}/state of the control store is damaged: it is not there`,
  },
  {
    title: 'is of a later version',
    harm: () => sql('pragma user_version = 9'),
    code: 'CONTROL_FORMAT_UNKNOWN',
    exit: 6,
    says: 'another version',
  },
];

const VERBS = ['start', 'status', 'watch', 'work', 'rollback --yes', 'finalize --yes'];

async function snapshotOfTables() {
  const files = await place.workplace.snapshot();
  return [files['source.db'], files['target.db']];
}

/** Every page but the first, which says what the file is. */
async function overwrite(): Promise<void> {
  const file = await open(at(CONTROL), 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(size - 4096, 0xff), 0, size - 4096, 4096);
  await file.close();
}

describe.each(DAMAGES)('When the control store $title', ({ harm, code, exit, says }) => {
  test('every verb says so, no table is touched, and when it is put back it goes on to the end', async () => {
    const before = place.keys('source.db');
    await place.all(`create ${NAME} ${SOURCE} ${TARGET}`, `start ${NAME} --until complete`);
    await copyFile(at(CONTROL), at('kept.db'));
    await harm();
    const tables = await snapshotOfTables();
    for (const verb of VERBS) {
      const [word = '', ...rest] = verb.split(' ');
      const run = await place.live([word, NAME, ...rest, '--json']);
      expect({ verb, exit: run.exit, last: run.stdout.events.at(-1) }).toMatchObject({
        exit,
        last: { code, exit },
      });
      expect(run.stderr.text).toMatch(says);
      expect(run.stderr.text).toMatch(/^error: .*\nhint: .*\n$/);
    }
    expect(await snapshotOfTables()).toEqual(tables);
    await copyFile(at('kept.db'), at(CONTROL));
    await place.all(`start ${NAME}`, `finalize ${NAME} --yes`);
    expect(place.keys('target.db')).toEqual(before);
  });
});

/** Has the control store fail under those who work, and gives what undoes that. */
async function moveAway(): Promise<() => Promise<void>> {
  const names = await readdir(at('.changeover'));
  await mkdir(at('away'));
  for (const name of names) await rename(at('.changeover', name), at('away', name));
  return async () => {
    for (const name of names) await rename(at('away', name), at('.changeover', name));
  };
}

describe('A control store that is moved away under those who work', () => {
  test('ends start, watch and work with exit 4 and a way out, and it goes on when it is back', {
    timeout: 60_000,
  }, async () => {
    const before = place.keys('source.db');
    await place.all(`create ${NAME} ${SOURCE} ${TARGET}`, `pause ${NAME}`);
    const start = place.live(['start', NAME]);
    await expect.poll(async () => (await place.status())['task'], { timeout: 10_000 }).toBeTruthy();
    const clocks = [new CountingClock(), new CountingClock()];
    const others = ['watch', 'work'].map((verb, index) =>
      place.live([verb, NAME], { clock: clocks[index]! }),
    );
    await expect.poll(() => clocks.every(({ sleeps }) => sleeps > 0), { timeout: 10_000 }).toBe(true);
    const putBack = await moveAway();
    for (const { exit, stderr } of await Promise.all([start, ...others])) {
      expect({ exit, text: stderr.text }).toMatchObject({
        exit: 4,
        text: expect.stringMatching(
          /error: the control store .* was deleted or replaced while it was open \(CONTROL_UNAVAILABLE\)\nhint: Put the file back/,
        ),
      });
    }
    await putBack();
    await place.all(`resume ${NAME}`, `start ${NAME}`, `finalize ${NAME} --yes`);
    expect(place.keys('target.db')).toEqual(before);
  });
});

test.skipIf(!mayMount())(
  'A control store whose disk is full ends a start with exit 4, and it goes on when there is room',
  async () => {
    await mkdir(at('.changeover'));
    mountSmallDisk(at('.changeover'));
    try {
      const before = place.keys('source.db');
      await place.all(`create ${NAME} ${SOURCE} ${TARGET}`);
      await writeFile(at('.changeover', 'filler'), Buffer.alloc(64 * 1024 * 1024)).catch(() => undefined);
      const { exit, stderr } = await place.live(['start', NAME]);
      expect({ exit, text: stderr.text }).toMatchObject({
        exit: 4,
        text: expect.stringMatching(/error: the control store .*\(CONTROL_FULL\)\nhint: Free disk space/),
      });
      await rm(at('.changeover', 'filler'));
      await place.all(`start ${NAME}`, `finalize ${NAME} --yes`);
      expect(place.keys('target.db')).toEqual(before);
    } finally {
      unmountSmallDisk(at('.changeover'));
    }
  },
);
