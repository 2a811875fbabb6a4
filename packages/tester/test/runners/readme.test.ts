import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const [, example = ''] = /^```ts\n(.*?)^```/ms.exec(readme) ?? [];
const [, table = ''] =
  /^```\n(.*?)\n```/ms.exec(readme.slice(readme.indexOf(example) + example.length + 4)) ?? [];

test('The example of the README is the one that is run here', async () => {
  expect(example).toBe(await readFile(new URL('readme-example.ts', import.meta.url), 'utf8'));
});

test('The example of the README fails with the schedule that stands below it', async () => {
  const running = import('./readme-example.ts');
  await expect(running).rejects.toThrow(table);
});
