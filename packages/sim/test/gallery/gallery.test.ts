import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Replayed, replay } from '@changeover/tester';
import { expect, test } from 'vitest';
import { mutantScenario } from '../../src/live/mutant-scenario.ts';
import { MUTANTS } from '../../src/live/mutants.ts';
import { BUGS, migration, mutantOf } from '../../src/original/index.ts';

const GALLERY = new URL('../../../../docs/gallery/gallery.json', import.meta.url);
/** Every so many-th is run again. */
const EVERY = 12;

type Entries = Readonly<Record<string, { readonly token: string; readonly sentence: string }>>;

const entries = existsSync(GALLERY) ? (JSON.parse(await readFile(GALLERY, 'utf8')) as Entries) : {};
const few = Object.entries(entries).filter((_, at) => at % EVERY === 0);

async function replayed(name: string, token: string): Promise<Replayed> {
  const how = { cause: false, maxSteps: 2000 };
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant) return replay(await mutantScenario(mutant), token, how);
  const bug = BUGS.find((each) => each.name === name);
  if (!bug) throw new Error(`there is no mutant ${name}`);
  return replay(migration(await mutantOf(bug)), token, how);
}

test.skipIf(few.length === 0).for(few)(
  '%s still fails as the gallery says',
  async ([name, { token, sentence }]) => {
    const { failure, divergence } = await replayed(name, token);
    expect(divergence).toBeUndefined();
    expect(failure?.message.split('\n', 1)[0]).toBe(sentence);
  },
);
