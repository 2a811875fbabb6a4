import { readFile } from 'node:fs/promises';
import { explore } from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { mutantScenario } from '../../src/live/mutant-scenario.ts';
import { MUTANTS } from '../../src/live/mutants.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const FOLDER = new URL('../../../core/src/live/', import.meta.url);
/** The canaries: found within a few schedules, in every run, so that the machinery is seen to fail. */
const CANARIES = ['OwnerWins', 'CopyForgetsOrigin', 'TombstoneVersionLeaks', 'TombstoneIsRow', 'BuryCurrent'];

describe('a defect is found by random programs in random orders', () => {
  for (const mutant of MUTANTS) {
    const { name, broken } = mutant;
    const runs = LONG || CANARIES.includes(name);
    test.skipIf(!runs)(`${name}: ${broken}`, { timeout: 1_200_000 }, async () => {
      const { found } = await explore(await mutantScenario(mutant), {
        strategy: 'mix',
        schedules: LONG ? 200_000 : 2_000,
        shrink: 0,
        maxSteps: 2000,
      });
      expect(found, `${name} was not found`).toBeDefined();
      expect(found?.failure.kind).not.toBe('nondeterminism');
    });
  }
});

test('every mutant changes a text that stands just once in the code', async () => {
  for (const { name, edits } of MUTANTS) {
    for (const { file, find } of edits) {
      const text = await readFile(new URL(file, FOLDER), 'utf8');
      expect(text.split(find).length - 1, `${name}: ${find}`).toBe(1);
    }
  }
});
