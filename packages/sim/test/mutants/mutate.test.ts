import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { type Edit, mutate } from '../../src/mutants/index.ts';

type Shop = { readonly total: (prices: number[]) => number };

let path: string;
let folder: URL;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'changeover-mutants-'));
  folder = pathToFileURL(`${path}/`);
  await writeFile(join(path, 'add.ts'), 'export const add = (a: number, b: number): number => a + b;\n');
  await writeFile(
    join(path, 'index.ts'),
    `import assert from 'node:assert/strict';
import { add } from './add.ts';
export const total = (prices: number[]) => prices.reduce((a, b) => add(a, b), 0);
export const theAssertOfAll = assert;
`,
  );
});

afterEach(() => rm(path, { recursive: true }));

function shop(...edits: Edit[]): Promise<Shop & { theAssertOfAll: unknown }> {
  return mutate(folder, 'index.ts', { name: 'test', edits });
}

describe('A mutant', () => {
  it('has the defect, also in what imports the changed file', async () => {
    const { total } = await shop({ file: 'add.ts', find: 'a + b', replace: 'a - b' });
    assert.equal(total([1, 2]), -3);
  });

  it('leaves the module itself as it is', async () => {
    await shop({ file: 'add.ts', find: 'a + b', replace: 'a - b' });
    assert.equal((await shop()).total([1, 2]), 3);
  });

  it('imports from elsewhere what everybody else does', async () => {
    assert.equal((await shop()).theAssertOfAll, assert);
  });

  it('is refused if its text is not there', async () => {
    await assert.rejects(shop({ file: 'add.ts', find: 'a * b', replace: '' }), /stands 0 times in .*add\.ts/);
  });

  it('is refused if its text is there twice', async () => {
    await assert.rejects(shop({ file: 'add.ts', find: 'number', replace: '' }), /stands 3 times/);
  });
});
