import { afterAll, beforeAll, describe, test } from 'vitest';
import { awkwardRows, Scene } from '../move/scene.ts';
import { Cell } from './cell.ts';
import { comesAgain } from './comes-again.ts';
import { INTERRUPTIONS } from './interruptions.ts';
import { MOMENTS } from './moments.ts';
import { mayMount } from './small-disk.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** Three ranges; or seven, so that a validation that is interrupted three times finds something each time. */
const ROWS = LONG ? 35_000 : 16_000;
const TIMES = LONG ? [1, 3] : [1];

const smallDisks = mayMount();
let source: Scene;

beforeAll(async () => {
  source = await Scene.open(awkwardRows(ROWS));
});

afterAll(() => source.close());

const CELLS = TIMES.flatMap((times) =>
  MOMENTS.flatMap((moment) =>
    INTERRUPTIONS.filter(({ long }) => LONG || !long)
      .filter((interruption) => times === 1 || comesAgain(moment, interruption))
      .map((interruption) => ({ times, moment, interruption })),
  ),
);

describe.concurrent('A move ends with exactly its source, after', () => {
  for (const { times, moment, interruption } of CELLS) {
    const often = times === 1 ? '' : ' three times';
    const possible = smallDisks || !interruption.needsSmallDisk;
    test.skipIf(!possible)(`${interruption.title} ${moment.title}${often}`, async ({ onTestFinished }) => {
      const cell = await Cell.open(source, moment, interruption);
      onTestFinished(() => cell.close());
      await cell.prepare();
      for (let time = 0; time < times; time += 1) await cell.interrupt();
      await cell.finish();
      await cell.expectExactlyTheSource(ROWS);
    });
  }
});
