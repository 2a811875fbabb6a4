import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { explore, prove, type Report, replay } from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { blocksOf, regionOf } from '../guide-blocks.ts';
import * as tutorial from './find-a-race.ts';
import * as service from './test-your-service.ts';
import * as passes from './what-a-pass-proves.ts';

const HERE = new URL('.', import.meta.url);
const PAGES = [
  'guides/find-a-race.md',
  'guides/test-your-service.md',
  'concepts/what-a-pass-proves.md',
] as const;

/** What the pages print, by the region whose code prints it. */
const OUTPUTS: Readonly<Record<string, () => Promise<string>>> = {
  'find-a-race.ts#find': () => messageOf(tutorial.find()),
  'find-a-race.ts#pass': tutorial.pass,
  'find-a-race.ts#complete': tutorial.complete,
  'test-your-service.ts#find-careless': () => messageOf(service.findCareless()),
  'what-a-pass-proves.ts#audit': async () => (await passes.audit()).toString(),
};

for (const page of PAGES) {
  describe(page, async () => {
    const blocks = blocksOf(await readFile(new URL(`../../docs/${page}`, HERE), 'utf8'));

    test('It shows code', () => {
      expect(blocks.length).toBeGreaterThan(3);
    });

    test.for(blocks.filter(({ language }) => language !== 'text'))(
      'The code of $from is what the file says',
      async ({ from, text }) => {
        expect(text).toBe(await regionOf(from, HERE));
      },
    );

    test.for(blocks.filter(({ language }) => language === 'text'))(
      'The output of $from is what it prints, but for the time that it takes',
      async ({ from, text }) => {
        expect(timeless(text)).toBe(timeless((await OUTPUTS[from]?.()) ?? ''));
      },
    );
  });
}

describe('find a race', () => {
  test('The token of the page brings the failure back', async () => {
    expect(await tutorial.again()).toBe('at-end, 4, as before');
  });
});

describe('test your service', () => {
  test('The service passes with both strategies', () => service.sample());

  test('The service passes in every schedule of the small scenario', async () => {
    expect((await service.everySchedule()).assertPassed().complete).toBe(true);
  });

  test('Its footprints are honest, and nothing is out of control', async () => {
    for (const report of await service.checkTheTest()) report.assertPassed();
  });

  test('Two threads find the same schedule as one', async () => {
    const alone = await explore(service.careless, { strategy: 'mix', schedules: 20_000 });
    const together = await service.inThreads();
    expect(together.found?.schedule).toBe(alone.found?.schedule);
    expect(together.found?.token).toBe(alone.found?.token);
  });

  test('What is found is kept in the corpus, and run first the next time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'corpus-'));
    const url = pathToFileURL(`${folder}/`);
    expect((await service.inCi(url, 1, service.careless)).found?.schedule).toBeDefined();
    expect(await readdir(folder)).toHaveLength(1);
    expect((await service.inCi(url, 1, service.careless)).corpus.ran).toBe(1);
    await rm(folder, { recursive: true });
  });
});

describe('what a pass proves', () => {
  test('A footprint that says too little makes a wrong proof, which the audit finds out', async () => {
    expect(passedIn(await passes.believe())).toBe('complete in 1');
    expect((await passes.audit()).found?.failure.kind).toBe('audit');
  });

  test('What is done in memory must be told to be proved', async () => {
    expect(passedIn(await prove(passes.untold))).toBe('complete in 1');
    expect((await prove(passes.told)).found?.failure.kind).toBe('at-end');
    expect((await explore(passes.untold)).found?.failure.kind).toBe('at-end');
  });

  test('A task is not late unless it says so', async () => {
    expect(passedIn(await prove(passes.atOnce))).toBe('complete in 2');
    expect((await prove(passes.later)).found?.failure.kind).toBe('error');
  });

  test('A real timer is named', async () => {
    const { found } = await explore(passes.outside);
    expect(found?.failure.kind).toBe('uncontrolled');
    expect(found?.failure.message).toMatch(/Timeout, made at .*what-a-pass-proves\.ts:\d+/);
  });

  test('Who asks again and again is done under fair schedules', async () => {
    (await explore(passes.polling)).assertPassed();
  });

  test('Who asks again and again has schedules without an end, which an exhaustive search does not pass over', async () => {
    const { found } = await prove(passes.polling, { maxSteps: 100 });
    expect(found?.failure.kind).toBe('step-limit');
    const again = await replay(passes.polling, found?.token ?? '', { maxSteps: 100 });
    expect(again.failure?.message).toBe(found?.failure.message);
  });
});

function timeless(output: string): string {
  return output.trimEnd().replaceAll(/\d+\.\d\d s(, [\d,]+\/s)?(?=;|$)/gm, 'SECONDS');
}

async function messageOf(failing: Promise<void>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

function passedIn({ passed, complete, schedules }: Report): string {
  return `${passed && complete ? 'complete' : 'not complete'} in ${schedules}`;
}
