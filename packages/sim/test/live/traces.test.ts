import { readFile, writeFile } from 'node:fs/promises';
import { explore, replay } from '@changeover/tester';
import { describe, expect, test } from 'vitest';
import { mutantScenario } from '../../src/live/mutant-scenario.ts';
import { MUTANTS } from '../../src/live/mutants.ts';
import { INSTRUCTIVE, traceText } from '../../src/live/traces.ts';

/** Set to search anew, and to write the files: after a change of the protocol, or of what its calls are called. */
const WRITE = process.env['CHANGEOVER_WRITE_TRACES'] === '1';

describe('what would go wrong, step by step, is in a file', () => {
  for (const name of INSTRUCTIVE) {
    test(name, { timeout: 600_000 }, async () => {
      const mutant = MUTANTS.find((each) => each.name === name);
      if (!mutant) throw new Error(`there is no mutant ${name}`);
      const scenario = await mutantScenario(mutant);
      const file = new URL(`traces/${name}.txt`, import.meta.url);
      if (WRITE) {
        const { found } = await explore(scenario, { strategy: 'mix', schedules: 100_000, maxSteps: 2000 });
        const token = String(found?.token);
        const text = traceText(`${name}: ${mutant.broken}`, await replay(scenario, token), token);
        await writeFile(file, text);
      }
      const text = await readFile(file, 'utf8');
      const token = text.trimEnd().split('\n').at(-1) as string;
      const replayed = await replay(scenario, token);
      expect(replayed.divergence).toBeUndefined();
      expect(traceText(`${name}: ${mutant.broken}`, replayed, token)).toBe(text);
    });
  }
});
